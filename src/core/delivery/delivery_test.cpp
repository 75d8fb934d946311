#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "core/delivery/compose.h"
#include "core/delivery/loop_limits.h"
#include "core/delivery/render.h"
#include "core/delivery/retry.h"
#include "core/mail/findings/find_follow_up.h"
#include "core/mail/findings/find_own_loop.h"
#include "core/template/builtin_templates.h"
#include "core/template/render_template.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'795'310'555'120}};

struct Letter {
  Task task{.tenant = kTenant, .number = TaskNumber{12}};
  Message message;
  Send send;
  std::map<std::string, MailTemplate> templates;
  RenderSettings settings;

  Letter() {
    task.title = "Water leak in room 102";
    task.requester = mail_contact("anna@example.org");
    task.team = "maintenance@organization.com";
    task.created_at = kNow;
    message.message_id = "a@example.org";
    message.references = {"root@example.org"};
    message.subject = "Water leak in room 102";
    message.from = Address{"Anna", "anna@example.org"};
    message.text = "Please come.\n";
    send.recipient = mail_contact("maintenance@organization.com");
    send.template_name = "task_opened";
    send.subject = task.number;
    settings.domain = "orgo.organization.com";
  }
  Result<RenderedMail> render() const {
    return render_mail({.tenant = kTenant,
                        .id = SendId{5},
                        .send = send,
                        .task = &task,
                        .message = &message,
                        .templates = &templates,
                        .at = kNow},
                       settings);
  }
};

/// The fields as any receiver splits them: unfolded, in order, up to the empty line.
std::vector<std::pair<std::string, std::string>> fields_of(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (!text.empty() && !text.starts_with("\r\n")) {
    const auto end = text.find("\r\n");
    const auto line = text.substr(0, end);
    if (line.starts_with(' ')) fields.back().second += line;
    else
      fields.emplace_back(line.substr(0, line.find(':')), trim(line.substr(std::min(line.find(':') + 1, line.size()))));
    text.remove_prefix(end + 2);
  }
  return fields;
}
std::string field(const std::string& text, std::string_view name) {
  for (const auto& [known, value] : fields_of(text))
    if (known == name) return value;
  return "(none)";
}

TEST(RenderMail, ANotification) {
  const auto mail = Letter().render();
  ASSERT_TRUE(mail) << mail.error().message;
  const auto id = own_message_id(kTenant, SendId{5}, TaskNumber{12}, "orgo.organization.com");
  EXPECT_EQ(mail->text,
            "From: Orgo <orgo@orgo.organization.com>\r\n"
            "To: <maintenance@organization.com>\r\n"
            "Subject: [T-12] Water leak in room 102\r\n"
            "Date: Sun, 22 Nov 2026 01:22:35 +0000\r\n"
            "Message-ID: <" +
                id +
                ">\r\n"
                "In-Reply-To: <a@example.org>\r\n"
                "References: <root@example.org>\r\n"
                " <a@example.org>\r\n"
                "Auto-Submitted: auto-generated\r\n"
                "X-Auto-Response-Suppress: All\r\n"
                "X-Orgo-Loop: orgo.organization.com\r\n"
                "X-Orgo-Hop: 1\r\n"
                "X-Orgo-ID: <" +
                id +
                ">\r\n"
                "MIME-Version: 1.0\r\n"
                "Content-Type: text/plain; charset=us-ascii\r\n"
                "Content-Transfer-Encoding: 7bit\r\n"
                "\r\n"
                "T-12: Water leak in room 102\r\n"
                "\r\n"
                "From: anna@example.org\r\n"
                "For: maintenance@organization.com\r\n"
                "Priority: normal\r\n"
                "\r\n"
                "Please come.\r\n"
                "\r\n");
  EXPECT_EQ(mail->sender, "orgo@orgo.organization.com");
  EXPECT_EQ(mail->message_id, id);
}

TEST(RenderMail, TheSameSendIsTheSameMail) {
  EXPECT_EQ(Letter().render()->text, Letter().render()->text);
}

TEST(RenderMail, AnAnswerHasTheNullSenderAndIsMarkedAsAnswer) {
  Letter letter;
  letter.send.kind = SendKind::reply;
  letter.send.template_name = "reply_received";
  letter.send.recipient = mail_contact("anna@example.org");
  const auto mail = letter.render();
  EXPECT_EQ(mail->sender, "");
  EXPECT_EQ(field(mail->text, "Auto-Submitted"), "auto-replied");
  EXPECT_EQ(field(mail->text, kLoopField), "orgo.organization.com") << "by it an answer that comes back is known";
  EXPECT_EQ(field(mail->text, kIdField), "<" + mail->message_id + ">");
  EXPECT_EQ(field(mail->text, "Subject"), "Re: [T-12] Water leak in room 102");
}

