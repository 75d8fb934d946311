#include "core/escalation/escalate.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "base/planted.h"
#include "core/clocks/clocks.h"
#include "core/escalation/apply_effects.h"
#include "core/task/commands.h"
#include "core/task/lifecycle.h"
#include "core/task/send_about.h"

namespace orgo {
namespace {

constexpr const char* kActor = "escalation";

/// How a step fires.
struct Firing {
  std::vector<std::string> to;  ///< addresses; empty: nobody is reached
  std::string in_place_of;      ///< whom a step names whom nobody reaches now: a rota with nobody on duty
  TimePoint deadline{};
  bool last = false;  ///< whoever is told is told urgently
};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

/// The last step that `next`, the task as it becomes, has taken has fired. Was somebody told, or nobody meant to be?
bool fire_step(Changes& changes, const Task& task, Task& next, const Firing& firing,
               const std::function<std::string(const std::string&)>& address_of) {
  const auto step = next.escalation.steps[static_cast<std::size_t>(next.escalation.level) - 1];
  const auto after = format_duration(step.after) + (step.business ? " of open time" : "");
  const bool told = step.tells && !firing.to.empty();
  Event event;
  event.kind = EventKind::escalation_fired;
  event.subject = task.number;
  event.message = task.origin;
  event.at = changes.at;
  event.actor = kActor;
  JsonWriter json(event.data);
  json.begin_object()
      .field("level", next.escalation.level)
      .field("of", task.escalation.steps.size())
      .field("to", step.tells ? joined(firing.to) : std::string());
  json.field("deadline", to_rfc3339(firing.deadline)).field("after", after);
  if (!told) json.field("told", false);
  if (!firing.in_place_of.empty()) json.field("nobody_reached_by", firing.in_place_of);
  if (step.effects) json.field("did", in_words(*step.effects)).field("rule", step.rule);
  json.end_object();
  changes.events.push_back(std::move(event));

  if (step.effects) apply_effects(step, next, changes, address_of);
  for (const auto& to : firing.to) {
    if (!step.tells) break;
    auto send = send_about(next, SendKind::escalation, mail_contact(to), "escalated", changes.at);
    if (firing.last && !ORGO_PLANT(last_step_is_ordinary)) send.priority = Priority::urgent;
    send.note = "Level " + std::to_string(next.escalation.level) + " of " +
                std::to_string(task.escalation.steps.size()) + ": nobody has acknowledged it within " + after + ".";
    if (!firing.in_place_of.empty()) send.note += " Nobody is reached by '" + firing.in_place_of + "' now.";
    if (ORGO_PLANT(escalation_has_no_cause)) send.cause.clear();
    send.rule = step.rule;
    changes.sends.push_back(std::move(send));
  }
  return told || !step.tells;
}

/// Those of `names` that are addresses.
std::vector<std::string> addresses_among(const std::vector<std::string>& names) {
  std::vector<std::string> found;
  std::ranges::copy_if(names, std::back_inserter(found), [](const auto& name) { return is_mail_address(name); });
  return found;
}

/// The calendars say another deadline than the task has.
void move_due(Changes& changes, const Task& task, TimePoint due) {
  Event event{.kind = EventKind::task_due, .subject = task.number, .at = changes.at, .actor = kActor};
  JsonWriter json(event.data);
  json.begin_object();
  if (task.due_at) json.field("from", to_rfc3339(*task.due_at));
  json.field("to", to_rfc3339(due)).field("by", "calendar").end_object();
  changes.events.push_back(std::move(event));
  Task next = task;
  next.version = task.version + 1;
  next.due_at = due;
  changes.add(TaskChange{std::move(next)});
}

/// Something that escalate() does at an instant.
struct Item {
  enum class Kind { step, warning, breach };
  TimePoint at{};
  Kind kind = Kind::step;
  ClockReading clock;
};

/// The deadlines of one task, as they are now.
class Deadlines {
 public:
  Deadlines(const Task& task, TimePoint now, const EscalationContext& context) : now_(now), context_(context) {
    if (!needs_history(task)) return;
    const auto* sla = current(task);
    facts_ = sla_facts(
        task, context.history, sla != nullptr ? sla->answered_by : std::uint8_t{Sla::mail},
        [&](std::string_view address) { return context.workplace != nullptr && context.workplace->is_staff(address); },
        context.workplace != nullptr ? context.workplace->team_address(task.team) : std::string_view());
  }

