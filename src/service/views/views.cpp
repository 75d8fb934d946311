#include "service/views/views.h"

#include "base/json.h"
#include "base/json_writer.h"
#include "base/planted.h"
#include "core/chain/chain.h"
#include "core/processing/message_decision.h"

namespace orgo::views {
namespace {

/// Most events carry an object; what is empty or damaged must not damage the whole answer.
void write_object_text(JsonWriter& writer, std::string_view name, const std::string& text) {
  writer.key(name);
  if (text.empty()) {
    writer.begin_object().end_object();
  } else if (parse_json(text) || ORGO_PLANT(damaged_event_breaks_the_answer)) {
    writer.raw(text);
  } else {
    writer.string(text);
  }
}

void write_address(JsonWriter& writer, const Address& address) {
  writer.begin_object().field("name", address.name).field("address", address.address).end_object();
}

void write_addresses(JsonWriter& writer, std::string_view name, const std::vector<Address>& addresses) {
  writer.key(name).begin_array();
  for (const auto& address : addresses) write_address(writer, address);
  writer.end_array();
}

void write_texts(JsonWriter& writer, std::string_view name, const std::vector<std::string>& texts) {
  writer.key(name).begin_array();
  for (const auto& text : texts) writer.string(text);
  writer.end_array();
}

void write_numbers(JsonWriter& writer, std::string_view name, const std::vector<TaskNumber>& numbers) {
  writer.key(name).begin_array();
  for (const auto number : numbers) writer.string(to_string(number));
  writer.end_array();
}

void write_found(JsonWriter& writer, const search::Snippet& found) {
  writer.key("found").begin_array();
  for (const auto& [text, hit] : search::pieces_of(found))
    writer.begin_object().field("text", text).field("hit", hit).end_object();
  writer.end_array();
}

}  // namespace

void write_time(JsonWriter& writer, std::string_view name, const std::optional<TimePoint>& time) {
  writer.key(name);
  if (time) writer.string(to_rfc3339(*time));
  else writer.null();
}

void write_task(JsonWriter& writer, const Task& task, std::optional<TimePoint> now, const search::Snippet* found) {
  writer.begin_object();
  writer.field("id", to_string(task.number)).field("version", task.version);
  writer.field("state", to_string(task.state))
      .field("open", is_open(task.state))
      .field("priority", to_string(task.priority));
  writer.field("title", task.title).field("requester", to_string(task.requester));
  writer.field("team", task.team).field("assignee", task.assignee);
  write_texts(writer, "tags", task.tags);
  writer.field("type", task.type).key("fields").begin_array();
  for (const auto& field : task.fields) {
    writer.begin_object().field("name", field.name).field("label", field.label).field("value", field.value);
    writer.field("problem", field.problem).end_object();
  }
  writer.end_array();
  write_time(writer, "due_at", task.due_at);
  write_time(writer, "pending_until", task.pending_until);
  writer.key("links").begin_array();
  for (const auto& link : task.ties.links) writer.string(to_string(link));
  writer.end_array();
  write_numbers(writer, "merged", task.ties.merged);
  write_id(writer, "merged_into", task.ties.into);
  writer.key("also_asked_by").begin_array();
  for (const auto& person : task.ties.people) writer.string(person.address);
  writer.end_array();
  if (now) writer.field("overdue", is_overdue(task, *now));
  writer.key("escalation").begin_object().field("level", task.escalation.level);
  writer.key("steps").begin_array();
  for (const auto& step : task.escalation.steps)
    writer.begin_object()
        .field("after", format_duration(step.after) + (step.business ? " of open time" : ""))
        .field("to", step.to)
        .field("does", step.effects ? in_words(*step.effects) : std::string())
        .end_object();
  writer.end_array();
  // Of a chain in open time the task alone doesn't know it: /clocks does.
  write_time(
      writer, "next_at",
      is_open(task.state) && !counts_business_time(task.escalation) ? next_deadline(task.escalation) : std::nullopt);
  writer.end_object();
  write_id(writer, "message", task.origin);
  write_time(writer, "created_at", task.created_at);
  write_time(writer, "updated_at", task.updated_at);
  if (found != nullptr) write_found(writer, *found);
  writer.end_object();
}

void write_event(JsonWriter& writer, const StoredEvent& stored) {
  const auto& event = stored.event;
  writer.begin_object().field("sequence", stored.sequence).field("kind", to_string(event.kind));
  write_time(writer, "at", event.at);
  writer.field("actor", event.actor);
  write_id(writer, "task", event.subject.task());
  write_id(writer, "message", event.message);
  write_id(writer, "send", event.send.id());
  writer.key("token");
  if (event.subject.kind() == SubjectKind::token) writer.number(event.subject.id());
  else writer.null();
  write_object_text(writer, "data", event.data);
  writer.end_object();
}

void write_message(JsonWriter& writer, const StoredMessage& message, const std::optional<MessageDecision>& decision) {
  writer.begin_object().field("id", to_string(message.id)).field("channel", to_string(message.envelope.channel));
  writer.field("sender", to_string(message.envelope.sender)).field("recipient", to_string(message.envelope.recipient));
  writer.field("peer", message.envelope.peer);
  write_time(writer, "received_at", message.envelope.received_at);
  writer.field("size", static_cast<std::int64_t>(message.size)).field("known_id", message.known_id);
  writer.field("label", message.envelope.label).key("archived");
  if (message.envelope.archived) {
    writer.begin_object();
    write_time(writer, "at", message.envelope.archived->at);
    writer.field("state", to_string(message.envelope.archived->state)).end_object();
  } else {
    writer.null();
  }
  writer.field("state", decision ? "decided" : "waiting");
  writer.key("decision");
  if (decision) {
    writer.begin_object().field("outcome", to_string(decision->outcome));
    write_id(writer, "task", decision->task.id());
    write_id(writer, "split_to", decision->split_to);
    writer.field("subject", decision->subject).field("from", decision->from).field("reason", decision->reason);
    writer.field("rules_version", decision->rules_version).end_object();
  } else {
    writer.null();
  }
  writer.end_object();
}

void write_parsed(JsonWriter& writer, const Message& message) {
  writer.begin_object().field("message_id", message.message_id);
  write_time(writer, "date", message.date);
  writer.key("from");
  if (message.from) write_address(writer, *message.from);
  else writer.null();
  write_addresses(writer, "reply_to", message.as_mail().reply_to);
  write_addresses(writer, "to", message.as_mail().to);
  write_addresses(writer, "cc", message.as_mail().cc);
  writer.field("subject", message.subject).field("in_reply_to", message.in_reply_to);
  write_texts(writer, "references", message.references);
  writer.field("text_bytes", message.text.size()).field("html_bytes", message.as_mail().html.size());
  writer.key("attachments").begin_array();
  for (const auto& attachment : message.attachments) {
    writer.begin_object().field("filename", attachment.filename).field("content_type", attachment.content_type);
    writer.field("size", static_cast<std::int64_t>(attachment.size)).field("sha256", attachment.sha256);
    writer.field("inline", attachment.is_inline).field("content_id", attachment.content_id).end_object();
  }
  writer.end_array();
  writer.key("defects").begin_array();
  for (const auto& defect : message.defects)
    writer.begin_object().field("kind", defect.kind).field("detail", defect.detail).end_object();
  writer.end_array().end_object();
}

void write_send(JsonWriter& writer, const StoredSend& send) {
  writer.begin_object().field("id", to_string(send.id)).field("kind", to_string(send.send.kind));
  writer.field("channel", lane_of(send.send))
      .field("recipient", to_string(send.send.recipient))
      .field("priority", to_string(send.send.priority));
  writer.field("template", send.send.template_name)
      .field("state", to_string(send.state))
      .field("attempts", send.attempts);
  writer.field("detail", send.detail);
  write_id(writer, "task", send.send.subject.task());
  write_id(writer, "message", send.send.message);
  write_time(writer, "due_at", send.send.due_at);
  write_time(writer, "created_at", send.created_at);
  write_time(writer, "updated_at", send.updated_at);
  writer.end_object();
}

void write_suppression(JsonWriter& writer, const Suppression& suppression, TimePoint now) {
  writer.begin_object().field("address", suppression.address).field("blocks", blocks(suppression, now));
  writer.field("reason", suppression.reason).field("detail", suppression.detail).field("failures", suppression.count);
  write_time(writer, "since", suppression.since);
  write_time(writer, "updated_at", suppression.updated_at);
  write_time(writer, "expires_at", suppression.expires_at);
  write_id(writer, "message", suppression.message);
  writer.field("actor", suppression.actor).end_object();
}

void write_dead_letter(JsonWriter& writer, const DeadLetter& letter) {
  const auto& [tenant, kind, reference] = letter.key;
  writer.begin_object().field("id", to_string(QueueItemId{reference})).field("topic", to_string(kind));
  writer.key("message");
  if (kind == WorkKind::process) writer.string(to_string(MessageId{reference}));
  else writer.null();
  writer.field("reference", reference).field("attempts", letter.attempts).field("error", letter.error);
  write_time(writer, "died_at", letter.died_at);
  writer.end_object();
}

void write_ledger_line(JsonWriter& writer, const LedgerLine& line) {
  writer.begin_object().field("channel", line.channel).field("accepted", line.accepted).field("stored", line.stored);
  writer.field("decided", line.decided).field("opened", line.opened).field("joined", line.joined);
  writer.field("recorded", line.recorded).field("dropped", line.dropped);
  writer.field("waiting", line.waiting).field("dead", line.dead).field("refused", line.refused);
  writer.key("imbalances").begin_array();
  for (const auto& sentence : imbalances(line)) writer.string(sentence);
  writer.end_array().end_object();
}

void write_token(JsonWriter& writer, const ApiToken& token) {
  writer.begin_object().field("id", token.id).field("name", token.name).field("person", token.person);
  writer.field("role", to_string(token.role));
  write_time(writer, "created_at", token.created_at);
  write_time(writer, "revoked_at", token.revoked_at);
  writer.end_object();
}

}  // namespace orgo::views
