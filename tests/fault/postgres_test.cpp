// The second engine against a server that is cut, killed, frozen, shared by two nodes, or not set up for it. What was
// answered is there once, what was refused is not there, whatever happened in between.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <map>
#include <thread>

#include "adapter/sql/postgres/postgres_engine.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/postgres.h"

namespace orgo::fault {
namespace {

using sql::PostgresEngine;
using sql::PostgresEngineOptions;
using sql::Query;
using sql::Transaction;
using testing::AnyOf;
using testing::HasSubstr;
using tests::CuttingProxy;
using tests::Postgres;

constexpr TenantId kTenant{1};

class PostgresFault : public testing::Test {
 protected:
  void SetUp() override {
    if (!Postgres::available()) GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
    static int schemas = 0;
    options_.server.url = Postgres::shared().url();
    options_.server.schema = "fault" + std::to_string(++schemas);
    options_.server.patience = Millis{10'000};
  }
  Result<std::unique_ptr<PostgresEngine>> open(std::uint16_t port = 0) {
    auto options = options_;
    if (port != 0) options.server.url = Postgres::url_at(port);
    return PostgresEngine::open(options);
  }
  /// Why it does not open.
  Error refusal(const PostgresEngineOptions& options) {
    const auto opened = PostgresEngine::open(options);
    return opened ? Error{Errc::corrupt, "it opened"} : opened.error();
  }
  /// A statement of the server's owner, in no schema of ours.
  void as_owner(const std::string& statement) {
    auto connection = sql::open_postgres_connection({.url = Postgres::shared().owner_url(), .schema = "public"});
    ASSERT_TRUE(connection) << connection.error().message;
    const auto done = (*connection)->execute(statement);
    ASSERT_TRUE(done) << done.error().message;
  }

  PostgresEngineOptions options_;
};

Status add(PostgresEngine& engine, const std::string& name) {
  return engine.write({kTenant}, [&](Transaction& tx) -> Status {
    Query insert(tx.connection(), "INSERT INTO rhythms (tenant, source, state) VALUES (?, ?, '')");
    return insert.with(kTenant.value, name).run();
  });
}

/// How often each name stands there; the key of the table is taken away first, so that twice would show.
std::map<std::string, int> names(PostgresEngine& engine) {
  std::map<std::string, int> found;
  auto use = engine.reader(sql::Scope::all());
  if (!use) return found;
  Query query(**use, "SELECT source, count(*) FROM rhythms GROUP BY source");
  while (query.next().value_or(false)) found[query.string(0)] = static_cast<int>(query.integer(1));
  return found;
}

TEST_F(PostgresFault, CutAtAnyOctetEachWriteIsThereOnce) {
  auto direct = open().value();
  as_owner("ALTER TABLE " + options_.server.schema + ".rhythms DROP CONSTRAINT rhythms_pkey");
  CuttingProxy proxy(Postgres::shared().port());
  auto cut = open(proxy.port()).value();
  ASSERT_TRUE(add(*cut, "first"));  // what is prepared is prepared: each write has the same answers from here on
  constexpr int kOctets = 260;      // more than all the answers of one write
  int cuts = 0;
  for (int octets = 0; octets < kOctets; octets += 3) {
    const auto before = proxy.connections();
    proxy.cut_once_after(octets);
    const auto added = add(*cut, "n" + std::to_string(octets));
    EXPECT_TRUE(added) << octets << ": " << added.error().message;
    cuts += proxy.connections() > before ? 1 : 0;
  }
  EXPECT_GT(cuts, 20);
  const auto found = names(*direct);
  EXPECT_EQ(found.size(), 1U + (kOctets + 2) / 3);
  for (const auto& [name, count] : found) EXPECT_EQ(count, 1) << name;
}

TEST_F(PostgresFault, KilledUnderLoadItKeepsWhatItAnswered) {
  Postgres server;
  options_.server.url = server.url();
  auto engine = open().value();
  std::atomic<bool> goes_on = true;
  std::array<std::vector<std::string>, 4> kept;
  std::vector<std::thread> writers;
  for (std::size_t i = 0; i < kept.size(); ++i)
    writers.emplace_back([&, i] {
      for (int number = 0; goes_on; ++number) {
        auto name = std::to_string(i) + "." + std::to_string(number);
        if (add(*engine, name)) kept.at(i).push_back(std::move(name));
      }
    });
  for (int round = 0; round < 3; ++round) {
    const auto jobs = engine->stats().jobs;
    while (engine->stats().jobs < jobs + 50) std::this_thread::yield();
    server.kill();
    server.start();
  }
  goes_on = false;
  for (auto& writer : writers) writer.join();
  const auto found = names(*engine);
  std::size_t answered = 0;
  for (const auto& of_one : kept) {
    answered += of_one.size();
    for (const auto& name : of_one) EXPECT_TRUE(found.contains(name)) << name;
  }
  EXPECT_GT(answered, 100U);
  EXPECT_EQ(engine->trouble(), "");
}

/// The number of a transaction that is committed now.
std::int64_t commit_one(std::uint16_t port) {
  auto connection = sql::open_postgres_connection({.url = Postgres::url_at(port), .schema = "public"}).value();
  EXPECT_TRUE(connection->begin());
  std::int64_t number = 0;
  {
    Query query(*connection, "SELECT pg_current_xact_id()::text::bigint");
    EXPECT_TRUE(query.next().value());
    number = query.integer(0);
  }
  EXPECT_TRUE(connection->commit());
  return number;
}

/// A server that crashed gives numbers again that had not reached its log: another's is committed under ours.
TEST_F(PostgresFault, ANumberThatIsGivenAgainProvesNothing) {
  Postgres server;
  CuttingProxy proxy(server.port());
  options_.server.url = Postgres::url_at(proxy.port());
  auto engine = open().value();
  ASSERT_TRUE(add(*engine, "before"));
  {
    // All of before is on the disk, and of what follows nothing, as where the log was not flushed.
    auto beside = sql::open_postgres_connection({.url = server.owner_url(), .schema = "public"}).value();
    for (const char* said : {"ALTER SYSTEM SET bgwriter_lru_maxpages = 0", "SELECT pg_reload_conf()", "CHECKPOINT"})
      ASSERT_TRUE(beside->execute(said)) << said;
  }
  int runs = 0;
  const auto kept = engine->write({kTenant}, [&](Transaction& tx) -> Status {
    ++runs;
    Query insert(tx.connection(), "INSERT INTO rhythms (tenant, source, state) VALUES (?, 'it', '')");
    ORGO_CHECK(insert.with(kTenant.value).run());
    Query mine(tx.connection(), "SELECT pg_current_xact_id()::text::bigint");
    ORGO_TRY(row, mine.next());
    if (runs > 1) return row ? Status{} : failure(Errc::corrupt, "no number");
    const auto number = mine.integer(0);
    server.kill();
    server.renumber(number);
    server.start();
    while (commit_one(server.port()) < number) {
    }
    return {};
  });
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(runs, 2) << "it was taken for kept, and was not";
  options_.server.url = server.url();
  options_.read_only = true;
  EXPECT_EQ(names(*open().value()), (std::map<std::string, int>{{"before", 1}, {"it", 1}}));
}

TEST_F(PostgresFault, TwoNodesNeverTakeTheSameNumber) {
  auto one = open().value();
  auto other = open().value();
  constexpr int kEach = 150;
  const auto work = [](PostgresEngine& engine, int& refused) {
    for (int i = 0; i < kEach; ++i) {
      const auto wrote = engine.write({kTenant}, [&](Transaction& tx) -> Status {
        ORGO_TRY(number, tx.next(kTenant, sql::Counter::event));
        Query insert(tx.connection(),
                     "INSERT INTO events (tenant, sequence, at, kind, subject_kind, subject, message, send, actor, "
                     "data) VALUES (?, ?, 0, 0, 0, 0, 0, 0, '', '')");
        return insert.with(kTenant.value, number).run();
      });
      refused += wrote ? 0 : 1;
    }
  };
  int refused[2] = {};
  std::thread beside([&] { work(*other, refused[1]); });
  work(*one, refused[0]);
  beside.join();
  EXPECT_EQ(refused[0] + refused[1], 0);
  auto use = one->reader(sql::Scope::all()).value();
  Query query(*use, "SELECT count(*), min(sequence), max(sequence) FROM events");
  ASSERT_TRUE(query.next().value());
  EXPECT_EQ(query.integer(0), 2 * kEach);
  EXPECT_EQ(query.integer(1), 1);
  EXPECT_EQ(query.integer(2), 2 * kEach);
}

TEST_F(PostgresFault, OfTwoThatWaitForEachOtherOneRunsAgain) {
  auto one = open().value();
  auto other = open().value();
  ASSERT_TRUE(add(*one, "a"));
  ASSERT_TRUE(add(*one, "b"));
  std::latch both(2);
  std::atomic<int> runs = 0;
  const auto touch = [&](PostgresEngine& engine, const char* first, const char* second) {
    bool is_first_run = true;
    return engine.write({}, [&](Transaction& tx) -> Status {
      ++runs;
      Query update(tx.connection(), "UPDATE rhythms SET state = 'touched' WHERE source = ?");
      ORGO_CHECK(update.with(first).run());
      if (std::exchange(is_first_run, false)) both.arrive_and_wait();
      update.again();
      return update.with(second).run();
    });
  };
  Status beside_status;
  std::thread beside([&] { beside_status = touch(*other, "b", "a"); });
  const auto status = touch(*one, "a", "b");
  beside.join();
  EXPECT_TRUE(status) << status.error().message;
  EXPECT_TRUE(beside_status) << beside_status.error().message;
  EXPECT_GE(runs, 3) << "without a deadlock the test shows nothing; who runs again may meet another";
}

TEST_F(PostgresFault, AFrozenServerIsNotWaitedForForEver) {
  Postgres server;
  options_.server.url = server.url();
  options_.server.patience = Millis{300};
  auto engine = open().value();
  ASSERT_TRUE(add(*engine, "before"));
  server.freeze();
  const auto frozen = add(*engine, "while");
  EXPECT_FALSE(frozen);
  EXPECT_THAT(engine->trouble(), HasSubstr("no answer within 300 ms"));
  server.thaw();
  Status after;
  for (int tries = 0; tries < 100 && !(after = add(*engine, "after " + std::to_string(tries))); ++tries) {
  }
  EXPECT_TRUE(after) << after.error().message;
  const auto found = names(*engine);
  EXPECT_TRUE(frozen.error().code == Errc::deadline_exceeded || !found.contains("while")) << frozen.error().message;
  EXPECT_EQ(engine->trouble(), "");
}

TEST_F(PostgresFault, WhoReadsOneInstantMayTakeTheirTime) {
  options_.server.patience = Millis{200};  // of the server, too, for who writes and does nothing
  auto engine = open().value();
  auto snapshot = engine->snapshot(sql::Scope::all()).value();
  const auto bounded = engine->write({kTenant}, [](Transaction& tx) -> Status {
    Query setting(tx.connection(), "SELECT current_setting('idle_in_transaction_session_timeout')");
    ORGO_TRY(row, setting.next());
    return row && setting.text(0) == "200ms" ? Status{} : failure(Errc::conflict, setting.string(0));
  });
  EXPECT_TRUE(bounded) << bounded.error().message;
  Query setting(*snapshot, "SELECT current_setting('idle_in_transaction_session_timeout')");
  ASSERT_TRUE(setting.next().value());
  EXPECT_EQ(setting.text(0), "0");
}

TEST_F(PostgresFault, WhatIsNotSetUpIsSaid) {
  auto options = options_;
  options.server.url = "postgres://orgo@127.0.0.1:" + std::to_string(Postgres::shared().port()) + "/nowhere";
  EXPECT_EQ(refusal(options).code, Errc::invalid_input);
  EXPECT_THAT(refusal(options).message, HasSubstr("\"nowhere\" does not exist"));

  options.server.url = Postgres::url_at(1);
  EXPECT_EQ(refusal(options).code, Errc::unavailable);

  options.server.url = "postgres://[not a url";
  EXPECT_THAT(refusal(options).code, AnyOf(Errc::unavailable, Errc::invalid_input));

  options.server.url =
      "postgres://orgo@db.example.org:" + std::to_string(Postgres::shared().port()) + "/orgo?hostaddr=127.0.0.1";
  EXPECT_THAT(refusal(options).message, HasSubstr("SSL")) << "what leaves the machine is encrypted, or does not leave";

  options = options_;
  options.server.schema = "x; DROP TABLE tasks";
  EXPECT_EQ(refusal(options).code, Errc::invalid_input);

  as_owner("CREATE DATABASE other_bytes ENCODING SQL_ASCII LOCALE 'C' TEMPLATE template0");
  options = options_;
  options.server.url = "postgres://orgo@127.0.0.1:" + std::to_string(Postgres::shared().port()) + "/other_bytes";
  EXPECT_THAT(refusal(options).message, HasSubstr("make one with UTF8"));

  as_owner("CREATE DATABASE forgetful");
  as_owner("ALTER DATABASE forgetful SET synchronous_commit TO off");
  options.server.url = "postgres://orgo@127.0.0.1:" + std::to_string(Postgres::shared().port()) + "/forgetful";
  EXPECT_EQ(refusal(options).code, Errc::invalid_input);
  EXPECT_THAT(refusal(options).message, HasSubstr("synchronous_commit"));
}

/// A right that was taken away, a person who may not log in any more, a second owner: nobody who asked is at fault, and
/// all who look are told, until it is given back.
TEST_F(PostgresFault, ALostRightIsTroubleOfTheStore) {
  as_owner("CREATE ROLE weak LOGIN");
  as_owner("GRANT CREATE ON DATABASE orgo TO weak");
  options_.server.url = "postgres://weak@127.0.0.1:" + std::to_string(Postgres::shared().port()) + "/orgo";
  options_.readers_kept = 0;
  auto engine = open().value();
  const auto table = options_.server.schema + ".rhythms";
  as_owner("ALTER TABLE " + table + " OWNER TO orgo");
  for (const char* right : {"SELECT", "SELECT, UPDATE", ""}) {
    as_owner("REVOKE ALL ON " + table + " FROM weak");
    if (*right != '\0') as_owner(std::string("GRANT ") + right + " ON " + table + " TO weak");
    const auto added = add(*engine, "x");
    ASSERT_FALSE(added) << right;
    EXPECT_EQ(added.error().code, Errc::unavailable) << right;
    EXPECT_THAT(engine->trouble(), HasSubstr("permission denied for table rhythms"));
  }
  as_owner("ALTER ROLE weak NOLOGIN");
  as_owner("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'weak'");
  EXPECT_EQ(add(*engine, "x").error().code, Errc::unavailable);
  EXPECT_THAT(engine->trouble(), HasSubstr("not permitted to log in"));
  const auto reading = engine->reader(sql::Scope::all());
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, Errc::unavailable);
  as_owner("ALTER ROLE weak LOGIN");
  as_owner("GRANT ALL ON " + table + " TO weak");
  EXPECT_TRUE(add(*engine, "x"));
  EXPECT_EQ(engine->trouble(), "");
}

/// What is refused when all is committed is nobody's in particular.
TEST_F(PostgresFault, ACommitThatIsRefusedIsTroubleOfTheStore) {
  auto engine = open().value();
  as_owner("CREATE FUNCTION " + options_.server.schema +
           ".refuse() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE "
           "EXCEPTION 'not today' USING ERRCODE = '23514'; END $f$");
  const auto table = options_.server.schema + ".rhythms";
  as_owner("CREATE CONSTRAINT TRIGGER late AFTER INSERT ON " + table +
           " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
           "EXECUTE FUNCTION " +
           options_.server.schema + ".refuse()");
  EXPECT_EQ(add(*engine, "x").error().code, Errc::unavailable);
  as_owner("DROP TRIGGER late ON " + table);
  EXPECT_TRUE(add(*engine, "x"));
}

TEST_F(PostgresFault, WhoTookOverIsTroubleOfTheStore) {
  options_.server.serving = sql::Serving::alone;
  auto first = open().value();
  as_owner(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND "
      "objid::bigint = (hashtext('" +
      options_.server.schema + "')::bigint & 4294967295)");
  const auto second = open();
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(add(*first, "x").error().code, Errc::unavailable);
  EXPECT_THAT(first->trouble(), HasSubstr("another Orgo"));
}

/// Whatever the url, the role or the environment says of it.
TEST_F(PostgresFault, TextIsUtf8WhateverTheUrlSays) {
  const std::string text = "\u00C1rv\u00EDz \u65E5\u672C";
  const auto plain = options_.server.url;
  for (const char* encoding : {"LATIN1", "WIN1252", "SQL_ASCII", "auto"}) {
    options_.server.url = plain + (plain.find('?') == std::string::npos ? "?" : "&") + "client_encoding=" + encoding;
    auto engine = open().value();
    const auto name = text + encoding;
    const auto added = add(*engine, name);
    EXPECT_TRUE(added) << encoding << ": " << added.error().message;
    EXPECT_TRUE(names(*engine).contains(name)) << encoding;
    engine->close();
    options_.server.url = plain;
    EXPECT_TRUE(names(*open().value()).contains(name)) << encoding << ": read by another";
  }
}

TEST_F(PostgresFault, ANewerSchemaIsLeftAlone) {
  ASSERT_TRUE(open());
  as_owner("INSERT INTO " + options_.server.schema + ".schema_steps VALUES (999, 0)");
  const auto refused = refusal(options_);
  EXPECT_EQ(refused.code, Errc::conflict);
  EXPECT_THAT(refused.message, HasSubstr("newer Orgo"));
}

TEST_F(PostgresFault, TwoThatStartAtOnceMakeTheTablesOnce) {
  Status status[4];
  std::vector<std::thread> starts;
  for (auto& one : status)
    starts.emplace_back([&] {
      auto opened = open();
      if (!opened) one = tl::unexpected(opened.error());
    });
  for (auto& start : starts) start.join();
  for (const auto& one : status) EXPECT_TRUE(one) << one.error().message;
}

}  // namespace
}  // namespace orgo::fault
