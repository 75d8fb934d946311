#include "core/processing/message_decision.h"

namespace orgo {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::task_opened:
      return "task_opened";
    case Outcome::task_joined:
      return "task_joined";
    case Outcome::recorded:
      return "recorded";
    case Outcome::dropped:
      return "dropped";
  }
  return "unknown";
}

}  // namespace orgo
