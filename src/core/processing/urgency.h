#pragma once
#include <span>
#include <string>

#include "core/message/message.h"
#include "core/rules/rule_set.h"

namespace orgo {

/// Does the sender say that it is urgent? A word of urgency counts in the subject and in what was written for this mail
/// (new_text()), not in what is quoted, nor in a signature, a disclaimer or a footer, and not where it is denied ("not
/// urgent", core/rules/negation.h). `keywords`: all that `rules` found in the message.
bool says_urgent(const Message& message, std::span<const std::string> keywords, const rules::RuleSet& rules);

}  // namespace orgo
