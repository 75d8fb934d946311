// What strangers sent is shown within a budget, and for nobody who has gone: counted by what was asked and written.
#include <gmock/gmock.h>

#include "core/processing/message_decision.h"
#include "tests/contract/support/gateway_world.h"

namespace orgo::contract {
namespace {

using testing::HasSubstr;
using testing::Not;

class ViewBudgets : public GatewayWorld {
 protected:
  /// A task with so many mails of so many bytes.
  void task_of(int mails, std::size_t bytes) {
    const auto number = open_task("Water leak", mail("m0@x", std::string(bytes, 'a')));
    for (int i = 1; i < mails; ++i) {
      const auto text = mail("m" + std::to_string(i) + "@x", std::string(bytes, 'a'));
      const auto message = raw(text);
      const auto accepted = static_cast<MessageStore&>(store).accept(std::span(&message, 1), within(Millis{1000}));
      ASSERT_TRUE(accepted);
      Changes changes{.tenant = kTenant, .at = kStart};
      changes.add(
          MessageDecision{.message = (*accepted)[0].message, .outcome = Outcome::task_joined, .task = TaskRef{number}});
      commit(changes);
    }
  }
  /// `left`: how often it is asked before whoever asked has gone.
  HttpResponse view(const std::string& target, int left, int* asked) {
    HttpRequest request;
    request.method = "GET";
    request.target = target;
    request.peer = "127.0.0.1:5";
    request.headers = {{"Host", "orgo.example"}, {"Cookie", cookie}};
    if (target.starts_with("/api/")) request.headers[1] = {"Authorization", "Bearer " + secrets.at(Role::staff)};
    request.left = [=] { return ++*asked > left; };
    return gateway.handle(request);
  }
  static int count(const std::string& text, std::string_view piece) {
    int found = 0;
    for (auto at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++found;
    return found;
  }
  const std::string cookie = login();
};

TEST_F(ViewBudgets, APageEndsWithTheMailAtWhichItsReaderLeaves) {
  task_of(20, 100);
  int asked = 0;
  EXPECT_EQ(count(view("/tasks/T-1", 1000, &asked).body, "<article"), 20);
  EXPECT_EQ(asked, 20) << "before each mail";
  for (const int left : {0, 1, 7, 19}) {
    asked = 0;
    const auto answer = view("/tasks/T-1", left, &asked);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(asked, left + 1) << "and nothing after it";
  }
}

TEST_F(ViewBudgets, WhatIsMadeOfOneMailEndsToo) {
  task_of(1, 100);
  for (const auto* target : {"/messages/m1", "/messages/m1/html", "/api/v1/messages/m1/content"}) {
    int asked = 0;
    EXPECT_EQ(view(target, 1000, &asked).status, 200) << target;
    const int steps = asked;
    EXPECT_GE(steps, 1) << target;
    for (int left = 0; left < steps; ++left) {
      asked = 0;
      EXPECT_EQ(view(target, left, &asked).status, 503) << target;
      EXPECT_EQ(asked, left + 1) << target;
    }
  }
}

TEST_F(ViewBudgets, SlowRequestsDoNotShareThreadsWithOthers) {
  const auto pace = [&](const char* target) {
    HttpRequest request;
    request.method = "GET";
    request.target = target;
    return gateway.pace(request);
  };
  using Pace = HttpHandler::Pace;
  for (const auto* target :
       {"/tasks/T-1", "/messages/m1", "/messages/m1/html", "/messages/m1/attachments/0", "/api/v1/messages/m1/content",
        "/api/v1/messages/m1/trace", "/api/v1/messages/m1/attachments/0"})
    EXPECT_EQ(pace(target), Pace::slow) << target;
  for (const auto* target : {"/livez", "/readyz", "/metrics", "/healthz"})
    EXPECT_EQ(pace(target), Pace::probe) << target;
  EXPECT_NE(pace("/api/v1/tasks"), Pace::slow);
}

TEST_F(ViewBudgets, LargeMailsAreShownByThemselves) {
  task_of(6, 9 << 20);
  int asked = 0;
  const auto answer = view("/tasks/T-1", 1000, &asked);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(count(answer.body, "Too large to be shown with the others"), 3) << "32 MB of 54";
  EXPECT_EQ(count(answer.body, "<article"), 6) << "each is named";
  for (int i = 1; i <= 6; ++i) EXPECT_THAT(answer.body, HasSubstr("\"/messages/m" + std::to_string(i) + "\""));
  EXPECT_LT(answer.body.size(), 1U << 20);
}

TEST_F(ViewBudgets, OneMailBeyondTheBudgetIsShownAlone) {
  task_of(2, 40 << 20);
  int asked = 0;
  const auto answer = view("/tasks/T-1", 1000, &asked);
  EXPECT_EQ(count(answer.body, "Too large to be shown with the others"), 1);
  EXPECT_THAT(answer.body, HasSubstr("The text is longer; the download has all of it."));
  EXPECT_THAT(view("/messages/m2", 1000, &asked).body, Not(HasSubstr("Too large")));
}

}  // namespace
}  // namespace orgo::contract
