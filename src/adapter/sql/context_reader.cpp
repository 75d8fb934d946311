#include "adapter/sql/context_reader.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "adapter/sql/rows.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/channel/channel_traits.h"
#include "core/contact/mail_address.h"
#include "core/processing/message_decision.h"
#include "core/threading/thread_alias.h"

namespace orgo {
namespace {

constexpr Millis kClockDoubt{24 * 3'600'000};

using sql::Query;

/// All statements of one load(), each prepared when it is first asked for and kept to the end, over one snapshot.
class Reading {
 public:
  explicit Reading(sql::Connection& db) : db_(db) {}

  Result<ContextFacts> facts(const ContextQuery& query) {
    ContextFacts facts;
    ORGO_CHECK(read_thread(query.tenant, query.thread, facts.thread));
    ORGO_CHECK(read_reported(query, facts));
    if (query.sender_history) ORGO_CHECK(read_sender(query, facts));
    ORGO_CHECK(read_last_word(query, facts));
    return facts;
  }

 private:
  /// Ready to be bound; `sql` must be a literal.
  static Query& once_more(std::optional<Query>& query, sql::Connection& db, const char* sql) {
    if (query) query->again();
    else query.emplace(db, sql);
    return *query;
  }

  Status read_thread(TenantId tenant, const ThreadQuery& query, ThreadFacts& facts) {
    for (const auto hash : known_ids(query)) ORGO_CHECK(read_known(tenant, hash, facts.known));
    std::ranges::stable_sort(facts.known, std::greater{}, &KnownMessage::id);
    for (const auto hash : alias_ids(query)) ORGO_CHECK(read_alias(tenant, hash, facts.aliases));
    const auto needs = thread_needs(query, facts);
    for (const auto number : {needs.task, needs.claimed, needs.shared})
      ORGO_CHECK(read_to_the_end(tenant, number, facts.tasks));
    if (!facts.tasks.empty()) {
      ORGO_CHECK(read_participants(tenant, needs.claimed, facts.participants));
      ORGO_CHECK(read_participants(tenant, needs.shared, facts.sharers));
      ORGO_CHECK(read_participants(tenant, needs.copied, facts.told));
    }
    if (needs.same_subject) {
      ORGO_CHECK(read_of_sender(tenant, query, facts));
      for (const auto& task : facts.of_sender) ORGO_CHECK(read_to_the_end(tenant, task.ties.into, facts.tasks));
    }
    return {};
  }

  /// Of an id that more than 100 different mails have used, no more are looked at: somebody sends them to be found.
  Status read_known(TenantId tenant, std::int64_t hash, std::vector<KnownMessage>& known) {
    auto& rows = once_more(
        known_, db_,
        "SELECT c.id, c.content, CASE WHEN d.split_to <> 0 THEN d.split_to ELSE d.task END, d.message FROM (SELECT "
        "tenant, id, content FROM messages WHERE tenant = ? AND "
        "id_hash = ? LIMIT 100) AS c LEFT JOIN decisions d ON d.tenant = c.tenant AND d.message = c.id ORDER BY c.id "
        "DESC LIMIT ?");
    rows.with(tenant.value, hash, kKnownPerId);
    for (;;) {
      ORGO_TRY(row, rows.next());
      if (!row) return {};
      KnownMessage message;
      message.id = {rows.integer(0)};
      message.id_hash = hash;
      message.content = sql::digest_from(rows.blob(1));
      message.decided = !rows.is_null(3);
      if (rows.integer(2) != 0) message.task = TaskNumber{rows.integer(2)};
      known.push_back(std::move(message));
    }
  }

  Status read_alias(TenantId tenant, std::int64_t hash, std::vector<ThreadAlias>& aliases) {
    auto& rows = once_more(alias_, db_, "SELECT task, send FROM thread_aliases WHERE tenant = ? AND id_hash = ?");
    rows.with(tenant.value, hash);
    ORGO_TRY(row, rows.next());
    if (row) aliases.push_back({hash, TaskNumber{rows.integer(0)}, {rows.integer(1)}});
    return {};
  }

  Result<std::optional<Task>> read_task(TenantId tenant, TaskNumber number) {
    if (!number) return std::optional<Task>();
    auto& rows = once_more(task_, db_, "SELECT " ORGO_TASK_COLUMNS " FROM tasks WHERE tenant = ? AND number = ?");
    rows.with(tenant.value, number.value);
    ORGO_TRY(row, rows.next());
    if (!row) return std::optional<Task>();
    return std::optional(sql::task_from_row(rows, tenant));
  }

