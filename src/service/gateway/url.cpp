#include "service/gateway/url.h"

#include "base/text.h"

namespace orgo::gateway {
namespace {

constexpr std::size_t kSegmentsMax = 16;
constexpr std::size_t kParametersMax = 50;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const auto lower = ascii_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
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
    out += c;
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

tl::unexpected<Error> bad(std::string message) {
  return failure(Errc::invalid_input, std::move(message));
}

}  // namespace

Result<Url> parse_url(std::string_view target) {
  if (target.empty() || target[0] != '/') return bad("the request target must be a path that starts with '/'");
  for (const unsigned char c : target)
    if (c <= ' ' || c == 0x7F || c == '#') return bad("the request target holds a character that must be %-encoded");
  Url url;
  const auto question = target.find('?');
  auto path = target.substr(1, question == std::string_view::npos ? question : question - 1);
  if (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (!path.empty()) {
    for (const auto piece : split(path, '/')) {
      auto segment = decoded(piece, false);
      if (!segment) return bad("the path has a bad %-encoding or is not UTF-8");
      if (segment->empty() || *segment == "." || *segment == ".." || segment->find('/') != std::string::npos)
        return bad("the path has an empty, '.' or '..' segment or a hidden '/'");
      if (url.segments.size() == kSegmentsMax) return bad("the path has more than 16 segments");
      url.segments.push_back(*std::move(segment));
    }
  }
  if (question != std::string_view::npos) {
    ORGO_TRY(query, parse_form(target.substr(question + 1)));
    url.query = std::move(query);
  }
  return url;
}

Result<Parameters> parse_form(std::string_view text) {
  Parameters out;
  if (text.empty()) return out;
  for (const auto pair : split(text, '&')) {
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = decoded(pair.substr(0, equals), true);
    auto value = equals == std::string_view::npos ? std::string() : decoded(pair.substr(equals + 1), true);
    if (!name || !value) return bad("a parameter has a bad %-encoding or is not UTF-8");
    if (out.size() == kParametersMax) return bad("there are more than 50 parameters");
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
