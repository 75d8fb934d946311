#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/world/support/simulation.h"

namespace orgo::world {

/// Compares, for each tenant, what was submitted and acknowledged, what is stored, and what reached the peers; knows
/// nothing of how Orgo works inside. The numbers are those of the invariants in docs/reliability: 1 stored once and
/// whole, 2 nothing acknowledged that is not durable, 3 no phantoms, 4 one effect per key, 5 one escalation per
/// deadline, 6 states move along declared edges, 10 stale leases are refused, 13 nothing silently lost, 15 all work
/// ends, 16 no automatic answers to machines.
class Referee {
 public:
  explicit Referee(Simulation& world) : world_(world), seen_(world.seen_) {}
  /// What is wrong, in words; empty: nothing. At most 20 lines.
  std::vector<std::string> judge();

 private:
  struct Mail {
    MessageId id;
    MessageDecision decision;
  };
  void problem(std::string what);
  void read(TenantId tenant);
  void judge_messages();
  void judge_tasks();
  [[nodiscard]] std::set<TaskNumber> ends_of(TaskNumber task) const;
  void judge_threads();
  void judge_phantoms();
  void judge_effects();
  void judge_notifications();
  void judge_escalations();
  void judge_answers();
  void judge_suppressions();
  void judge_follower();
  void judge_ledger();
  /// Of a mail: the ids by which it names itself and what it answers.
  static std::set<std::string> ids_of(std::string_view mail);

  Simulation& world_;
  SqlStores& seen_;
  TenantId tenant_ = kTenants[0];  ///< the one that is judged; what follows is of it
  std::vector<MessageSummary> messages_;
  std::vector<Task> tasks_;
  std::vector<StoredSend> sends_;
  std::map<SendId, const StoredSend*> known_sends_;
  std::vector<StoredEvent> events_;
  std::map<MessageId, const Submission*> submission_of_;
  std::map<const Submission*, Mail> mail_of_;
  std::vector<std::string> problems_;
};

}  // namespace orgo::world
