#include "core/calendar/feed.h"

#include <algorithm>

#include "base/ago.h"
#include "base/hash.h"
#include "base/ical_lines.h"
#include "base/icalendar.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/calendar/holidays.h"

namespace orgo {
namespace {

using std::chrono::days;

constexpr Millis kRetryFirst{60'000};
constexpr Millis kRetryAfterMost = days{1};
constexpr std::size_t kErrorBytesMax = 500, kTagBytesMax = 1'000;

Millis share_of(Millis span, double share) {
  return Millis{static_cast<std::int64_t>(static_cast<double>(span.count()) * share)};
}

/// What a server sends goes back to it in a header, so it is one line or nothing.
std::string tag(std::string text) {
  const bool fits = text.size() <= kTagBytesMax &&
                    std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  return fits ? std::move(text) : std::string();
}

}  // namespace

std::string to_text(const FeedState& state) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("url", state.url).field("etag", state.etag).field("last_modified", state.last_modified);
  json.field("fetched_at", to_ms(state.fetched_at))
      .field("confirmed_at", to_ms(state.confirmed_at))
      .field("checked_at", to_ms(state.checked_at));
  json.field("next_at", to_ms(state.next_at)).field("failures", state.failures).field("error", state.error);
  json.field("bytes", state.bytes).field("events", state.events).end_object();
  return out;
}

Result<FeedState> parse_feed_state(std::string_view text) {
  ORGO_TRY(parsed, parse_json(text));
  if (!parsed.is_object()) return failure(Errc::invalid_input, "this is no state of a feed");
  const auto& object = parsed.as_object();
  const auto words = [&](const char* key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
  };
  const auto number = [&](const char* key) -> std::int64_t {
    const auto* value = object.if_contains(key);
    if (value == nullptr) return 0;
    if (value->is_int64()) return std::max<std::int64_t>(0, value->as_int64());
    return 0;
  };
  FeedState state;
  state.url = words("url");
  if (state.url.empty()) return failure(Errc::invalid_input, "this is no state of a feed: it has no url");
  state.etag = tag(words("etag"));
  state.last_modified = tag(words("last_modified"));
  state.fetched_at = from_ms(number("fetched_at"));
  state.confirmed_at = from_ms(number("confirmed_at"));
  state.checked_at = from_ms(number("checked_at"));
  state.next_at = from_ms(number("next_at"));
  state.failures = number("failures");
  state.error = words("error");
  state.bytes = static_cast<std::uint64_t>(number("bytes"));
  state.events = static_cast<std::uint64_t>(number("events"));
  return state;
}

Result<FeedFacts> judge_feed(std::string_view text) {
  ORGO_TRY(calendar, read_icalendar(text));
  // Where a connection broke without a word, only the end tells it (RFC 5545, 3.4).
  constexpr std::string_view kEnd = "END:VCALENDAR";
  std::string in_utf8;
  const auto body = trim(ical_text(text, in_utf8));
  if (body.size() < kEnd.size() || !ascii_iequals(body.substr(body.size() - kEnd.size()), kEnd))
    return failure(Errc::invalid_input, "iCalendar: it is cut off, END:VCALENDAR is missing");
  if (calendar.events.empty()) return failure(Errc::invalid_input, "iCalendar: there is no event in it");
  ORGO_TRY(holidays, holidays_of(text));
  (void)holidays;  // that they can be followed within the bounds is all
  return FeedFacts{calendar.events.size()};
}

bool is_due(const FeedState& state, Millis refresh, TimePoint now) {
  if (state.checked_at == TimePoint{} || state.checked_at > now) return true;
  return state.next_at <= now || (state.failures == 0 && state.checked_at + refresh + refresh / 10 <= now);
}

FeedState after_no_change(FeedState state, Millis refresh, double share, TimePoint now) {
  state.confirmed_at = state.checked_at = now;
  state.failures = 0;
  state.error.clear();
  state.next_at = now + refresh - refresh / 10 + share_of(refresh / 5, share);
  return state;
}

FeedState after_change(FeedState state, FeedFacts facts, std::uint64_t bytes, std::string etag,
                       std::string last_modified, Millis refresh, double share, TimePoint now) {
  state = after_no_change(std::move(state), refresh, share, now);
  state.fetched_at = now;
  state.etag = tag(std::move(etag));
  state.last_modified = tag(std::move(last_modified));
  state.bytes = bytes;
  state.events = facts.events;
  return state;
}

FeedState after_failure(FeedState state, std::string why, Millis retry_after, Millis refresh, double share,
                        TimePoint now) {
  state.checked_at = now;
  state.error = std::string(cut_utf8(why, kErrorBytesMax));
  Millis pause = kRetryFirst;
  for (std::int64_t i = 0; i < state.failures && pause < refresh; ++i) pause *= 2;
  ++state.failures;
  pause = std::min(pause, refresh);
  pause = pause - pause / 4 + share_of(pause / 2, share);
  state.next_at = now + std::max(pause, std::min(retry_after, kRetryAfterMost));
  return state;
}

std::string feed_label(std::string_view url) {
  const auto scheme = url.find("://");
  auto host = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host = host.substr(at + 1);
  std::string label;
  for (const char c : host.substr(0, 100)) label += c > 0x20 && c < 0x7F && c != '"' && c != '\\' ? c : '?';
  return ascii_lower(label) + "#" + to_hex(sha256(url)).substr(0, 8);
}

std::string feed_trouble(const FeedState& state, TimePoint now) {
  if (state.failures == 0 && state.has_version()) return {};
  if (state.checked_at == TimePoint{}) return "was never fetched: nothing of it counts yet";
  std::string text =
      state.failures > 0
          ? (state.failures == 1 ? "the last look" : "the last " + std::to_string(state.failures) + " looks") +
                std::string(" failed: ") + state.error
          : "";
  if (!state.has_version()) return text + "; it was never fetched: nothing of it counts yet";
  return text + "; the version fetched " + ago(state.fetched_at, now) + " stays in force, confirmed " +
         ago(state.confirmed_at, now);
}

}  // namespace orgo
