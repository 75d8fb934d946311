#include "service/views/clock_view.h"

#include "base/json_writer.h"
#include "core/escalation/escalate.h"
#include "core/task/lifecycle.h"
#include "service/views/views.h"

namespace orgo::views {
namespace {

/// Full minutes are what people read, and full seconds of less than one.
std::string span_in_words(Millis span) {
  if (span < std::chrono::seconds{1}) return "less than a second";
  if (span >= std::chrono::minutes{1}) span = std::chrono::floor<std::chrono::minutes>(span);
  return format_duration(std::chrono::floor<std::chrono::seconds>(span));
}

void write_span(JsonWriter& writer, std::string_view name, const std::optional<Millis>& span) {
  writer.key(name);
  if (span) writer.number(std::chrono::floor<std::chrono::seconds>(*span).count());
  else writer.null();
}

}  // namespace

TaskClocks task_clocks(const Task& task, std::span<const StoredEvent> history, const Workplace& workplace,
                       TimePoint now) {
  TaskClocks out;
  std::vector<Event> events;
  if (needs_history(task))
    for (const auto& stored : history) events.push_back(stored.event);
  if (task.sla) {
    const auto& sla = workplace.current(*task.sla);
    out.sla = task.sla->sla.name;
    out.calendar = workplace.calendars.empty() ? std::string() : workplace.calendar(task.sla->calendar).name();
    const auto facts = sla_facts(
        task, events, sla.answered_by, [&](std::string_view address) { return workplace.is_staff(address); },
        workplace.team_address(task.team));
    out.clocks = read_clocks(sla, workplace.calendar(task.sla->calendar), facts, now);
  }
  if (auto next = next_of_chain(task, workplace)) {
    out.next_step = next->at;
    out.next_to = std::move(next->to);
  }
  return out;
}

std::optional<NextOfChain> next_of_chain(const Task& task, const Workplace& workplace) {
  if (!escalates(task.state)) return std::nullopt;
  const auto next = next_step(task.escalation, ChainTime{.calendar = &workplace.calendar(task.escalation.calendar),
                                                         .quiet = workplace.quiet_for(task.type),
                                                         .urgent = task.priority == Priority::urgent});
  if (!next) return std::nullopt;
  const auto& step = task.escalation.steps[next->index];
  if (!step.tells && step.effects) return NextOfChain{next->at, in_words(*step.effects)};
  const auto& name = !step.to.empty() ? step.to : task.team;
  auto address = workplace.address_of(name, next->at, true);
  return NextOfChain{next->at, address.empty() ? name : std::move(address)};
}

void write_clocks(JsonWriter& writer, const TaskClocks& clocks, const TimeZone& zone) {
  writer.begin_object().key("sla");
  if (clocks.sla.empty()) writer.null();
  else writer.string(clocks.sla);
  writer.field("calendar", clocks.calendar).key("clocks").begin_array();
  for (const auto& clock : clocks.clocks) {
    writer.begin_object().field("clock", to_string(clock.clock));
    write_span(writer, "within_s", clock.within);
    writer.field("running", clock.running).field("paused", clock.paused);
    write_time(writer, "due_at", clock.due);
    write_time(writer, "warn_at", clock.warn_at);
    write_span(writer, "left_s", clock.left);
    write_span(writer, "taken_s", clock.taken);
    write_span(writer, "breached_by_s", clock.breached_by());
    writer.field("in_words", in_words(clock, zone)).end_object();
  }
  writer.end_array();
  write_time(writer, "escalates_at", clocks.next_step);
  writer.field("escalates_to", clocks.next_to).end_object();
}

std::string in_words(const ClockReading& clock, const TimeZone& zone) {
  std::string text;
  const auto say = [&](const std::string& words) { text += (text.empty() ? "" : "; ") + words; };
  if (clock.running && clock.paused)
    say("paused" +
        (clock.left && *clock.left > Millis{0} ? ", " + span_in_words(*clock.left) + " left" : std::string()));
  else if (clock.running && clock.left && *clock.left < Millis{0}) say("overdue by " + span_in_words(-*clock.left));
  else if (clock.running && clock.due)
    say("due " + to_wall_text(*clock.due, zone) + ", " + span_in_words(clock.left.value_or(Millis{0})) + " left");
  if (clock.taken)
    say("took " + span_in_words(*clock.taken) +
        (*clock.taken > clock.within ? ", late by " + span_in_words(*clock.taken - clock.within) : ""));
  return text.empty() ? "not running" : text;
}

std::string_view title_of(SlaClock clock) {
  switch (clock) {
    case SlaClock::first_response:
      return "First response";
    case SlaClock::update:
      return "Update";
    case SlaClock::keep_informed:
      return "Keep informed";
    case SlaClock::resolution:
      return "Resolution";
  }
  return "Clock";
}

}  // namespace orgo::views
