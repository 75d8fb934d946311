#include "core/mail/findings/find_duplicate.h"

namespace orgo {

std::optional<Finding> find_duplicate(std::optional<MessageId> same_content, bool known_id) {
  if (same_content)
    return Finding{FindingKind::duplicate,
                   "the same mail came as " + to_string(*same_content) + " for another recipient"};
  if (known_id) return Finding{FindingKind::duplicate, "its Message-ID was seen before with another body"};
  return std::nullopt;
}

}  // namespace orgo
