#include "app/silence/silence_part.h"

#include <utility>

namespace orgo {
namespace {

constexpr Millis kListen{60'000};  ///< how often it looks what came
constexpr Millis kTurn{600'000};   ///< another node learns on when this one has been silent for so long

}  // namespace

SilencePart& SilencePart::open(Node& node, StoragePart& storage, PoliciesPart& policies, MailboxesPart& mailboxes,
                               std::function<void()> on_raised) {
  auto& part = node.lifecycle().own(std::make_unique<SilencePart>());
  auto& stores = storage.stores();
  part.round_ = std::make_unique<SilenceRound>(
      SilenceRound::Stores{stores.tenants, stores.silence, stores.tasks, stores.changes}, node.clock(),
      policies.policies(),
      [&mailboxes](TenantId tenant, const std::string& source) { return mailboxes.trouble(tenant, source); });
  part.turn_ = std::make_unique<Turn>(node.locks(), node.clock(), "silence", node.owner(), kTurn);
  auto& loops = node.add_loops("silence", [&part] { part.stop(); });
  loops.add("orgo-silence", [&part, on_raised = std::move(on_raised)] { return part.step(on_raised); });
  return part;
}

Millis SilencePart::step(const std::function<void()>& on_raised) {
  const bool ours = turn_->is_ours();
  if (turn_->token() != learned_with_) round_->forget();
  learned_with_ = turn_->token();
  if (!ours) return kListen;
  const auto report = round_->step();
  if (!report) return after_trouble("silence.trouble", report.error());
  if (report->raised > 0) on_raised();
  return report->more ? Millis{0} : kListen;
}

void SilencePart::stop() {
  if (turn_->is_still_ours()) (void)round_->save();
  turn_->give_up();
}

}  // namespace orgo
