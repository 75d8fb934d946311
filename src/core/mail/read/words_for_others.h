#pragma once
#include <optional>
#include <string>

#include "core/message/message.h"

namespace orgo {

/// What a colleague wrote above whatever they quote, with their signature, to be sent on to somebody who must not see
/// the rest. nullopt: that can't be told apart for sure, since they wrote within or below a quote, or only quoted.
/// Nothing is guessed: what is taken for a signature stays.
std::optional<std::string> words_for_others(const Message& message);

}  // namespace orgo
