#include "tests/world/support/simulation.h"

namespace orgo::world {

Simulation::Process::Process(Simulation& world) {
  auto& store = world.store_;
  // Most of what is accepted is announced; the rest, and what a crash makes forgotten, is the sweeper's.
  intake = std::make_unique<IntakeService>(store, IntakeLimits{}, [this, &world](std::span<const WorkKey> work) {
    if (world.random_.chance(0.8)) hints.announce(work, world.clock_.now());
  });
  sweeper = std::make_unique<WorkSweeper>(store, hints, world.clock_);
  const LeaseOwner owner{"world", std::to_string(world.generation_)};
  (void)store.release(owner, LeasesOf::earlier_boots, world.clock_.now());
  (void)store.release_sends(owner, LeasesOf::earlier_boots, world.clock_.now());
  (void)store.release_timers(owner, LeasesOf::earlier_boots);
  const auto rules = [&world] { return world.rules_; };
  ProcessingSettings processing;
  processing.owner = owner;
  processing.batch = 8;
  processing.lease_time = kProcessLease;
  processing.attempts_max = 1'000;  // so many faults in so short a time are no sign of a poisonous message
  processing.decide.domain = kDomain;
  processing.decide.own_addresses = {std::string(kOffice)};
  processing.decide.own_sender = "orgo@" + std::string(kDomain);
  DeliverySettings delivery;
  delivery.owner = owner;
  delivery.batch = 5;
  delivery.lease_time = kSendLease;
  delivery.send_time = kSendLease / 2;
  delivery.render.domain = kDomain;
  EscalationSettings escalation;
  escalation.owner = owner;
  escalation.batch = 4;
  for (int i = 0; i < kWorkers; ++i) {
    processors.push_back(
        std::make_unique<Processor>(store, store, hints, store, store, store, world.clock_, rules, processing));
    mail.push_back(std::make_unique<SimulatedMailChannel>(world.peers_));
    webhooks.push_back(std::make_unique<SimulatedWebhookChannel>(world.peers_));
    for (auto* const lane : std::initializer_list<OutboundChannel*>{mail.back().get(), webhooks.back().get()})
      deliveries.push_back(std::make_unique<DeliveryService>(
          store, store, store, store, world.clock_, *lane, rules, [&world] { return world.random_.real(); }, delivery));
    escalations.push_back(std::make_unique<EscalationService>(store, store, store, world.clock_, escalation));
  }
}

}  // namespace orgo::world
