#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo {

inline constexpr std::size_t kLineRead = 400;  ///< of a line that is looked at for phrases; longer ones are prose

/// A line as the functions of mail_phrases.h want it: folded, with plain apostrophes, without white space around it.
/// Into `folded`, whose memory is used again.
inline void fold_line(std::string_view text, std::string& folded) {
  fold_case(trim(cut_utf8(text, kLineRead)), folded);
  if (is_ascii(folded)) return;
  for (std::size_t at = 0; (at = folded.find("\xE2\x80\x99", at)) != std::string::npos;) folded.replace(at, 3, "'");
  if (const auto bare = trim(folded); bare.size() != folded.size()) folded = std::string(bare);
}
inline std::string folded_line(std::string_view text) {
  std::string folded;
  fold_line(text, folded);
  return folded;
}

}  // namespace orgo
