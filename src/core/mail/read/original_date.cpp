#include "core/mail/read/original_date.h"

#include <algorithm>

#include "base/text.h"
#include "protocol/mime/date.h"

namespace orgo {
namespace {

constexpr TimePoint kFirst{Millis{315'532'800'000}};  // 1980: mail that says it is older has a broken clock
constexpr int kReceivedMost = 50;

}  // namespace

TimePoint original_date(const Message& message, TimePoint fallback, TimePoint now) {
  const auto can_be = [&](TimePoint at) { return at >= kFirst && at <= now; };
  if (message.date && can_be(*message.date)) return *message.date;
  int seen = 0;
  for (const auto& [name, value] : message.as_mail().headers) {
    if (!ascii_iequals(name, "Received") || ++seen > kReceivedMost) continue;
    const auto semicolon = value.rfind(';');
    if (semicolon == std::string::npos) continue;
    if (const auto at = mime::parse_date(std::string_view(value).substr(semicolon + 1)); at && can_be(*at)) return *at;
  }
  return std::min(fallback, now);
}

}  // namespace orgo
