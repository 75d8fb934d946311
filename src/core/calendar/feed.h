#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace orgo {

/// A feed of holidays or shifts that is named by its URL: what is known of the version that is kept, and how the last
/// looks went. The version itself is text beside it.
struct FeedState {
  std::string url;
  std::string etag, last_modified;  ///< of the version kept, as the server wrote them; may be empty
  TimePoint fetched_at{};           ///< when the version kept came; {}: there is none
  TimePoint confirmed_at{};         ///< when the server last said that it holds
  TimePoint checked_at{};           ///< the last look, whatever came of it; {}: never
  TimePoint next_at{};              ///< the next look
  std::int64_t failures = 0;        ///< in a row
  std::string error;                ///< why the last look failed; empty: it did not
  std::uint64_t bytes = 0;          ///< of the version kept
  std::uint64_t events = 0;         ///< in it
  friend bool operator==(const FeedState&, const FeedState&) = default;

  [[nodiscard]] bool has_version() const { return fetched_at != TimePoint{}; }
};

/// One line of JSON; invalid_input: not what to_text() writes. Fields that are missing are empty.
std::string to_text(const FeedState& state);
Result<FeedState> parse_feed_state(std::string_view text);

/// What a good feed has in it.
struct FeedFacts {
  std::size_t events = 0;
};
/// Is it a whole iCalendar file that one can count with? A page of a login, half a file, or one without any event is
/// none: then the version before stays. invalid_input, or resource_exhausted past a limit, and why.
Result<FeedFacts> judge_feed(std::string_view text);

/// Is a look due? Also when its last one was longer ago than `refresh` allows, or lies in the future: clocks are set,
/// and settings change.
bool is_due(const FeedState& state, Millis refresh, TimePoint now);
/// The state after a look. `share` of [0, 1) spreads the looks, so that not all the world asks at midnight: within a
/// tenth of `refresh` after a good look, within a quarter of the pause after a failure. The pause after failures is a
/// minute and doubles up to `refresh`; `retry_after` is what the server asked for, kept up to a day. {}: it said
/// nothing.
FeedState after_change(FeedState state, FeedFacts facts, std::uint64_t bytes, std::string etag,
                       std::string last_modified, Millis refresh, double share, TimePoint now);
FeedState after_no_change(FeedState state, Millis refresh, double share, TimePoint now);
FeedState after_failure(FeedState state, std::string why, Millis retry_after, Millis refresh, double share,
                        TimePoint now);

/// A name for logs and metrics: the host and a hash, since the path of a private feed is its password:
/// "calendar.example.org#1f2e3d4c".
std::string feed_label(std::string_view url);

/// For people: "fails since 2 hours: ...; the version of 2026-11-20T... is in force". Empty: all is well.
std::string feed_trouble(const FeedState& state, TimePoint now);

}  // namespace orgo
