#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "core/message/message.h"

namespace orgo {

/// What a colleague wrote above whatever they quote, with their signature, to be sent on to somebody who must not see
/// the rest. nullopt: that can't be told apart for sure, since they wrote within or below a quote, or only quoted.
/// Nothing is guessed: what is taken for a signature stays.
std::optional<std::string> words_for_others(const Message& message);

/// Where they stand in its text, in bytes.
struct PlaceOfWords {
  std::size_t begin = 0, end = 0;
};
std::optional<PlaceOfWords> place_of_words(const Message& message);

}  // namespace orgo
