#include "core/search/words.h"

#include <utility>

#include "base/accents.h"
#include "base/unicode.h"

namespace orgo::search {
namespace {

/// So much of a text without a gap is folded at a time.
constexpr std::size_t kRunMax = 1024;

bool is_of_word(char32_t c) {
  return c != '_' && (is_word_character(c) || combines(c));
}

/// Where the run of characters of words that begins at `at` ends. A character that stands alone is a run, with the
/// marks that combine with it.
std::size_t end_of_run(std::string_view text, std::size_t at) {
  const auto begin = at;
  const bool alone = stands_alone(decode_utf8(text, at));
  while (at < text.size()) {
    auto next = at;
    const auto c = decode_utf8(text, next);
    const bool joins = combines(c);
    if (!is_of_word(c) || ((alone || stands_alone(c)) && !joins) || (at - begin >= kRunMax && !joins) ||
        at - begin >= 2 * kRunMax)
      break;
    at = next;
  }
  return at;
}

/// What folding made of one run: mostly one word, but compatibility forms have spaces and signs in them.
bool take_folded(const std::string& bare, std::size_t begin, std::size_t end,
                 const std::function<bool(Word&& word)>& take) {
  std::size_t from = 0;
  const auto give = [&](std::size_t to) {
    return to <= from ||
           take({std::string(cut_utf8(std::string_view(bare).substr(from, to - from), kWordMax)), begin, end});
  };
  for (std::size_t at = 0; at < bare.size();) {
    const auto start = at;
    const auto c = decode_utf8(bare, at);
    if (is_of_word(c) && !stands_alone(c)) continue;
    if (!give(start)) return false;
    from = is_of_word(c) ? start : at;
    if (!is_of_word(c)) continue;
    for (auto next = at; next < bare.size() && combines(decode_utf8(bare, next)); at = next) continue;
    if (!give(at)) return false;
    from = at;
  }
  return give(bare.size());
}

}  // namespace

void for_each_word(std::string_view text, const std::function<bool(Word&& word)>& take) {
  std::string folded;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = at;
    if (!is_of_word(decode_utf8(text, at))) continue;
    at = end_of_run(text, begin);
    fold_case(text.substr(begin, at - begin), folded);
    if (!take_folded(without_accents(folded), begin, at, take)) return;
  }
}

std::vector<Word> words_of(std::string_view text, std::size_t most) {
  std::vector<Word> words;
  if (most == 0) return words;
  for_each_word(text, [&](Word&& word) {
    words.push_back(std::move(word));
    return words.size() < most;
  });
  return words;
}

}  // namespace orgo::search
