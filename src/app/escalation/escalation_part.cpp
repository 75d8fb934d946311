#include "app/escalation/escalation_part.h"

#include <utility>

#include "base/planted.h"

namespace orgo {

EscalationPart& EscalationPart::open(Node& node, const Config& config, StoragePart& storage, PoliciesPart& policies,
                                     std::function<void()> on_fired) {
  auto& part = node.lifecycle().own(std::make_unique<EscalationPart>());
  EscalationSettings settings;
  settings.owner = storage.owner();
  settings.administrators = *config.organization.administrators;
  part.service_ = std::make_unique<EscalationService>(
      storage.stores().tasks, storage.stores().changes, node.clock(),
      DeadlinePolicies{.of = policies.policies(), .changed = [&policies] { return policies.book().take_changed(); }},
      settings);
  part.loops_ = &node.add_loops("escalation");
  part.loops_->add("orgo-escalate", [&service = *part.service_, &clock = node.clock(), on_fired = std::move(on_fired)] {
    const auto report = service.step();
    if (!report) return after_trouble("escalation.trouble", report.error());
    if (report->fired > 0 && !ORGO_PLANT(escalated_and_nobody_told)) on_fired();
    return sleep_until(report->next_due, clock.now());
  });
  part.told_ = node.hear_others(kTimersWait, [&part] { part.wake(); });
  node.lifecycle().on_stop("timers of others", [&part](Deadline) { part.told_.reset(); });
  return part;
}

}  // namespace orgo
