// Rows that somebody deletes by hand, which no store does: only a real database shows what is left then.
#include "adapter/sql/ledger_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "adapter/sql/stores.h"
#include "core/intake/raw_message.h"
#include "core/tenant/commands.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class SqlLedgerReaderTest : public testing::Test {
 protected:
  SqlLedgerReaderTest() {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-ledger-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    stores_ = SqlStores::open({.folder = folder_}).value();
    EXPECT_EQ(stores_->tenants.put_tenant(kTenant, *commands::add_tenant("other", {}, "user:cli", TimePoint{}))->id,
              kOtherTenant);
    for (const auto tenant : {kTenant, kOtherTenant})
      for (int i = 0; i < 6; ++i) accept(tenant, i);
  }
  ~SqlLedgerReaderTest() override {
    stores_.reset();
    std::filesystem::remove_all(folder_);
  }
  void accept(TenantId tenant, int number) {
    const auto bytes = "From: a@x.example\r\nMessage-ID: <" + std::to_string(number) + "@x>\r\n\r\nWater.\r\n";
    const RawMessage message{.envelope = {.tenant = tenant, .recipient = mail_contact("b@x.example")}, .bytes = bytes};
    ASSERT_TRUE(stores_->messages.accept(std::span(&message, 1), within(Millis{10'000})));
  }
  void execute(const std::string& sql) {
    ASSERT_TRUE(stores_->engine->write({}, [&](sql::Transaction& tx) { return tx.connection().execute(sql.c_str()); }));
  }
  void remove(const char* condition) { execute(std::string("DELETE FROM messages WHERE ") + condition); }
  /// Those that are missing, and how many, over looks of so many at a time.
  std::vector<LedgerPlace> missing(int at_once) {
    std::vector<LedgerPlace> found;
    std::int64_t count = 0;
    for (LedgerPlace after{.tenant = kTrialTenant};;) {
      const auto states = stores_->ledger.look_at_states(after, at_once).value();
      found.insert(found.end(), states.missing.begin(), states.missing.end());
      for (const auto& [tenant, some] : states.missing_count) count += some;
      after = states.last;
      if (states.seen.size() < static_cast<std::size_t>(at_once)) break;
    }
    EXPECT_EQ(count, static_cast<std::int64_t>(found.size()));
    return found;
  }
  static LedgerPlace place(TenantId tenant, std::int64_t message) { return {tenant, MessageId{message}}; }

  std::string folder_;
  std::unique_ptr<SqlStores> stores_;
};

TEST_F(SqlLedgerReaderTest, WhatIsDeletedByHandIsMissingWhereverItLay) {
  for (const int at_once : {1, 2, 3, 6, 100}) EXPECT_THAT(missing(at_once), IsEmpty()) << at_once;
  remove("tenant = 1 AND id IN (1, 3, 4, 6)");  // the first, in the middle, the last
  for (const int at_once : {1, 2, 3, 6, 100})
    EXPECT_THAT(missing(at_once),
                ElementsAre(place(kTenant, 1), place(kTenant, 3), place(kTenant, 4), place(kTenant, 6)))
        << at_once;
  remove("tenant = 2");  // all of one
  for (const int at_once : {1, 2, 100}) EXPECT_EQ(missing(at_once).size(), 10U) << at_once;
  accept(kTenant, 77);
  EXPECT_EQ(missing(100).size(), 10U) << "what comes then closes no gap";
}

TEST_F(SqlLedgerReaderTest, TheBooksTellOfIt) {
  remove("tenant = 2 AND id IN (2, 6)");
  std::vector<std::string> wrong;
  const auto lines = stores_->ledger.count_ledger().value();
  for (const auto& line : lines)
    for (const auto& sentence : imbalances(line)) wrong.push_back(to_string(line.tenant) + ": " + sentence);
  EXPECT_THAT(wrong, ElementsAre("t2: 2 messages that were accepted are gone from the database"));
}

TEST_F(SqlLedgerReaderTest, OfManyOnlySomeAreNamedAndAllCounted) {
  ASSERT_TRUE(stores_->engine->write({}, [&](sql::Transaction& tx) {
    return tx.connection().execute("UPDATE counters SET last = 1000006 WHERE tenant = 1 AND kind = 1");
  }));
  const auto states = stores_->ledger.look_at_states({.tenant = kTrialTenant}, 100).value();
  EXPECT_EQ(states.missing.size(), LedgerReader::kMissingNamed);
  EXPECT_THAT(states.missing_count, ElementsAre(Pair(kTenant, 1'000'000)));
}

TEST_F(SqlLedgerReaderTest, ADecisionIsFoundBehindPagesOfOtherHistory) {
  const auto add_events = [&](int count, int kind, const char* message) {
    execute("INSERT INTO events WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
            std::to_string(count) + ") SELECT 1, (SELECT max(sequence) FROM events WHERE tenant = 1) + i, 1000 * i, " +
            std::to_string(kind) + ", 1, 7, " + message + ", 0, 'rules', '{}' FROM n");
  };
  add_events(9, 2, "i");  // of six messages that there are, and of some that nobody asks for
  for (const int more : {1, 9'989, 2, 25'000}) {
    add_events(more, 14, "1");
    const std::vector<MessageId> wanted{MessageId{5}, MessageId{2}, MessageId{77}};
    const auto found = stores_->ledger.decided_events(kTenant, wanted).value();
    ASSERT_EQ(found.size(), 2U) << more;
    EXPECT_EQ(found[0].message, wanted[0]);
    EXPECT_EQ(found[1].message, wanted[1]);
    EXPECT_EQ(found[1].at, from_ms(2'000));
    EXPECT_EQ(found[1].subject.task(), TaskNumber{7});
  }
}

}  // namespace
}  // namespace orgo
