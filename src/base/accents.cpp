#include "base/accents.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <array>
#include <utility>

#include "base/unicode.h"

namespace orgo {
namespace {

/// Letters that Unicode takes for whole ones, and people for others with a stroke.
constexpr std::array kStrokes{std::pair{U'\u00E6', "ae"}, std::pair{U'\u00F8', "o"},  std::pair{U'\u0111', "d"},
                              std::pair{U'\u00F0', "d"},  std::pair{U'\u00FE', "th"}, std::pair{U'\u0131', "i"},
                              std::pair{U'\u0142', "l"},  std::pair{U'\u0153', "oe"}, std::pair{U'\u0167', "t"},
                              std::pair{U'\u0127', "h"},  std::pair{U'\u014B', "n"},  std::pair{U'\u0138', "k"},
                              std::pair{U'\u0180', "b"},  std::pair{U'\u0268', "i"},  std::pair{U'\u01E5', "g"}};

/// Marks that are left out; all others belong to their letter.
bool is_accent(char32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0483 && c <= 0x0487) || (c >= 0x0591 && c <= 0x05BD) || c == 0x05BF ||
         c == 0x05C1 || c == 0x05C2 || c == 0x05C4 || c == 0x05C5 || c == 0x05C7 || (c >= 0x0610 && c <= 0x061A) ||
         c == 0x0640 || (c >= 0x064B && c <= 0x065F) || c == 0x0670 || (c >= 0x06D6 && c <= 0x06DC) ||
         (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x1DC0 && c <= 0x1DFF);
}

/// Scripts whose letters fall apart into a letter and an accent.
bool may_fall_apart(char32_t c) {
  return (c >= 0xC0 && c < 0x0700) || (c >= 0x1E00 && c < 0x2000);
}

void append_letter(std::string& out, char32_t c) {
  for (const auto& [letter, instead] : kStrokes)
    if (c == letter) {
      out += instead;
      return;
    }
  if (!is_accent(c)) append_utf8(out, c);
}

void append_bare(std::string& out, char32_t c) {
  static const icu::Normalizer2* const apart = [] {
    UErrorCode error = U_ZERO_ERROR;
    return icu::Normalizer2::getNFDInstance(error);  // data is linked into ICU: can't fail
  }();
  icu::UnicodeString pieces;
  if (!may_fall_apart(c) || apart->getDecomposition(static_cast<UChar32>(c), pieces) == 0)
    return append_letter(out, c);
  // Also of a letter with a stroke and an accent (Ǣ).
  for (std::int32_t at = 0; at < pieces.length(); at = pieces.moveIndex32(at, 1))
    append_letter(out, static_cast<char32_t>(pieces.char32At(at)));
}

}  // namespace

std::string without_accents(std::string_view folded) {
  std::string out;
  out.reserve(folded.size());
  for (std::size_t at = 0; at < folded.size();) {
    const auto plain = ascii_prefix(folded.substr(at));
    out.append(folded, at, plain);
    at += plain;
    if (at < folded.size()) append_bare(out, decode_utf8(folded, at));
  }
  return out;
}

}  // namespace orgo
