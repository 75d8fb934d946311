#include "tests/support/source_dir.h"

namespace orgo {

std::string source_dir() {
  return ORGO_SOURCE_DIR;
}

}  // namespace orgo
