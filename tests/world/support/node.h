#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "adapter/memory/memory_work_hints.h"
#include "adapter/sql/stores.h"
#include "core/rules/rule_set.h"
#include "service/delivery/delivery_service.h"
#include "service/escalation/escalation_service.h"
#include "service/intake/intake_service.h"
#include "service/processing/processor.h"
#include "service/work/sweeper.h"
#include "tests/world/support/network.h"
#include "tests/world/support/simulated_database.h"

namespace orgo::world {

inline constexpr std::string_view kOffice = "office@school.example";
inline constexpr Millis kSendLease{120'000};
inline constexpr Millis kProcessLease{60'000};

/// What the nodes of a world share.
struct Surroundings {
  SimulatedDatabase& database;
  SimulatedClock& clock;
  Peers& peers;
  Random& random;
  TaskStore& seen;  ///< the tasks as they are, for planted mistakes only
  std::shared_ptr<const rules::RuleSet> rules;
  Bug bug = Bug::none;
};

/// A process: the real stores over the one database, and the real services over them. All of it dies at once.
class Node {
 public:
  static constexpr int kWorkers = 2;
  Node(const Surroundings& around, int number);
  /// Each lane of one worker takes a step.
  Status deliver(int worker);

  std::unique_ptr<SqlStores> stores;
  std::unique_ptr<ChangeStore> changes;  ///< those of `stores`, where others get in before they come there
  MemoryWorkHints hints;
  std::unique_ptr<WorkSweeper> sweeper;
  std::unique_ptr<IntakeService> intake;
  // One for each worker.
  std::vector<std::unique_ptr<Processor>> processors;
  std::vector<std::unique_ptr<SimulatedMailChannel>> mail;
  std::vector<std::unique_ptr<SimulatedWebhookChannel>> webhooks;
  std::vector<std::vector<std::unique_ptr<DeliveryService>>> deliveries;  ///< of each worker, all lanes
  std::vector<std::unique_ptr<EscalationService>> escalations;
};

}  // namespace orgo::world
