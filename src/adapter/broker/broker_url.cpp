#include "adapter/broker/broker_url.h"

#include <algorithm>
#include <charconv>

namespace orgo {
namespace {

constexpr std::size_t kLongest = 1'000;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// RFC 3986, section 2.1. False: a % that begins no octet.
bool decode(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0) return false;
    out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
    i += 2;
  }
  return true;
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c != 0x7f; });
}

bool read_port(std::string_view text, std::uint16_t& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0;
}

Status read_place(std::string_view place, BrokerUrl& url) {
  const bool is_v6 = place.starts_with('[');
  const auto end_of_v6 = place.find(']');
  if (is_v6 && end_of_v6 == std::string_view::npos) return failure(Errc::invalid_input, "has a [ without its ]");
  const auto colon = is_v6 ? place.find(':', end_of_v6) : place.find(':');
  const auto host = place.substr(0, colon);
  url.host = is_v6 ? place.substr(1, end_of_v6 - 1) : host;
  if (url.host.empty()) return failure(Errc::invalid_input, "names no host");
  if (colon != std::string_view::npos && !read_port(place.substr(colon + 1), url.port))
    return failure(Errc::invalid_input, "has no port behind its colon: write 1 to 65535");
  return {};
}

}  // namespace

Result<BrokerUrl> parse_broker_url(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos || text.size() > kLongest || !is_printable(text))
    return failure(Errc::invalid_input,
                   "is no address of a broker: write embedded, redis://host:6379 or "
                   "amqp://user@host:5672");
  BrokerUrl url{.scheme = std::string(text.substr(0, scheme)), .user = {}, .host = {}, .path = {}};
  auto rest = text.substr(scheme + 3);
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    if (!decode(rest.substr(slash + 1), url.path)) return failure(Errc::invalid_input, "has a % that begins no octet");
    rest = rest.substr(0, slash);
  }
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    const auto user = rest.substr(0, at);
    if (user.find(':') != std::string_view::npos)
      return failure(Errc::invalid_input,
                     "holds a password, which all would see who read the configuration; write it "
                     "to a file that only Orgo reads, and name that in queue.password_file");
    if (!decode(user, url.user)) return failure(Errc::invalid_input, "has a % that begins no octet");
    rest = rest.substr(at + 1);
  }
  ORGO_CHECK(read_place(rest, url));
  return url;
}

}  // namespace orgo
