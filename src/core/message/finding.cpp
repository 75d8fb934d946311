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

std::optional<FindingKind> parse_finding_kind(std::string_view text) {
  for (const auto kind :
       {FindingKind::auto_reply, FindingKind::out_of_office, FindingKind::bounce, FindingKind::own_loop,
        FindingKind::mailing_list, FindingKind::follow_up, FindingKind::duplicate})
    if (to_string(kind) == text) return kind;
  return std::nullopt;
}

}  // namespace orgo
