#include <algorithm>
#include <functional>
#include <string>

#include "adapter/sql/context_steps.h"
#include "adapter/sql/rows.h"

namespace orgo::sql {
namespace {

/// Where the sets of one mail begin in each lookup.
struct Places {
  std::size_t known = 0;
  std::size_t alias = 0;
  std::size_t reported = 0;
  std::size_t sender = 0;
};

// Of an id that more than 1000 different mails have used, no more are looked at: somebody sends them to be found.
#define ORGO_KNOWN(which)                                                                                              \
  "SELECT c.id, m.content, CASE WHEN d.split_to <> 0 THEN d.split_to ELSE d.task END, d.message FROM (SELECT tenant, " \
  "id FROM (SELECT tenant, id FROM messages WHERE tenant = ? AND id_hash = ? LIMIT 1000) AS c WHERE " which            \
  ") AS c JOIN messages m ON m.tenant = c.tenant AND m.id = c.id LEFT JOIN decisions d ON d.tenant = c.tenant AND "    \
  "d.message = c.id"

class FirstStep {
 public:
  explicit FirstStep(Connection& db)
      : known_(db, ORGO_KNOWN("id < ? ORDER BY id DESC LIMIT ?") " ORDER BY c.id DESC"),
        first_(db, ORGO_KNOWN("id < ? ORDER BY id LIMIT 1")),
        alias_(db, "SELECT task, send FROM thread_aliases WHERE tenant = ? AND id_hash = ?"),
        earlier_(db,
                 "SELECT count(*) FROM (SELECT 1 FROM decisions WHERE tenant = ? AND sender = ? AND "
                 "message < ? LIMIT 1000) AS counted"),
        open_(db, open_text()) {}

  void ask(const ContextQuery& query) {
    const auto tenant = query.tenant.value;
    const auto& thread = query.thread;
    places_.push_back({known_.size(), alias_.size(), 0, earlier_.size()});
    for (const auto hash : known_ids(thread)) {
      const auto before = known_before(thread, hash).value;
      known_.ask(tenant, hash, before, kKnownPerId);
      first_.ask(tenant, hash, before);  // goes with the rest to a server; in a file it runs where it is wanted
    }
    for (const auto hash : alias_ids(thread)) alias_.ask(tenant, hash);
    places_.back().reported = alias_.size();
    for (const auto hash : query.reported_ids) alias_.ask(tenant, hash);
    if (!query.sender_history) return;
    earlier_.ask(tenant, thread.sender, thread.message.value);
    open_.ask(tenant, thread.sender);
  }
  void send() {
    for (auto* const one : {&known_, &first_, &alias_, &earlier_, &open_}) one->send();
  }
  Status take(std::size_t i, const ContextQuery& query, ContextFacts& facts) {
    auto place = places_[i];
    for (const auto hash : known_ids(query.thread)) ORGO_CHECK(take_known(place.known++, hash, facts.thread.known));
    std::ranges::stable_sort(facts.thread.known, std::greater{}, &KnownMessage::id);
    for (const auto hash : alias_ids(query.thread)) ORGO_CHECK(take_alias(place.alias++, hash, facts.thread.aliases));
    for (const auto hash : query.reported_ids) ORGO_CHECK(take_alias(place.reported++, hash, facts.reported_aliases));
    if (!query.sender_history) return {};
    auto& history = facts.sender.emplace();
    ORGO_TRY(earlier, earlier_.rows(place.sender));
    ORGO_TRY(row, earlier->next());
    if (row) history.earlier_messages = earlier->integer(0);
    ORGO_TRY(open, open_.rows(place.sender));
    ORGO_TRY(found, open->next());
    if (found) history.open_tasks = open->integer(0);
    return {};
  }

 private:
  /// The number must stand in the text: an index has the same condition.
  static const char* open_text() {
    static const std::string kOpen =
        "SELECT count(*) FROM (SELECT 1 FROM tasks WHERE tenant = ? AND requester = ? AND state < " +
        std::to_string(static_cast<int>(TaskState::resolved)) + " LIMIT 1000) AS counted";
    return kOpen.c_str();
  }
  Status take_known(std::size_t set, std::int64_t hash, std::vector<KnownMessage>& known) {
    const auto before = known.size();
    ORGO_TRY(rows, known_.rows(set));
    ORGO_CHECK(add_known(*rows, hash, known));
    if (known.size() - before < static_cast<std::size_t>(kKnownPerId)) return {};
    ORGO_TRY(first, first_.rows(set));
    ORGO_CHECK(add_known(*first, hash, known));
    if (known.back().id == known[known.size() - 2].id) known.pop_back();  // no more than these
    return {};
  }
  static Status add_known(Query& rows, std::int64_t hash, std::vector<KnownMessage>& known) {
    for (;;) {
      ORGO_TRY(row, rows.next());
      if (!row) return {};
      KnownMessage message;
      message.id = {rows.integer(0)};
      message.id_hash = hash;
      message.content = digest_from(rows.blob(1));
      message.decided = !rows.is_null(3);
      if (rows.integer(2) != 0) message.task = TaskNumber{rows.integer(2)};
      known.push_back(std::move(message));
    }
  }
  Status take_alias(std::size_t set, std::int64_t hash, std::vector<ThreadAlias>& aliases) {
    ORGO_TRY(rows, alias_.rows(set));
    ORGO_TRY(row, rows->next());
    if (row) aliases.push_back({hash, TaskNumber{rows->integer(0)}, {rows->integer(1)}});
    return {};
  }

  Lookup known_, first_, alias_, earlier_, open_;
  std::vector<Places> places_;
};

#undef ORGO_KNOWN

}  // namespace

void read_first(Connection& db, ContextReadings& readings) {
  FirstStep step(db);
  for (const auto& reading : readings) step.ask(reading.query);
  step.send();
  each_reading(readings,
               [&](std::size_t i, ContextReading& reading) { return step.take(i, reading.query, reading.facts); });
}

}  // namespace orgo::sql
