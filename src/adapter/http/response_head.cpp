#include "adapter/http/response_head.h"

#include <boost/beast/http/status.hpp>
#include <cstdio>
#include <ctime>
#include <string_view>

namespace orgo {
namespace {

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7), without the locale.
std::string http_date(std::time_t now) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  const auto size =
      std::snprintf(text, sizeof text, "%s, %02d %s %d %02d:%02d:%02d GMT", kDays[parts.tm_wday], parts.tm_mday,
                    kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return {text, static_cast<std::size_t>(size)};
}

/// Made once a second.
std::string_view current_date() {
  thread_local std::time_t at = -1;
  thread_local std::string text;
  if (const auto now = std::time(nullptr); now != at) {
    at = now;
    text = http_date(now);
  }
  return text;
}

/// A value with a line break would begin a header of its own (response splitting), so it loses its control characters.
void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out += c;
  out += "\r\n";
}

}  // namespace

std::string response_head(const HttpResponse& response, bool keep_alive) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  out.append(reason.data(), reason.size());
  out += "\r\n";
  for (const auto& header : response.headers) append_header(out, header.name, header.value);
  for (const auto& header : response.shared) append_header(out, header.name, header.value);
  append_header(out, "Date", current_date());
  if (response.status != 204 && response.status != 304)
    append_header(out, "Content-Length", std::to_string(response.body.size()));
  append_header(out, "Connection", keep_alive ? "keep-alive" : "close");
  out += "\r\n";
  return out;
}

}  // namespace orgo
