#include "app/silence/silence_part.h"

#include <utility>

#include "app/silence/silence_settings.h"

namespace orgo {
namespace {

constexpr Millis kListen{60'000};  ///< how often it looks what came
constexpr Millis kTurn{600'000};   ///< another node learns on when this one has been silent for so long

}  // namespace

SilencePart* SilencePart::open(Node& node, const Config& config, StoragePart& storage, RulesPart& rules,
                               MailboxesPart& mailboxes, std::function<void()> on_raised) {
  if (!*config.silence.alarm) return nullptr;
  SilenceSettings settings{.tenant = storage.tenant()};
  settings.judge_now = [&config, &rules] { return silence_settings(config, *rules.workplace()); };
  settings.administrators = *config.organization.administrators;
  auto& part = node.lifecycle().own(std::make_unique<SilencePart>());
  auto& stores = storage.stores();
  part.service_ =
      std::make_unique<SilenceService>(stores.silence, stores.tasks, stores.changes, node.clock(), std::move(settings),
                                       [&mailboxes](const std::string& source) { return mailboxes.trouble(source); });
  part.turn_ =
      std::make_unique<Turn>(node.locks(), node.clock(), "silence/" + to_string(storage.tenant()), node.owner(), kTurn);
  auto& loops = node.add_loops("silence", [&part] { part.stop(); });
  loops.add("orgo-silence", [&part, on_raised = std::move(on_raised)] { return part.step(on_raised); });
  return &part;
}

Millis SilencePart::step(const std::function<void()>& on_raised) {
  const bool ours = turn_->is_ours();
  if (turn_->token() != learned_with_) service_->forget();
  learned_with_ = turn_->token();
  if (!ours) return kListen;
  const auto report = service_->step();
  if (!report) return after_trouble("silence.trouble", report.error());
  if (report->raised > 0) on_raised();
  return report->more ? Millis{0} : kListen;
}

void SilencePart::stop() {
  if (turn_->is_still_ours()) (void)service_->save();
  turn_->give_up();
}

}  // namespace orgo
