#include "core/clocks/clocks.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"

namespace orgo {
namespace {

bool is_done(TaskState state) {
  return state == TaskState::resolved || state == TaskState::closed;
}

bool pauses(const SlaTarget& target, TaskState state) {
  return is_done(state) || ((target.pause_in >> static_cast<unsigned>(state)) & 1U) != 0;
}

const Calendar& wall() {
  static const Calendar always;
  return always;
}

/// The clocks of one task under way.
class Clocks {
 public:
  Clocks(const Sla& sla, const Calendar& calendar, const SlaFacts& facts, TimePoint now)
      : sla_(sla), calendar_(calendar), facts_(facts), now_(now),
        state_(facts.moves.empty() ? TaskState::fresh : facts.moves.back().state) {
    if (facts.done_at) done_at_ = facts.done_at;
    else if (is_done(state_)) done_at_ = facts.moves.back().at;
    first_response_at_ = facts.first_response_at;
    for (const auto& contact : facts.contacts)
      if (contact.by_us && !first_response_at_) first_response_at_ = contact.at;
  }

  std::vector<ClockReading> read() {
    std::vector<ClockReading> out;
    for (std::size_t i = 0; i < kSlaClocks; ++i) {
      if (!sla_.targets[i]) continue;
      ClockReading reading;
      reading.clock = static_cast<SlaClock>(i);
      reading.within = sla_.targets[i]->within;
      target_ = &*sla_.targets[i];
      switch (reading.clock) {
        case SlaClock::first_response:
          first_response(reading);
          break;
        case SlaClock::update:
          update(reading);
          break;
        case SlaClock::keep_informed:
          keep_informed(reading);
          break;
        case SlaClock::resolution:
          resolution(reading);
          break;
      }
      out.push_back(reading);
    }
    return out;
  }

 private:
  void first_response(ClockReading& reading) {
    reading.since = facts_.opened_at;
    if (!facts_.opened_by_customer) return;
    if (first_response_at_) ended(reading, facts_.opened_at, *first_response_at_);
    else run(reading, facts_.opened_at);
  }

  void update(ClockReading& reading) {
    // A promise shorter than that of the first answer is one for afterwards: that answer is no update, and the longer
    // promise counts up to it.
    const auto& first = sla_.target(SlaClock::first_response);
    const bool responds = first && first->within >= target_->within && facts_.opened_by_customer;
    if (responds && !first_response_at_) return;
    std::optional<TimePoint> waiting;
    for (const auto& contact : facts_.contacts) {
      if (!contact.by_us) {
        if (!waiting || ORGO_PLANT(each_mail_starts_the_clock_anew)) waiting = contact.at;
      } else if (waiting) {
        if (!responds || contact.at != *first_response_at_) ended(reading, *waiting, contact.at);
        waiting.reset();
      }
    }
    if (waiting) run(reading, *waiting);
  }

  void keep_informed(ClockReading& reading) {
    std::optional<TimePoint> last;
    for (const auto& contact : facts_.contacts) {
      if (last) ended(reading, *last, contact.at);
      last = contact.by_us ? std::optional(contact.at) : std::nullopt;
    }
    if (last) run(reading, *last);
  }

  void resolution(ClockReading& reading) {
    reading.since = facts_.opened_at;
    if (done_at_) ended(reading, facts_.opened_at, *done_at_);
    else run(reading, facts_.opened_at);
  }

  const Calendar& calendar() const { return target_->wall_time ? wall() : calendar_; }

  /// When the clock stood still: in the target's states, and between being done and being reopened. Without the pause
  /// that still goes on at `until`.
  std::vector<Span> pauses_until(TimePoint until) const {
    std::vector<Span> out;
    if (target_->paused_time_counts) return out;
    for (std::size_t i = 0; i + 1 < facts_.moves.size(); ++i)
      if (pauses(*target_, facts_.moves[i].state) && facts_.moves[i + 1].at <= until)
        out.push_back({facts_.moves[i].at, facts_.moves[i + 1].at});
    return out;
  }