  [[nodiscard]] std::optional<Item> next(const Task& task) const {
    std::optional<Item> first;
    const auto add = [&](Item item) {
      if (!first || item.at < first->at) first = std::move(item);
    };
    if (escalates(task.state))
      if (const auto at = next_deadline(task.escalation, chain_time(task))) add({*at, Item::Kind::step, {}});
    const auto* sla = current(task);
    if (sla == nullptr || !is_open(task.state)) return first;
    for (const auto& clock : read_clocks(*sla, calendar(task.sla->calendar), facts_, now_)) {
      if (!clock.due || task.sla->was_told(clock.clock, true, clock.since)) continue;
      add({told_at(task, *clock.due), Item::Kind::breach, clock});
      if (clock.warn_at && *clock.warn_at<*clock.due&& * clock.due> now_ &&
          !task.sla->was_told(clock.clock, false, clock.since))
        add({told_at(task, *clock.warn_at), Item::Kind::warning, clock});
    }
    return first;
  }

  /// Its next step fires now.
  void advance(Task& task) const { orgo::advance(task.escalation, now_, chain_time(task)); }
  void pass_over(Task& task) const { orgo::pass_over(task.escalation, chain_time(task)); }
  [[nodiscard]] const EscalationStep& step_of(const Task& task) const {
    return task.escalation.steps[next_step(task.escalation, chain_time(task))->index];
  }
  [[nodiscard]] bool has_step(const Task& task) const {
    return next_step(task.escalation, chain_time(task)).has_value();
  }
  /// Was its next step made for silence, and somebody has answered?
  [[nodiscard]] bool is_passed_over(const Task& task) const {
    return has_step(task) && step_of(task).unless_answered && answered_since(task.escalation.started_at);
  }
  [[nodiscard]] bool answered_since(TimePoint t) const {
    return std::any_of(facts_.contacts.begin(), facts_.contacts.end(),
                       [&](const auto& c) { return c.by_us && c.at >= t; });
  }
  [[nodiscard]] std::string address_of(const std::string& target) const {
    return context_.workplace != nullptr ? context_.workplace->address_of(target, now_, true) : target;
  }

 private:
  [[nodiscard]] const Sla* current(const Task& task) const {
    if (!task.sla) return nullptr;
    return context_.workplace != nullptr ? &context_.workplace->current(*task.sla) : &task.sla->sla;
  }
  [[nodiscard]] const Calendar& calendar(const std::string& name) const {
    static const Calendar always;
    return context_.workplace != nullptr ? context_.workplace->calendar(name) : always;
  }
  /// When quiet hours are over, for what isn't urgent. A warning that would come no sooner than the breach gives way to
  /// it.
  [[nodiscard]] TimePoint told_at(const Task& task, TimePoint at) const {
    const auto* quiet = context_.workplace != nullptr && task.priority != Priority::urgent
                            ? context_.workplace->quiet_for(task.type)
                            : nullptr;
    return quiet != nullptr && open_at(*quiet, at) ? next_close(*quiet, at).value_or(at) : at;
  }
  [[nodiscard]] ChainTime chain_time(const Task& task) const {
    ChainTime time;
    if (context_.workplace == nullptr) return time;
    time.calendar = &calendar(task.escalation.calendar);
    time.quiet = context_.workplace->quiet_for(task.type);
    time.urgent = task.priority == Priority::urgent && !ORGO_PLANT(urgent_waits_for_quiet_hours);
    return time;
  }

