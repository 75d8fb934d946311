#include "service/answers/answer_service.h"

#include <chrono>
#include <span>

#include "base/hash.h"
#include "base/one_line.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/answer/answer_order.h"
#include "core/contact/mail_address.h"
#include "core/delivery/recall_answer.h"
#include "core/delivery/render.h"
#include "core/mail/read/read_message.h"
#include "core/mail/read/split_text.h"
#include "core/parts/parts.h"
#include "core/processing/message_decision.h"
#include "core/suppression/suppress.h"
#include "core/task/command_draft.h"
#include "core/task/task_change.h"
#include "service/answers/answer_copies.h"
#include "service/answers/answer_words.h"

namespace orgo {
namespace {

constexpr Millis kCommitTime = std::chrono::seconds(10);
constexpr Millis kSubmitTime = std::chrono::seconds(20);
constexpr Millis kPatience = std::chrono::seconds(2);
constexpr int kRecallTries = 3;      // others may change the task meanwhile
constexpr int kRefusedMost = 100;    // tries under one key
constexpr int kHistoryMost = 1'000;  // events of a task

/// The same for the same key of the same person, whatever else there is; without a key another each time.
std::string id_of(TenantId tenant, const std::string& whose, const std::string& key, const PolicySettings& settings) {
  const auto what = std::to_string(tenant.value) + "/" + whose + "/" + (key.empty() ? random_hex(16) : key);
  return "orgo-answer-" + to_hex(sha256(what)).substr(0, 32) + "@" + settings.decide.domain;
}

std::vector<std::string> addresses_of(const WrittenAnswer& answer) {
  std::vector<std::string> all;
  if (!answer.to.address.empty()) all.push_back(answer.to.address);
  else
    for (const auto& one : answer.order.threads) all.push_back(one.to);
  for (const auto& one : answer.cc) all.push_back(one.address);
  return all;
}

}  // namespace

Status AnswerService::check_recipient(const Task& task, const std::string& address, const Policy& policy) {
  if (!is_mail_address(address))
    return failure(
        Errc::invalid_input,
        to_string(task.number) + " has nobody who could be answered by mail; a note (internal) stays with it");
  const auto key = contact_key(mail_contact(address));
  ORGO_TRY(known, ports_.outbox.find_suppressions(task.tenant, std::span(&key, 1)));
  const bool ours = policy.workplace().is_staff(address);
  for (const auto& entry : known)
    if (blocks(entry, ports_.clock.now()) && (!ours || entry.reason == "manual"))
      return failure(Errc::conflict, address + " is " + refusal_words(entry, policy.zone()) +
                                         "; take it off the list first (orgo suppression remove)");
  return {};
}

std::string AnswerService::quoted(const Task& task, MessageId last_word) {
  if (!last_word) return {};
  const auto bytes = ports_.messages.read_bytes(task.tenant, last_word);
  if (!bytes) return {};  // an answer must not fail by what it only repeats
  const auto text = new_text(read_message(*bytes));
  return "\n\n" + as_quote(text.substr(0, kQuoteMax));
}

Result<std::vector<Customer>> AnswerService::customers(const Task& task, const Policy& policy) {
  return customers_of(ports_.tasks, ports_.messages, task, policy);
}

Result<std::vector<Customer>> AnswerService::recipients(const AnswerRequest& request, const Task& task,
                                                        const Policy& policy) {
  if (request.internal) return std::vector<Customer>();
  ORGO_TRY(all, customers(task, policy));
  ORGO_TRY(chosen, chosen_among(std::move(all), request.to, task.number));
  if (chosen.empty()) ORGO_CHECK(check_recipient(task, {}, policy));
  for (const auto& one : chosen) ORGO_CHECK(check_recipient(task, one.address, policy));
  if (chosen.size() > 1 && (request.quote || !request.template_name.empty()))
    return failure(Errc::invalid_input,
                   "several people get this, and each asked for something of their own: a quote or a template is for "
                   "one of them (to)");
  return chosen;
}

Result<Task> AnswerService::as_they_know_it(const Task& task, const std::vector<Customer>& chosen) {
  const auto of = chosen.empty() ? std::nullopt : part_asked_by(task, chosen.front().asked);
  if (!of) return task;
  ORGO_TRY(part, ports_.tasks.read(task.tenant, *of));
  return as_known_to_part(task, part);
}

void AnswerService::address(WrittenAnswer& answer, const std::vector<Customer>& chosen, const Task& task) {
  for (const auto& one : chosen) answer.order.threads.push_back({one.address, one.word, one.written_to});
  // Of several none learns of the others: the order alone names them.
  if (chosen.size() == 1 || ORGO_PLANT(who_asked_is_told_who_else_did)) answer.to = {"", chosen.front().address};
  if (chosen.size() == 1 && is_same_address(chosen.front().asked, task.requester.address)) answer.order.threads.clear();
}

Result<WrittenAnswer> AnswerService::written(const AnswerRequest& request, const Task& task, const Policy& policy) {
  ORGO_TRY(person, ports_.people.find_person(request.tenant, request.login));
  WrittenAnswer answer;
  answer.order = {
      .task = task.number, .actor = "user:" + request.login, .internal = request.internal, .then = request.then};
  answer.order.version = request.version;
  // A program, or the command line, is nobody to a customer.
  answer.from = {!person                ? std::string()
                 : person->name.empty() ? person->login
                                        : person->name,
                 person && !person->address.empty() ? person->address : sending_address(policy.settings.render)};
  ORGO_TRY(chosen, recipients(request, task, policy));
  ORGO_TRY(theirs, as_they_know_it(task, chosen));
  ORGO_TRY(text, words_of(request, theirs, policy));
  answer.text = std::move(text);
  if (!chosen.empty()) address(answer, chosen, task);
  if (!chosen.empty() && request.quote) answer.text += quoted(task, chosen.front().word);
  for (const auto& address : request.cc) answer.cc.push_back({"", std::string(trim(address))});
  answer.subject = task.title;
  answer.files = request.files;
  return answer;
}

Status AnswerService::check_same(TenantId tenant, MessageId message, const std::string& hash) {
  ORGO_TRY(bytes, ports_.messages.read_bytes(tenant, message));
  const auto order = read_answer_order(read_message(bytes));
  if (order && order->request == hash) return {};
  return failure(Errc::conflict,
                 "something else was asked for under this Idempotency-Key before: " + to_string(message));
}

Result<AnswerService::Place> AnswerService::place_of(TenantId tenant, const std::string& whose, const std::string& key,
                                                     const std::string& hash, const PolicySettings& settings) {
  Place place{.id = id_of(tenant, whose, key, settings), .done = {}};
  if (key.empty() || ORGO_PLANT(keys_unheard)) return place;
  for (int tries = 1;; ++tries) {
    ORGO_TRY(known, ports_.messages.find_by_id(tenant, message_id_hash(tenant, place.id), Channel::answer));
    if (known.empty()) return place;
    for (auto& one : known) {
      ORGO_TRY(decision, ports_.messages.decision(tenant, one.id));
      if (decision && decision->outcome == Outcome::recorded) continue;  // nothing was done
      ORGO_CHECK(check_same(tenant, one.id, hash));
      place.done = std::move(one);
      return place;
    }
    if (tries == kRefusedMost) return failure(Errc::conflict, "too many tries under this Idempotency-Key were refused");
    // The key is free, and what is tried now is another message. No key has a line end.
    place.id = id_of(tenant, whose, key + "\n" + std::to_string(tries), settings);
  }
}

Result<AnswerAccepted> AnswerService::reply(const AnswerRequest& request) {
  ORGO_CHECK(check_form(request));
  ORGO_TRY(task, ports_.tasks.read(request.tenant, request.task));
  ORGO_TRY(policy, ports_.policies(request.tenant));
  const auto undo = policy->settings.decide.answers.undo;
  const auto hash = hash_of(request);
  const auto accepted_at = [&](AnswerAccepted told, TimePoint at) {
    if (!request.internal) told.leaves_at = at + undo;
    told.recallable = !request.internal && undo > Millis{0};
    return told;
  };
  // First of all, whatever has changed since: the answer itself has changed the task, and who asks once more has seen
  // the one before; their address may be suppressed by now.
  ORGO_TRY(place,
           place_of(request.tenant, to_string(task.number) + "/" + request.login, request.key, hash, policy->settings));
  if (const auto& done = place.done) {
    ORGO_TRY(decision, ports_.messages.decision(request.tenant, done->id));
    auto told = accepted_at({.message = done->id, .duplicate = true, .decided = decision.has_value()},
                            done->envelope.received_at);
    if (told.recallable && told.decided && !ORGO_PLANT(asked_again_is_recallable)) {
      ORGO_TRY(waits, waits_still(task, told.message));
      told.recallable = waits;
    }
    return told;
  }
  if (!request.internal || request.then) ORGO_CHECK(commands::check_not_merged(task));  // a note is a comment
  if (request.version && *request.version != task.version)
    return failure(Errc::conflict, to_string(task.number) + " was changed meanwhile: it has version " +
                                       std::to_string(task.version) + ", not " + std::to_string(*request.version));
  ORGO_TRY(answer, written(request, task, *policy));
  answer.id = place.id;
  answer.order.request = hash;
  Envelope envelope{.tenant = request.tenant};
  envelope.channel = Channel::answer;
  envelope.sender = mail_contact(answer.from.address);
  envelope.recipient = request.internal ? envelope.sender : mail_contact(addresses_of(answer).front());
  envelope.received_at = ports_.clock.now();
  ORGO_TRY(accepted, submit(envelope, answer));
  auto told = accepted_at({.message = accepted.message, .duplicate = accepted.duplicate}, envelope.received_at);
  if (!request.internal) told.to = addresses_of(answer);
  if (const auto decision = decision_of(request.tenant, told.message)) {
    told.decided = true;
    // Somebody else may have been faster between our look and the decision.
    if (decision->outcome == Outcome::recorded) told.refused = decision->reason;
  }
  return told;
}

Result<Accepted> AnswerService::submit(const Envelope& envelope, const WrittenAnswer& answer) {
  auto bytes = compose_answer(answer);
  if (bytes.size() > ports_.message_max)
    return failure(Errc::invalid_input, "with its files it has " + std::to_string(bytes.size()) + " bytes, at most " +
                                            std::to_string(ports_.message_max) + " are allowed (limits.message_size)");
  ORGO_TRY(accepted, ports_.submit(envelope, std::move(bytes), within(kSubmitTime)));
  // Between our look and now somebody else has asked under this key.
  if (accepted.duplicate) ORGO_CHECK(check_same(envelope.tenant, accepted.message, answer.order.request));
  return accepted;
}

std::optional<MessageDecision> AnswerService::decision_of(TenantId tenant, MessageId message) {
  std::optional<MessageDecision> found;
  const auto is_decided = [&] {
    if (auto decision = ports_.messages.decision(tenant, message)) found = std::move(*decision);
    return found.has_value();
  };
  if (ports_.decisions != nullptr) ports_.decisions->wait_until(is_decided, within(kPatience));
  else is_decided();
  return found;
}

Result<TaskAccepted> AnswerService::open(const TakenDown& taken) {
  ORGO_TRY(policy, ports_.policies(taken.tenant));
  ORGO_CHECK(check_form(taken, *policy));
  const auto task_of = [&](MessageId message) -> std::optional<TaskNumber> {
    const auto decision = decision_of(taken.tenant, message);
    return decision && decision->task ? std::optional(decision->task.id()) : std::nullopt;
  };
  WrittenAnswer written;
  written.order = {.task = {},
                   .actor = "user:" + taken.login,
                   .request = hash_of(taken),
                   .team = taken.team,
                   .assignee = taken.assignee,
                   .priority = taken.priority};
  ORGO_TRY(place, place_of(taken.tenant, "new/" + taken.login, taken.key, written.order.request, policy->settings));
  if (const auto& done = place.done)
    return TaskAccepted{.message = done->id, .duplicate = true, .task = task_of(done->id)};
  written.id = place.id;
  written.from = {one_line(taken.requester_name, 200), std::string(trim(taken.requester))};
  written.to = {"", policy->settings.default_recipient};
  written.subject = one_line(taken.title, 500);
  written.text = taken.text;
  written.files = taken.files;
  Envelope envelope{.tenant = taken.tenant};
  envelope.channel = Channel::answer;
  envelope.sender = mail_contact(written.from.address);
  envelope.recipient = mail_contact(policy->settings.default_recipient);
  envelope.received_at = ports_.clock.now();
  ORGO_TRY(accepted, submit(envelope, written));
  return TaskAccepted{.message = accepted.message, .duplicate = accepted.duplicate, .task = task_of(accepted.message)};
}

Result<AnswerRecalled> AnswerService::recall(TenantId tenant, TaskNumber number, MessageId message,
                                             std::string_view actor, std::optional<std::int64_t> version) {
  for (int tries = 1;; ++tries) {
    ORGO_TRY(task, ports_.tasks.read(tenant, number));
    if (version && *version != task.version)
      return failure(Errc::conflict, to_string(number) + " was changed meanwhile");
    auto recalled = recall_once(task, message, actor);
    if (recalled || recalled.error().code != Errc::conflict || tries == kRecallTries) return recalled;
    // Was it the task that had changed? Else the answer has left, and to look again would say the same.
    ORGO_TRY(now, ports_.tasks.read(tenant, number));
    if (now.version == task.version) return recalled;
  }
}

Result<bool> AnswerService::waits_still(const Task& task, MessageId answer) {
  ORGO_TRY(sends, ports_.outbox.sends_of_task(task.tenant, task.number));
  ORGO_TRY(stored, ports_.tasks.history(task.tenant, task.number, kHistoryMost));
  std::vector<Event> history;
  for (auto& one : stored) history.push_back(std::move(one.event));
  return may_be_recalled(copies_of(sends, history), answer);
}

Result<AnswerRecalled> AnswerService::recall_once(const Task& task, MessageId message, std::string_view actor) {
  ORGO_TRY(sends, ports_.outbox.sends_of_task(task.tenant, task.number));
  ORGO_TRY(stored, ports_.tasks.history(task.tenant, task.number, kHistoryMost));
  std::vector<Event> history;
  for (auto& one : stored) history.push_back(std::move(one.event));
  // Of a longer one the end is not known, and so not who has moved the task last.
  const bool whole = stored.size() < static_cast<std::size_t>(kHistoryMost);
  const auto copies = copies_of(sends, history);
  auto wanted = answer_to_recall(task.number, copies, message);
  if (!wanted) {
    if (wanted.error().code == Errc::not_found && ports_.decisions == nullptr)
      return failure(Errc::not_found, wanted.error().message +
                                          " yet: what is written while no server runs joins its task when one does, "
                                          "and can be taken back then");
    return tl::unexpected(std::move(wanted).error());
  }
  const auto changes =
      recall_answer(task, copies, *wanted, whole ? std::span<const Event>(history) : std::span<const Event>(), actor,
                    ports_.clock.now());
  ORGO_TRY(answers, ports_.changes.commit(std::span(&changes, 1), within(kCommitTime)));
  if (!answers.at(0)) return tl::unexpected(answers[0].error());
  AnswerRecalled recalled{.message = *wanted, .text = {}};
  if (const auto state = changes.find<TaskChange>()->task.state; state != task.state) recalled.state = state;
  if (const auto bytes = ports_.messages.read_bytes(task.tenant, *wanted)) recalled.text = read_message(*bytes).text;
  return recalled;
}

}  // namespace orgo
