#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/memory/memory_work_hints.h"
#include "core/rules/rule_set.h"
#include "service/delivery/delivery_service.h"
#include "service/escalation/escalation_service.h"
#include "service/intake/intake_service.h"
#include "service/processing/processor.h"
#include "service/work/sweeper.h"
#include "tests/world/support/fakes.h"
#include "tests/world/support/network.h"
#include "tests/world/support/random.h"
#include "tests/world/support/simulated_store.h"

namespace orgo::world {

inline constexpr Millis kSendLease{120'000};
inline constexpr Millis kProcessLease{60'000};
inline constexpr std::string_view kOffice = "office@school.example";

/// What a submitted mail must come to.
enum class Expected {
  opens,           ///< a task of its own
  opens_or_joins,  ///< a task of its own, or that of an earlier mail that it belongs to
  recorded,        ///< no work: a machine wrote it
};

/// One mail for one recipient, handed in until it is acknowledged.
struct Submission {
  Envelope envelope{.tenant = kTenant};
  std::shared_ptr<const std::string> bytes;
  Expected expected = Expected::opens;
  std::string team;          ///< who must be told of the task; empty: nobody
  bool is_answered = false;  ///< the sender gets an automatic answer
  TimePoint next_try{};
  int tries = 0;
  bool acknowledged = false;
};

struct SimulationOptions {
  std::uint64_t seed = 1;
  Bug bug = Bug::none;
  bool faults = true;
  int submissions = 32;
  int steps = 500;  ///< with faults; afterwards all must end by itself
};

/// The real services in one thread, on simulated clock, store and network, with people, submitters and peers around
/// them. Everything follows from the seed.
class Simulation {
 public:
  explicit Simulation(SimulationOptions options);

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
  };
  [[nodiscard]] Counts counts();

 private:
  friend class Referee;
  static constexpr int kWorkers = 2;

  /// All that dies with the process.
  struct Process {
    Process(Simulation& world);
    /// Each lane of one worker takes a step.
    Status deliver(std::size_t worker) {
      const auto lanes = deliveries.size() / kWorkers;
      for (std::size_t lane = 0; lane < lanes; ++lane)
        if (auto report = deliveries[worker * lanes + lane]->step(); !report) return tl::unexpected(report.error());
      return {};
    }
    MemoryWorkHints hints;
    std::unique_ptr<WorkSweeper> sweeper;
    std::unique_ptr<IntakeService> intake;
    std::vector<std::unique_ptr<Processor>> processors;
    std::vector<std::unique_ptr<SimulatedMailChannel>> mail;
    std::vector<std::unique_ptr<SimulatedWebhookChannel>> webhooks;
    std::vector<std::unique_ptr<DeliveryService>> deliveries;  ///< worker by worker, and of each all lanes
    std::vector<std::unique_ptr<EscalationService>> escalations;
  };

  void plan();
  void plan_one(int i);
  void add(std::string recipient, std::string bytes, Expected expected, std::string team, bool is_answered = false);
  void one_step();
  void submit_what_is_due();
  void somebody_acts();
  void correspondents_answer();
  void another_worker();
  void crash(Millis downtime);
  void pause();
  void excuse_unrecorded();
  template <typename Step>
  void guarded(Step step);
  bool finish();
  bool is_over();
  TimePoint next_instant();
  void check_balance();

  SimulationOptions options_;
  Random random_;
  SimulatedClock clock_;
  SimulatedStore store_;
  Peers peers_;
  std::shared_ptr<const rules::RuleSet> rules_;
  std::unique_ptr<Process> process_;
  int generation_ = 0;  ///< grows with each crash: connections of an earlier one are cut
  bool interleaving_ = false;
  std::size_t active_ = 0;  ///< the worker that is in the middle of something; only the other one may get in between
  bool calm_ = false;       ///< the faults are over
  std::vector<Submission> submissions_;
  std::size_t answered_effects_ = 0;  ///< of Peers::taken(), looked at by correspondents
  std::vector<std::string> problems_;
  std::string acknowledgements_;
  Counts counts_;
};

}  // namespace orgo::world
