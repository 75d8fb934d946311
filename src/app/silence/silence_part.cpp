#include "app/silence/silence_part.h"

#include <utility>

#include "app/silence/silence_settings.h"

namespace orgo {
namespace {

constexpr Millis kListen{60'000};  ///< how often it looks what came

}  // namespace

SilencePart* SilencePart::open(Node& node, const Config& config, StoragePart& storage, RulesPart& rules,
                               MailboxesPart& mailboxes, std::function<void()> on_raised) {
  if (!config.silence.alarm) return nullptr;
  SilenceSettings settings{.tenant = storage.tenant()};
  settings.judge_now = [&config, &rules] { return silence_settings(config, *rules.workplace()); };
  settings.administrators = config.organization.administrators;
  auto& part = node.lifecycle().own(std::make_unique<SilencePart>());
  auto& stores = storage.stores();
  part.service_ =
      std::make_unique<SilenceService>(stores.silence, stores.tasks, stores.changes, node.clock(), std::move(settings),
                                       [&mailboxes](const std::string& source) { return mailboxes.trouble(source); });
  auto& service = *part.service_;
  auto& loops = node.add_loops("silence", [&service] { (void)service.save(); });
  loops.add("orgo-silence", [&service, on_raised = std::move(on_raised)] {
    const auto report = service.step();
    if (!report) return after_trouble("silence.trouble", report.error());
    if (report->raised > 0) on_raised();
    return report->more ? Millis{0} : kListen;
  });
  return &part;
}

}  // namespace orgo
