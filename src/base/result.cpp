#include "base/result.h"

namespace orgo {

std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::invalid_input:
      return "invalid_input";
    case Errc::not_permitted:
      return "not_permitted";
    case Errc::not_found:
      return "not_found";
    case Errc::conflict:
      return "conflict";
    case Errc::resource_exhausted:
      return "resource_exhausted";
    case Errc::unavailable:
      return "unavailable";
    case Errc::deadline_exceeded:
      return "deadline_exceeded";
    case Errc::corrupt:
      return "corrupt";
  }
  return "unknown";
}

}  // namespace orgo
