#include "service/gateway/core/cookies.h"

#include "base/planted.h"
#include "base/text.h"

namespace orgo::gateway {

std::string set_cookie(std::string_view name, std::string_view value, bool tls, Millis lifetime) {
  std::string out = std::string(name) + "=" + std::string(value) + "; Path=/; " +
                    (ORGO_PLANT(cookie_is_read_by_scripts) ? "" : "HttpOnly; ") + "SameSite=Strict; Max-Age=" +
                    std::to_string(std::chrono::duration_cast<std::chrono::seconds>(lifetime).count());
  if (tls && !ORGO_PLANT(cookie_not_secure)) out += "; Secure";
  return out;
}

std::string_view cookie_value(std::string_view header, std::string_view name) {
  for (const auto piece : split(header, ';')) {
    const auto pair = trim(piece);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) return pair.substr(equals + 1);
  }
  return {};
}

}  // namespace orgo::gateway