TEST(RenderMail, TheRuleFileGoesBeforeTheBuiltIn) {
  Letter letter;
  letter.templates["task_opened"] = {"{{task}} for {{team}} [{{task}}]",
                                     "Hello {{ requester }}, {{nonsense}}\nDue: {{due}}\n"};
  const auto mail = letter.render();
  EXPECT_EQ(mail->subject, "T-12 for maintenance@organization.com [T-12]");
  EXPECT_TRUE(mail->text.ends_with("\r\n\r\nHello anna@example.org, {{nonsense}}\r\n")) << mail->text;
  letter.send.template_name = "unknown";
  EXPECT_EQ(letter.render().error().message, "there is no template 'unknown'");
  letter.send.recipient = mail_contact("nobody");
  EXPECT_EQ(letter.render().error().message, "'nobody' is no mail address");
}

TEST(RenderMail, WithoutTaskOrMessageItStillGoesOut) {
  Letter letter;
  const auto mail = render_mail({.tenant = kTenant, .id = SendId{5}, .send = letter.send, .at = kNow}, letter.settings);
  ASSERT_TRUE(mail);
  EXPECT_EQ(field(mail->text, "In-Reply-To"), "(none)");
}

TEST(RenderMail, ForeignMarkersDoNotComeBeforeOurs) {
  Letter letter;
  letter.task.title = "[T-99] Their task";
  EXPECT_EQ(task_marker(letter.render()->subject), TaskNumber{12});
}

TEST(RenderMail, UmlautsAreEncodedWordsAndQuotedPrintable) {
  Letter letter;
  letter.task.title = "Wasser läuft über, bitte kommen Sie schnell in den Raum 102 im Obergeschoß";
  const auto mail = letter.render();
  for (const auto line : split(mail->text, '\n')) EXPECT_LE(line.size(), 79U) << line;
  EXPECT_TRUE(field(mail->text, "Subject").starts_with("=?UTF-8?B?"));
  EXPECT_EQ(field(mail->text, "Content-Transfer-Encoding"), "quoted-printable");
  EXPECT_NE(mail->text.find("Wasser l=C3=A4uft =C3=BCber"), std::string::npos);
  letter.task.title = "कक्षा में पानी";
  letter.message.text = "कृपया तुरंत आइए, कक्षा 102 में पानी भर गया है।";
  EXPECT_EQ(field(letter.render()->text, "Content-Transfer-Encoding"), "base64");
}

TEST(RenderMail, WhatComesBackIsKnownAsOurs) {
  const auto mail = Letter().render();
  Message back;
  for (const auto& [name, value] : fields_of(mail->text)) back.make_mail().headers.push_back({name, value});
  EXPECT_TRUE(find_own_loop(back, {kTenant, "orgo.organization.com", ""}));
}

/// Bytes as an attacker would choose them: line ends, folds, brackets and words of a header among anything.
class Attacker {
 public:
  explicit Attacker(unsigned seed) : random_(seed) {}
  std::string value() {
    static const std::vector<std::string> pieces{"\r\n",
                                                 "\n",
                                                 "\r",
                                                 std::string(1, '\0'),
                                                 "\r\nBcc: evil@example.org",
                                                 "\r\n\r\n",
                                                 "\n\n",
                                                 " ",
                                                 ",",
                                                 "<",
                                                 ">",
                                                 "\"",
                                                 "=?UTF-8?B?DQpCY2M6?=",
                                                 "\xE2\x80\xA8",
                                                 "\xC2\x85",
                                                 "\xFF",
                                                 ":",
                                                 "\x0B",
                                                 "\x0C",
                                                 "{{task}}",
                                                 "{{text}}",
                                                 "ä",
                                                 "पानी",
                                                 "@",
                                                 "\\",
                                                 std::string(1200, 'x'),
                                                 " word",
                                                 "\x7F",
                                                 "\t"};
    std::string all;
    for (auto count = random_() % 12; count > 0; --count) {
      if (random_() % 4 == 0) all += static_cast<char>(random_() % 256);
      else all += pieces[random_() % pieces.size()];
    }
    return all;
  }

 private:
  std::mt19937 random_;
};

