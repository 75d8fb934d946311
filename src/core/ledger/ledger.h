#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"

namespace orgo {

/// The promise ledger (I1) of one tenant and channel, counted from the tables.
/// accepted = decided + waiting + dead, decided = opened + joined + recorded + dropped: at all times.
struct LedgerLine {
  TenantId tenant;
  std::string channel;
  std::int64_t accepted = 0;  ///< rows in messages
  std::int64_t stored = 0;    ///< of them, with bytes whose place exists in the blob store
  std::int64_t decided = 0;   ///< rows in decisions
  std::int64_t opened = 0, joined = 0, recorded = 0, dropped = 0;
  std::int64_t waiting = 0;  ///< undecided, with a work item in the queue
  std::int64_t dead = 0;     ///< undecided, in the dead letters
  std::int64_t refused = 0;  ///< dead letters that a person dropped, each with a reason in the log
};

/// Stands in place of a channel for messages that were accepted and are gone: they have a number, and no row.
inline constexpr std::string_view kGoneChannel = "gone";

/// What does not balance, in words; empty when all is well.
std::vector<std::string> imbalances(const LedgerLine& line);

}  // namespace orgo
