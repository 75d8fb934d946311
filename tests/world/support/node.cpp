#include "tests/world/support/node.h"

#include <initializer_list>

#include "core/processing/message_decision.h"
#include "core/suppression/suppression_change.h"
#include "core/task/task_change.h"
#include "tests/world/support/policies.h"

namespace orgo::world {
namespace {

constexpr Millis kMinute{60'000};
constexpr double kDropSends = 0.2;  // of the Changes that have some
constexpr double kDropPart = 0.5;   // of those that have it: one address is told about by several

/// On the way to the store: others get in between what was read and what is written, and mistakes that stand in the
/// code and not in its statements are made here.
class SimulatedChangeStore final : public ChangeStore {
 public:
  SimulatedChangeStore(ChangeStore& real, const Surroundings& around) : real_(real), around_(around) {}

  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override {
    around_.database.let_others_in();
    if (around_.bug == Bug::none) return real_.commit(batch, deadline);
    std::vector<Changes> altered(batch.begin(), batch.end());
    for (auto& changes : altered) alter(changes);
    return real_.commit(altered, deadline);
  }

 private:
  void alter(Changes& changes) {
    // The version alone would refuse the second escalation too, so both have to be off for that mistake to show.
    if (around_.bug == Bug::lost_update || around_.bug == Bug::timer_fencing_off)
      for (auto& change : changes.all<TaskChange>()) {
        if (!change.task.number) continue;
        if (const auto now = around_.seen.read(changes.tenant, change.task.number))
          change.task.version = now->version + 1;
      }
    if (around_.bug == Bug::part_dropped && around_.random.chance(kDropPart)) changes.remove_all<SuppressionChange>();
    if (around_.bug == Bug::outbox_skipped && changes.find<MessageDecision>() && !changes.sends.empty() &&
        around_.random.chance(kDropSends))
      changes.sends.clear();
  }

  ChangeStore& real_;
  Surroundings around_;
};

}  // namespace

Node::Node(const Surroundings& around, int number) {
  auto engine = around.database.start_node(number);
  stores = std::make_unique<SqlStores>(std::move(engine), around.database.blobs(number));
  changes = std::make_unique<SimulatedChangeStore>(stores->changes, around);
  const LeaseOwner owner{"node" + std::to_string(number), std::to_string(around.database.actor(number, 0).incarnation)};
  (void)stores->release(owner, LeasesOf::earlier_boots, around.clock.now());
  if (around.bug == Bug::lease_of_living_taken)
    for (const auto* other : {"node0", "node1"})
      (void)stores->release({other, "no boot"}, LeasesOf::earlier_boots, around.clock.now());
  // Most of what is accepted is announced; the rest, and what a crash makes forgotten, is the sweeper's.
  intake = std::make_unique<IntakeService>(
      stores->messages, IntakeLimits{},
      [this, random = &around.random, clock = &around.clock](std::span<const WorkKey> work) {
        if (random->chance(0.8)) hints.announce(work, clock->now());
      });
  sweeper = std::make_unique<WorkSweeper>(stores->work, hints, around.clock);
  PolicySettings decided;
  decided.decide.domain = decided.render.domain = kDomain;
  decided.decide.own_addresses = {std::string(kOffice)};
  decided.decide.own_sender = "orgo@" + std::string(kDomain);
  const auto policies = one_policy(around.rules, decided);
  ProcessingSettings processing;
  processing.owner = owner;
  processing.batch = 8;
  processing.lease_time = kProcessLease;
  processing.attempts_max = 1'000;  // so many faults in so short a time are no sign of a poisonous message
  DeliverySettings delivery;
  delivery.owner = owner;
  delivery.batch = 5;
  delivery.lease_time = kSendLease;
  delivery.send_time = kMinute;
  const EscalationSettings escalation{.owner = owner, .batch = 4};
  const auto lane_of = [&](const char* name) {
    return std::make_shared<LaneState>(stores->outbox, name, delivery.loop_total_factor, kWorkers);
  };
  const auto mails = lane_of("mail"), hooks = lane_of("webhook");
  for (int i = 0; i < kWorkers; ++i) {
    processors.push_back(std::make_unique<Processor>(stores->messages, stores->work, hints, stores->context, *changes,
                                                     around.clock, policies, processing));
    mail.push_back(std::make_unique<SimulatedMailChannel>(around.peers));
    webhooks.push_back(std::make_unique<SimulatedWebhookChannel>(around.peers));
    auto& lanes = deliveries.emplace_back();
    for (auto* const lane : std::initializer_list<OutboundChannel*>{mail.back().get(), webhooks.back().get()})
      lanes.push_back(std::make_unique<DeliveryService>(
          stores->outbox, stores->messages, stores->tasks, *changes, around.clock, *lane, policies,
          [random = &around.random] { return random->real(); }, delivery, lane == mail.back().get() ? mails : hooks));
    escalations.push_back(
        std::make_unique<EscalationService>(stores->tasks, *changes, around.clock, DeadlinePolicies{}, escalation));
  }
}

Status Node::deliver(int worker) {
  for (const auto& lane : deliveries.at(static_cast<std::size_t>(worker)))
    if (const auto report = lane->step(); !report) return tl::unexpected(report.error());
  return {};
}

}  // namespace orgo::world
