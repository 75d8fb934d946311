#include "app/queue/hints_part.h"

#include <utility>

#include "adapter/brokers/open_broker.h"
#include "adapter/memory/memory_work_hints.h"

namespace orgo {
namespace {

/// A node that died holds the turn no longer than it takes to see that; its locks are given back then.
constexpr Millis kTurn{30'000};

}  // namespace

Result<HintsPart*> HintsPart::open(Node& node, const Config& config, StoragePart& storage, bool decides) {
  auto& part = node.lifecycle().own(std::make_unique<HintsPart>());
  // Nodes of one installation know each other by their secret; others may share the broker.
  ORGO_TRY(broker, open_broker(*config.queue.url, *config.queue.password, storage.key("hints").substr(0, 12)));
  if (!broker) {
    part.hints_ = std::make_unique<MemoryWorkHints>();
    return &part;
  }
  auto shared = std::make_unique<SharedHints>(
      std::move(broker), node.clock(),
      SharedHintsOptions{.decides = decides, .has_others = [&node] { return node.has_others(); }});
  part.shared_ = shared.get();
  part.hints_ = std::move(shared);
  part.turn_ = std::make_unique<Turn>(node.locks(), node.clock(), "sweep", node.owner(), kTurn);
  const auto end = [hints = part.shared_] { hints->stop(); };
  auto& putting = node.add_loops("hints to others", {.ask = end, .cut = end});
  putting.add("orgo-hints-put", [hints = part.shared_] { return hints->put_step(); });
  part.shared_->on_surplus([&putting] { putting.wake(); });
  node.add_loops("hints of others", {.ask = end, .cut = end}).add("orgo-hints-get", [hints = part.shared_] {
    return hints->fetch_step();
  });
  return &part;
}

bool HintsPart::is_to_sweep() {
  return !hints_->reaches_others() || turn_->is_ours();
}

std::vector<gateway::ReadyCheck> HintsPart::ready_checks() const {
  if (shared_ == nullptr) return {};
  return {{.name = "queue",
           .check =
               [hints = shared_] {
                 const auto trouble = hints->trouble();
                 return trouble.empty()
                            ? Status()
                            : Status(failure(Errc::unavailable, trouble + ": nodes work on, each by itself"));
               },
           .required = false}};
}

}  // namespace orgo
