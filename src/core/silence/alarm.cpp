#include "core/silence/alarm.h"

#include <algorithm>
#include <cmath>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/contact/mail_address.h"

namespace orgo::silence {
namespace {

constexpr std::string_view kActor = "silence";
constexpr std::size_t kToldMost = 20;
constexpr auto kTask = TaskRef::nth_new(0);  ///< that tells of the alarm

/// Whole hours, and days from three on, since nobody wants to know the minute.
std::string rounded(Millis time) {
  if (time < std::chrono::hours(1))
    return format_duration(std::chrono::duration_cast<Millis>(std::chrono::floor<std::chrono::minutes>(time)));
  if (time < std::chrono::hours(72))
    return format_duration(std::chrono::duration_cast<Millis>(std::chrono::floor<std::chrono::hours>(time)));
  return format_duration(std::chrono::duration_cast<Millis>(std::chrono::floor<std::chrono::days>(time)));
}

Event event(EventKind kind, TaskRef task, TimePoint now) {
  Event made;
  made.kind = kind;
  made.subject = task;
  made.at = now;
  made.actor = kActor;
  return made;
}

Event comment(TaskRef task, TimePoint now, std::string_view text) {
  auto made = event(EventKind::task_commented, task, now);
  JsonWriter(made.data).begin_object().field("text", text).end_object();
  return made;
}

}  // namespace

std::string source_in_words(std::string_view source) {
  constexpr std::string_view kMailbox = "mailbox:";
  constexpr std::string_view kChannel = "channel:";
  if (source.starts_with(kMailbox)) return "the mailbox " + std::string(source.substr(kMailbox.size()));
  if (!source.starts_with(kChannel)) return std::string(source);
  std::string name(source.substr(kChannel.size()));
  for (auto& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return name;
}

Changes raise_alarm(TenantId tenant, std::string_view source, const Verdict& verdict, TimePoint last_mail,
                    std::string_view known_trouble, std::span<const std::string> administrators, TimePoint now) {
  const auto silent = std::max(Millis{0}, now - last_mail);
  Changes changes{.tenant = tenant, .at = now};
  Task task{.tenant = tenant};
  task.title = "No mail through " + source_in_words(source) + " for " + rounded(silent);
  task.team = administrators.empty() ? "administrators" : administrators.front();
  task.priority = Priority::high;
  task.tags = {"silence"};
  task.created_at = task.updated_at = now;

  auto opened = event(EventKind::task_opened, kTask, now);
  JsonWriter json(opened.data);
  json.begin_object().field("title", task.title).field("team", task.team).field("priority", to_string(task.priority));
  json.key("tags")
      .begin_array()
      .string("silence")
      .end_array()
      .field("alarm", source)
      .field("last_mail", to_rfc3339(last_mail))
      .end_object();
  changes.events.push_back(std::move(opened));

  const auto count = [](double mails) { return std::to_string(static_cast<std::int64_t>(std::llround(mails))); };
  std::string why =
      "The last mail came at " + to_rfc3339(last_mail) + ". As a rule about " + count(verdict.per_day) +
      " come in a day, and since then there should have been about " + count(verdict.expected) +
      ". Nothing need have failed here: mail may be going elsewhere, be held up on its way, or really not be there.";
  if (!known_trouble.empty()) why += " What is known: " + std::string(cut_utf8(known_trouble, 1000));
  changes.events.push_back(comment(kTask, now, why));

  for (const auto& who : administrators) {
    const bool told = std::any_of(changes.sends.begin(), changes.sends.end(),
                                  [&](const Send& send) { return ascii_iequals(send.recipient.address, who); });
    if (!is_mail_address(who) || told || changes.sends.size() >= kToldMost) continue;
    Send send;
    send.kind = SendKind::notification;
    send.recipient = mail_contact(who);
    send.priority = notice_priority(task.priority);
    send.subject = kTask;
    send.template_name = "task_opened";
    send.note = why;
    send.due_at = now;
    changes.sends.push_back(std::move(send));
  }
  changes.add(TaskChange{std::move(task)});
  changes.add(AlarmOpened{std::string(source), kTask});
  return changes;
}

Changes end_alarm(std::string_view source, const Task& seen, TimePoint opened_at, TimePoint now) {
  Changes changes{.tenant = seen.tenant, .at = now};
  changes.add(AlarmClosed{std::string(source)});
  Task task = seen;
  task.version = seen.version + 1;
  task.updated_at = now;
  changes.events.push_back(comment(task.number, now,
                                   "Mail comes through " + source_in_words(source) + " again, " +
                                       rounded(std::max(Millis{0}, now - opened_at)) + " after the alarm."));
  // Somebody who works on it ends it himself.
  if (seen.state == TaskState::fresh && seen.assignee.empty()) {
    task.state = TaskState::resolved;
    auto moved = event(EventKind::task_state, task.number, now);
    JsonWriter(moved.data)
        .begin_object()
        .field("from", to_string(seen.state))
        .field("to", to_string(task.state))
        .end_object();
    changes.events.push_back(std::move(moved));
  }
  changes.add(TaskChange{std::move(task)});
  return changes;
}

}  // namespace orgo::silence
