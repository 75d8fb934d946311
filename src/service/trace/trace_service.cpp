#include "service/trace/trace_service.h"

#include <algorithm>

#include "base/hash.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "core/mail/read/read_message.h"
#include "core/processing/trace.h"
#include "service/views/clock_view.h"
#include "service/views/views.h"

namespace orgo {
namespace {

constexpr int kHistoryMax = 1000;
constexpr Millis kCheckTime = std::chrono::seconds(5);  // of a signature

}  // namespace

/// Why the rules held or did not, computed from what is kept: the bytes, the version of the rules, and what they were
/// asked.
void TraceService::explain(TenantId tenant, std::string_view bytes, Story& story) const {
  if (!story.decision) return;
  story.trace = parse_trace(story.decision->trace);
  if (!story.trace || !story.trace->asked) return;
  if (!story.parsed) {
    complete_without(*story.trace, "the bytes of the message can't be read");
    return;
  }
  Result<std::shared_ptr<const rules::RuleSet>> rules =
      failure(Errc::not_found, "the history of the rules is not at hand");
  if (rules_of_) rules = rules_of_(tenant, story.decision->rules_version);
  if (rules) complete(*story.trace, **rules, *story.parsed, story.message.envelope, bytes);
  else complete_without(*story.trace, rules.error().message);
}

Result<Story> TraceService::story(TenantId tenant, MessageId id) {
  ORGO_TRY(message, messages_.read(tenant, id));
  Story story{.message = std::move(message)};
  const auto policy = policies_(tenant);
  if (policy) story.zone = (*policy)->zone();
  const auto bytes = messages_.read_bytes(tenant, id);
  if (bytes) {
    story.bytes_sha256 = to_hex(sha256(*bytes));
    story.parsed = read_message(*bytes);
    story.dated = date_of(*story.parsed, story.message.envelope);
    story.view = mail_view(*bytes, *story.parsed);
    story.view->check = check_signature(*bytes, story.view->protection, signatures_, story.message.envelope.received_at,
                                        within(kCheckTime));
  } else {
    story.bytes_problem = bytes.error().message;
  }
  ORGO_TRY(decision, messages_.decision(tenant, id));
  story.decision = std::move(decision);
  explain(tenant, bytes ? std::string_view(*bytes) : std::string_view(), story);
  ORGO_TRY(events, tasks_.message_events(tenant, id));
  story.timeline = std::move(events);

  // A decision that opened a task names it as "the new one" where the store keeps it so; the events know its number.
  TaskNumber number = story.decision ? story.decision->task.id() : TaskNumber{};
  for (const auto& stored : story.timeline)
    if (!number) number = stored.event.subject.task();
  if (number) {
    if (auto task = tasks_.read(tenant, number)) {
      static const Workplace none;
      const auto next = views::next_of_chain(*task, policy ? (*policy)->workplace() : none);
      if (next) story.next_escalation = next->at;
      story.task = *std::move(task);
    }
    ORGO_TRY(history, tasks_.history(tenant, number, kHistoryMax));
    for (auto& stored : history) story.timeline.push_back(std::move(stored));
    ORGO_TRY(sends, outbox_.sends_of_task(tenant, number));
    story.sends = std::move(sends);
  }
  std::stable_sort(story.timeline.begin(), story.timeline.end(),
                   [](const StoredEvent& a, const StoredEvent& b) { return a.sequence < b.sequence; });
  story.timeline.erase(std::unique(story.timeline.begin(), story.timeline.end(),
                                   [](const StoredEvent& a, const StoredEvent& b) { return a.sequence == b.sequence; }),
                       story.timeline.end());

  if (!story.decision) {
    ORGO_TRY(dead, work_.find_dead({tenant, WorkKind::process, id.value}));
    story.dead = std::move(dead);
  }
  return story;
}

std::string to_json(const Story& story) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().key("message");
  views::write_message(writer, story.message, story.decision);
  writer.key("bytes").begin_object().field("size", static_cast<std::int64_t>(story.message.size));
  writer.key("sha256");
  if (story.bytes_sha256) writer.string(*story.bytes_sha256);
  else writer.null();
  if (!story.bytes_problem.empty()) writer.field("problem", story.bytes_problem);
  writer.end_object();
  writer.key("dedup").begin_object().field("content_sha256", to_hex(story.message.key.content));
  writer.field("known_id", story.message.known_id).end_object();
  writer.key("parsed");
  if (story.parsed) views::write_parsed(writer, *story.parsed);
  else writer.null();
  writer.key("dated");
  if (story.dated) {
    writer.begin_object();
    views::write_time(writer, "at", story.dated->at);
    writer.field("source", to_string(story.dated->source)).field("date_field_doubt", story.dated->doubt).end_object();
  } else {
    writer.null();
  }
  writer.key("content");
  if (story.view) {
    writer.begin_object();
    write_mail_view(writer, *story.view);
    writer.end_object();
  } else {
    writer.null();
  }
  writer.key("trace");
  if (story.trace) writer.raw(orgo::to_json(*story.trace));
  else writer.null();
  writer.key("dead");
  if (story.dead) views::write_dead_letter(writer, *story.dead);
  else writer.null();
  writer.key("task");
  if (story.task) views::write_task(writer, *story.task);
  else writer.null();
  views::write_time(writer, "next_escalation", story.next_escalation);
  writer.key("timeline").begin_array();
  for (const auto& stored : story.timeline) views::write_event(writer, stored);
  writer.end_array().key("sends").begin_array();
  for (const auto& send : story.sends) views::write_send(writer, send);
  writer.end_array().end_object();
  out += '\n';
  return out;
}

}  // namespace orgo
