#include "base/planted.h"

#ifdef ORGO_PLANTED  // what stands behind ORGO_PLANT(name)
#include <cstdlib>
#include <cstring>

namespace orgo {

bool is_planted(const char* name) {
  static const char* const kWanted = std::getenv("PLANTED");
  return kWanted != nullptr && std::strcmp(kWanted, name) == 0;
}

}  // namespace orgo
#endif