  void ended(ClockReading& reading, TimePoint from, TimePoint to) const {
    const auto taken = business_time_between(calendar(), from, to, pauses_until(to));
    reading.since = from;
    if (!reading.taken || *reading.taken < taken || ORGO_PLANT(last_answer_hides_the_late_one)) reading.taken = taken;
  }

  void run(ClockReading& reading, TimePoint from) const {
    if (done_at_) return;
    reading.since = from;
    reading.running = true;
    reading.paused = pauses(*target_, state_) && !ORGO_PLANT(pending_clock_runs);
    auto stops = pauses_until(now_);
    if (reading.paused) {
      // What counts is what had passed when it stopped; with `paused_time_counts` it only can't be seen.
      const auto until = target_->paused_time_counts ? now_ : std::max(from, facts_.moves.back().at);
      reading.left = target_->within - business_time_between(calendar(), from, until, stops);
      return;
    }
    reading.due = add_business_time(calendar(), from, target_->within, stops);
    if (target_->warn_before > Millis{0})
      reading.warn_at =
          add_exact_business_time(calendar(), from, std::max(Millis{0}, target_->within - target_->warn_before), stops);
    reading.left = target_->within - business_time_between(calendar(), from, now_, stops);
  }

  const Sla& sla_;
  const Calendar& calendar_;
  const SlaFacts& facts_;
  const TimePoint now_;
  const TaskState state_;
  std::optional<TimePoint> done_at_, first_response_at_;
  const SlaTarget* target_ = nullptr;
};

}  // namespace

std::optional<Millis> ClockReading::breached_by() const {
  std::optional<Millis> late;
  if (taken && *taken > within) late = *taken - within;
  if (left && *left < Millis{0}) late = std::max(late.value_or(Millis{0}), -*left);
  return late;
}

std::vector<ClockReading> read_clocks(const Sla& sla, const Calendar& calendar, const SlaFacts& facts, TimePoint now) {
  return Clocks(sla, calendar, facts, now).read();
}

std::optional<TimePoint> next_due(std::span<const ClockReading> clocks) {
  std::optional<TimePoint> earliest;
  for (const auto& reading : clocks)
    if (reading.due && (!earliest || *reading.due < *earliest)) earliest = reading.due;
  return earliest;
}

namespace {

/// The clock was ahead until `now`: nothing that is known by then came later.
void end_by(SlaFacts& facts, TimePoint now) {
  facts.opened_at = std::min(facts.opened_at, now);
  for (auto& contact : facts.contacts) contact.at = std::min(contact.at, now);
  for (auto& move : facts.moves) move.at = std::min(move.at, now);
}

std::string field(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

/// What people of ours said to the customer, and which of it they did not get.
class AnswersGiven {
 public:
  explicit AnswersGiven(const Task& task) : requester_(task.requester.address) {}

  void hear(const Event& event, const json::object& data, SlaFacts& facts) {
    switch (event.kind) {
      case EventKind::task_answered:
        facts.contacts.push_back({event.at, true});
        given_.push_back({event.message, facts.contacts.size() - 1, reached(data)});
        break;
      case EventKind::task_recalled:
        take_back(event.message, nullptr);
        break;
      case EventKind::send_failed:
      case EventKind::send_refused:
      case EventKind::send_bounced:
        // Copies for others don't count, and automatic answers never did.
        if (const auto id = parse_id<MessageTag>(field(data, "content")); id && !ORGO_PLANT(lost_answer_counts)) {
          const auto to = field(data, "to");
          take_back(*id, &to);
        }
        break;
      default:
        break;
    }
  }

  void leave_out_lost(SlaFacts& facts) const {
    for (auto at = lost_.rbegin(); at != lost_.rend(); ++at)
      facts.contacts.erase(facts.contacts.begin() + static_cast<std::ptrdiff_t>(*at));
  }

 private:
  struct Given {
    MessageId message;
    std::size_t at;  // where it stands among the contacts
    std::string to;  // the customer, at the address where they want answers
  };
  [[nodiscard]] std::string reached(const json::object& data) const {
    const auto* to = data.if_contains("to");
    if (to == nullptr || !to->is_array() || to->as_array().empty() || !to->as_array().front().is_string())
      return requester_;
    return std::string(to->as_array().front().as_string());
  }
  /// `copy`: only the one to this address; null: all of it.
  void take_back(MessageId message, const std::string* copy) {
    for (const auto& given : given_)
      if (given.message == message && (copy == nullptr || is_same_address(*copy, given.to)) &&
          !ORGO_PLANT(recalled_answer_counts))
        lost_.insert(given.at);
  }
  const std::string& requester_;
  std::vector<Given> given_;
  std::set<std::size_t> lost_;
};

}  // namespace

SlaFacts sla_facts(const Task& task, std::span<const Event> history, std::uint8_t answered_by,
                   const std::function<bool(std::string_view address)>& is_ours, std::string_view team_address) {
  SlaFacts facts;
  facts.opened_at = task.created_at;
  facts.moves.push_back({task.created_at, TaskState::fresh});
  const auto is_of_task = [&](std::string_view address) {
    return is_same_address(address, task.team) || is_same_address(address, team_address) ||
           is_same_address(address, task.assignee);
  };
  const auto ours = [&](std::string_view address) {
    // Who asked is the customer, also when he works here.
    if (address.empty()) return false;
    if (has_asked(task, address) && !ORGO_PLANT(staff_requester_answers_himself)) return false;
    return is_of_task(address) || (is_ours && is_ours(address));
  };
  const auto move = [&](TimePoint at, std::string_view name) {
    if (const auto state = parse_task_state(name); state && *state != facts.moves.back().state)
      facts.moves.push_back({at, *state});
  };
  AnswersGiven answers(task);
  facts.opened_by_customer = task.requester.empty() || !is_of_task(task.requester.address);
  if (task.origin && facts.opened_by_customer) facts.contacts.push_back({task.created_at, false});
  for (const auto& event : history) {
    const auto parsed = event.data.empty() ? Result<json::value>(json::object{}) : parse_json(event.data);
    static const json::object none;
    const auto& data = parsed && parsed->is_object() ? parsed->as_object() : none;
    const bool by_person = event.actor.starts_with("user:");
    switch (event.kind) {
      case EventKind::task_replied:
        // Between colleagues: the customer neither wrote nor got it. Events from before have no such field.
        if (const auto* got = data.if_contains("to_customer");
            got == nullptr || !got->is_bool() || got->as_bool() || ORGO_PLANT(talk_of_colleagues_answers))
          facts.contacts.push_back(
              {event.at, ours(field(data, "from")) || (got != nullptr && got->is_bool() && got->as_bool())});
        move(event.at, field(data, "state"));
        break;
      case EventKind::task_commented:
        if (by_person && (answered_by & Sla::comment) != 0) facts.contacts.push_back({event.at, true});
        break;
      case EventKind::task_state:
      case EventKind::task_reopened:
        move(event.at, field(data, "to"));
        if (by_person && (answered_by & Sla::acknowledge) != 0 && field(data, "to") == "acknowledged")
          facts.contacts.push_back({event.at, true});
        break;
      case EventKind::task_clock:
        if (!ORGO_PLANT(facts_stay_ahead)) end_by(facts, event.at);
        break;
      default:
        answers.hear(event, data, facts);
        break;
    }
  }
  answers.leave_out_lost(facts);
  // Where the log was cut, the task itself knows how it stands.
  if (facts.moves.back().state != task.state) facts.moves.push_back({task.updated_at, task.state});
  return facts;
}

}  // namespace orgo
