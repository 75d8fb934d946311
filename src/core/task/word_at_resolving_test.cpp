#include "core/task/word_at_resolving.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/template/builtin_templates.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'800'000'000'000}};

TEST(WordAtResolving, IsSentOnceByWhoEndsWhatWasOpen) {
  using enum TaskState;
  for (const auto before : {fresh, open, pending, acknowledged, resolved, closed})
    for (const auto after : {open, pending, acknowledged, resolved, closed})
      for (const char* actor : {"user:anna", "rules", "escalation", ""}) {
        Task was{.tenant = kTenant, .number = TaskNumber{3}};
        was.state = before;
        was.requester = mail_contact("kim@client.example");
        was.origin = MessageId{9};
        auto is = was;
        is.state = after;
        const auto send = word_at_resolving(was, is, actor, kNow);
        EXPECT_EQ(send.has_value(), is_open(before) && !is_open(after) && std::string_view(actor) == "user:anna")
            << to_string(before) << " " << to_string(after) << " " << actor;
        if (!send) continue;
        EXPECT_EQ(send->kind, SendKind::reply);
        EXPECT_EQ(send->recipient, mail_contact("kim@client.example"));
        EXPECT_EQ(send->message, MessageId{9});
        EXPECT_EQ(send->subject.task(), TaskNumber{3});
        EXPECT_NE(builtin_template(send->template_name), nullptr);
        EXPECT_TRUE(is_word_at_resolving(*send));
        is.requester = {};
        EXPECT_FALSE(word_at_resolving(was, is, actor, kNow)) << "nobody can be told";
      }
}

TEST(WordAtResolving, GoesToEachWhoAskedInTheirOwnThread) {
  Task was{.tenant = kTenant, .number = TaskNumber{3}, .state = TaskState::open};
  was.requester = mail_contact("pat@client.example");
  was.origin = MessageId{9};
  was.ties.people = {{TaskNumber{4}, "kim@client.example"},
                     {TaskNumber{5}, "PAT@client.example"},
                     {TaskNumber{6}, "Kim@client.example"},
                     {TaskNumber{7}, "lee@client.example"}};
  auto is = was;
  is.state = TaskState::resolved;
  const auto origin_of = [](TaskNumber part) { return MessageId{part.value * 10}; };
  std::vector<std::string> told;
  for (const auto& word : words_at_resolving(was, is, origin_of, "user:anna", kNow)) {
    EXPECT_TRUE(is_word_at_resolving(word));
    EXPECT_EQ(word.subject.task(), TaskNumber{3});
    told.push_back(word.recipient.address + " " + to_string(word.message));
  }
  EXPECT_EQ(told,
            (std::vector<std::string>{"pat@client.example m9", "kim@client.example m40", "lee@client.example m70"}));
  is.ties.into = TaskNumber{12};
  EXPECT_TRUE(words_at_resolving(was, is, origin_of, "user:anna", kNow).empty()) << "its work goes on there";
  is = was;
  EXPECT_TRUE(words_at_resolving(was, is, origin_of, "user:anna", kNow).empty());
  was.requester = is.requester = {};
  is.state = TaskState::closed;
  EXPECT_EQ(words_at_resolving(was, is, origin_of, "user:anna", kNow).size(), 3U);
}

TEST(WordAtResolving, IsNoAnswerToAMail) {
  Send send;
  send.kind = SendKind::reply;
  send.template_name = "task_resolved";
  EXPECT_TRUE(is_word_at_resolving(send));
  send.cause = "mail:kim@client.example";
  EXPECT_FALSE(is_word_at_resolving(send)) << "a rule answers with this template";
  send.cause.clear();
  send.template_name = "reply_received";
  EXPECT_FALSE(is_word_at_resolving(send));
}

}  // namespace
}  // namespace orgo
