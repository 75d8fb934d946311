#include "app/processing/processing_part.h"

#include <utility>

#include "base/planted.h"

namespace orgo {
namespace {

constexpr Millis kWhileMore{20};  ///< between sweeps, while more waits than workers have heard of

ProcessingSettings processing_settings(const Config& config, const StoragePart& storage) {
  ProcessingSettings settings;
  settings.owner = storage.owner();
  settings.batch = static_cast<int>(*config.processing.batch);
  settings.lease_time = *config.queue.lease_time;
  settings.attempts_max = static_cast<int>(*config.queue.attempts);
  settings.retry_first = *config.queue.retry_first;
  settings.retry_most = *config.queue.retry_most;
  if (ORGO_PLANT(waits_of_the_queue_swapped)) std::swap(settings.retry_first, settings.retry_most);
  settings.subject_time = *config.processing.subject_time;
  return settings;
}

}  // namespace

ProcessingPart& ProcessingPart::open(Node& node, const Config& config, StoragePart& storage, HintsPart& hints,
                                     PoliciesPart& policies, std::function<void()> on_decided) {
  auto& part = node.lifecycle().own(std::make_unique<ProcessingPart>());
  part.loops_ = &node.add_loops("processing");
  part.add_sweeper(node, config, storage, hints);
  auto& bell = node.begin_deciding();
  const auto settings = processing_settings(config, storage);
  auto& stores = storage.stores();
  for (int i = 0; i < *config.processing.workers; ++i) {
    part.processors_.push_back(std::make_unique<Processor>(stores.messages, stores.work, hints.hints(), stores.context,
                                                           stores.changes, node.clock(), policies.policies(),
                                                           settings));
    part.loops_->add("orgo-process-" + std::to_string(i),
                     [&part, &node, &processor = *part.processors_.back(), &bell, on_decided] {
                       const auto report = processor.step();
                       if (!report) return after_trouble("processing.trouble", report.error());
                       if (report->decided > 0) {
                         bell.ring();
                         node.tell_others(kDecided);
                         on_decided();
                       }
                       if (report->retried > 0) part.sweeping_->wake();  // it learns when the next attempt is due
                       return report->leased > 0 ? Millis{0} : kIdle;
                     });
  }
  return part;
}

void ProcessingPart::add_sweeper(Node& node, const Config& config, StoragePart& storage, HintsPart& hints) {
  hints.hints().on_announced([loops = loops_](WorkKind) { loops->wake(); });
  sweeper_ = std::make_unique<WorkSweeper>(
      storage.stores().work, hints.hints(), node.clock(),
      SweeperSettings{.wait_most = std::max(*config.queue.lease_time, *config.queue.retry_most)});
  sweeping_ = &node.add_loops("sweeper");
  sweeping_->add("orgo-sweep", [this, &clock = node.clock(), &hints] {
    if (!hints.is_to_sweep()) return kIdle;
    const auto report = sweeper_->step(WorkKind::process);
    if (!report) return after_trouble("sweep.trouble", report.error());
    return report->more || ORGO_PLANT(idle_sweeper_turns) ? kWhileMore : sleep_until(report->next_visible, clock.now());
  });
  told_ = node.hear_others(kWorkWaits, [this] { sweeping_->wake(); });
  node.lifecycle().on_stop("hints of others", [this](Deadline) { told_.reset(); });
}

}  // namespace orgo
