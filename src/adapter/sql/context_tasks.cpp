#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "adapter/sql/context_steps.h"
#include "adapter/sql/rows.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/channel/channel_traits.h"
#include "core/contact/mail_address.h"
#include "core/processing/message_decision.h"

namespace orgo::sql {
namespace {

constexpr Millis kClockDoubt{24 * 3'600'000};
constexpr int kTasksOfSenderMost = 4 * kSameSubjectTasks;  ///< that are looked at, whatever clocks did
constexpr const char* kTask = "SELECT " ORGO_TASK_COLUMNS " FROM tasks WHERE tenant = ? AND number = ?";

/// A task that is read, and what for.
struct Wanted {
  std::size_t reading = 0;
  TaskNumber number;
  bool of_report = false;  ///< the mail reports about it; else it is one of its thread
};

/// Reads tasks, and all into which they were merged: a step for each link of the longest of those chains.
void follow_merges(Connection& db, ContextReadings& readings, std::vector<Wanted> wanted) {
  for (std::size_t link = 0; !wanted.empty() && link <= TaskTies::kMergedMax; ++link) {
    Lookup tasks(db, kTask);
    for (const auto& one : wanted) tasks.ask(readings[one.reading].query.tenant.value, one.number.value);
    std::vector<Wanted> next;
    for (std::size_t set = 0; set < wanted.size(); ++set) {
      auto& reading = readings[wanted[set].reading];
      const auto take = [&]() -> Status {
        ORGO_TRY(rows, tasks.rows(set));
        ORGO_TRY(row, rows->next());
        if (!row) return {};
        auto task = task_from_row(*rows, reading.query.tenant);
        if (task.ties.into) next.push_back({wanted[set].reading, task.ties.into, wanted[set].of_report});
        if (wanted[set].of_report) reading.facts.reported_task = std::move(task);
        else reading.facts.thread.tasks.push_back(std::move(task));
        return {};
      };
      if (reading.error) continue;
      if (auto taken = take(); !taken) reading.error = std::move(taken).error();
    }
    wanted = std::move(next);
  }
}

/// Who has a part in tasks, tasks of a sender, and the mails of ours that are reported about.
class SecondStep {
 public:
  explicit SecondStep(Connection& db)
      : participants_(db,
                      "SELECT sender FROM (SELECT sender, outcome FROM decisions WHERE tenant = ? AND task = ? AND "
                      "task <> 0 ORDER BY message DESC LIMIT 1000) AS heard WHERE outcome <> ? AND sender <> '' "
                      "UNION SELECT recipient FROM (SELECT recipient, channel, state FROM outbox WHERE tenant = ? "
                      "AND subject_kind = ? AND subject = ? AND subject <> 0 ORDER BY id DESC LIMIT 1000) AS told "
                      "WHERE channel = ? AND state <> ? AND state <> ? LIMIT ?"),
        of_sender_(db, "SELECT " ORGO_TASK_COLUMNS
                       " FROM tasks WHERE tenant = ? AND requester = ? AND requester <> '' ORDER BY number DESC LIMIT "
                       "?"),
        send_(db, "SELECT " ORGO_SEND_COLUMNS ", state FROM outbox WHERE tenant = ? AND id = ?") {}

  void ask(const ContextReading& reading) {
    const auto& query = reading.query;
    places_.emplace_back();
    if (reading.error) return;
    const auto needs = thread_needs(query.thread, reading.facts.thread);
    auto& place = places_.back();
    place.needs = needs;
    place.participants = participants_.size();
    for (const auto number : of_people(needs))
      if (number) ask_participants(query.tenant, number);
    place.of_sender = of_sender_.size();
    if (needs.same_subject) of_sender_.ask(query.tenant.value, query.thread.sender, kTasksOfSenderMost);
    place.send = send_.size();
    if (const auto id = reported_send(query, reading.facts)) send_.ask(query.tenant.value, id.value);
  }
  void send() {
    for (auto* const one : {&participants_, &of_sender_, &send_}) one->send();
  }
  [[nodiscard]] std::array<TaskNumber, 3> tasks_of(std::size_t i) const {
    const auto& needs = places_[i].needs;
    return {needs.task, needs.claimed, needs.shared};
  }
  Status take(std::size_t i, ContextReading& reading) {
    const auto& [needs, participants, of_sender, send] = places_[i];
    auto& thread = reading.facts.thread;
    if (!thread.tasks.empty()) {
      const auto numbers = of_people(needs);
      const std::array into{&thread.participants, &thread.sharers, &thread.told};
      auto set = participants;
      for (std::size_t k = 0; k < numbers.size(); ++k)
        if (numbers[k]) ORGO_CHECK(take_participants(set++, *into[k]));
    }
    if (needs.same_subject) ORGO_CHECK(take_of_sender(of_sender, reading));
    return reported_send(reading.query, reading.facts) ? take_send(send, reading) : Status{};
  }

