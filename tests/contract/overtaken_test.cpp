// Another writer changes what a Changes depends on after it was checked, and before its statements run: as it happens
// where transactions write side by side. (Here one writes at a time, so the other writer stands in between here.)
// The Changes gets conflict and nothing of it stays; the others of its transaction do, since that is run again without
// it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <thread>

#include "adapter/sql/change_store.h"
#include "adapter/sql/stores.h"
#include "core/parts/parts.h"
#include "tests/contract/support/samples.h"

namespace orgo::contract {
namespace {

using testing::SizeIs;

constexpr Millis kPatience{10'000};
constexpr Millis kHour{3'600'000};

/// What the other writer does, and in front of which statement of ours.
struct Overtaking {
  std::string before;
  std::string statement;
  int times = 0;  ///< how often it did
};

class OvertakenConnection : public sql::Connection {
 public:
  OvertakenConnection(sql::Connection& inner, Overtaking& other) : inner_(inner), other_(other) {}
  Result<sql::Statement*> prepare(const char* sql) override {
    if (std::string_view(sql).starts_with(other_.before) && other_.times == 0) {
      ++other_.times;
      ORGO_CHECK(inner_.execute(other_.statement));
    }
    return inner_.prepare(sql);
  }
  Status execute(const std::string& sql) override { return inner_.execute(sql); }
  Status begin() override { return inner_.begin(); }
  Status begin_reading() override { return inner_.begin_reading(); }
  Status commit() override { return inner_.commit(); }
  void rollback() override { inner_.rollback(); }
  std::int64_t changed_rows() override { return inner_.changed_rows(); }
  std::int64_t total_changed() override { return inner_.total_changed(); }

 private:
  sql::Connection& inner_;
  Overtaking& other_;
};

/// Runs each job over such a connection.
class OvertakenEngine : public sql::Engine {
 public:
  OvertakenEngine(sql::Engine& inner, Overtaking& other) : inner_(inner), other_(other) {}
  Status execute(std::vector<TenantId> tenants, Job job, Deadline deadline) override {
    return inner_.execute(
        std::move(tenants),
        [&](sql::Transaction& tx) {
          OvertakenConnection connection(tx.connection(), other_);
          sql::Transaction overtaken(connection);
          auto status = job(overtaken);
          if (overtaken.is_to_run_again()) tx.run_again();
          else if (status) status = overtaken.finish();
          return status;
        },
        deadline);
  }
  void post(std::vector<TenantId> tenants, Job job) override { inner_.post(std::move(tenants), std::move(job)); }
  Result<std::string> check_integrity() override { return inner_.check_integrity(); }
  [[nodiscard]] std::string trouble() const override { return inner_.trouble(); }
  void remember(const Status& status) override { inner_.remember(status); }
  [[nodiscard]] Stats stats() const override { return inner_.stats(); }
  void close() override {}

 protected:
  Result<std::unique_ptr<sql::Connection>> take_reader(Deadline /*deadline*/) override {
    return failure(Errc::unavailable, "it only writes");
  }
  void give_back(std::unique_ptr<sql::Connection> /*connection*/) override {}

 private:
  sql::Engine& inner_;
  Overtaking& other_;
};

class Overtaken : public testing::Test {
 protected:
  Overtaken() {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-overtaken-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder = name;
    stores = SqlStores::open({.folder = folder}).value();
  }
  ~Overtaken() override {
    stores.reset();
    std::filesystem::remove_all(folder);
  }
  void must_run(const std::string& statement) {
    ASSERT_TRUE(stores->engine->write({}, [&](sql::Transaction& tx) { return tx.connection().execute(statement); }));
  }
  static Changes about_nothing() { return {.tenant = kTenant, .at = kStart}; }
  Committed must_commit(const Changes& changes) {
    const auto answers = stores->changes.commit(std::span(&changes, 1), within(kPatience));
    EXPECT_TRUE(answers && answers->at(0)) << answers->at(0).error().message;
    return answers->at(0).value();
  }
  /// Commits `changes` between two others while the other writer is in front of it.
  void expect_conflict(const Changes& changes, std::string before, std::string statement) {
    SCOPED_TRACE(statement);
    Overtaking other{std::move(before), std::move(statement)};
    OvertakenEngine engine(*stores->engine, other);
    SqlChangeStore overtaken(engine);
    const auto count = [&] { return stores->tasks.list({.tenant = kTenant, .limit = 1000}).value().size(); };
    const auto sends = [&] {
      return stores->outbox.count_for_brake({.tenant = kTenant, .name = "mail", .since = TimePoint{}}).value();
    };
    const auto tasks_before = count();
    const auto sends_before = sends();
    auto with_effects = changes;
    with_effects.add(TaskChange{new_task("of what was refused")});
    with_effects.sends.push_back(notification());
    const std::vector<Changes> batch{opening(new_task("before")), with_effects, opening(new_task("behind"))};
    const auto answers = overtaken.commit(batch, within(kPatience)).value();
    ASSERT_THAT(answers, SizeIs(3));
    EXPECT_EQ(other.times, 1) << "no statement begins with '" << other.before << "'";
    EXPECT_TRUE(answers[0]);
    ASSERT_FALSE(answers[1]);
    EXPECT_EQ(answers[1].error().code, Errc::conflict) << answers[1].error().message;
    EXPECT_TRUE(answers[2]);
    EXPECT_EQ(count(), tasks_before + 2);
    EXPECT_EQ(sends(), sends_before);
    EXPECT_EQ(stores->tasks.read(kTenant, answers[2]->task)->title, "behind");
    must_commit(changes);  // nothing of the other writer stayed either: it was in the transaction that was undone
  }
  TaskNumber open_task() { return must_commit(opening()).task; }
  LeasedSend lease_one() {
    auto changes = opening();
    changes.sends.push_back(notification());
    must_commit(changes);
    return stores->outbox.lease_sends(kOwner, kStart, kHour, 1, {})->at(0);
  }
  static Changes listing(std::int64_t version, bool removed = false) {
    auto changes = about_nothing();
    Suppression entry{.tenant = kTenant};
    entry.address = "anna@school.example";
    entry.version = version;
    changes.add(SuppressionChange{std::move(entry), removed});
    return changes;
  }

  std::string folder;
  std::unique_ptr<SqlStores> stores;
};

TEST_F(Overtaken, ATask) {
  const auto number = open_task();
  auto task = stores->tasks.read(kTenant, number).value();
  ++task.version;
  auto changes = about_nothing();
  changes.add(TaskChange{task});
  expect_conflict(changes, "UPDATE tasks", "UPDATE tasks SET version = version + 1");
}

TEST_F(Overtaken, ADecision) {
  const auto bytes = mail("a@x");
  const auto message = raw(bytes);
  const auto id = stores->messages.accept(std::span(&message, 1), within(kPatience))->at(0).message;
  auto changes = about_nothing();
  changes.add(MessageDecision{.message = id});
  expect_conflict(changes, "INSERT INTO decisions",
                  "INSERT INTO decisions (message, tenant, outcome, task, decided_at, subject, sender, reason, "
                  "rules_version, trace) VALUES (" +
                      std::to_string(id.value) + ", 1, 3, 0, 0, '', '', '', '', '')");
}

TEST_F(Overtaken, TheEndOfASend) {
  const auto leased = lease_one();
  for (const auto kind : {SendOutcome::Kind::deferred, SendOutcome::Kind::delivered}) {
    auto changes = about_nothing();
    changes.add(SendOutcome{.send = leased.id, .lease = leased.lease, .kind = kind, .next_attempt = kStart});
    const auto lease_again = "UPDATE outbox SET lease = lease + 1 WHERE id = " + std::to_string(leased.id.value);
    if (kind == SendOutcome::Kind::delivered) changes.find<SendOutcome>()->lease = leased.lease + 1;
    expect_conflict(changes, "UPDATE outbox", lease_again);
  }
}

TEST_F(Overtaken, ABounce) {
  const auto leased = lease_one();
  auto changes = about_nothing();
  changes.add(SendBounced{.send = leased.id});
  expect_conflict(changes, "UPDATE outbox", "UPDATE outbox SET state = 5");
}

TEST_F(Overtaken, ATimer) {
  auto opened = opening();
  opened.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart));
  auto changes = about_nothing();
  changes.timers.push_back(deadline_fired(must_commit(opened).task, kStart));
  expect_conflict(changes, "DELETE FROM timers", "UPDATE timers SET due_at = due_at + 1");
}

TEST_F(Overtaken, AnAlarm) {
  auto opens = about_nothing();
  opens.add(AlarmOpened{.source = "channel:lmtp", .task = open_task()});
  expect_conflict(opens, "INSERT INTO alarms", "INSERT INTO alarms VALUES (1, 'channel:lmtp', 1, 0)");
  auto closes = about_nothing();
  closes.add(AlarmClosed{.source = "channel:lmtp"});
  expect_conflict(closes, "DELETE FROM alarms", "DELETE FROM alarms");
}

TEST_F(Overtaken, AnEntryOfTheSuppressionList) {
  expect_conflict(listing(1), "INSERT INTO suppressions",
                  "INSERT INTO suppressions VALUES (1, 'anna@school.example', 1, 1, '', '', 0, 0, 0, 0, '', NULL)");
  const std::string other = "UPDATE suppressions SET version = version + 1";
  expect_conflict(listing(2), "UPDATE suppressions", other);
  expect_conflict(listing(3, true), "DELETE FROM suppressions", other);
}

TEST_F(Overtaken, AMailThatIsNamedByANewTask) {
  auto changes = opening();
  changes.add(ThreadAlias{.id_hash = 77, .task = TaskRef::nth_new(0)});
  changes.add(ThreadAlias{.id_hash = 77, .task = TaskRef::nth_new(0)});  // named twice is named
  Overtaking other{"INSERT INTO thread_aliases", "INSERT INTO thread_aliases VALUES (1, 77, 4711, 0)"};
  OvertakenEngine engine(*stores->engine, other);
  SqlChangeStore overtaken(engine);
  const auto answers = overtaken.commit(std::span(&changes, 1), within(kPatience)).value();
  EXPECT_EQ(answers.at(0).error().code, Errc::conflict);
  EXPECT_EQ(other.times, 1);
  must_commit(changes);
}

/// What a table refuses for whatever reason is the fault of one decision, and keeps no other from the store; also where
/// the rows of a batch go together.
TEST_F(Overtaken, ARowThatATableRefusesIsLeftOutAlone) {
  constexpr std::size_t kMails = 11;
  constexpr std::size_t kBad = 5;  // not the one with whom its rows go to the table
  const std::map<std::string, std::string> bad_rows = {
      {"tasks", "new.title = 'bad'"},
      {"decisions", "new.subject = 'bad'"},
      {"events", "new.actor = 'bad'"},
      {"timers", "new.due_at = " + std::to_string(to_ms(kStart))},
      {"outbox", "new.recipient = 'bad@school.example'"},
      {"thread_aliases", "new.id_hash < 0"},
  };
  for (const auto& [table, condition] : bad_rows) {
    SCOPED_TRACE(table);
    std::vector<Changes> batch;
    for (std::size_t i = 0; i < kMails; ++i) {
      const auto bytes = mail(table + std::to_string(i) + "@x");
      const auto came = raw(bytes);
      const auto message = stores->messages.accept(std::span(&came, 1), within(kPatience)).value().at(0).message;
      auto& changes = batch.emplace_back(deciding(message));
      if (i == kBad) changes.find<TaskChange>()->task.title = changes.find<MessageDecision>()->subject = "bad";
      changes.sends.push_back(notification(i == kBad ? "bad@school.example" : "desk@school.example"));
      changes.timers.push_back(deadline_set(TaskRef::nth_new(0), i == kBad ? kStart : kStart + kHour));
      if (i == kBad) changes.events.back().actor = "bad";
      changes.add(ThreadAlias{.id_hash = i == kBad ? -message.value : message.value, .task = TaskRef::nth_new(0)});
    }
    must_run("CREATE TRIGGER no_bad BEFORE INSERT ON " + table + " WHEN " + condition +
             " BEGIN SELECT RAISE(ABORT, 'no'); END");
    const auto answers = stores->changes.commit(batch, within(kPatience)).value();
    ASSERT_THAT(answers, SizeIs(kMails));
    for (std::size_t i = 0; i < kMails; ++i) EXPECT_EQ(answers[i].has_value(), i != kBad) << i;
    EXPECT_EQ(answers[kBad].error().code, Errc::conflict);
    EXPECT_FALSE(stores->messages.decision(kTenant, batch[kBad].find<MessageDecision>()->message).value());
    must_run("DROP TRIGGER no_bad");
    must_commit(batch[kBad]);
    must_run("UPDATE tasks SET title = 'good' WHERE title = 'bad'");
  }
}

TEST_F(Overtaken, OfTwoConnectionsToOneDatabaseNeitherLosesAnUpdate) {
  const auto number = open_task();
  auto second = SqlStores::open({.folder = folder}).value();
  constexpr int kRounds = 50;
  const auto work = [number](SqlStores& mine) {
    for (int done = 0; done < kRounds;) {
      auto task = mine.tasks.read(kTenant, number).value();
      ++task.version;
      task.title = std::to_string(std::stoi(task.title) + 1);
      auto changes = about_nothing();
      changes.add(TaskChange{task});
      const auto answers = mine.changes.commit(std::span(&changes, 1), within(kPatience)).value();
      if (answers[0]) ++done;
      else ASSERT_EQ(answers[0].error().code, Errc::conflict) << answers[0].error().message;
    }
  };
  auto zero = stores->tasks.read(kTenant, number).value();
  ++zero.version;
  zero.title = "0";
  auto begin = about_nothing();
  begin.add(TaskChange{zero});
  must_commit(begin);
  {
    const std::jthread other([&] { work(*second); });
    work(*stores);
  }
  EXPECT_EQ(stores->tasks.read(kTenant, number)->title, std::to_string(2 * kRounds));
}

}  // namespace
}  // namespace orgo::contract
