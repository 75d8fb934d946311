#include "base/domain_name.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo {
namespace {

// RFC 3492, section 5.
constexpr std::uint32_t kBase = 36, kMin = 1, kMax = 26, kSkew = 38, kDamp = 700, kBiasAtFirst = 72, kFirst = 0x80;
constexpr std::size_t kLabelMax = 63;  ///< bytes of a label (RFC 1035, section 2.3.4)

/// RFC 3492, section 6.1.
std::uint32_t adapted(std::uint32_t delta, std::uint32_t points, bool first) {
  delta = first ? delta / kDamp : delta / 2;
  delta += delta / points;
  std::uint32_t k = 0;
  for (; delta > ((kBase - kMin) * kMax) / 2; k += kBase) delta /= kBase - kMin;
  return k + (kBase - kMin + 1) * delta / (delta + kSkew);
}

char digit(std::uint32_t value) {
  return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26));
}

/// One number as digits of a base that changes (section 3.3).
void append_number(std::string& out, std::uint32_t number, std::uint32_t bias) {
  for (std::uint32_t k = kBase;; k += kBase) {
    const auto threshold = k <= bias ? kMin : std::min(k - bias, kMax);
    if (number < threshold) break;
    out.push_back(digit(threshold + (number - threshold) % (kBase - threshold)));
    number = (number - threshold) / (kBase - threshold);
  }
  out.push_back(digit(number));
}

/// RFC 3492, section 6.3; nullopt: it would overflow, which no label of a sensible length does.
std::optional<std::string> punycode(const std::vector<char32_t>& points) {
  std::string out;
  for (const auto point : points)
    if (point < kFirst) out.push_back(static_cast<char>(point));
  auto handled = static_cast<std::uint32_t>(out.size());
  const auto basic = handled;
  if (basic > 0) out.push_back('-');
  std::uint32_t next = kFirst, delta = 0, bias = kBiasAtFirst;
  while (handled < points.size()) {
    char32_t least = std::numeric_limits<char32_t>::max();
    for (const auto point : points)
      if (point >= next) least = std::min(least, point);
    if (least - next > (std::numeric_limits<std::uint32_t>::max() - delta) / (handled + 1)) return std::nullopt;
    delta += (least - next) * (handled + 1);
    next = least;
    for (const auto point : points) {
      if (point < next) ++delta;
      if (point != next) continue;
      append_number(out, delta, bias);
      bias = adapted(delta, handled + 1, handled == basic);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++next;
  }
  return out;
}

std::string ascii_label(std::string_view label) {
  if (is_ascii(label) || label.size() > 4 * kLabelMax) return std::string(label);
  std::vector<char32_t> points;
  for (std::size_t at = 0; at < label.size();) points.push_back(decode_utf8(label, at));
  auto coded = punycode(points);
  if (!coded || coded->size() + 4 > kLabelMax) return std::string(label);
  return "xn--" + *coded;
}

}  // namespace

std::string ascii_domain(std::string_view domain) {
  auto folded = is_ascii(domain) ? ascii_lower(domain) : fold_case(domain);
  if (folded.ends_with('.')) folded.pop_back();
  if (is_ascii(folded)) return folded;
  std::string out;
  for (std::size_t at = 0; at <= folded.size();) {
    const auto end = std::min(folded.find('.', at), folded.size());
    if (at > 0) out.push_back('.');
    out += ascii_label(std::string_view(folded).substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace orgo
