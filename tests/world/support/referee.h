#pragma once
#include <map>
#include <string>
#include <vector>

#include "tests/world/support/simulation.h"

namespace orgo::world {

/// Compares what was submitted and acknowledged, what is stored, and what reached the peers; knows nothing of how Orgo
/// works inside. The numbers are those of the invariants in docs/reliability: 1 stored once and whole, 2 nothing
/// acknowledged that is not durable, 3 no phantoms, 4 one effect per key, 5 one escalation per deadline, 6 states move
/// along declared edges, 10 stale leases are refused, 13 nothing silently lost, 15 all work ends, 16 no automatic
/// answers to machines.
class Referee {
 public:
  explicit Referee(Simulation& world) : world_(world), store_(world.store_) {}
  /// What is wrong, in words; empty: nothing. At most 20 lines.
  std::vector<std::string> judge();

 private:
  struct Mail {
    MessageId id;
    MessageDecision decision;
  };
  void problem(std::string what);
  void read_all();
  void judge_messages();
  void judge_tasks();
  void judge_effects();
  void judge_notifications();
  void judge_escalations();
  void judge_answers();
  void judge_ledger();

  Simulation& world_;
  SimulatedStore& store_;
  std::vector<MessageSummary> messages_;
  std::vector<Task> tasks_;
  std::vector<StoredSend> sends_;
  std::vector<StoredEvent> events_;
  std::map<MessageId, const Submission*> submission_of_;
  std::map<const Submission*, Mail> mail_of_;
  std::vector<std::string> problems_;
};

}  // namespace orgo::world
