#include "core/silence/alarm.h"

#include <algorithm>
#include <cmath>

#include "base/json_writer.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/alarm/alarm_task.h"
#include "core/task/task_change.h"

namespace orgo::silence {
namespace {

constexpr std::string_view kActor = "silence";

/// Whole hours, and days from three on, since nobody wants to know the minute.
std::string rounded(Millis time) {
  if (time < std::chrono::hours(1))
    return format_duration(std::chrono::duration_cast<Millis>(std::chrono::floor<std::chrono::minutes>(time)));
  if (time < std::chrono::hours(72))
    return format_duration(std::chrono::duration_cast<Millis>(std::chrono::floor<std::chrono::hours>(time)));
  return format_duration(std::chrono::duration_cast<Millis>(std::chrono::floor<std::chrono::days>(time)));
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
                    std::string_view known_trouble, std::span<const std::string> administrators, TimePoint now,
                    const TimeZone& zone) {
  const auto silent = std::max(Millis{0}, now - last_mail);
  const auto count = [](double mails) { return std::to_string(static_cast<std::int64_t>(std::llround(mails))); };
  std::string why =
      "The last mail came at " + to_wall_text(last_mail, zone) + ". As a rule about " + count(verdict.per_day) +
      " come in a day, and since then there should have been about " + count(verdict.expected) +
      ". Nothing need have failed here: mail may be going elsewhere, be held up on its way, or really not be there.";
  if (!known_trouble.empty()) why += " What is known: " + std::string(cut_utf8(known_trouble, 1000));
  return orgo::raise_alarm(tenant,
                           {.source = std::string(source),
                            .actor = kActor,
                            .title = "No mail through " + source_in_words(source) + " for " + rounded(silent),
                            .why = std::move(why),
                            .facts = {{"last_mail", to_rfc3339(last_mail)}}},
                           administrators, now);
}

Changes end_alarm(std::string_view source, const Task& seen, TimePoint opened_at, TimePoint now) {
  Changes changes{.tenant = seen.tenant, .at = now};
  changes.add(AlarmClosed{std::string(source)});
  Task task = seen;
  task.version = seen.version + 1;
  task.updated_at = now;
  changes.events.push_back(alarm_comment(kActor, task.number,
                                         "Mail comes through " + source_in_words(source) + " again, " +
                                             rounded(std::max(Millis{0}, now - opened_at)) + " after the alarm.",
                                         now));
  // Somebody who works on it ends it himself.
  if (seen.state == TaskState::fresh && seen.assignee.empty()) {
    task.state = TaskState::resolved;
    end_pending(changes, task);
    Event moved;
    moved.kind = EventKind::task_state;
    moved.subject = task.number;
    moved.at = now;
    moved.actor = kActor;
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
