// No cost grows with what waits, what is stored or what one sender sent: each statement takes the same number of steps
// of the engine's machine over 1,000 rows of each table and over 200,000, all of one sender and about one task.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "adapter/sql/stores.h"
#include "core/delivery/send_outcome.h"
#include "core/suppression/suppression_change.h"
#include "core/work/dead_letter_change.h"
#include "tests/contract/support/samples.h"

namespace orgo::contract {
namespace {

constexpr int kFew = 1'000;
constexpr int kMany = 200'000;
constexpr double kRatio = 1.5;
constexpr std::int64_t kSlack = 40;  ///< steps that come with another page or another place of the same row
constexpr Millis kLease{60'000};
constexpr TaskNumber kBusy{1};  ///< the task that everything is about

/// What may grow, by the beginning of the statement, and why that does no harm.
const std::map<std::string, std::string> kMayGrow{
    {"SELECT count(*) FROM work WHERE kind", "for people and metrics, on a reading connection, once for each scrape"},
    {"SELECT count(*) FROM (SELECT 1 FROM outbox WHERE tenant = ? AND channel = ? AND share",
     "counts to 20,000, every ten seconds for each tenant (BrakeCounts)"},
    {"SELECT count(*) FROM (SELECT 1 FROM outbox WHERE tenant = ? AND cause",
     "counts to 20,000, every ten seconds for each cause that sends (BrakeCounts)"},
    {"SELECT count(*) FROM (SELECT 1 FROM outbox WHERE tenant = ? AND rule",
     "counts to 20,000, every ten seconds for each rule that sends (BrakeCounts)"},
};

bool may_grow(const std::string& sql) {
  return std::ranges::any_of(kMayGrow, [&](const auto& entry) { return sql.starts_with(entry.first); });
}

/// Steps of each statement.
using Steps = std::map<std::string, std::int64_t>;

/// A database with `rows` rows in each table.
class Filled {
 public:
  explicit Filled(int rows) {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-steps-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    stores = SqlStores::open({.folder = folder_,
                              .watch =
                                  [this](std::string_view sql, std::int64_t steps, int /*plans*/) {
                                    const std::lock_guard lock(mutex_);
                                    steps_[std::string(sql)] += steps;
                                  }})
                 .value();
    fill(rows);
  }
  ~Filled() {
    stores.reset();
    std::filesystem::remove_all(folder_);
  }
  Filled(const Filled&) = delete;
  Filled& operator=(const Filled&) = delete;

  Steps of(const std::function<void(SqlStores&)>& what) {
    {
      const std::lock_guard lock(mutex_);
      steps_.clear();
    }
    what(*stores);
    const std::lock_guard lock(mutex_);
    return steps_;
  }

  std::unique_ptr<SqlStores> stores;

 private:
  void fill(int rows) {
    const auto all = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
                     std::to_string(rows) + ") SELECT ";
    const std::string at = std::to_string(to_ms(kStart));
    const auto run = [&](const std::string& into, const std::string& values) {
      const auto done = stores->engine->write({}, [&](sql::Transaction& tx) {
        return tx.connection().execute("INSERT INTO " + into + " " + all + values + " FROM n");
      });
      ASSERT_TRUE(done) << into << ": " << done.error().message;
    };
    run("messages", "1, i, 1, 'office@school.example', 'anna@school.example', '', " + at +
                        ", i, i, x'00', 0, '1-' || i || '-10', 10, 0, 0, ''");
    run("messages", "1, i + 1000000, 1, 'office@school.example', 'anna@school.example', '', " + at +
                        ", -7, i, x'00', 0, '1-' || i || '-10', 10, 0, 0, ''");
    run("decisions (tenant, message, outcome, task, decided_at, subject, sender, reason, rules_version, trace)",
        "1, i, 2, 1, " + at + ", '', 'anna@school.example', '', '', ''");
    run("tasks (tenant, number, version, state, priority, title, requester, team, assignee, tags, due_at, escalation, "
        "origin, created_at, updated_at, sla, type, fields)",
        "1, i, 1, 1 + i % 4, 2, 'Leak', 'anna@school.example', 'desk@school.example', 'bert', '', NULL, '', i, " + at +
            ", " + at + ", '', '', ''");
    run("events", "1, i, " + at + ", 11, 1, 1, i, 0, 'rules', ''");
    run("timers", "1, 1, i, 'deadline', " + at + ", " + at + ", ''");
    run("outbox (tenant, id, kind, channel, recipient, recipient_key, priority, subject_kind, subject, message, "
        "template, note, state, attempts, lease, owner, visible_at, detail, created_at, updated_at, cause, share, "
        "counted_at, rule)",
        "1, i, 3, 'mail', 'anna@school.example', 'anna@school.example', 2, 1, 1, i, 'task_opened', '', 1, 0, 0, '', " +
            at + ", 'later', " + at + ", " + at + ", 'anna@school.example', 0, " + at + ", 'water'");
    run("work", "1, 1, i, 1, " + at + ", 0, '', 0, '', 0");
    run("work", "1, 1, i + 1000000, 2, " + at + ", 0, '', 5, 'poison', " + at);
    run("suppressions", "1, i || '@b.example', 1, 1, 'hard', '', 1, " + at + ", " + at + ", 0, '', NULL");
    run("thread_aliases", "1, i, 1, 0");
    ASSERT_TRUE(stores->engine->write({}, [&](sql::Transaction& tx) {
      return tx.connection().execute(
          "INSERT INTO counters VALUES (1, 1, 3000000), (1, 2, 3000000), (1, 3, 3000000), (1, 4, 3000000) ON "
          "CONFLICT (tenant, kind) DO UPDATE SET last = excluded.last");
    }));
  }

  std::string folder_;
  std::mutex mutex_;
  Steps steps_;
};

struct Case {
  std::string name;
  std::function<void(SqlStores&, int round)> run;
};

void commit(SqlStores& stores, Changes changes) {
  const auto done = commit_one(stores.changes, changes, within(kLease));
  ASSERT_TRUE(done) << done.error().message;
}

std::vector<MessageId> accept(SqlStores& stores, int count, const std::string& id) {
  std::vector<std::string> mails;
  for (int i = 0; i < count; ++i) mails.push_back(mail(id + std::to_string(i)));
  std::vector<RawMessage> messages;
  for (const auto& mail : mails) messages.push_back(raw(mail));
  const auto accepted = stores.messages.accept(messages, within(kLease)).value();
  std::vector<MessageId> ids;
  for (const auto& one : accepted) ids.push_back(one.message);
  return ids;
}

std::vector<WorkKey> keys_of(std::int64_t from, std::int64_t to) {
  std::vector<WorkKey> keys;
  for (auto i = from; i <= to; ++i) keys.push_back({kTenant, WorkKind::process, i});
  return keys;
}

/// What changes something.
std::vector<Case> writing_cases() {
  return {
      {"accept", [](SqlStores& s, int round) { accept(s, 20, "new-" + std::to_string(round) + "-"); }},
      {"decide",
       [](SqlStores& s, int round) {
         std::vector<Changes> batch;
         for (const auto id : accept(s, 20, "decided-" + std::to_string(round) + "-")) {
           auto changes = deciding(id);
           changes.sends.push_back(notification());
           changes.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart + kLease));
           batch.push_back(std::move(changes));
         }
         const auto answers = s.changes.commit(batch, within(kLease)).value();
         for (const auto& answer : answers) ASSERT_TRUE(answer);
       }},
      {"join",
       [](SqlStores& s, int round) {
         auto task = s.tasks.read(kTenant, kBusy).value();
         ++task.version;
         Changes changes{.tenant = kTenant, .at = kStart};
         changes.add(TaskChange{task});
         changes.events.push_back(event(EventKind::task_replied));
         changes.events[0].subject = kBusy;
         const TaskNumber other{round + 500};
         changes.timers.push_back(deadline_fired(other, kStart));
         changes.timers.push_back(deadline_set(other, kStart + kLease));
         commit(s, std::move(changes));
       }},
      {"claim work, and how it ends",
       [](SqlStores& s, int round) {
         const auto keys = keys_of(round * 100, round * 100 + 40);
         const auto leases = s.work.claim(kOwner, keys, kStart, kLease).value();
         ASSERT_EQ(leases.size(), keys.size());
         ASSERT_TRUE(s.work.retry(leases[0], kStart, "later"));
         ASSERT_TRUE(s.work.bury(leases[1], kStart, "never"));
         ASSERT_EQ(s.work.complete(std::span(leases).subspan(2)).value(), 39);
         commit(s, retry_dead_letter(keys[1], "never", "test", kStart));
       }},
      {"lease sends, and how they end",
       [](SqlStores& s, int /*round*/) {
         for (const std::string_view lane : {"mail", ""}) {
           const auto sends = s.outbox.lease_sends(kOwner, kStart, kLease, 20, lane).value();
           ASSERT_EQ(sends.size(), 20U);
           for (const auto& send : sends) {
             Changes told{.tenant = kTenant, .at = kStart};
             told.add(SendOutcome{.send = send.id, .lease = send.lease, .kind = SendOutcome::Kind::delivered});
             commit(s, std::move(told));
           }
         }
         ASSERT_EQ(s.outbox.lease_sends(kOwner, kStart, kLease, 20, "webhook")->size(), 0U);
       }},
      {"timers",
       [](SqlStores& s, int /*round*/) {
         ASSERT_TRUE(s.tasks.next_timer(kDeadlineTimer).value());
         ASSERT_EQ(s.tasks.claim_timers(kOwner, kDeadlineTimer, kStart, kLease, 50)->size(), 50U);
       }},
  };
}

/// What only looks.
std::vector<Case> reading_cases() {
  return {
      {"look for work",
       [](SqlStores& s, int /*round*/) {
         ASSERT_EQ(s.work.unclaimed(WorkKind::process, kStart, 50)->size(), 50U);
         ASSERT_TRUE(s.work.next_visible(WorkKind::process, kStart));
         ASSERT_EQ(s.work.dead(kTenant, 50)->size(), 50U);
         ASSERT_TRUE(s.work.find_dead(keys_of(1'000'007, 1'000'007)[0]).value());
       }},
      {"look for sends",
       [](SqlStores& s, int /*round*/) {
         ASSERT_TRUE(s.outbox.next_send("mail").value());
         ASSERT_TRUE(s.outbox.next_send({}).value());
         ASSERT_EQ(s.outbox.sends_of_task(kTenant, kBusy)->size(), 1'000U);
         ASSERT_GT(s.outbox.count_sends(kTenant, kBusy, kStart, "anna@school.example", {}).value(), 900);
         for (const auto& [by, name] : {std::pair{CountedBy::lane, "mail"}, std::pair{CountedBy::rule, "water"},
                                        std::pair{CountedBy::cause, "anna@school.example"}}) {
           BrakeQuery query{.tenant = kTenant, .by = by, .name = name, .since = kStart};
           ASSERT_GT(s.outbox.count_for_brake(query).value(), 900);
           query.urgent = true;
           ASSERT_EQ(s.outbox.count_for_brake(query).value(), 0);
         }
         ASSERT_EQ(s.outbox.held_sends(kTenant, SendId{}, 50)->size(), 0U);
         ASSERT_EQ(s.outbox.cap_waits(kStart, kLease, kLease, "mail").value(), 0);
         ASSERT_EQ(s.outbox.answers_to(kTenant, "anna@school.example", kStart, {}, 100)->size(), 100U);
         ASSERT_EQ(s.outbox.list_suppressions(kTenant, {}, true, 50)->size(), 50U);
         ASSERT_EQ(s.outbox.find_suppressions(kTenant, std::vector<std::string>{"7@b.example"})->size(), 1U);
       }},
      {"lists",
       [](SqlStores& s, int /*round*/) {
         TaskListRequest all{.tenant = kTenant};
         auto open = all, team = all, person = all, both = all;
         open.open = true;
         team.teams = {"desk@school.example"};
         person.assignees = {"bert"};
         both.teams = team.teams;
         both.assignees = {"bert"};
         for (const auto& request : {all, open, team, person, both}) ASSERT_EQ(s.tasks.list(request)->size(), 50U);
         ASSERT_TRUE(s.tasks.read(kTenant, kBusy));
         ASSERT_EQ(s.tasks.history(kTenant, kBusy, 50)->size(), 50U);
         ASSERT_EQ(s.tasks.events_after(kTenant, 0, 50)->size(), 50U);
         ASSERT_EQ(s.messages.list({.tenant = kTenant, .limit = 50})->size(), 50U);
         ASSERT_EQ(s.messages.list({.tenant = kTenant, .limit = 50, .task = kBusy})->size(), 50U);
         ASSERT_TRUE(s.messages.read(kTenant, MessageId{9}));
         ASSERT_TRUE(s.messages.decision(kTenant, MessageId{9}));
       }},
      {"count", [](SqlStores& s, int /*round*/) { ASSERT_GT(s.work.depth(WorkKind::process).value(), 900); }},
  };
}

TEST(Steps, NoStatementTakesMoreForMoreRows) {
  Filled few(kFew), many(kMany);
  auto cases = writing_cases();
  std::ranges::move(reading_cases(), std::back_inserter(cases));
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    one.run(*few.stores, 1), one.run(*many.stores, 1);  // what is done only the first time
    const auto before = few.of([&](SqlStores& stores) { one.run(stores, 2); });
    const auto after = many.of([&](SqlStores& stores) { one.run(stores, 2); });
    EXPECT_FALSE(before.empty());
    for (const auto& [sql, steps] : after) {
      const auto found = before.find(sql);
      if (found == before.end()) continue;
      const auto allowed = static_cast<std::int64_t>(static_cast<double>(found->second) * kRatio) + kSlack;
      if (!may_grow(sql)) {
        EXPECT_LE(steps, allowed) << "grows from " << found->second << " steps: " << sql;
      }
    }
  }
}

TEST(Steps, AreSeenToGrowWhereTheyDo) {
  Filled few(100), more(10'000);
  const auto walk = [](SqlStores& s) {
    auto reader = s.engine->reader(sql::Scope::all());
    sql::Query query(**reader, "SELECT count(*) FROM tasks WHERE tenant = 1 AND title = 'Flood'");
    ASSERT_TRUE(query.next());
  };
  const auto before = few.of(walk), after = more.of(walk);
  ASSERT_EQ(before.size(), 1U);
  EXPECT_GT(after.begin()->second, before.begin()->second * 50);
}

}  // namespace
}  // namespace orgo::contract
