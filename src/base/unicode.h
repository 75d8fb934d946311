#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/charset.h"

namespace orgo {

/// Well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates.
bool is_valid_utf8(std::string_view text);

/// The code point at byte `at`, which moves behind it; U+FFFD for a byte that begins none (then `at` moves by one).
char32_t decode_utf8(std::string_view text, std::size_t& at);
void append_utf8(std::string& out, char32_t code_point);
/// How many code points; a byte that belongs to none counts as one.
std::size_t count_characters(std::string_view text);
/// The longest beginning of `text` of at most `bytes_max` bytes that cuts no character in two.
std::string_view cut_utf8(std::string_view text, std::size_t bytes_max);

/// Columns that a terminal gives to it: 2 for wide East Asian characters and emoji, 0 for combining marks, else 1.
int display_width(char32_t code_point);

/// Letters, marks, digits and '_': what a word is made of.
bool is_word_character(char32_t code_point);

/// Each of these is a word by itself, since its script writes no spaces: Han, kana, Thai, Lao, Khmer, Myanmar.
bool stands_alone(char32_t code_point);
/// It may become one character with what stands before it when text is folded: accents, vowel signs, jamo.
bool combines(char32_t code_point);

/// One form for all ways to write the same text, for comparison without case: NFKC_Casefold of Unicode (UAX #31, R5):
/// "STRASSE" = "Straße", composed = decomposed, full-width = ASCII; soft hyphens and other invisible characters vanish.
/// ASCII costs a copy. More than 32 characters that combine into one are folded in pieces, to keep the time linear.
/// Bytes that are not UTF-8 become U+FFFD.
std::string fold_case(std::string_view text);
/// The same into `out`, whose memory is used again.
void fold_case(std::string_view text, std::string& out);

/// For whole-word search: fold_case(), then each character that is no part of a word becomes a space. Characters of
/// scripts without spaces between words (Han, kana, Thai, Lao, Khmer, Myanmar) become a word each.
/// ASCII is only lowered: its punctuation is left to the search.
void fold_words(std::string_view text, std::string& out);

}  // namespace orgo
