#include "app/storage/ledger_part.h"

#include "core/ledger/ledger_alarm.h"

namespace orgo {

LedgerPart& LedgerPart::open(Node& node, const Config& config, StoragePart& storage) {
  auto& part = node.lifecycle().own(std::make_unique<LedgerPart>());
  auto& stores = storage.stores();
  LedgerWatchSettings settings;
  settings.administrators = *config.organization.administrators;
  part.watch_ = std::make_unique<LedgerWatch>(stores.ledger,
                                              AlarmKeeper(kLedgerAlarm, stores.tasks, stores.changes, stores.silence),
                                              node.clock(), std::move(settings));
  node.add_loops("ledger").add("orgo-ledger", [&watch = *part.watch_] {
    const auto report = watch.step();
    return report ? report->pause : after_trouble("ledger.trouble", report.error());
  });
  return part;
}

gateway::ReadyCheck LedgerPart::ready_check() const {
  return {.name = "ledger",
          .check =
              [watch = watch_.get()] {
                const auto trouble = watch->trouble();
                return trouble.empty() ? Status{} : Status(failure(Errc::corrupt, trouble));
              },
          .required = false};
}

}  // namespace orgo
