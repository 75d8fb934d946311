#include "tests/world/support/network.h"

#include "base/text.h"
#include "core/mail/findings/find_own_loop.h"
#include "tests/support/tenants.h"
#include "tests/world/support/faults.h"

namespace orgo::world {

std::string header_of(std::string_view mail, std::string_view name) {
  std::string value;
  bool within_field = false;
  for (const auto raw_line : split(mail, '\n')) {
    const auto line = raw_line.ends_with('\r') ? raw_line.substr(0, raw_line.size() - 1) : raw_line;
    if (line.empty()) break;
    if (line[0] == ' ' || line[0] == '\t') {
      if (within_field) value.append(" ").append(trim(line));
      continue;
    }
    within_field = value.empty() && ascii_istarts_with(line, std::string(name) + ":");
    if (within_field) value = trim(line.substr(name.size() + 1));
  }
  return value;
}

void Peers::begin_call(const std::vector<SendId>& sends) {
  if (!random_.chance(faults_.stall)) return;
  for (const auto send : sends) excuse(send);  // by then another worker may have the same mail
  if (on_stall) on_stall();
  clock_.advance(stall_time);
  if (interleave) interleave();
}

SendResult Peers::take(Taken effect) {
  const auto send = effect.send;
  if (!effect.message_id.empty()) {
    const auto known = message_ids_.emplace(send, effect.message_id).first;
    if (known->second != effect.message_id) breaches_.push_back(to_string(send) + " went out under two Message-IDs");
  }
  if (effect.recipient == kGone) {
    refused_.insert(send);
    return {SendResult::Kind::permanent, "550 5.1.1 no such user", SendResult::Stage::recipient};
  }
  if (random_.chance(faults_.crash / 2)) throw Crash{};
  if (random_.chance(faults_.temporary)) return {SendResult::Kind::temporary, "451 4.3.0 try again later"};
  const bool lost = random_.chance(faults_.lose_answer);
  if (lost) excuse(send);
  if (lost && random_.chance(0.5)) return {SendResult::Kind::unknown, "the connection broke"};
  effect.at = clock_.now();
  taken_.push_back(std::move(effect));
  if (random_.chance(faults_.crash / 2)) throw Crash{};
  if (lost) return {SendResult::Kind::unknown, "the connection broke"};
  return {SendResult::Kind::delivered, "250 2.0.0 taken"};
}

void SimulatedMailChannel::send_each(std::span<const Outgoing> mails, Deadline /*deadline*/, const Told& told) {
  std::vector<Taken> effects;
  std::vector<SendId> sends;
  for (const auto& mail : mails) {
    Taken effect;
    effect.recipient = mail.recipient.address;
    effect.message_id = header_of(mail.body, "Message-ID");
    effect.text = mail.body;
    effect.automatic = mail.sender.empty();
    for (const auto tenant : {kTenant, kOtherTenant})
      if (const auto own = parse_own_message_id(tenant, effect.message_id, kDomain)) effect.send = own->send;
    sends.push_back(effect.send);
    effects.push_back(std::move(effect));
  }
  peers_.begin_call(sends);
  for (std::size_t i = 0; i < effects.size(); ++i)
    if (!told(i, peers_.take(std::move(effects[i])))) return;
}

void SimulatedWebhookChannel::send_each(std::span<const Outgoing> webhooks, Deadline /*deadline*/, const Told& told) {
  for (std::size_t i = 0; i < webhooks.size(); ++i) {
    const auto& webhook = webhooks[i];
    Taken effect;
    effect.recipient = webhook.recipient.address;
    effect.text = webhook.body;
    effect.send = parse_id<SendTag>(std::string_view(webhook.id).substr(webhook.id.rfind('s'))).value_or(SendId{});
    peers_.begin_call({effect.send});
    if (!told(i, peers_.take(std::move(effect)))) return;
  }
}

}  // namespace orgo::world
