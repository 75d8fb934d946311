#include "core/delivery/render_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/delivery/compose_answer.h"
#include "core/mail/findings/find_own_loop.h"
#include "core/mail/read/read_message.h"
#include "core/threading/thread_hints.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr TimePoint kNow{Millis{1'795'310'555'120}};

/// anna answers kim, who asked about the water.
struct Answer {
  Task task{.tenant = kTenant, .number = TaskNumber{12}};
  Message asked;
  std::string raw;
  Message content;
  Send send;
  std::map<std::string, MailTemplate> templates;
  RenderSettings settings;
  bool in_orgo = true;
  std::string signature;

  Answer() {
    task.title = "Water";
    task.requester = mail_contact("kim@client.example");
    asked.message_id = "asked@client.example";
    asked.references = {"root@client.example"};
    asked.subject = "AW: Re: Water";
    WrittenAnswer written;
    written.order = {.task = TaskNumber{12}, .actor = "user:anna"};
    written.id = "orgo-answer-1@school.example";
    written.from = {"Anna Müller", "anna@school.example"};
    written.to = {"", "kim@client.example"};
    written.cc = {{"", "pat@client.example"}};
    written.subject = "Water";
    written.text = "We come at three.\n\n> so you said\n\n-- \nno signature, my words";
    written.files = {{"plan.pdf", "application/pdf", std::string("\0\xFF", 2)}};
    hear(compose_answer(written));
    send.kind = SendKind::answer;
    send.template_name = "answer";
    send.recipient = mail_contact("kim@client.example");
    send.sender = mail_contact("help@school.example");
    send.subject = task.number;
    settings.domain = "school.example";
    settings.from_name = "Town school";
    settings.reply_to = "orgo@school.example";
    settings.id_key = "key";
  }
  void hear(std::string bytes) {
    raw = std::move(bytes);
    content = read_message(raw);
  }
  Result<RenderedMail> render(bool with_content = true) const {
    const AnswerContent words{.message = content,
                              .raw = raw,
                              .in_orgo = in_orgo,
                              .person = content.from ? content.from->name : "",
                              .signature = signature};
    return render_answer({.tenant = kTenant,
                          .id = SendId{5},
                          .send = send,
                          .task = &task,
                          .message = &asked,
                          .content = with_content ? &words : nullptr,
                          .templates = &templates,
                          .at = kNow},
                         settings);
  }
};

TEST(RenderAnswer, GoesToTheCustomerInTheThreadAsAPersonsMail) {
  const auto mail = Answer().render();
  ASSERT_TRUE(mail) << mail.error().message;
  const auto got = read_message(mail->text);
  EXPECT_EQ(*got.from, (Address{"Town school", "help@school.example"}));
  EXPECT_EQ(mail->sender, "help@school.example") << "bounces come to where the customer wrote";
  EXPECT_EQ(got.as_mail().to.front().address, "kim@client.example");
  EXPECT_EQ(got.as_mail().cc.front().address, "pat@client.example");
  EXPECT_TRUE(got.as_mail().reply_to.empty()) << "to the address that it comes from";
  EXPECT_EQ(got.subject, "Re: [T-12] Water");
  EXPECT_EQ(got.in_reply_to, "asked@client.example");
  EXPECT_THAT(got.references, testing::ElementsAre("root@client.example", "asked@client.example"));
  EXPECT_EQ(got.header("Auto-Submitted"), "");
  EXPECT_EQ(got.header("X-Auto-Response-Suppress"), "");
  EXPECT_EQ(got.header(kAnswerField), "") << "orders stay inside";
  EXPECT_EQ(got.header(kLoopField), "school.example");
  EXPECT_EQ(thread_hints(Message{.in_reply_to = got.message_id}, kTenant, "school.example", "key").proven,
            TaskNumber{12});
  EXPECT_EQ(got.text, "We come at three.\n\n> so you said\n\n-- \nno signature, my words\n\n-- \nAnna Müller\n");
  ASSERT_EQ(got.attachments.size(), 1U);
  EXPECT_EQ(attachment_bytes(mail->text, 0), std::string("\0\xFF", 2));
  EXPECT_EQ(Answer().render()->text, mail->text) << "a repeated send is the same mail";
}

