#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/ledger/ledger_alarm.h"
#include "port/clock.h"
#include "port/ledger_reader.h"
#include "service/alarm/alarm_keeper.h"

namespace orgo {

struct LedgerWatchSettings {
  int batch = 2'000;         ///< messages looked at in a step, 1 to 100,000
  Millis every{300'000};     ///< between the ends and the beginnings of rounds that found nothing
  Millis while_bad{10'000};  ///< the same, while something is wrong
  std::vector<std::string> administrators;
};

/// Looks in passing whether each message that was accepted is there and in a state (I1), round after round. What is not
/// opens an alarm with a task for the administrators, a line in the log, a metric, and `trouble()` for /readyz, until a
/// round finds nothing. It mends nothing: a person has to know first (`orgo doctor --repair`). One thread calls step();
/// trouble(): any.
class LedgerWatch {
 public:
  LedgerWatch(LedgerReader& ledger, AlarmKeeper alarms, Clock& clock, LedgerWatchSettings settings)
      : ledger_(ledger), alarms_(std::move(alarms)), clock_(clock), settings_(std::move(settings)) {}

  struct Report {
    int raised = 0;  ///< alarms
    Millis pause{};  ///< until the next step
  };
  Result<Report> step();
  /// In words; empty: the last round found nothing, or none has ended yet.
  [[nodiscard]] std::string trouble() const;

 private:
  using Found = std::map<TenantId, std::vector<MessageId>>;
  Status end_round(Report& report);
  [[nodiscard]] std::string in_words() const;
  [[nodiscard]] LedgerTrouble trouble_of(TenantId tenant) const;
  void tell(std::string trouble);

  static constexpr std::size_t kFoundMax = 10'000;  ///< of a tenant
  LedgerReader& ledger_;
  AlarmKeeper alarms_;
  Clock& clock_;
  const LedgerWatchSettings settings_;
  std::optional<LedgerPlace> at_;                   ///< nullopt: a round begins
  Found stateless_, lost_, missing_;                ///< of this round
  std::map<TenantId, std::int64_t> missing_count_;  ///< the same
  mutable std::mutex mutex_;
  std::string trouble_;
};

}  // namespace orgo
