#include "port/outbox.h"

namespace orgo {

std::string_view to_string(SendState state) {
  switch (state) {
    case SendState::queued: return "queued";
    case SendState::delivered: return "delivered";
    case SendState::failed: return "failed";
    case SendState::refused: return "refused";
  }
  return "unknown";
}

}  // namespace orgo
