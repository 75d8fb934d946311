// Many mails in one request, and what becomes of those that such a request can't carry.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "app/api.h"
#include "app/import/destination.h"
#include "base/json_writer.h"
#include "core/contact/contact.h"
#include "protocol/mime/transfer_encoding.h"

namespace orgo {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// A server that keeps what it is given, and knows what it has.
class Server final : public Api {
 public:
  struct State {
    std::vector<std::size_t> requests;  ///< how many mails each brought
    std::vector<std::string> kept;
    std::size_t body_max = SIZE_MAX;
    int too_large = 0;
    bool knows_many = true;
    std::set<std::string> refused;
    std::string troubled;  ///< the store has trouble with this one while it comes with others
    int many_status = 200;
    bool answers_one_less = false;
  };
  explicit Server(State& state) : state_(state) {}

  Result<Answer> call(std::string_view /*method*/, const std::string& target, const std::string& body,
                      std::string_view /*content_type*/) override {
    if (body.size() > state_.body_max) {
      ++state_.too_large;
      return Answer{413, R"({"detail":"too large"})"};
    }
    if (target != "/api/v1/messages/import") {
      state_.requests.push_back(1);
      if (state_.refused.contains(body)) return Answer{400, R"({"detail":"it is bad"})"};
      return Answer{keep(body) ? 201 : 200, "{}"};
    }
    if (!state_.knows_many) return Answer{405, "{}"};
    if (state_.many_status != 200) return Answer{state_.many_status, R"({"detail":"no room"})"};
    return many(body);
  }