  /// With all into which it was merged.
  Status read_to_the_end(TenantId tenant, TaskNumber number, std::vector<Task>& tasks) {
    for (std::size_t i = 0; number && i <= TaskTies::kMergedMax; ++i) {
      ORGO_TRY(task, read_task(tenant, number));
      if (!task) return {};
      number = task->ties.into;
      tasks.push_back(std::move(*task));
    }
    return {};
  }

  Status read_participants(TenantId tenant, TaskNumber number, std::vector<std::string>& participants) {
    if (!number) return {};
    auto& rows =
        once_more(participants_, db_,
                  "SELECT sender FROM (SELECT sender, outcome FROM decisions WHERE tenant = ? AND task = ? AND "
                  "task <> 0 ORDER BY message DESC LIMIT 1000) AS heard WHERE outcome <> ? AND sender <> '' "
                  "UNION SELECT recipient FROM (SELECT recipient, channel, state FROM outbox WHERE tenant = ? "
                  "AND subject_kind = ? AND subject = ? AND subject <> 0 ORDER BY id DESC LIMIT 1000) AS told "
                  "WHERE channel = ? AND state <> ? AND state <> ? LIMIT ?");
    rows.with(tenant.value, number.value,
              static_cast<int>(ORGO_PLANT(recorded_sender_has_a_part) ? Outcome::dropped : Outcome::recorded),
              tenant.value, static_cast<int>(SubjectKind::task), number.value, channel_of(ContactKind::mail).name,
              static_cast<int>(SendState::refused), static_cast<int>(SendState::recalled), kParticipantsMax);
    std::set<std::string> found;
    for (;;) {
      ORGO_TRY(row, rows.next());
      if (!row) break;
      found.insert(ascii_lower(rows.text(0)));
    }
    participants.assign(found.begin(), found.end());
    return {};
  }

  Status read_of_sender(TenantId tenant, const ThreadQuery& query, ThreadFacts& facts) {
    auto& rows = once_more(of_sender_, db_,
                           "SELECT " ORGO_TASK_COLUMNS
                           " FROM tasks WHERE tenant = ? AND requester = ? AND requester <> '' ORDER BY number DESC");
    rows.with(tenant.value, query.sender);
    // Numbers follow the time but for clocks that are set: one that is older by a day ends the look, so that it costs
    // the same whatever this address has ever asked for.
    for (int found = 0; found < kSameSubjectTasks;) {
      ORGO_TRY(row, rows.next());
      if (!row) break;
      const auto created_at = from_ms(rows.integer(sql::kTaskCreatedAt));
      if (created_at + kClockDoubt < *query.since) break;
      if (created_at < *query.since) continue;
      ++found;
      facts.of_sender.push_back(sql::task_from_row(rows, tenant));
    }
    return {};
  }

  Status read_reported(const ContextQuery& query, ContextFacts& facts) {
    for (const auto hash : query.reported_ids) ORGO_CHECK(read_alias(query.tenant, hash, facts.reported_aliases));
    const auto id = reported_send(query, facts);
    if (!id) return {};
    auto& rows = once_more(send_, db_, "SELECT " ORGO_SEND_COLUMNS ", state FROM outbox WHERE tenant = ? AND id = ?");
    rows.with(query.tenant.value, id.value);
    ORGO_TRY(row, rows.next());
    if (!row) return {};
    SentMail mail{id, sql::send_from_row(rows), static_cast<SendState>(rows.integer(sql::kSendColumns)),
                  sql::send_attempts(rows)};
    ORGO_CHECK(read_suppression(query.tenant, contact_key(mail.send.recipient), facts));
    std::vector<Task> tasks;
    ORGO_CHECK(read_to_the_end(query.tenant, mail.send.subject.task(), tasks));
    if (!tasks.empty()) facts.reported_task = std::move(tasks.back());
    facts.reported_mail = std::move(mail);
    return {};
  }

