#include "app/storage/restored_part.h"

#include "core/delivery/restored_alarm.h"

namespace orgo {

RestoredPart& RestoredPart::open(Node& node, const Config& config, StoragePart& storage) {
  auto& part = node.lifecycle().own(std::make_unique<RestoredPart>());
  auto& stores = storage.stores();
  part.watch_ = std::make_unique<RestoredWatch>(
      stores.outbox, AlarmKeeper(kRestoredAlarm, stores.tasks, stores.changes, stores.silence), node.clock(),
      *config.organization.administrators);
  node.add_loops("restored").add("orgo-restored", [&watch = *part.watch_] {
    const auto report = watch.step();
    return report ? report->pause : after_trouble("restored.trouble", report.error());
  });
  return part;
}

gateway::ReadyCheck RestoredPart::ready_check() const {
  return {.name = "restore",
          .check =
              [watch = watch_.get()] {
                const auto trouble = watch->trouble();
                return trouble.empty() ? Status{} : Status(failure(Errc::unavailable, trouble));
              },
          .required = false};
}

}  // namespace orgo
