// Old mail, many at once: each has its own outcome, and one that is refused takes no other with it.
#include <gmock/gmock.h>

#include "protocol/mime/transfer_encoding.h"
#include "service/gateway/messages/import_routes.h"
#include "tests/contract/support/gateway_world.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class GatewayImport : public GatewayWorld {
 protected:
  static constexpr const char* kPath = "/api/v1/messages/import";

  static std::string one(const std::string& bytes, const std::string& more = "") {
    auto text = mime::encode_base64(bytes);
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
    return R"({"mail":")" + text + "\"" + more + "}";
  }
  HttpResponse import(const std::string& list) { return post(kPath, list, Role::administrator); }
  static std::string body(const std::vector<std::string>& mails) {
    std::string list;
    for (const auto& mail : mails) list += (list.empty() ? "" : ",") + mail;
    return "{\"mails\":[" + list + "]}";
  }
  std::vector<std::string> outcomes(const HttpResponse& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    std::vector<std::string> lines;
    if (response.status != 200) return lines;
    const auto answer = json_of(response);
    std::map<std::string, std::int64_t> counts;
    for (const auto& item : answer.at("items").as_array()) {
      if (!item.at("done").as_bool()) {
        lines.push_back(std::to_string(item.at("problem").at("status").as_int64()) + " " +
                        std::string(item.at("problem").at("detail").as_string()));
        ++counts["failed"];
        continue;
      }
      const bool duplicate = item.at("result").at("duplicate").as_bool();
      lines.push_back(std::string(item.at("result").at("id").as_string()) + (duplicate ? " again" : ""));
      ++counts[duplicate ? "duplicates" : "stored"];
    }
    for (const auto* name : {"stored", "duplicates", "failed"}) EXPECT_EQ(answer.at(name).as_int64(), counts[name]);
    return lines;
  }
};

TEST_F(GatewayImport, EachMailHasItsOwnOutcomeInTheOrderOfTheRequest) {
  const auto first = mail("first@x"), second = mail("second@x");
  EXPECT_THAT(outcomes(import(body({one(first, R"(,"recipient":"office@school.example","label":"Roof")"),
                                    one("To: x", R"(,"recipient":"nobody")"), one(second)}))),
              ElementsAre("m1", HasSubstr("400 recipient 'nobody'"), "m2"));
  EXPECT_THAT(outcomes(import(body({one("To: x", R"(,"archived_at":"2099-01-01T00:00:00Z")"), R"({"mail":"%%%%"})",
                                    one(first), R"({"mail":""})"}))),
              ElementsAre(HasSubstr("400 archived_at"), HasSubstr("not base64"), "m3", HasSubstr("400 mail is empty")));
  EXPECT_EQ(store.read_bytes(kTenant, MessageId{1}).value(), first) << "byte for byte";
  const auto stored = store.read(kTenant, MessageId{1}).value();
  EXPECT_EQ(stored.envelope.channel, Channel::import_);
  EXPECT_EQ(stored.envelope.recipient.address, "office@school.example");
  EXPECT_EQ(stored.envelope.label, "Roof");
  EXPECT_EQ(store.read(kTenant, MessageId{3}).value().envelope.recipient.address, "inbox@school.example")
      << "for another address of ours it is another message";
  EXPECT_THAT(outcomes(import(body({one(second), one(mail("third@x"))}))), ElementsAre("m2 again", "m4"));
}

TEST_F(GatewayImport, ArchiveModeIsThatOfOneMail) {
  EXPECT_THAT(outcomes(import(body({one(mail("old@x"), R"(,"archived_at":"2016-01-12T10:00:00Z")"),
                                    one(mail("open@x"), R"(,"archived_at":"2016-01-12T10:00:00Z",)"
                                                        R"("archived_state":"open")")}))),
              ElementsAre("m1", "m2"));
  const auto old = store.read(kTenant, MessageId{1}).value().envelope.archived;
  ASSERT_TRUE(old);
  EXPECT_EQ(to_rfc3339(old->at), "2016-01-12T10:00:00Z");
  EXPECT_EQ(old->state, TaskState::closed);
  EXPECT_EQ(store.read(kTenant, MessageId{2}).value().envelope.archived->state, TaskState::open);
}

TEST_F(GatewayImport, WhatIsNoSuchListIsRefusedAsAWhole) {
  const auto good = one(mail("good@x"));
  for (const auto& none : {std::string("{}"), body({}), std::string(R"({"mails":"x"})"), body({"17"}),
                           body({good, R"({"mail":"","colour":"red"})"})})
    EXPECT_EQ(import(none).status, 400) << none;
  EXPECT_EQ(import(body(std::vector<std::string>(gateway::kImportedAtOnceMax + 1, "{}"))).status, 400);
  EXPECT_EQ(import(body({one(std::string(settings().message_max, 'x'))})).status, 413);
  EXPECT_EQ(post(kPath, body({good}), Role::viewer).status, 403);
  EXPECT_EQ(store.read(kTenant, MessageId{1}).error().code, Errc::not_found) << "and nothing of it is stored";
}

TEST_F(GatewayImport, TroubleOfTheStoreIsNoFaultOfTheMails) {
  submit_fails = {Errc::resource_exhausted, "secret path /srv/db is full"};
  const auto answer = import(body({one(mail("good@x")), one(mail("other@x"))}));
  EXPECT_EQ(answer.status, 507);
  EXPECT_THAT(answer.body, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace orgo::contract