  /// Of the newest 1,000 mails of the task, which is past every conversation.
  Status read_last_word(const ContextQuery& query, ContextFacts& facts) {
    if (facts.thread.tasks.empty()) return {};
    const auto wanted = asks_last_word(query.thread, facts.thread);
    if (!wanted) return {};
    const auto task = std::ranges::find(facts.thread.tasks, wanted, &Task::number);
    auto& newest = once_more(newest_, db_,
                             "SELECT message FROM (SELECT message, sender, outcome FROM decisions WHERE tenant = ? AND "
                             "task = ? AND task <> 0 ORDER BY message DESC LIMIT 1000) AS heard WHERE sender = ? AND "
                             "outcome <> ? AND message <> ? ORDER BY message DESC LIMIT 1");
    const auto requester = task->requester.address;
    newest.with(query.tenant.value, wanted.value, requester, static_cast<int>(Outcome::recorded),
                query.thread.message.value);
    ORGO_TRY(found, newest.next());
    const auto message = found ? MessageId{newest.integer(0)} : task->origin;
    newest.again();  // `requester` ends here, and must not stay bound
    if (!message) return {};
    auto& recipient = once_more(recipient_, db_, "SELECT recipient FROM messages WHERE tenant = ? AND id = ?");
    recipient.with(query.tenant.value, message.value);
    ORGO_TRY(row, recipient.next());
    if (!row) return {};
    facts.last_word = LastWord{.message = message, .written_to = parse_contact(recipient.text(0))};
    auto& answered = once_more(answered_, db_, "SELECT " ORGO_SEND_COLUMNS " FROM outbox WHERE tenant = ? AND id = ?");
    answered.with(query.tenant.value, query.thread.hints.proven_send.value);
    ORGO_TRY(known, answered.next());
    if (known) {
      const auto send = sql::send_from_row(answered);
      ORGO_TRY(by_requester, is_of_requester(query.tenant, send.message, *task));
      facts.last_word->told = send.recipient;
      facts.last_word->to_us = by_requester && tells_of_customer(send);
    }
    return read_sends_before(query, wanted, *facts.last_word);
  }

  /// Did they write this mail?
  Result<bool> is_of_requester(TenantId tenant, MessageId message, const Task& task) {
    if (message == task.origin) return true;
    auto& author = once_more(author_, db_, "SELECT sender FROM decisions WHERE tenant = ? AND message = ?");
    author.with(tenant.value, message.value);
    ORGO_TRY(row, author.next());
    return row && is_same_address(author.text(0), task.requester.address);
  }

  Status read_sends_before(const ContextQuery& query, TaskNumber task, LastWord& word) {
    auto& rows = once_more(sends_before_, db_,
                           "SELECT " ORGO_SEND_COLUMNS
                           " FROM outbox WHERE tenant = ? AND subject_kind = ? AND "
                           "subject = ? AND subject <> 0 ORDER BY id DESC LIMIT ?");
    rows.with(query.tenant.value, static_cast<int>(SubjectKind::task), task.value, kSendsBeforeMost);
    for (SendsBefore before(word, query.thread.sender);;) {
      ORGO_TRY(row, rows.next());
      if (!row) return {};
      before.add(sql::send_from_row(rows), from_ms(rows.integer(13)));
    }
  }

  Status read_suppression(TenantId tenant, const std::string& address, ContextFacts& facts) {
    auto& rows = once_more(suppression_, db_,
                           "SELECT " ORGO_SUPPRESSION_COLUMNS " FROM suppressions WHERE tenant = ? AND address = ?");
    rows.with(tenant.value, address);
    ORGO_TRY(row, rows.next());
    if (row) facts.suppression = sql::suppression_from_row(rows, tenant);
    rows.again();  // `address` ends here, and must not stay bound
    return {};
  }

  Status read_sender(const ContextQuery& query, ContextFacts& facts) {
    auto& earlier = once_more(earlier_, db_,
                              "SELECT count(*) FROM (SELECT 1 FROM decisions WHERE tenant = ? AND sender = ? AND "
                              "message < ? LIMIT 1000) AS counted");
    earlier.with(query.tenant.value, query.thread.sender, query.thread.message.value);
    ORGO_TRY(row, earlier.next());
    auto& history = facts.sender.emplace();
    if (row) history.earlier_messages = earlier.integer(0);
    // The number must stand in the text: an index has the same condition.
    static const std::string kOpen =
        "SELECT count(*) FROM (SELECT 1 FROM tasks WHERE tenant = ? AND requester = ? AND state < " +
        std::to_string(static_cast<int>(TaskState::resolved)) + " LIMIT 1000) AS counted";
    auto& open = once_more(open_, db_, kOpen.c_str());
    open.with(query.tenant.value, query.thread.sender);
    ORGO_TRY(found, open.next());
    if (found) history.open_tasks = open.integer(0);
    return {};
  }

  sql::Connection& db_;
  std::optional<Query> known_, alias_, task_, participants_, of_sender_, send_, suppression_, earlier_, open_, newest_,
      recipient_, author_, answered_, sends_before_;
};

}  // namespace

std::vector<Result<ContextFacts>> SqlContextReader::load(std::span<const ContextQuery> queries) {
  std::vector<Result<ContextFacts>> answers;
  answers.reserve(queries.size());
  auto use = engine_.snapshot();
  if (!use) {
    answers.assign(queries.size(), tl::unexpected(use.error()));
    return answers;
  }
  Reading reading(**use);
  for (const auto& query : queries) answers.push_back(reading.facts(query));
  return answers;
}

}  // namespace orgo
