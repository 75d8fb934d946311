#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "base/time_zone.h"

namespace orgo {

/// What is known of an address that mails of ours did not reach. While it blocks, nothing is sent to it: a sender that
/// goes on writing to dead addresses ends on block lists, and then no mail of the organization arrives.
struct Suppression {
  TenantId tenant;
  std::string address;       ///< as contact_key() makes it
  std::int64_t version = 0;  ///< grows by one with each change, as a task's does; a change names the version it saw
  bool active = false;       ///< false: failures are only counted so far
  std::string reason;        ///< "userunknown", "mailboxfull", "feedback", or "manual"
  std::string detail;        ///< the answer of the refusing system or what a person wrote, at most 1 KiB
  std::int64_t count = 0;    ///< failures since `since`
  TimePoint since{};         ///< the first of these failures, or when a person added it
  TimePoint updated_at{};
  MessageId message;  ///< the report of the latest failure; 0: told by the relay itself, or added by a person
  std::string actor;  ///< "rules", "delivery", "user:anna"
  std::optional<TimePoint> expires_at;  ///< nullopt: until a person removes it
  friend bool operator==(const Suppression&, const Suppression&) = default;
};

/// May nothing be sent to it at `now`?
bool blocks(const Suppression& suppression, TimePoint now);

/// "suppressed since 2026-11-22T02:22:35+01:00: userunknown (550 5.1.1 ...), reported by m17"; times as the clocks of
/// `zone` show them.
std::string refusal_words(const Suppression& suppression, const TimeZone& zone = {});

}  // namespace orgo
