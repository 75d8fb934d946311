#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace orgo::search {

inline constexpr std::size_t kWordMax = 64;  ///< bytes of a word; what is longer is known by its beginning

/// A word of a text as it is searched for, and where it stands.
struct Word {
  std::string text;                ///< folded, without accents; letters and digits only
  std::size_t begin = 0, end = 0;  ///< bytes of the text; several words may come from one place ("ﷺ")
};

/// Calls `take` for each word of a text in order, until it says false. What is indexed and what is asked for go through
/// the same function, so that no engine below has an opinion of its own: NFKC and case folded, accents off, cut at
/// all that is no letter or digit ("anna@example.org" is three words). Characters of scripts without spaces (Han, kana,
/// Thai, Lao, Khmer, Myanmar) are a word each: a text in them is found as a phrase of its characters. Linear time.
void for_each_word(std::string_view text, const std::function<bool(Word&& word)>& take);
/// At most `most` of them.
std::vector<Word> words_of(std::string_view text, std::size_t most);

}  // namespace orgo::search
