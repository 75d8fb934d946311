#include "core/message/finding.h"

namespace orgo {

std::string_view to_string(FindingKind kind) {
  switch (kind) {
    case FindingKind::auto_reply:
      return "auto_reply";
    case FindingKind::out_of_office:
      return "out_of_office";
    case FindingKind::bounce:
      return "bounce";
    case FindingKind::own_loop:
      return "own_loop";
    case FindingKind::mailing_list:
      return "mailing_list";
    case FindingKind::follow_up:
      return "follow_up";
    case FindingKind::duplicate:
      return "duplicate";
  }
  return "unknown";
}

}  // namespace orgo
