#pragma once
#include <optional>
#include <string>

#include "core/message/message.h"

namespace orgo {

/// words_for_others(), and behind what is a link in a mail of HTML alone its address in <>, unless the words say it.
std::optional<std::string> words_with_links(const Message& message);

}  // namespace orgo
