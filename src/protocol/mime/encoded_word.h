#pragma once
#include <string>
#include <string_view>

namespace orgo::mime {

/// What a field says (RFC 5322, section 2.2.3; RFC 2047): unfolded, each fold with the white space around it one space;
/// encoded words decoded, neighbours joined before their charset is decoded, because mailers split characters; control
/// characters are spaces. `charset` is for bytes that are neither ASCII nor UTF-8, which a standard forbids and old
/// mailers send: that of the body is the best guess. Linear time.
std::string decode_header(std::string_view value, std::string_view charset = {});
void append_decoded_header(std::string& out, std::string_view value, std::string_view charset = {});

/// One encoded word: "=?" charset ["*" language] "?" encoding "?" text "?=".
struct EncodedWord {
  std::size_t end = 0;  ///< behind the "?="
  std::string_view charset, text;
  char encoding = 'Q';  ///< 'B' or 'Q'
};
/// The word that begins at `at`, where text[at] is '=' and text[at + 1] is '?'. False: there is none. Looks no further
/// than to the next "=?", so that many beginnings without an end cost no more than the text is long.
bool find_encoded_word(std::string_view text, std::size_t at, EncodedWord& word);

}  // namespace orgo::mime
