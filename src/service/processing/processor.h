#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/processing/decide.h"
#include "core/rules/rule_set.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/context_reader.h"
#include "port/message_store.h"
#include "port/work_hints.h"
#include "port/work_store.h"
#include "service/policy/policy_book.h"

namespace orgo {

struct ProcessingSettings {
  LeaseOwner owner = {};       ///< in whose name messages are claimed
  int batch = 100;             ///< messages per step, 1 to 1,000
  Millis lease_time{300'000};  ///< how long a worker owns a message before another may take it
  int attempts_max = 8;        ///< then it goes to the dead letters, for a person to look at
  Millis retry_first{1'000};   ///< doubles with each attempt
  Millis retry_most{300'000};
  Millis subject_time{30 * 24 * 3'600'000LL};  ///< a reply without usable ids joins a task of the same sender and
                                               ///< subject that is no older; 0: never
};

/// From a stored message to its decision: take hints, claim, decide, commit. One object per worker; several may run at
/// once. Exactly once by the decision's own row: whatever comes back after a crash finds it and is only completed.
class Processor {
 public:
  Processor(MessageStore& messages, WorkStore& work, WorkHints& hints, ContextReader& context, ChangeStore& changes,
            Clock& clock, PolicyOf policies, ProcessingSettings settings);

  struct Report {
    int leased = 0;
    int decided = 0;
    int retried = 0;
    int buried = 0;
  };
  /// One batch. The error of a store that is down or full; the next step goes on with what was leased, so that work
  /// resumes as soon as the store does.
  Result<Report> step();

 private:
  struct Work;
  class Round;
  Result<std::vector<WorkLease>> claim();
  Result<std::vector<WorkLease>> claim_suspect(TimePoint now);
  void note_suspects(std::span<const WorkKey> keys, TimePoint now, int attempts_from);
  void work_alone(const WorkKey& key);
  Status work_off(const std::vector<WorkLease>& leases, Report& report);
  Result<Report> refused(const std::vector<WorkLease>& leases, const Error& why, Report& report);
  Status read(std::vector<Work>& works, Report& report);
  void parse(Work& work, MessageStore::Loaded loaded) const;
  /// Decides and commits all that depend on nothing undecided; gives back those that have to wait for this round.
  Result<std::vector<Work>> decide_round(std::vector<Work> works, Report& report);
  /// What meets a conflict is `left`, for the next round.
  Status commit(const std::vector<Changes>& batch, std::vector<Work>& decided, std::vector<Work>& left, Report& report);
  void announce(std::span<const WorkLease> leases, TimePoint now);
  Status give_back(const Work& work, Millis delay, const std::string& why, Report& report);
  Status wait_for_policy(const Work& work, const std::string& why, Report& report);
  Millis backoff(int attempts) const;

  MessageStore& messages_;
  WorkStore& work_;
  WorkHints& hints_;
  ContextReader& context_;
  ChangeStore& changes_;
  Clock& clock_;
  PolicyOf policies_;
  ProcessingSettings settings_;
  std::vector<WorkHint> unclaimed_;  ///< of a claim that failed
  std::deque<WorkKey> suspects_;     ///< what has failed often and waits for its turn alone
  bool suspects_turn_ = false;
  std::vector<WorkLease> unfinished_;  ///< of a step that failed
  TimePoint unfinished_until_{};       ///< end of their lease
};

}  // namespace orgo