TEST(RenderMail, NoValueCanAddAHeaderOrEndOne) {
  const std::set<std::string> ours{"From",
                                   "To",
                                   "Subject",
                                   "Date",
                                   "Message-ID",
                                   "In-Reply-To",
                                   "References",
                                   "Auto-Submitted",
                                   "X-Auto-Response-Suppress",
                                   "X-Orgo-Loop",
                                   "X-Orgo-Hop",
                                   "X-Orgo-ID",
                                   "MIME-Version",
                                   "Content-Type",
                                   "Content-Transfer-Encoding"};
  for (unsigned seed = 0; seed < 1000; ++seed) {  // ten values each: 10,000
    SCOPED_TRACE("seed " + std::to_string(seed));
    Attacker attacker(seed);
    Letter letter;
    letter.task.title = attacker.value();
    letter.message.subject = attacker.value();
    letter.message.message_id = attacker.value();
    letter.message.references = {attacker.value()};
    letter.message.from = Address{attacker.value(), attacker.value()};
    letter.message.text = attacker.value();
    letter.send.note = attacker.value();
    letter.settings.from_name = attacker.value();
    letter.templates["task_opened"] = {attacker.value() + "{{subject}}",
                                       attacker.value() + "{{from}} {{text}} {{note}}"};
    const auto mail = letter.render();
    ASSERT_TRUE(mail) << mail.error().message;
    const auto end = mail->text.find("\r\n\r\n");
    ASSERT_NE(end, std::string::npos);
    std::set<std::string> seen;
    for (const auto& [name, value] : fields_of(std::string_view(mail->text).substr(0, end + 2))) {
      ASSERT_TRUE(ours.contains(name)) << name << "\n" << mail->text;
      ASSERT_TRUE(seen.insert(name).second) << name << " stands twice";
    }
    for (const char* name : {"From", "To", "Subject", "Message-ID", "X-Orgo-Loop"})
      ASSERT_TRUE(seen.contains(name)) << name;
    for (std::size_t i = 0; i < mail->text.size(); ++i) {
      const auto c = static_cast<unsigned char>(mail->text[i]);
      ASSERT_TRUE(c == '\r' || c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7F)) << static_cast<int>(c);
      ASSERT_TRUE(c != '\r' || (i + 1 < mail->text.size() && mail->text[i + 1] == '\n'));
      ASSERT_TRUE(c != '\n' || (i > 0 && mail->text[i - 1] == '\r'));
    }
    for (const auto line : split(mail->text, '\n')) ASSERT_LE(line.size(), 999U);
  }
}

TEST(Compose, EncodedWordsHoldWholeCharactersAndShortLines) {
  std::string out;
  std::string value;
  for (int i = 0; i < 100; ++i) value += "ä水💧";
  compose::append_field(out, "Subject", value);
  for (const auto line : split(out, '\n')) EXPECT_LE(line.size(), 79U) << line;
  EXPECT_EQ(compose::base64("fo"), "Zm8=");
  EXPECT_EQ(compose::base64("foo"), "Zm9v");
  EXPECT_EQ(compose::base64("f"), "Zg==");
  EXPECT_EQ(compose::clean_text("a\r\nb\xFF"
                                "c"),
            "a  b\xEF\xBF\xBD"
            "c");
}

TEST(Compose, LongPlainLinesAreFoldedAtSpaces) {
  std::string out;
  std::string value;
  for (int i = 0; i < 60; ++i) value += (i == 0 ? "word" : " word") + std::to_string(i);
  compose::append_field(out, "Subject", value);
  for (const auto line : split(out, '\n')) EXPECT_LE(line.size(), 79U);
  EXPECT_EQ(fields_of(out).at(0).second, value);
}

TEST(Compose, QuotedPrintableKeepsSpacesAtLineEnds) {
  std::string out;
  compose::append_text_body(out, "a=b \nnext ä\t\n" + std::string(200, 'x'));
  EXPECT_NE(out.find("a=3Db=20\r\n"), std::string::npos) << out;
  EXPECT_NE(out.find("=C3=A4=09\r\n"), std::string::npos) << out;
  for (const auto line : split(out, '\n')) EXPECT_LE(line.size(), 77U);
}

TEST(Webhook, SaysWhatHappenedAsJson) {
  Letter letter;
  letter.send.kind = SendKind::webhook;
  letter.send.recipient = webhook_contact("https://hooks.example.org/x");
  letter.send.message = MessageId{7};
  const RenderInput input{.tenant = kTenant,
                          .id = SendId{5},
                          .send = letter.send,
                          .task = &letter.task,
                          .message = &letter.message,
                          .at = kNow};
  const auto hook = render_webhook(input, letter.settings);
  ASSERT_TRUE(hook);
  EXPECT_EQ(hook->id, "s5");
  const auto body = parse_json(hook->body);
  ASSERT_TRUE(body) << hook->body;
  EXPECT_EQ(body->at("task").at("number").as_string(), "T-12");
  EXPECT_EQ(body->at("message").at("id").as_string(), "m7");
  RenderInput other = input;
  other.tenant = kOtherTenant;
  EXPECT_EQ(render_webhook(other, letter.settings)->id, "n2-s5") << "one receiver may serve both, and drops doubles";
  letter.send.recipient = webhook_contact("ftp://x");
  EXPECT_FALSE(render_webhook(input, letter.settings));
}

