#include "core/mail/read/words_for_others.h"

#include <algorithm>

#include "base/text.h"
#include "core/mail/read/split_text.h"

namespace orgo {

constexpr std::ptrdiff_t kLinesMost = 20'000;  // split_text() looks at no more than 50,000

std::optional<PlaceOfWords> place_of_words(const Message& message) {
  if (std::ranges::count(message.text, '\n') > kLinesMost) return std::nullopt;
  const auto split = split_text(message);
  const auto is_quoted = [](const TextSpan& span) { return span.kind == TextKind::quoted; };
  const auto first = std::ranges::find_if(split.spans, is_quoted);
  const auto is_fresh = [](const TextSpan& span) { return span.kind == TextKind::fresh; };
  if (std::any_of(first, split.spans.end(), is_fresh)) return std::nullopt;
  if (std::none_of(split.spans.begin(), first, is_fresh)) return std::nullopt;
  const auto end = first == split.spans.end() ? message.text.size() : first->begin;
  const auto words = trim(std::string_view(message.text).substr(0, end));
  if (words.empty()) return std::nullopt;
  const auto begin = static_cast<std::size_t>(words.data() - message.text.data());
  return PlaceOfWords{begin, begin + words.size()};
}

std::optional<std::string> words_for_others(const Message& message) {
  const auto place = place_of_words(message);
  return place ? std::optional(message.text.substr(place->begin, place->end - place->begin)) : std::nullopt;
}

}  // namespace orgo