  const TimePoint now_;
  const EscalationContext& context_;
  SlaFacts facts_;
};

/// The next step fires; when nobody is reached by it, as by a rota with nobody on duty, the one behind it does at once,
/// and at the end the team is told, or the administrators.
void fire_steps(Changes& changes, const Task& task, Task& next, const Deadlines& deadlines, TimePoint deadline,
                const EscalationContext& context) {
  std::string unreached;
  for (bool done = false; !done;) {
    if (deadlines.is_passed_over(next)) {
      deadlines.pass_over(next);
      done = !deadlines.has_step(next);
      continue;
    }
    deadlines.advance(next);
    const auto& step = next.escalation.steps[static_cast<std::size_t>(next.escalation.level) - 1];
    const auto wanted = !step.to.empty() ? step.to : task.team;
    Firing firing{
        .to = addresses_among({deadlines.address_of(wanted)}),
        .in_place_of = unreached,
        .deadline = deadline,
        .last = static_cast<std::size_t>(next.escalation.level) + (ORGO_PLANT(urgent_one_step_early) ? 1U : 0U) >=
                task.escalation.steps.size()};
    if (step.tells && firing.to.empty() && !ORGO_PLANT(empty_rota_is_silence)) {
      unreached = wanted;
      if (firing.last && context.workplace != nullptr) {
        firing.in_place_of = unreached;
        firing.to = addresses_among({context.workplace->address_of_holder({}, task.team, changes.at)});
        if (firing.to.empty()) firing.to = addresses_among(context.administrators);
      }
    }
    done =
        fire_step(changes, task, next, firing, [&](const std::string& name) { return deadlines.address_of(name); }) ||
        firing.last;
  }
}

std::string clock_in_words(SlaClock clock) {
  switch (clock) {
    case SlaClock::first_response:
      return "The first answer";
    case SlaClock::update:
      return "An answer to the customer's message";
    case SlaClock::keep_informed:
      return "Word to the customer";
    case SlaClock::resolution:
      return "The solution";
  }
  return "It";
}

void tell_of_clock(Changes& changes, const Task& task, Task next, const Item& item, const std::string& to,
                   TimePoint now, const TimeZone& zone) {
  const bool breach = item.kind == Item::Kind::breach;
  next.sla->tell(item.clock.clock, breach, item.clock.since);
  const bool told = is_mail_address(to);
  Event event;
  event.kind = breach ? EventKind::sla_breached : EventKind::sla_warned;
  event.subject = task.number;
  event.message = task.origin;
  event.at = now;
  event.actor = kActor;
  JsonWriter json(event.data);
  json.begin_object().field("sla", task.sla->sla.name).field("clock", to_string(item.clock.clock));
  json.field("due", to_rfc3339(*item.clock.due)).field("within", format_duration(item.clock.within)).field("to", to);
  if (!told) json.field("told", false);
  json.end_object();
  changes.events.push_back(std::move(event));
  if (told) {
    auto send = send_about(task, SendKind::escalation, mail_contact(to), "escalated", now);
    if (breach) send.priority = Priority::urgent;
    send.note = clock_in_words(item.clock.clock) + (breach ? " is overdue since " : " is due at ") +
                to_wall_text(*item.clock.due, zone) + " (service level " + task.sla->sla.name + ", within " +
                format_duration(item.clock.within) + ").";
    changes.sends.push_back(std::move(send));
  }
  changes.add(TaskChange{std::move(next)});
}

}  // namespace

Changes escalate(const Task& task, const DueTimer& timer, TimePoint now, AddTime add) {
  Changes changes{.tenant = task.tenant, .at = now};
  if (timer.due_at > now || timer.task != task.number) return changes;
  changes.timers.push_back(deadline_fired(timer.task, timer.due_at));
  if (!escalates(task.state)) return changes;

  const ChainTime time{.add = add};
  const auto due = next_step(task.escalation, time);
  if (!due) return changes;
  if (due->at != timer.due_at) {
    changes.timers.push_back(deadline_set(task.number, due->at));
    return changes;
  }

  Task next = task;
  next.version = task.version + 1;
  next.updated_at = now;
  advance(next.escalation, now, time);
  const auto following = next_deadline(next.escalation, time);
  if (following) changes.timers.push_back(deadline_set(task.number, *following));
  const auto& step = task.escalation.steps[due->index];
  fire_step(changes, task, next,
            {.to = addresses_among({!step.to.empty() ? step.to : task.team}),
             .in_place_of = {},
             .deadline = timer.due_at,
             .last = !following},
            [](const std::string& name) { return name; });
  changes.add(TaskChange{std::move(next)});
  return changes;
}

std::optional<TimePoint> next_wake(const Task& task, TimePoint now, const EscalationContext& context) {
  const auto item = Deadlines(task, now, context).next(task);
  return item ? std::optional(item->at) : std::nullopt;
}

std::optional<TimePoint> due_by_chain(const Task& task, const EscalationContext& context) {
  if (context.workplace == nullptr || !counts_business_time(task.escalation) || task.escalation.level != 0 ||
      !is_open(task.state))
    return std::nullopt;
  // Quiet hours hold back who is told, not by when it should be done.
  return next_deadline(task.escalation, ChainTime{.calendar = &context.workplace->calendar(task.escalation.calendar)});
}

Changes correct_due(const Task& task, TimePoint due, TimePoint now, const EscalationContext& context) {
  Changes changes{.tenant = task.tenant, .at = now};
  const bool by_person = std::any_of(context.history.begin(), context.history.end(), [&](const Event& event) {
    return event.kind == EventKind::task_due && event.actor != kActor && event.actor != "rules" &&
           event.at >= task.escalation.started_at;
  });
  if (by_person || task.due_at == due) return changes;
  move_due(changes, task, due);
  return changes;
}

Changes escalate(const Task& task, const DueTimer& timer, TimePoint now, const EscalationContext& context) {
  Changes changes{.tenant = task.tenant, .at = now};
  if (timer.due_at > now || timer.task != task.number) return changes;
  changes.timers.push_back(deadline_fired(timer.task, timer.due_at));
  const Deadlines deadlines(task, now, context);
  const auto item = deadlines.next(task);
  if (!item) return changes;
  if (item->at != timer.due_at) {
    changes.timers.push_back(deadline_set(task.number, item->at));
    // A chain that was started without a calendar at hand: what it is due by is known here first.
    if (!task.due_at && item->kind == Item::Kind::step && task.escalation.level == 0 &&
        timer.due_at == task.escalation.started_at) {
      move_due(changes, task, due_by_chain(task, context).value_or(item->at));
    }
    return changes;
  }

  Task next = task;
  next.version = task.version + 1;
  next.updated_at = now;
  const auto set_following = [&](const Task& after) {
    const auto following = deadlines.next(after);
    if (following) changes.timers.push_back(deadline_set(task.number, following->at));
  };
  if (item->kind != Item::Kind::step) {
    const auto& wanted = !task.sla->sla.notify.empty() ? task.sla->sla.notify
                         : !task.assignee.empty()      ? task.assignee
                                                       : task.team;
    Task after = next;
    after.sla->tell(item->clock.clock, item->kind == Item::Kind::breach, item->clock.since);
    set_following(after);
    tell_of_clock(changes, task, std::move(next), *item, deadlines.address_of(wanted), now, context.zone);
    return changes;
  }
  if (deadlines.is_passed_over(task)) {
    deadlines.pass_over(next);
    set_following(next);
    changes.add(TaskChange{std::move(next)});  // nobody is told, and the level shows that it is past
    return changes;
  }
  fire_steps(changes, task, next, deadlines, timer.due_at, context);
  set_following(next);  // of the task as it is now: of what is urgent, quiet hours don't hold
  changes.add(TaskChange{std::move(next)});
  return changes;
}

}  // namespace orgo
