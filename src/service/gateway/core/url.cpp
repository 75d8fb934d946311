#include "service/gateway/core/url.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace orgo::gateway {
namespace {

constexpr std::size_t kParametersMax = 100;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const auto lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Writes what `text` stands for to `out`, which has room for as many bytes, and returns how many they are. nullopt:
/// bad
/// %-encoding, a NUL, or not UTF-8.
std::optional<std::size_t> decode(std::string_view text, bool plus_is_space, char* out) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (c == '\0') return std::nullopt;
    out[size++] = c;
  }
  if (!is_utf8(std::string_view(out, size))) return std::nullopt;
  return size;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out(text.size(), '\0');
  const auto size = decode(text, true, out.data());
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

tl::unexpected<Error> bad(std::string message) {
  return failure(Errc::invalid_input, std::move(message));
}

}  // namespace

Result<Url> Url::parse(std::string_view target) {
  if (target.empty() || target[0] != '/') return bad("the request target must be a path that starts with '/'");
  for (const unsigned char c : target)
    if (c <= ' ' || c == 0x7F || c == '#') return bad("the request target holds a character that must be %-encoded");
  Url url;
  const auto question = target.find('?');
  auto path = target.substr(1, question == std::string_view::npos ? question : question - 1);
  if (!path.empty() && path.back() == '/') path.remove_suffix(1);
  std::size_t used = 0;  // of decoded_
  for (bool more = !path.empty(); more;) {
    const auto slash = path.find('/');
    auto segment = path.substr(0, slash);
    more = slash != std::string_view::npos;
    if (more) path.remove_prefix(slash + 1);
    const bool plain = std::all_of(segment.begin(), segment.end(),
                                   [](char c) { return c != '%' && static_cast<unsigned char>(c) < 0x80; });
    if (!plain) {
      if (!url.decoded_) url.decoded_ = std::make_unique<char[]>(target.size());
      char* const place = url.decoded_.get() + used;
      const auto size = decode(segment, false, place);
      if (!size) return bad("the path has a bad %-encoding or is not UTF-8");
      used += *size;
      segment = {place, *size};
    }
    if (segment.empty() || segment == "." || segment == ".." || segment.find('/') != std::string_view::npos)
      return bad("the path has an empty, '.' or '..' segment or a hidden '/'");
    if (url.count_ == kSegmentsMax) return bad("the path has more than 16 segments");
    url.segments_.at(url.count_++) = segment;
  }
  if (question != std::string_view::npos) {
    ORGO_TRY(query, parse_form(target.substr(question + 1)));
    url.query_ = std::move(query);
  }
  return url;
}

Result<Parameters> parse_form(std::string_view text) {
  Parameters out;
  if (text.empty()) return out;
  for (const auto pair : split(text, '&')) {
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = decoded(pair.substr(0, equals));
    auto value = equals == std::string_view::npos ? std::string() : decoded(pair.substr(equals + 1));
    if (!name || !value) return bad("a parameter has a bad %-encoding or is not UTF-8");
    if (out.size() == kParametersMax) return bad("there are more than 100 parameters");
    if (out.contains(*name)) return bad("the parameter '" + name->substr(0, 50) + "' is given twice");
    out.emplace(*std::move(name), *std::move(value));
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto lower = ascii_lower(c);
    if ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      static constexpr char kDigits[] = "0123456789ABCDEF";
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

}  // namespace orgo::gateway
