#pragma once
#include <string>
#include <string_view>

#include "base/time.h"

namespace orgo::gateway {

inline constexpr std::string_view kSessionCookie = "orgo_session";
inline constexpr std::string_view kDeviceCookie = "orgo_device";  ///< of a browser that got in before

/// The value of Set-Cookie: for this site only, and not for scripts; `tls`: browsers send it back over TLS only. No
/// lifetime makes a browser forget it.
std::string set_cookie(std::string_view name, std::string_view value, bool tls, Millis lifetime);

/// The value of one cookie of a Cookie header; empty when it is not there.
std::string_view cookie_value(std::string_view header, std::string_view name);

}  // namespace orgo::gateway