 private:
  bool keep(const std::string& bytes) {
    if (std::ranges::find(state_.kept, bytes) != state_.kept.end()) return false;
    state_.kept.push_back(bytes);
    return true;
  }
  Answer many(const std::string& body) {
    const auto value = parse_json(body).value();
    const auto& mails = value.at("mails").as_array();
    state_.requests.push_back(mails.size());
    std::string out;
    JsonWriter writer(out);
    writer.begin_object().key("items").begin_array();
    for (std::size_t i = 0; i + (state_.answers_one_less ? 1 : 0) < mails.size(); ++i) {
      std::string bytes;
      EXPECT_TRUE(mime::decode_base64(std::string(mails[i].at("mail").as_string()), bytes));
      writer.begin_object();
      if (state_.refused.contains(bytes) || bytes == state_.troubled) {
        writer.key("problem").begin_object().field("status", bytes == state_.troubled ? 503 : 400);
        writer.field("detail", "it is bad").end_object();
      } else {
        const bool fresh = keep(bytes);
        writer.key("result").begin_object().field("duplicate", !fresh).end_object();
      }
      writer.end_object();
    }
    writer.end_array().end_object();
    return {200, out};
  }
  State& state_;
};

class ImportToServer : public testing::Test {
 protected:
  static ImportMail mail(const std::string& bytes) {
    ImportMail one{{.tenant = kTrialTenant}, bytes, "old.mbox, mail " + bytes.substr(0, 9)};
    one.envelope.recipient = mail_contact("office@example.org");
    return one;
  }
  static std::vector<ImportMail> mails(std::size_t count, std::size_t size = 10) {
    std::vector<ImportMail> out;
    for (std::size_t i = 0; i < count; ++i) {
      auto bytes = std::to_string(1'000 + i) + ":";
      bytes.resize(std::max(size, bytes.size()), '.');
      out.push_back(mail(bytes));
    }
    return out;
  }
  Status store(const std::vector<ImportMail>& mails) { return destination_->store(mails, outcome_); }
  void expect_all_in_order(const std::vector<ImportMail>& mails) {
    std::vector<std::string> wanted;
    for (const auto& one : mails) wanted.push_back(one.bytes);
    EXPECT_EQ(server_.kept, wanted);
  }

  Server::State server_;
  ImportOutcome outcome_;
  std::unique_ptr<ImportDestination> destination_ = import_to_server(std::make_unique<Server>(server_));
};

TEST_F(ImportToServer, ManyGoInOneRequestInTheirOrder) {
  const auto all = mails(200);
  ASSERT_TRUE(store(all));
  EXPECT_THAT(server_.requests, ElementsAre(200));
  expect_all_in_order(all);
  ASSERT_TRUE(store(mails(201)));
  EXPECT_EQ(outcome_.stored, 201U);
  EXPECT_EQ(outcome_.duplicates, 200U);
}

TEST_F(ImportToServer, OneThatIsRefusedIsNamedAndTheOthersGoOn) {
  auto all = mails(5);
  server_.refused = {all[3].bytes};
  ASSERT_TRUE(store(all));
  EXPECT_EQ(outcome_.stored, 4U);
  ASSERT_THAT(outcome_.refused, SizeIs(1));
  EXPECT_EQ(outcome_.refused[0].name, all[3].name);
  EXPECT_THAT(outcome_.refused[0].why, HasSubstr("it is bad"));
}

TEST_F(ImportToServer, WhatTheStoreHasTroubleWithIsTriedAlone) {
  const auto all = mails(3);
  server_.troubled = all[1].bytes;
  ASSERT_TRUE(store(all));
  EXPECT_EQ(outcome_.stored, 3U);
  EXPECT_THAT(server_.requests, ElementsAre(3, 1));
}

TEST_F(ImportToServer, RequestsAreAsLargeAsTheServerTakesThem) {
  const auto all = mails(64, 1'000);
  server_.body_max = 20'000;
  ASSERT_TRUE(store(all));
  expect_all_in_order(all);
  EXPECT_GT(server_.requests.front(), 1U);
  EXPECT_GT(std::exchange(server_.too_large, 0), 0);
  ASSERT_TRUE(store(mails(64, 1'001)));
  EXPECT_EQ(server_.too_large, 0) << "it is not asked for more again";
}

TEST_F(ImportToServer, AMailThatIsTooLargeByItselfIsRefusedByItself) {
  auto all = mails(4, 1'000);
  all[2] = mail(std::string(30'000, 'x'));
  server_.body_max = 20'000;
  ASSERT_TRUE(store(all));
  EXPECT_EQ(outcome_.stored, 3U);
  ASSERT_THAT(outcome_.refused, SizeIs(1));
  EXPECT_EQ(outcome_.refused[0].name, all[2].name);
}

TEST_F(ImportToServer, NoRequestHasMoreThanTheServerWouldTake) {
  const auto all = mails(8, 2U << 20U);
  ASSERT_TRUE(store(all));
  expect_all_in_order(all);
  EXPECT_THAT(server_.requests, Each(2U));
}

TEST_F(ImportToServer, AServerThatKnowsNoSuchRequestGetsThemOneByOne) {
  server_.knows_many = false;
  const auto all = mails(3);
  ASSERT_TRUE(store(all));
  expect_all_in_order(all);
  EXPECT_THAT(server_.requests, Each(1U));
}

TEST_F(ImportToServer, AnAddressThatIsNotUtf8GoesAsItIs) {
  auto all = mails(3);
  all[1].envelope.sender = mail_contact("m\xFCller@example.org");
  ASSERT_TRUE(store(all));
  expect_all_in_order(all);
  EXPECT_THAT(server_.requests, Each(1U));
}

TEST_F(ImportToServer, TroubleOfTheServerEndsIt) {
  server_.many_status = 507;
  const auto full = store(mails(3));
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Errc::resource_exhausted);
  EXPECT_THAT(full.error().message, HasSubstr("no room"));
  server_.many_status = 200;
  server_.answers_one_less = true;
  EXPECT_FALSE(store(mails(3))) << "of one of them nothing is known";
  EXPECT_EQ(outcome_.stored + outcome_.duplicates + outcome_.refused.size(), 0U);
}

}  // namespace
}  // namespace orgo
