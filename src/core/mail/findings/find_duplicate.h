#pragma once
#include <optional>

#include "base/id.h"
#include "core/message/finding.h"

namespace orgo {

/// Did the same mail reach us before? `same_content`: an earlier message with this id and content, for another
/// recipient. `known_id`: the Message-ID was seen under another body; such a mail is a message of its own, kept and
/// marked.
std::optional<Finding> find_duplicate(std::optional<MessageId> same_content, bool known_id);

}  // namespace orgo