TEST(RenderAnswer, OfAColleaguesMailOnlyWhatIsNewGoesOn) {
  Answer answer;
  answer.in_orgo = false;
  answer.signature = "Town school\nRoom 1";
  answer.hear(
      "From: Ben <ben@school.example>\r\nTo: orgo@school.example\r\nCc: boss@school.example\r\nSubject: Re: [T-12]\r\n"
      "In-Reply-To: <n@school.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThe pump is on its "
      "way.\r\n\r\n"
      "On Monday Orgo wrote:\r\n> T-12: Water\r\n> Priority: urgent\r\n> https://orgo.school.example/tasks/12\r\n");
  const auto mail = answer.render();
  ASSERT_TRUE(mail) << mail.error().message;
  const auto got = read_message(mail->text);
  EXPECT_EQ(got.text, "The pump is on its way.\n") << "whoever writes a mail signs it";
  EXPECT_THAT(mail->text, Not(HasSubstr("boss@")));
  EXPECT_THAT(mail->text, Not(HasSubstr("urgent")));
}

TEST(RenderAnswer, OfAColleaguesFilesOnlyThoseOfTheirChoice) {
  Answer answer;
  answer.in_orgo = false;
  std::string raw =
      "From: Ben <ben@school.example>\r\nTo: orgo@school.example\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n";
  const auto part = [&](const std::string& type, const std::string& name, const std::string& body) {
    raw += "--b\r\nContent-Type: " + type + "\r\nContent-Disposition: attachment; filename=\"" + name + "\"\r\n\r\n" +
           body + "\r\n";
  };
  part("application/pdf", "offer.pdf", "%PDF");
  part("message/rfc822", "T-12 Water.eml",
       "Subject: T-12: Water\r\nX-Orgo-ID: <a@school.example>\r\n\r\nPriority: urgent");
  part("application/octet-stream", "mail.eml", "Subject: x\r\n\r\ny");
  part("application/octet-stream", "mail.bin", "X-Orgo-ID: <a@school.example>\r\n\r\nPriority: urgent");
  part("text/calendar", "invite.ics", "BEGIN:VCALENDAR");
  part("application/pkcs7-signature", "smime.p7s", "x");
  part("image/png", "plan.png", "x");
  answer.hear(raw + "--b--\r\n");
  const auto mail = answer.render();
  ASSERT_TRUE(mail) << mail.error().message;
  std::vector<std::string> names;
  for (const auto& file : read_message(mail->text).attachments) names.push_back(file.filename);
  EXPECT_THAT(names, testing::ElementsAre("offer.pdf", "plan.png"));
  EXPECT_THAT(mail->text, Not(HasSubstr("urgent")));
}

TEST(RenderAnswer, TheRuleFilesTemplateGoesBefore) {
  Answer answer;
  answer.templates["answer"] = {"About {{task}}", "Hello,\n\n{{text}}\n\nYours, {{person}}\n{{note}}\n"};
  const auto mail = answer.render();
  ASSERT_TRUE(mail) << mail.error().message;
  EXPECT_EQ(mail->subject, "Re: [T-12] About T-12");
  EXPECT_THAT(read_message(mail->text).text, HasSubstr("Yours, Anna Müller"));
}

TEST(RenderAnswer, SaysWhyItCanNot) {
  EXPECT_EQ(Answer().render(false).error().code, Errc::invalid_input);
  Answer to_nobody;
  to_nobody.send.recipient = mail_contact("kim");
  EXPECT_EQ(to_nobody.render().error().code, Errc::invalid_input);
  Answer unknown;
  unknown.send.template_name = "none";
  EXPECT_EQ(unknown.render().error().code, Errc::invalid_input);
  Answer from_nobody;
  from_nobody.send.sender = mail_contact("x y");
  EXPECT_EQ(from_nobody.render().error().code, Errc::invalid_input);
}

