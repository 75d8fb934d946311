#include "service/answers/answer_service.h"

#include <algorithm>
#include <chrono>
#include <map>
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
#include "core/suppression/suppress.h"
#include "core/template/builtin_templates.h"
#include "core/template/render_template.h"

namespace orgo {
namespace {

constexpr Millis kCommitTime = std::chrono::seconds(10);
constexpr Millis kSubmitTime = std::chrono::seconds(20);
constexpr Millis kPatience = std::chrono::seconds(2);
constexpr std::size_t kQuoteMax = 20'000;  // bytes of what the customer wrote

Status check_form(const AnswerRequest& request) {
  if (request.text.size() > AnswerService::kTextMax)
    return failure(Errc::invalid_input, "the text has " + std::to_string(request.text.size()) + " bytes, at most " +
                                            std::to_string(AnswerService::kTextMax) + " are allowed");
  if (request.cc.size() > AnswerService::kCcMax)
    return failure(Errc::invalid_input,
                   "a copy can go to at most " + std::to_string(AnswerService::kCcMax) + " addresses");
  if (request.files.size() > AnswerService::kFilesMax)
    return failure(Errc::invalid_input,
                   "at most " + std::to_string(AnswerService::kFilesMax) + " files can go with an answer");
  for (const auto& address : request.cc)
    if (!is_typed_address(trim(address)))
      return failure(
          Errc::invalid_input,
          "'" + one_line(address, 100) + "' is not a mail address, as in petra@example.org, so no copy can go there");
  if (request.internal && !request.cc.empty())
    return failure(Errc::invalid_input, "a note goes to nobody, so it has no copies");
  return {};
}

/// "> " before each line.
std::string as_quote(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    out.append(line.empty() || line.starts_with('>') ? ">" : "> ").append(line).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// The words of a template of the rule file, for this task; what it asks of a mail stays empty.
std::string template_words(const MailTemplate& chosen, const Task& task, const std::string& person) {
  std::map<std::string, std::string, std::less<>> values;
  for (const auto name : kPlaceholders) values.emplace(name, "");
  values["task"] = to_string(task.number);
  values["title"] = task.title;
  values["subject"] = task.title;
  values["team"] = task.team;
  values["assignee"] = task.assignee;
  values["requester"] = to_string(task.requester);
  values["person"] = person;
  return render_template(chosen.body, [&](std::string_view name) -> const std::string* {
    const auto found = values.find(name);
    return found == values.end() ? nullptr : &found->second;
  });
}

/// What was asked for, whatever the house makes of it.
std::string hash_of(const AnswerRequest& request) {
  std::string all = request.text + '\0' + request.template_name + '\0' + (request.internal ? "i" : "") +
                    (request.quote ? "q" : "") + (request.then ? std::string(to_string(*request.then)) : "");
  for (const auto& address : request.cc) all += '\0' + address;
  for (const auto& file : request.files)
    all += '\0' + file.filename + '\0' + file.content_type + '\0' + to_hex(sha256(file.bytes));
  return to_hex(sha256(all)).substr(0, 32);
}

/// The same for the same key of the same person, whatever else there is; without a key another each time.
std::string id_of(TenantId tenant, const std::string& whose, const std::string& key, const PolicySettings& settings) {
  const auto what = std::to_string(tenant.value) + "/" + whose + "/" + (key.empty() ? random_hex(16) : key);
  return "orgo-answer-" + to_hex(sha256(what)).substr(0, 32) + "@" + settings.decide.domain;
}

std::vector<AnswerCopy> copies_of(const std::vector<StoredSend>& sends) {
  std::vector<AnswerCopy> copies;
  for (const auto& one : sends) copies.push_back({one.id, one.send, one.state, one.attempts});
  return copies;
}

}  // namespace

Status AnswerService::check_recipient(const Task& task, const Policy& policy) {
  const auto& to = task.requester;
  if (to.kind != ContactKind::mail || !is_mail_address(to.address))
    return failure(
        Errc::invalid_input,
        to_string(task.number) + " has nobody who could be answered by mail; a note (internal) stays with it");
  const auto key = contact_key(to);
  ORGO_TRY(known, ports_.outbox.find_suppressions(task.tenant, std::span(&key, 1)));
  const bool ours = policy.workplace().is_staff(to.address);
  for (const auto& entry : known)
    if (blocks(entry, ports_.clock.now()) && (!ours || entry.reason == "manual"))
      return failure(Errc::conflict, to.address + " is " + refusal_words(entry, policy.zone()) +
                                         "; take it off the list first (orgo suppression remove)");
  return {};
}

Result<std::string> AnswerService::quoted(const Task& task) {
  ORGO_TRY(mails, ports_.messages.list({.tenant = task.tenant, .before = {}, .limit = 50, .task = task.number}));
  auto wanted = task.origin;
  for (const auto& mail : mails)
    if (mail.decision && is_same_address(mail.decision->from, task.requester.address)) {
      wanted = mail.message.id;
      break;
    }
  if (!wanted) return std::string();
  const auto bytes = ports_.messages.read_bytes(task.tenant, wanted);
  if (!bytes) return std::string();  // an answer must not fail by what it only repeats
  const auto text = new_text(read_message(*bytes));
  return "\n\n" + as_quote(text.substr(0, kQuoteMax));
}

Result<std::string> AnswerService::words(const AnswerRequest& request, const Task& task, const Policy& policy) {
  std::string text;
  if (!request.template_name.empty()) {
    const auto& templates = policy.rules->templates();
    const auto chosen = templates.find(request.template_name);
    if (chosen == templates.end()) {
      std::vector<std::string_view> names;
      for (const auto& [name, unused] : templates) names.push_back(name);
      const auto nearest = nearest_name(request.template_name, names);
      return failure(Errc::invalid_input,
                     "there is no template '" + one_line(request.template_name, 64) + "' in the rule file" +
                         (nearest.empty() ? std::string() : "; did you mean '" + std::string(nearest) + "'?"));
    }
    text = template_words(chosen->second, task, request.login);
    if (!request.text.empty()) text += "\n";
  }
  text += request.text;
  if (trim(text).empty() && request.files.empty())
    return failure(Errc::invalid_input, "there is nothing to say: write a text, name a template or attach a file");
  if (request.quote && !request.internal) {
    ORGO_TRY(below, quoted(task));
    text += below;
  }
  return text;
}

Result<WrittenAnswer> AnswerService::written(const AnswerRequest& request, const Task& task, const Policy& policy) {
  ORGO_TRY(person, ports_.people.find_person(request.tenant, request.login));
  WrittenAnswer answer;
  answer.order = {
      .task = task.number, .actor = "user:" + request.login, .internal = request.internal, .then = request.then};
  // A program, or the command line, is nobody to a customer.
  answer.from = {!person                ? std::string()
                 : person->name.empty() ? person->login
                                        : person->name,
                 person && !person->address.empty() ? person->address : sending_address(policy.settings.render)};
  if (!request.internal) answer.to = {"", task.requester.address};
  for (const auto& address : request.cc) answer.cc.push_back({"", std::string(trim(address))});
  answer.subject = task.title;
  ORGO_TRY(text, words(request, task, policy));
  answer.text = std::move(text);
  answer.files = request.files;
  answer.order.request = hash_of(request);
  answer.id = id_of(request.tenant, to_string(task.number) + "/" + request.login, request.key, policy.settings);
  return answer;
}

/// What was asked for under this key before. conflict: something else.
Result<std::optional<MessageId>> AnswerService::given_before(const AnswerRequest& request,
                                                             const WrittenAnswer& answer) {
  std::optional<MessageId> found;
  if (request.key.empty() || ORGO_PLANT(keys_unheard)) return found;
  ORGO_TRY(messages, ports_.messages.list({.tenant = request.tenant, .before = {}, .limit = 50, .task = request.task}));
  const auto hash = message_id_hash(request.tenant, answer.id);
  for (const auto& one : messages) {
    if (one.message.envelope.channel != Channel::answer || one.message.key.id_hash != hash) continue;
    ORGO_TRY(bytes, ports_.messages.read_bytes(request.tenant, one.message.id));
    const auto order = read_answer_order(read_message(bytes));
    if (!order || order->request != answer.order.request)
      return failure(Errc::conflict, "another answer to " + to_string(request.task) +
                                         " was given under this Idempotency-Key: " + to_string(one.message.id));
    found = one.message.id;
  }
  return found;
}

Result<AnswerAccepted> AnswerService::reply(const AnswerRequest& request) {
  ORGO_CHECK(check_form(request));
  ORGO_TRY(task, ports_.tasks.read(request.tenant, request.task));
  ORGO_TRY(policy, ports_.policies(request.tenant));
  if (!request.internal) ORGO_CHECK(check_recipient(task, *policy));
  ORGO_TRY(answer, written(request, task, *policy));
  // Before the version: the answer itself has changed the task, and who asks once more has seen the one before.
  ORGO_TRY(before, given_before(request, answer));
  if (before) return AnswerAccepted{.message = *before, .duplicate = true, .decided = true};
  if (request.version && *request.version != task.version)
    return failure(Errc::conflict, to_string(task.number) + " was changed meanwhile: it has version " +
                                       std::to_string(task.version) + ", not " + std::to_string(*request.version));
  Envelope envelope{.tenant = request.tenant};
  envelope.channel = Channel::answer;
  envelope.sender = mail_contact(answer.from.address);
  envelope.recipient = request.internal ? envelope.sender : task.requester;
  envelope.received_at = ports_.clock.now();
  ORGO_TRY(accepted, submit(envelope, answer));
  AnswerAccepted told{.message = accepted.message, .duplicate = accepted.duplicate};
  if (!request.internal) told.leaves_at = envelope.received_at + policy->settings.decide.answers.undo;
  told.decided = decision_of(request.tenant, told.message).has_value();
  return told;
}

Result<Accepted> AnswerService::submit(const Envelope& envelope, const WrittenAnswer& answer) {
  auto bytes = compose_answer(answer);
  if (bytes.size() > ports_.message_max)
    return failure(Errc::invalid_input, "with its files it has " + std::to_string(bytes.size()) + " bytes, at most " +
                                            std::to_string(ports_.message_max) + " are allowed (limits.message_size)");
  return ports_.submit(envelope, std::move(bytes), within(kSubmitTime));
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
  if (trim(taken.title).empty()) return failure(Errc::invalid_input, "the title is empty");
  if (!taken.requester.empty() && !is_typed_address(trim(taken.requester)))
    return failure(Errc::invalid_input,
                   "'" + one_line(taken.requester, 100) +
                       "' is not a mail address, as in petra@example.org; leave it out if there is "
                       "none");
  if (taken.files.size() > kFilesMax)
    return failure(Errc::invalid_input, "at most " + std::to_string(kFilesMax) + " files can go with it");
  ORGO_TRY(policy, ports_.policies(taken.tenant));
  WrittenAnswer written;
  written.order = {.task = {},
                   .actor = "user:" + taken.login,
                   .team = taken.team,
                   .assignee = taken.assignee,
                   .priority = taken.priority};
  written.id = id_of(taken.tenant, "new/" + taken.login, taken.key, policy->settings);
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
  TaskAccepted told{.message = accepted.message, .duplicate = accepted.duplicate, .task = {}};
  if (const auto decision = decision_of(taken.tenant, accepted.message); decision && decision->task)
    told.task = decision->task.id();
  return told;
}

Result<AnswerRecalled> AnswerService::recall(TenantId tenant, TaskNumber number, MessageId message,
                                             std::string_view actor) {
  ORGO_TRY(task, ports_.tasks.read(tenant, number));
  ORGO_TRY(sends, ports_.outbox.sends_of_task(tenant, number));
  const auto copies = copies_of(sends);
  ORGO_TRY(wanted, answer_to_recall(number, copies, message));
  const auto changes = recall_answer(task, copies, wanted, actor, ports_.clock.now());
  ORGO_TRY(answers, ports_.changes.commit(std::span(&changes, 1), within(kCommitTime)));
  if (!answers.at(0)) return tl::unexpected(answers[0].error());
  AnswerRecalled recalled{.message = wanted, .text = {}};
  if (const auto bytes = ports_.messages.read_bytes(tenant, wanted)) recalled.text = read_message(*bytes).text;
  return recalled;
}

}  // namespace orgo
