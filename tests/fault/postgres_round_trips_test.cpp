// What a batch costs on a server is counted: messages whose answer is waited for, whatever the size of the batch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "adapter/blob_store/segments.h"
#include "adapter/clock/system_clock.h"
#include "adapter/memory/memory_work_hints.h"
#include "adapter/sql/postgres/postgres_blob_rows.h"
#include "adapter/sql/postgres/postgres_engine.h"
#include "adapter/sql/stores.h"
#include "service/processing/processor.h"
#include "tests/support/postgres.h"

namespace orgo::fault {
namespace {

using tests::Postgres;

constexpr TenantId kTenant{1};
constexpr std::uint64_t kMeasuredAt = 64;
constexpr std::uint64_t kToAccept = 2;
constexpr std::uint64_t kToDecide = 9;          ///< from its lease to the end of its work
constexpr std::uint64_t kToDecideReplies = 10;  ///< their tasks are read besides

class RoundTrips : public testing::TestWithParam<MailPlace> {
 protected:
  void SetUp() override {
    if (!Postgres::available()) GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
    std::string name = (std::filesystem::temp_directory_path() / "orgo-trips-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    static int schemas = 0;
    sql::PostgresEngineOptions options;
    options.server.url = Postgres::shared().url();
    options.server.schema = "trips" + std::to_string(++schemas);
    auto engine = sql::PostgresEngine::open(options).value();
    engine_ = engine.get();
    auto rows = std::make_unique<sql::PostgresBlobRows>(*engine);
    stores_ = std::make_unique<SqlStores>(std::move(engine), SegmentStore::open({folder_ + "/blobs"}).value(),
                                          std::move(rows), GetParam());
    PolicySettings own;
    own.decide.domain = "school.example";
    own.decide.id_key = "0123456789abcdef";
    policy_ = std::make_shared<const Policy>(
        Policy{.tenant = kTenant,
               .rules = rules::load_rules({{"rules.yaml",
                                            "match: first\nrules:\n  - {name: rest, condition: always, action: "
                                            "{route_to: office@school.example, escalate_after: 4 hours}}\n"}})
                            .rules,
               .settings = own});
    ProcessingSettings settings;
    settings.batch = 1000;
    processor_ = std::make_unique<Processor>(
        stores_->messages, stores_->work, hints_, stores_->context, stores_->changes, clock_,
        [this](TenantId) -> Result<std::shared_ptr<const Policy>> { return policy_; }, settings);
    // Connections are open then, and the server has measured the tables, which it does again at twice as many groups.
    while (engine_->stats().groups <= kMeasuredAt) {
      accept(1);
      decide(1);
      ++warmed_up_;
    }
  }
  void TearDown() override {
    if (engine_ == nullptr) return;
    EXPECT_LT(engine_->stats().groups, 2 * kMeasuredAt);
    processor_.reset();
    stores_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  /// What was handed to the writer and not waited for is done, too.
  std::uint64_t counted() {
    EXPECT_TRUE(engine_->write({}, [](sql::Transaction&) { return Status{}; }));
    return engine_->round_trips();
  }
  std::string mail(int number, int answers) const {
    const auto id = [](int of) { return "<" + std::to_string(of) + "@load.example>"; };
    return "Message-ID: " + id(number) + "\r\nFrom: <person" + std::to_string(answers < 0 ? number : answers) +
           "@load.example>\r\nTo: office@school.example\r\nSubject: " + (answers < 0 ? "" : "Re: ") + "Leak\r\n" +
           (answers < 0 ? "" : "In-Reply-To: " + id(answers) + "\r\n") + "\r\nWater on the floor.\r\n";
  }
  /// Accepts so many mails; each answers the one that is so far before it, 0: none.
  std::uint64_t accept(int count, int answers_back = 0) {
    std::vector<std::string> mails;
    for (int i = 0; i < count; ++i, ++mails_)
      mails.push_back(mail(mails_, answers_back == 0 ? -1 : mails_ - answers_back));
    std::vector<RawMessage> raw;
    for (const auto& one : mails)
      raw.push_back({{.tenant = kTenant,
                      .channel = Channel::lmtp,
                      .sender = mail_contact("a@load.example"),
                      .recipient = mail_contact("office@school.example"),
                      .peer = "127.0.0.1",
                      .received_at = clock_.now()},
                     one});
    const auto before = counted();
    const auto accepted = stores_->messages.accept(raw, within(Millis{60'000}));
    const auto after = counted();
    EXPECT_TRUE(accepted) << accepted.error().message;
    std::vector<WorkKey> keys;
    for (const auto& one : *accepted) keys.push_back({kTenant, WorkKind::process, one.message.value});
    hints_.announce(keys, clock_.now());
    return after - before;
  }
  std::uint64_t decide(int count) {
    const auto before = counted();
    const auto report = processor_->step();
    const auto after = counted();
    EXPECT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->decided, count);
    return after - before;
  }

  std::string folder_;
  sql::PostgresEngine* engine_ = nullptr;
  std::unique_ptr<SqlStores> stores_;
  std::shared_ptr<const Policy> policy_;
  MemoryWorkHints hints_;
  SystemClock clock_;
  std::unique_ptr<Processor> processor_;
  int mails_ = 0;
  std::size_t warmed_up_ = 0;  ///< mails
};

TEST_P(RoundTrips, ABatchCostsAsMuchAsOneMail) {
  for (const int count : {1, 10, 100}) {
    EXPECT_EQ(accept(count), kToAccept) << count;
    EXPECT_EQ(decide(count), kToDecide) << count;
  }
}

TEST_P(RoundTrips, SoDoesABatchOfReplies) {
  for (const int count : {1, 10, 100}) {
    accept(count);
    decide(count);
    EXPECT_EQ(accept(count, count), kToAccept) << count;
    EXPECT_EQ(decide(count), kToDecideReplies) << count;
  }
  EXPECT_EQ(stores_->tasks.list({.tenant = kTenant, .limit = 1000}).value().size(), 111U + warmed_up_)
      << "replies make no tasks";
}

/// Of a mail that came to very many, the first is looked for, too: together with all else that a batch asks.
TEST_P(RoundTrips, SoDoesAskingForMailsOfWhichThereAreManyCopies) {
  constexpr int kMails = 20;
  std::vector<std::string> mails, recipients;
  for (int i = 0; i < kMails; ++i) mails.push_back(mail(1'000'000 + i, -1));
  for (int copy = 0; copy < 12; ++copy) recipients.push_back("office" + std::to_string(copy) + "@school.example");
  std::vector<RawMessage> raw;
  for (const auto& one : mails)
    for (const auto& recipient : recipients)
      raw.push_back({{.tenant = kTenant, .channel = Channel::lmtp, .recipient = mail_contact(recipient)}, one});
  ASSERT_TRUE(stores_->messages.accept(raw, within(Millis{60'000})));
  const auto asked = [&](int count) {
    std::vector<ContextQuery> queries(static_cast<std::size_t>(count), {.tenant = kTenant});
    for (int i = 0; i < count; ++i) {
      auto& thread = queries[static_cast<std::size_t>(i)].thread;
      thread.message = MessageId{1'000'000};
      thread.answers = {message_id_hash(kTenant, std::to_string(1'000'000 + i) + "@load.example")};
    }
    const auto before = counted();
    const auto facts = stores_->context.load(queries);
    const auto after = counted();
    for (const auto& one : facts) EXPECT_EQ(one.value().thread.known.size(), 9U) << "the newest eight, and the first";
    return after - before;
  };
  asked(1);
  EXPECT_EQ(asked(kMails), asked(1));
}

INSTANTIATE_TEST_SUITE_P(Every, RoundTrips, testing::Values(MailPlace::folder, MailPlace::database),
                         [](const auto& mails) { return mails.param == MailPlace::folder ? "Folder" : "Database"; });

}  // namespace
}  // namespace orgo::fault