 private:
  struct Place {
    ThreadNeeds needs;
    std::size_t participants = 0;
    std::size_t of_sender = 0;
    std::size_t send = 0;
  };
  static std::array<TaskNumber, 3> of_people(const ThreadNeeds& needs) {
    return {needs.claimed, needs.shared, needs.copied};
  }
  void ask_participants(TenantId tenant, TaskNumber number) {
    participants_.ask(tenant.value, number.value,
                      static_cast<int>(ORGO_PLANT(recorded_sender_has_a_part) ? Outcome::dropped : Outcome::recorded),
                      tenant.value, static_cast<int>(SubjectKind::task), number.value,
                      channel_of(ContactKind::mail).name, static_cast<int>(SendState::refused),
                      static_cast<int>(SendState::recalled), kParticipantsMax);
  }
  Status take_participants(std::size_t set, std::vector<std::string>& participants) {
    ORGO_TRY(rows, participants_.rows(set));
    std::set<std::string> found;
    for (;;) {
      ORGO_TRY(row, rows->next());
      if (!row) break;
      found.insert(ascii_lower(rows->text(0)));
    }
    participants.assign(found.begin(), found.end());
    return {};
  }
  Status take_of_sender(std::size_t set, ContextReading& reading) {
    const auto& query = reading.query;
    ORGO_TRY(rows, of_sender_.rows(set));
    // Numbers follow the time but for clocks that are set: one that is older by a day ends the look, so that it costs
    // the same whatever this address has ever asked for.
    for (int found = 0; found < kSameSubjectTasks;) {
      ORGO_TRY(row, rows->next());
      if (!row) break;
      const auto created_at = from_ms(rows->integer(kTaskCreatedAt));
      if (created_at + kClockDoubt < *query.thread.since) break;
      if (created_at < *query.thread.since) continue;
      ++found;
      reading.facts.thread.of_sender.push_back(task_from_row(*rows, query.tenant));
    }
    return {};
  }
  Status take_send(std::size_t set, ContextReading& reading) {
    ORGO_TRY(rows, send_.rows(set));
    ORGO_TRY(row, rows->next());
    if (row)
      reading.facts.reported_mail = SentMail{reported_send(reading.query, reading.facts), send_from_row(*rows),
                                             static_cast<SendState>(rows->integer(kSendColumns)), send_attempts(*rows)};
    return {};
  }

  Lookup participants_, of_sender_, send_;
  std::vector<Place> places_;
};

/// The entry of the suppression list for the address that a reported mail went to.
void read_suppressions(Connection& db, ContextReadings& readings) {
  Lookup entries(db, "SELECT " ORGO_SUPPRESSION_COLUMNS " FROM suppressions WHERE tenant = ? AND address = ?");
  std::vector<std::size_t> asked;
  each_reading(readings, [&](std::size_t i, ContextReading& reading) -> Status {
    if (!reading.facts.reported_mail) return {};
    entries.ask(reading.query.tenant.value, contact_key(reading.facts.reported_mail->send.recipient));
    asked.push_back(i);
    return {};
  });
  for (std::size_t set = 0; set < asked.size(); ++set) {
    auto& reading = readings[asked[set]];
    const auto take = [&]() -> Status {
      ORGO_TRY(rows, entries.rows(set));
      ORGO_TRY(row, rows->next());
      if (row) reading.facts.suppression = suppression_from_row(*rows, reading.query.tenant);
      return {};
    };
    if (auto taken = take(); !taken) reading.error = std::move(taken).error();
  }
}

}  // namespace

void read_tasks(Connection& db, ContextReadings& readings) {
  SecondStep step(db);
  std::vector<Wanted> wanted;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    step.ask(readings[i]);
    for (const auto number : step.tasks_of(i))
      if (number) wanted.push_back({i, number});
  }
  step.send();
  follow_merges(db, readings, std::move(wanted));
  wanted.clear();
  each_reading(readings, [&](std::size_t i, ContextReading& reading) -> Status {
    ORGO_CHECK(step.take(i, reading));
    for (const auto& task : reading.facts.thread.of_sender)
      if (task.ties.into) wanted.push_back({i, task.ties.into});
    if (const auto& mail = reading.facts.reported_mail; mail && mail->send.subject.task())
      wanted.push_back({i, mail->send.subject.task(), true});
    return {};
  });
  read_suppressions(db, readings);
  follow_merges(db, readings, std::move(wanted));
}

}  // namespace orgo::sql
