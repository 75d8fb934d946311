#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"
#include "core/delivery/brake.h"
#include "port/outbox.h"
#include "service/delivery/sources.h"

namespace orgo {

/// Counts what the brake against loops judges, for one lane: of each tenant by itself.
class BrakeCounts {
 public:
  BrakeCounts(Outbox& outbox, std::string lane, std::int64_t total_factor)
      : outbox_(outbox), lane_(std::move(lane)), total_factor_(total_factor) {}

  /// All that brake() wants to know of this send.
  Result<BrakeFacts> facts(const LeasedSend& leased, Sources& sources, TimePoint now);

 private:
  using Counts = std::array<std::int64_t, kLoopLimits.size()>;
  /// Of the whole tenant, counted at most every few seconds: it is the dear part, and its limits are far away.
  Result<Counts> tenant_counts(TenantId tenant, TimePoint now);
  Result<std::int64_t> count_alike(const LeasedSend& leased, TimePoint since);
  Result<AnswerCount> count_answers(const LeasedSend& leased, Sources& sources, TimePoint now);
  /// An answer by the same template about the same subject, in words; empty: none.
  Result<std::string> find_earlier(const LeasedSend& leased, std::span<const StoredSend> answers, Sources& sources,
                                   TimePoint now);

  Outbox& outbox_;
  std::string lane_;
  std::int64_t total_factor_;
  struct Known {
    TimePoint at{};
    Counts counts{};
  };
  static constexpr std::size_t kTenantsMax = 10'000;
  std::map<TenantId, Known> known_;  ///< forgotten as a whole when there are more than kTenantsMax
};

}  // namespace orgo
