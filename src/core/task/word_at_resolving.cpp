#include "core/task/word_at_resolving.h"

#include <algorithm>
#include <utility>

#include "base/planted.h"
#include "core/contact/mail_address.h"

namespace orgo {
namespace {

constexpr const char* kTemplate = "task_resolved";

}  // namespace

std::optional<Send> word_at_resolving(const Task& before, const Task& after, std::string_view actor, TimePoint now) {
  const bool by_person = actor.starts_with("user:");
  const auto& to = after.requester;
  if (!by_person || !is_open(before.state) || is_open(after.state) || after.ties.into || to.kind != ContactKind::mail ||
      !is_mail_address(to.address))
    return std::nullopt;
  Send send;
  send.kind = SendKind::reply;
  send.recipient = to;
  send.priority = Priority::normal;
  send.subject = after.number;
  send.message = after.origin;
  send.template_name = kTemplate;
  send.due_at = now;
  return send;
}

std::vector<Send> words_at_resolving(const Task& before, const Task& after,
                                     const std::function<MessageId(TaskNumber)>& origin_of, std::string_view actor,
                                     TimePoint now) {
  std::vector<Send> all;
  if (auto word = word_at_resolving(before, after, actor, now)) all.push_back(std::move(*word));
  if (ORGO_PLANT(who_asked_for_a_part_never_hears)) return all;
  for (const auto& person : after.ties.people) {
    const auto told = [&](const Send& one) { return is_same_address(one.recipient.address, person.address); };
    if (std::ranges::any_of(all, told)) continue;
    auto word = word_at_resolving(before, as_asked_by(after, person.address, {}), actor, now);
    if (!word) continue;
    word->message = origin_of(person.of);
    all.push_back(std::move(*word));
  }
  return all;
}

bool is_word_at_resolving(const Send& send) {
  return send.kind == SendKind::reply && send.template_name == kTemplate && send.cause.empty();
}

}  // namespace orgo
