#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/rules/rule_set.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"
#include "tests/world/support/network.h"
#include "tests/world/support/node.h"
#include "tests/world/support/random.h"
#include "tests/world/support/simulated_database.h"

namespace orgo::world {

inline constexpr std::array kTenants = {kTenant, kOtherTenant};

/// What a submitted mail must come to.
enum class Expected {
  opens,           ///< a task of its own
  opens_or_joins,  ///< a task of its own, or that of an earlier mail that it belongs to
  recorded,        ///< no work: a machine wrote it
};

/// One mail for one recipient, handed in until it is acknowledged.
struct Submission {
  Envelope envelope;
  std::shared_ptr<const std::string> bytes;
  Expected expected = Expected::opens;
  std::string team;          ///< who must be told of the task; empty: nobody
  bool is_answered = false;  ///< the sender gets an automatic answer
  TimePoint next_try{};
  int tries = 0;
  bool acknowledged = false;
};

/// Somebody who reads the log of events of a tenant behind a cursor, as live pages and webhooks do.
struct Follower {
  TenantId tenant;
  std::int64_t last = 0;
  std::vector<std::int64_t> seen;
};

struct SimulationOptions {
  std::uint64_t seed = 1;
  Bug bug = Bug::none;
  bool faults = true;
  int submissions = 32;
  int steps = 500;  ///< with faults; afterwards all must end by itself
};

/// The real services of several nodes over the real SQL, in one thread, on simulated clock, database faults and
/// network, with people, submitters and peers around them, for two tenants whose mails look alike. Everything follows
/// from the seed.
class Simulation {
 public:
  explicit Simulation(SimulationOptions options);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Runs to the end. What is wrong, in words; empty: nothing. See referee.cpp.
  std::vector<std::string> run();

  /// Hash of all that happened: the log of events, the effects at the peers, the acknowledgements.
  [[nodiscard]] std::string fingerprint();

  struct Counts {
    int crashes = 0;
    int crashes_in_flight = 0;  ///< with work under way
    int retries = 0;            ///< submissions handed in again
    std::size_t effects = 0;
    std::size_t escalations = 0;
    SimulatedDatabase::Counts database;
  };
  [[nodiscard]] Counts counts();

 private:
  friend class Referee;
  static constexpr int kNodes = 2;
  static constexpr int kWorkers = Node::kWorkers;

  struct Place {
    std::unique_ptr<Node> node;  ///< nullptr: it is down
    TimePoint starts_at{};
    int generation = 0;  ///< grows with each crash: connections of an earlier one are cut
  };

  // simulation_plan.cpp: what people do
  void plan();
  void plan_one(int i);
  void add(TenantId tenant, std::string recipient, std::string bytes, Expected expected, std::string team,
           bool is_answered = false);
  void correspondents_answer();
  TenantId tenant_of(SendId send);
  void somebody_acts(Node& node);
  void somebody_follows(Node& node);

  // simulation.cpp: what goes on
  void start(int node);
  void start_who_may();
  void one_step();
  void step_of(int node, int worker);
  void submit_what_is_due(int node);
  void another_worker();
  void crash(int node);
  void stop(int node);
  void pause();
  void excuse_unrecorded();
  bool finish();
  bool finish_round();
  bool is_over();
  TimePoint next_instant();
  void check_balance();
  [[nodiscard]] Surroundings surroundings();

  SimulationOptions options_;
  Random random_;
  SimulatedClock clock_;
  SimulatedDatabase database_;
  SqlStores seen_;  ///< what is really there, for the referee and whoever else is not Orgo
  Peers peers_;
  std::shared_ptr<const rules::RuleSet> rules_;
  std::array<Place, kNodes> places_;
  std::array<Follower, kTenants.size()> followers_{{{.tenant = kTenants[0]}, {.tenant = kTenants[1]}}};
  bool interleaving_ = false;
  int running_ = 0;  ///< the node in the middle of something, and its worker: only others may get in between
  int worker_ = 0;
  bool calm_ = false;  ///< the faults are over
  std::vector<Submission> submissions_;
  std::size_t answered_effects_ = 0;  ///< of Peers::taken(), looked at by correspondents
  std::vector<std::string> problems_;
  std::string acknowledgements_;
  Counts counts_;
};

}  // namespace orgo::world
