#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapter/memory/memory_store.h"
#include "service/delivery/delivery_service.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"

namespace orgo::world {

using contract::kStart;

/// A store whose commits can be made to fail, or to lose their answers.
class TroubledStore : public MemoryStore {
 public:
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override {
    if (down) return failure(Errc::unavailable, "disk gone");
    auto answers = MemoryStore::commit(batch, deadline);
    if (std::exchange(lose_answer, false)) return failure(Errc::deadline_exceeded, "answer lost");
    return answers;
  }
  Result<std::vector<LeasedSend>> lease_sends(const LeaseOwner& owner, TimePoint now, Millis lease_time, int limit,
                                              std::string_view lane = {}, const LeaseChoice& choice = {}) override {
    auto leased = MemoryStore::lease_sends(owner, now, lease_time, limit, lane, choice);
    if (const auto then = std::exchange(after_lease, {})) then();
    return leased;
  }
  std::function<void()> after_lease;  ///< once, when a lease is durable and nobody knows of it yet
  bool down = false;
  bool lose_answer = false;
};

/// The delivery service over the memory store, with peers that answer as the test says.
class Delivery : public testing::Test {
 protected:
  Delivery() { policy.settings.render.domain = "orgo.example"; }
  DeliveryService service() { return service_of(mail); }
  DeliveryService service_of(OutboundChannel& channel) {
    return DeliveryService(
        store, store, store, store, clock, channel, policies(), [] { return 0.5; }, settings);
  }
  PolicyOf policies() {
    return [this](TenantId) { return Result<std::shared_ptr<const Policy>>(std::make_shared<const Policy>(policy)); };
  }
  TaskNumber queue(std::vector<Send> sends, MessageId message = {}) {
    auto changes = contract::opening();
    changes.at = clock.now();
    for (auto& send : sends) send.message = message;
    changes.sends = std::move(sends);
    return store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0)->task;
  }
  std::vector<StoredSend> sends(TaskNumber task) { return store.sends_of_task(kTenant, task).value(); }
  std::vector<StoredEvent> history(TaskNumber task) { return store.history(kTenant, task, 1000).value(); }
  void answer_with(SendResult::Kind kind, std::string detail) {
    mail.answer = [kind, detail](const Outgoing&) { return SendResult{kind, detail}; };
  }

  SimulatedClock clock{kStart};
  TroubledStore store;
  FakeMailServer mail;
  FakeWebhookReceiver webhooks;
  Policy policy{.tenant = kTenant, .rules = rules::load_rules({}).rules, .settings = {}};
  DeliverySettings settings;
};

}  // namespace orgo::world
