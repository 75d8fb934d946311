#include "base/same_text.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>

#include <cstdint>
#include <string>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo {
namespace {

/// Empty: it can't be.
std::string composed(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* const nfc = icu::Normalizer2::getNFCInstance(status);
  std::string out;
  if (U_FAILURE(status) != 0 || !is_utf8(text)) return out;
  icu::StringByteSink<std::string> sink(&out);
  nfc->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr, status);
  return U_FAILURE(status) != 0 ? std::string() : out;
}

}  // namespace

bool is_same_text(std::string_view a, std::string_view b) {
  if (is_ascii(a) && is_ascii(b)) return ascii_iequals(a, b);
  return fold_case(a) == fold_case(b);
}

bool is_same_spelling(std::string_view a, std::string_view b) {
  if (a == b) return true;
  constexpr std::size_t kMost = 4096;  // names are short
  if (is_ascii(a) || is_ascii(b) || a.size() > kMost || b.size() > kMost) return false;
  const auto one = composed(a);
  return !one.empty() && one == composed(b);
}

}  // namespace orgo