TEST(RenderAnswer, WithoutAnAddressThatWasWrittenToItGoesAsAllDoes) {
  Answer answer;
  answer.send.sender = {};
  answer.settings.from_address = "office@school.example";
  const auto mail = answer.render();
  ASSERT_TRUE(mail) << mail.error().message;
  EXPECT_EQ(mail->sender, "office@school.example");
  EXPECT_EQ(read_message(mail->text).as_mail().reply_to.front().address, "orgo@school.example");
}

/// Whatever ids the customer's mail has or lacks, the thread fields of the answer are well-formed (RFC 5322, 3.6.4).
TEST(RenderAnswer, OddIdsMakeNoOddFields) {
  const std::vector<std::string> mails{
      "Subject: no id\r\n",
      "Message-ID:\r\nSubject: empty\r\n",
      "Message-ID: no brackets at all\r\n",
      "Message-ID: <a b@c.example>\r\n",
      "Message-ID: <one@c.example> <two@c.example>\r\n",
      "Message-ID: <one@c.example>\r\nMessage-ID: <two@c.example>\r\n",
      "Message-ID: <<double@c.example>>\r\n",
      "Message-ID: <open@c.example\r\nReferences: <r1@c.example\r\n",
      "Message-ID: <\xC3\xBCml@c.example>\r\n",
      "Message-ID: <" + std::string(400, 'x') + "@c.example>\r\n",
      "Message-ID: <x\x01y@c.example>\r\n",
      "Message-ID: <no-domain>\r\nIn-Reply-To: <in@c.example> (of Monday)\r\n",
      "Message-ID: <self@c.example>\r\nReferences: <self@c.example> <self@c.example>\r\n",
      "Message-ID: <good@c.example>\r\nReferences: , ; <r1@c.example>,<r2@c.example> word\r\n",
  };
  for (const auto& head : mails) {
    SCOPED_TRACE(head);
    Answer answer;
    answer.asked = read_message("From: kim@client.example\r\n" + head + "\r\nHi\r\n");
    const auto text = answer.render().value().text;
    const auto got = read_message(text);
    for (const auto* name : {"Message-ID", "In-Reply-To", "References"}) {
      std::vector<std::string> fields;
      const std::string begin = "\r\n" + std::string(name) + ":";
      const auto end_of_head = text.find("\r\n\r\n");
      for (auto at = text.find(begin); at < end_of_head; at = text.find(begin, at + 1)) {
        auto end = text.find("\r\n", at + 2);
        while (text[end + 2] == ' ') end = text.find("\r\n", end + 2);
        fields.push_back(text.substr(at + begin.size(), end - at - begin.size()));
      }
      EXPECT_LE(fields.size(), 1U) << name;
      for (const auto& value : fields) EXPECT_THAT(value, testing::MatchesRegex("( <[!-;=?-~]+>(\r\n)?)+")) << name;
      EXPECT_TRUE(fields.size() == 1 || std::string_view(name) != "Message-ID");
    }
    auto sorted = got.references;
    std::ranges::sort(sorted);
    EXPECT_EQ(std::ranges::adjacent_find(sorted), sorted.end()) << "no id stands twice";
  }
  Answer answer;
  answer.asked = read_message(mails[12] + "\r\nHi\r\n");
  EXPECT_THAT(answer.render().value().text, HasSubstr("In-Reply-To: <self@c.example>\r\n"));
}

TEST(RenderAnswer, AColleaguesLinksKeepTheirAddresses) {
  Answer answer;
  answer.in_orgo = false;
  answer.hear(
      "From: Ben <ben@school.example>\r\nContent-Type: text/html\r\n\r\n"
      "<p>Book <a href=\"https://book.example/r\">here</a>.</p>\r\n");
  EXPECT_THAT(answer.render().value().text, HasSubstr("Book here <https://book.example/r>."));
}

}  // namespace
}  // namespace orgo
