#include "core/processing/context.h"

#include <algorithm>
#include <utility>

#include "core/answer/answer_order.h"
#include "core/contact/mail_address.h"
#include "core/mail/findings/find_mailing_list.h"
#include "core/mail/findings/find_own_loop.h"

namespace orgo {
namespace {

ThreadQuery thread_query(const Incoming& incoming, const ContextOptions& options) {
  const auto tenant = incoming.envelope.tenant;
  ThreadQuery query;
  query.message = incoming.id;
  query.content = incoming.key.content;
  query.id = incoming.key.id_hash;
  query.known_id = incoming.known_id;
  query.names_itself = !incoming.message.message_id.empty();
  query.hints = thread_hints(incoming.message, tenant, options.domain, options.id_key);
  query.answers.reserve(query.hints.message_ids.size());
  for (const auto& id : query.hints.message_ids) query.answers.push_back(message_id_hash(tenant, id));
  for (const auto& id : query.hints.aliases) query.aliases.push_back(message_id_hash(tenant, id));
  query.sender = sender_of(incoming.envelope, incoming.message);
  if (incoming.envelope.channel == Channel::answer)
    if (const auto order = read_answer_order(incoming.message)) query.named = order->task;
  query.by_list = is_of_list(incoming.message) || incoming.envelope.channel == Channel::import_ ||
                  incoming.envelope.archived.has_value();
  if (options.subject_time.count() > 0) query.since = incoming.envelope.received_at - options.subject_time;
  query.may_wait = options.may_wait;
  return query;
}

/// The id of a mail of ours proves itself wherever it stands; a relay may have given the mail one of its own, too,
/// which the report then names.
void ask_for_reported(const Incoming& incoming, std::string_view raw, const ContextOptions& options,
                      ContextQuery& query) {
  const auto& original = incoming.report->original_message_id;
  auto own = parse_own_message_id(query.tenant, original, options.domain, options.id_key);
  if (!own) own = find_own_message_id(query.tenant, raw, options.domain, options.id_key);
  if (own) {
    query.reported = own->send;
    return;
  }
  if (original.empty()) return;
  for (const auto& id : thread_hints(Message{.in_reply_to = original}, query.tenant).message_ids)
    query.reported_ids.push_back(message_id_hash(query.tenant, id));
}

}  // namespace

const std::string& sender_of(const Envelope& envelope, const Message& message) {
  return message.from && !message.from->address.empty() ? message.from->address : envelope.sender.address;
}

ContextQuery context_query(const Incoming& incoming, std::string_view raw, const ContextOptions& options) {
  ContextQuery query{.tenant = incoming.envelope.tenant,
                     .thread = thread_query(incoming, options),
                     .reported = {},
                     .reported_ids = {},
                     .sender_history = options.sender_history};
  if (incoming.report) ask_for_reported(incoming, raw, options, query);
  return query;
}

TaskNumber asks_last_word(const ThreadQuery& query, const ThreadFacts& facts) {
  const auto needs = thread_needs(query, facts);
  const auto wanted = needs.task ? needs.task : needs.claimed;
  const auto* task = goes_to(query, facts, wanted);
  if (!wanted || task == nullptr) return {};
  const bool by_requester = is_same_address(query.sender, task->requester.address) && !query.named;
  return by_requester ? TaskNumber{} : task->number;
}

void answer_part(LastWord& word, std::string from, Contact written_to) {
  word.message = word.about;
  word.from = std::move(from);
  word.written_to = std::move(written_to);
}

bool tells_of_customer(const Send& send) {
  const auto& name = send.template_name;
  return send.kind == SendKind::notification &&
         (name == "task_opened" || name == "task_replied" || name == "task_assigned");
}

void SendsBefore::add(const Send& send, TimePoint made_at) {
  if (send.kind == SendKind::answer && send.note == kByMailNote && ++answers_ == kAnswersByMailMost)
    word_.answers_since = made_at;
  if (!word_.kept_at && send.template_name == kKeptTemplate && is_same_address(send.recipient.address, sender_))
    word_.kept_at = made_at;
}

SendId reported_send(const ContextQuery& query, const ContextFacts& facts) {
  if (query.reported) return query.reported;
  for (const auto hash : query.reported_ids)
    for (const auto& alias : facts.reported_aliases)
      if (alias.id_hash == hash && alias.send) return alias.send;
  return {};
}

Context context_of(const ContextQuery& query, ContextFacts facts, std::span<const std::string> own) {
  Context context;
  context.thread = find_thread(query.thread, facts.thread, own);
  context.sender = facts.sender;
  context.last_word = std::move(facts.last_word);
  if (context.thread.same_content) context.told = std::move(facts.thread.told);
  if (context.thread.waits_for) return context;
  context.reported = reported_send(query, facts);
  context.reported_mail = std::move(facts.reported_mail);
  context.suppression = std::move(facts.suppression);
  auto& task = context.thread.task;
  if (facts.reported_task && (!task || task->number != facts.reported_task->number)) {
    task = std::move(facts.reported_task);
    context.thread.evidence = "a report about " + to_string(context.reported);
  }
  return context;
}

}  // namespace orgo