TEST(Retry, WaitsGrowToTheCeiling) {
  const RetryPolicy policy;
  EXPECT_EQ(retry_wait(policy, 1, 0.5), Millis{30'000});
  EXPECT_EQ(retry_wait(policy, 2, 0.5), Millis{60'000});
  EXPECT_EQ(retry_wait(policy, 100, 0.5), Millis{3'600'000});
  EXPECT_EQ(retry_wait(policy, 2'000'000'000, 0.5), Millis{3'600'000});
  EXPECT_EQ(retry_wait(policy, 1, 0.0), Millis{24'000});
  EXPECT_EQ(retry_wait(policy, 1, 1.0), Millis{36'000});
}

RC_GTEST_PROP(Retry, NeverAtOnceAndNeverPastTheCeiling, ()) {
  const auto attempts = *rc::gen::arbitrary<int>();
  const auto random = *rc::gen::inRange(0, 1001) / 1000.0;
  const auto policy = retry_policy(*rc::gen::elementOf(kMostUrgentFirst));
  const auto wait = retry_wait(policy, attempts, random);
  RC_ASSERT(wait >= policy.first * 8 / 10);
  RC_ASSERT(wait <= policy.most * 12 / 10);
}

TEST(Retry, EndsByAttemptsAndByAge) {
  const RetryPolicy policy;
  const auto kind = [&](AttemptResult result, int attempts, Millis age) {
    return decide_retry(policy, result, attempts, kNow - age, kNow, 0.5).kind;
  };
  using Kind = SendOutcome::Kind;
  EXPECT_EQ(kind(AttemptResult::delivered, 999, Millis{0}), Kind::delivered);
  EXPECT_EQ(kind(AttemptResult::permanent, 1, Millis{0}), Kind::failed);
  EXPECT_EQ(kind(AttemptResult::temporary, 149, Millis{0}), Kind::deferred);
  EXPECT_EQ(kind(AttemptResult::temporary, 150, Millis{0}), Kind::failed);
  EXPECT_EQ(kind(AttemptResult::unknown, 1, policy.age_max - Millis{1}), Kind::deferred);
  EXPECT_EQ(kind(AttemptResult::unknown, 1, policy.age_max), Kind::failed);
  EXPECT_EQ(decide_retry(policy, AttemptResult::temporary, 1, kNow, kNow, 0.5).next_attempt, kNow + Millis{30'000});
}

TEST(LoopLimits, AtAndPastEachTier) {
  for (std::size_t tier = 0; tier < kLoopLimits.size(); ++tier) {
    std::vector<LoopCount> counts(kLoopLimits.size());
    counts[tier].of_task = kLoopLimits[tier].mails;
    counts[tier].in_all = kLoopLimits[tier].mails * kLoopTotalFactor;
    EXPECT_EQ(check_loop_limits(counts).verdict, LoopVerdict::go);
    ++counts[tier].in_all;
    EXPECT_EQ(check_loop_limits(counts).verdict, LoopVerdict::defer);
    EXPECT_EQ(check_loop_limits(counts, 0).verdict, LoopVerdict::go);
    ++counts[tier].of_task;
    EXPECT_EQ(check_loop_limits(counts).verdict, LoopVerdict::refuse);
  }
  EXPECT_EQ(check_loop_limits(std::array{LoopCount{.of_task = 11}}).detail,
            "more than 10 mails about this task to one recipient within 10 minutes");
  EXPECT_EQ(check_loop_limits({}).verdict, LoopVerdict::go);
}

RC_GTEST_PROP(LoopLimits, TheShortCutNeverPassesWhatTheTiersRefuse, ()) {
  // Counts grow with the window, as those of a real log do.
  std::vector<LoopCount> counts;
  LoopCount sum;
  for (std::size_t i = 0; i < kLoopLimits.size(); ++i) {
    sum.of_task += *rc::gen::inRange(0, 20);
    sum.in_all += *rc::gen::inRange(0, 1500);
    counts.push_back(sum);
  }
  if (surely_within_limits(counts.back().of_task)) RC_ASSERT(check_loop_limits(counts, 0).verdict == LoopVerdict::go);
}

}  // namespace
}  // namespace orgo
