#include "base/domain_name.h"

#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "base/charset.h"
#include "base/text.h"

namespace orgo {
namespace {

constexpr std::size_t kDomainMax = 255;  // bytes

struct CloseIdna {
  void operator()(UIDNA* idna) const { uidna_close(idna); }
};

const UIDNA* idna() {
  static const std::unique_ptr<UIDNA, CloseIdna> instance = [] {
    UErrorCode error = U_ZERO_ERROR;
    return std::unique_ptr<UIDNA, CloseIdna>(uidna_openUTS46(
        UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ,
        &error));
  }();
  return instance.get();
}

bool may_be_in_name(char c) {
  return static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

using Convert = int32_t (*)(const UIDNA*, const char*, int32_t, char*, int32_t, UIDNAInfo*, UErrorCode*);

/// nullopt: it is no valid name.
std::optional<std::string> try_to_convert(std::string_view domain, Convert convert) {
  if (idna() == nullptr || domain.size() > kDomainMax || !is_utf8(domain)) return std::nullopt;
  std::array<char, 4 * kDomainMax> out{};
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode error = U_ZERO_ERROR;
  const auto size = convert(idna(), domain.data(), static_cast<int32_t>(domain.size()), out.data(),
                            static_cast<int32_t>(out.size()), &info, &error);
  if (U_FAILURE(error) || info.errors != 0 || size <= 0 || static_cast<std::size_t>(size) > out.size())
    return std::nullopt;
  // Full-width forms of "@", "/" or "," become those, and no name has them.
  const std::string_view name(out.data(), static_cast<std::size_t>(size));
  if (!std::all_of(name.begin(), name.end(), may_be_in_name)) return std::nullopt;
  return std::string(name);
}

std::string converted(std::string_view domain, Convert convert) {
  return try_to_convert(domain, convert).value_or(ascii_lower(domain));
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

bool is_domain_name(std::string_view ascii) {
  if (ascii.size() > 253) return false;
  for (std::size_t at = 0; at <= ascii.size();) {
    const auto end = std::min(ascii.find('.', at), ascii.size());
    if (!is_label(ascii.substr(at, end - at))) return false;
    at = end + 1;
  }
  // There and back: what decodes to something else than it was written from says no name.
  if (!is_international(ascii)) return true;
  const auto unicode = try_to_convert(ascii, uidna_nameToUnicodeUTF8);
  return unicode && ascii_domain(*unicode) == ascii;
}

bool is_international(std::string_view domain) {
  unsigned char all = 0;
  bool has_hyphen = false;
  for (const char c : domain) {
    all |= static_cast<unsigned char>(c);
    has_hyphen |= c == '-';
  }
  if (all >= 0x80) return true;
  if (!has_hyphen) return false;  // nearly all
  for (std::size_t at = 0; at < domain.size();) {
    if (ascii_istarts_with(domain.substr(at), "xn--")) return true;
    const auto dot = domain.find('.', at);
    if (dot == std::string_view::npos) break;
    at = dot + 1;
  }
  return false;
}

std::string ascii_domain(std::string_view domain) {
  while (domain.ends_with('.')) domain.remove_suffix(1);
  return is_international(domain) ? converted(domain, uidna_nameToASCII_UTF8) : ascii_lower(domain);
}

std::string unicode_domain(std::string_view domain) {
  return is_international(domain) ? converted(domain, uidna_nameToUnicodeUTF8) : ascii_lower(domain);
}

}  // namespace orgo
