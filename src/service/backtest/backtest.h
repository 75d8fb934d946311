#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/backtest/compare.h"
#include "core/processing/decide.h"
#include "core/rules/rule_set.h"
#include "port/message_store.h"

namespace orgo {

/// A message to be decided again.
struct BacktestMail {
  MessageId id;      ///< 0: a file
  std::string name;  ///< of a file
  Envelope envelope;
  DedupKey key;
  bool known_id = false;
  std::optional<Outcome> decided;  ///< what became of it
  Result<std::string> bytes;
};

struct BacktestSettings {
  DecideSettings decide;
  unsigned threads = 0;              ///< 0: one for each core
  std::size_t examples_max = 1'000;  ///< changed messages that are listed
};

/// Decides each message twice, by `before` and by `after`, as if it came at the time it came: hour, weekday and
/// business time are those of then. What joined a task as a follow-up is counted as not changed, since rules are not
/// asked for it; what depends on other mail of that time (an earlier copy, the sender's history) is taken as for a
/// first mail.
class Backtest {
 public:
  using Rules = std::shared_ptr<const rules::RuleSet>;
  /// Makes its mails ready: called by the worker that decides them, so that loading is spread over the cores as well.
  using Chunk = std::function<std::vector<BacktestMail>()>;
  /// The next chunk; none: the end. Called by one thread at a time.
  using Source = std::function<Result<std::optional<Chunk>>()>;
  /// How many messages were looked at so far; from any worker, at most some times a second. False: stop.
  using Progress = std::function<bool(std::int64_t messages)>;

  Backtest(Rules before, Rules after, BacktestSettings settings)
      : before_(std::move(before)), after_(std::move(after)), settings_(std::move(settings)) {}

  /// An error of the source; conflict when `progress` said stop.
  Result<Comparison> run(const Source& source, const Progress& progress = {});

 private:
  void decide_one(const BacktestMail& mail, Comparison& comparison) const;

  Rules before_, after_;
  BacktestSettings settings_;
};

/// The stored messages that came at `since` or later, newest first, in chunks.
Backtest::Source stored_messages(MessageStore& store, TenantId tenant, TimePoint since);

}  // namespace orgo
