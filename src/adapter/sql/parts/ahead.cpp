#include "adapter/sql/parts/ahead.h"

#include <vector>

#include "adapter/sql/lookup.h"
#include "core/lineage/lineage.h"
#include "core/parts/parts.h"

namespace orgo::sql {
namespace {

using Key = std::pair<std::int64_t, std::int64_t>;

/// Of which keys something is asked, each once.
class Asked {
 public:
  Asked(Connection& connection, const char* sql) : lookup_(connection, sql) {}
  void ask(TenantId tenant, std::int64_t number) {
    if (seen_.insert({tenant.value, number}).second) {
      keys_.emplace_back(tenant.value, number);
      lookup_.ask(tenant.value, number);
    }
  }
  void send() { lookup_.send(); }
  /// `take` gets each key and its first row; nullptr: there is none.
  template <typename Take>
  Status read(const Take& take) {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      ORGO_TRY(rows, lookup_.rows(i));
      ORGO_TRY(row, rows->next());
      take(keys_[i], row ? rows : nullptr);
    }
    return {};
  }

 private:
  Lookup lookup_;
  std::set<Key> seen_;
  std::vector<Key> keys_;
};

/// All that a batch asks.
class Questions {
 public:
  explicit Questions(Connection& connection)
      : tasks(connection, "SELECT version FROM tasks WHERE tenant = ? AND number = ?"),
        messages(connection, "SELECT 1 FROM messages WHERE tenant = ? AND id = ?"),
        decisions(connection,
                  "SELECT d.message, m.received_at, (SELECT restored_at FROM lineage) FROM messages m LEFT JOIN "
                  "decisions "
                  "d ON d.tenant = m.tenant AND d.message = m.id WHERE "
                  "m.tenant = ? AND m.id = ?"),
        aliases(connection, "SELECT 1 FROM thread_aliases WHERE tenant = ? AND id_hash = ?"),
        leases(connection, "SELECT lease, state FROM outbox WHERE tenant = ? AND id = ?"),
        timers(connection,
               "SELECT (SELECT restored_at FROM lineage), CASE WHEN EXISTS (SELECT 1 FROM outbox o WHERE o.tenant = "
               "t.tenant AND "
               "o.subject_kind = t.subject_kind AND o.subject = t.subject AND o.subject <> 0 AND o.state = ?) THEN 1 "
               "ELSE 0 END FROM timers t WHERE "
               "t.tenant = ? AND t.subject_kind = ? AND t.subject = ? AND t.name = ? AND t.due_at = ?") {}

  void add(const Changes& changes) {
    for (const auto& part : changes.parts) std::visit([&](const auto& one) { add(changes.tenant, one); }, part.value);
    for (const auto& send : changes.sends) {
      add(changes.tenant, send.subject.task_ref());
      for (const auto message : {send.content, send.message})
        if (message) messages.ask(changes.tenant, message.value);
    }
    for (const auto& timer : changes.timers) {
      if (timer.kind != TimerChange::Kind::cleared) add(changes.tenant, timer.subject.task_ref());
      if (timer.kind != TimerChange::Kind::fired) continue;
      timers.ask(static_cast<int>(SendState::restored), changes.tenant.value, static_cast<int>(timer.subject.kind()),
                 timer.subject.id(), timer.name, to_ms(timer.due_at));
      fired.emplace_back(changes.tenant, &timer);
    }
  }
  void send() {
    for (auto* const one : {&tasks, &messages, &decisions, &aliases, &leases}) one->send();
    timers.send();
  }

  Asked tasks, messages, decisions, aliases, leases;
  Lookup timers;
  std::vector<std::pair<TenantId, const TimerChange*>> fired;  ///< in the order of `timers`

 private:
  void add(TenantId tenant, TaskRef ref) {
    if (ref && !ref.is_new()) tasks.ask(tenant, ref.id().value);
  }
  void add(TenantId tenant, const TaskChange& change) {
    if (change.task.number) tasks.ask(tenant, change.task.number.value);
  }
  void add(TenantId tenant, const MessageDecision& decision) {
    decisions.ask(tenant, decision.message.value);
    add(tenant, decision.task);
  }
  void add(TenantId tenant, const ThreadAlias& alias) {
    if (alias.task.is_new()) aliases.ask(tenant, alias.id_hash);
    add(tenant, alias.task);
  }
  void add(TenantId tenant, const SendOutcome& outcome) { leases.ask(tenant, outcome.send.value); }
  /// Of what comes seldom, nothing is asked before it is needed.
  template <typename Seldom>
  void add(TenantId /*tenant*/, const Seldom& /*one*/) {}
};

}  // namespace

Result<Ahead> Ahead::read(Connection& connection, std::span<const Changes> batch) {
  Questions questions(connection);
  for (const auto& changes : batch) questions.add(changes);
  questions.send();
  Ahead ahead;
  bool holds_some =
      false;  // what comes of some of them, since they are older than a restore: that is looked at closely
  ORGO_CHECK(questions.tasks.read([&](const Key& key, Query* row) {
    if (row != nullptr) ahead.versions_.emplace(key, row->integer(0));
  }));
  ORGO_CHECK(questions.messages.read([&](const Key& key, Query* row) {
    if (row != nullptr) ahead.messages_.insert(key);
  }));
  ORGO_CHECK(questions.decisions.read([&](const Key& key, Query* row) {
    if (row == nullptr) return;
    ahead.messages_.insert(key);
    if (!row->is_null(0)) return;
    if (is_before_restore(from_ms(row->integer(1)), from_ms(row->integer(2)))) holds_some = true;
    else ahead.undecided_.insert(key);
  }));
  ORGO_CHECK(questions.aliases.read([&](const Key& key, Query* row) {
    if (row == nullptr) ahead.no_aliases_.insert(key);
  }));
  ORGO_CHECK(questions.leases.read([&](const Key& key, Query* row) {
    if (row != nullptr && row->integer(1) == static_cast<int>(SendState::queued))
      ahead.leases_.emplace(key, row->integer(0));
  }));
  for (std::size_t i = 0; i < questions.fired.size(); ++i) {
    const auto& [tenant, timer] = questions.fired[i];
    ORGO_TRY(rows, questions.timers.rows(i));
    ORGO_TRY(row, rows->next());
    if (!row) continue;
    holds_some |= is_timer_of_before(timer->due_at, from_ms(rows->integer(0)), rows->integer(1) == 1);
    ahead.timers_.emplace(tenant.value, timer->subject, timer->name, to_ms(timer->due_at));
  }
  if (holds_some) ahead.timers_.clear();
  return ahead;
}

bool Ahead::has_timer(TenantId tenant, const TimerChange& timer) const {
  return timers_.contains({tenant.value, timer.subject, timer.name, to_ms(timer.due_at)});
}

}  // namespace orgo::sql
