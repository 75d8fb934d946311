#include <gtest/gtest.h>

#include "core/mail/findings/find_bounce.h"
#include "tests/support/finding_fixture.h"

namespace orgo {
namespace {

Message with_report(Message made, MachineReport report) {
  made.make_mail().report = std::move(report);
  return made;
}

TEST(FindBounce, KnowsReportsByTheirForm) {
  for (const char* type :
       {"multipart/report; report-type=delivery-status; boundary=\"x\"",
        "Multipart/Report; boundary=x; Report-Type=\"delivery-status\"",
        "multipart/report; report-type = global-delivery-status", "multipart/report; report-type=feedback-report"})
    EXPECT_TRUE(find_bounce(envelope("x@example.org"), mail("robot@example.org", "Hello", {{"Content-Type", type}})))
        << type;
  for (const char* type :
       {"multipart/report; report-type=disposition-notification", "multipart/mixed; x=delivery-status",
        "multipart/report; boundary=delivery-status", "text/plain"})
    EXPECT_FALSE(find_bounce(envelope("x@example.org"), mail("robot@example.org", "Hello", {{"Content-Type", type}})))
        << type;
}

TEST(FindBounce, BelievesWordsOnlyBySignature) {
  EXPECT_TRUE(find_bounce(envelope("x@example.org"), mail("MAILER-DAEMON@mx.example.org", "hello")));
  const auto refused = [](std::string from, std::string subject) {
    auto made = mail(std::move(from), std::move(subject));
    made.text = "<bob@example.org>: host mx.example.org said: 550 5.1.1 unknown user\n";
    return made;
  };
  EXPECT_TRUE(find_bounce(envelope("x@example.org"), refused("Postmaster@example.org", "Undeliverable: Water leak")));
  EXPECT_TRUE(find_bounce(envelope(""), refused("system@example.org", "failure notice")));
  EXPECT_TRUE(find_bounce(envelope(""), refused("system@example.org", "Ваше сообщение НЕ ДОСТАВЛЕНО")));
  EXPECT_FALSE(find_bounce(envelope("system@example.org"), refused("system@example.org", "failure notice")));
  auto robot = mail("no-reply@mail.example.org", "Notice");
  robot.text = "It could not be delivered to: <bob@example.org>\n";
  EXPECT_FALSE(find_bounce(envelope("x@example.org"), robot)) << "a parcel, perhaps";
  robot.attachments.push_back({"mail.eml", "message/rfc822", 10, "", false, ""});
  EXPECT_TRUE(find_bounce(envelope("x@example.org"), robot));
}

TEST(FindBounce, TheNullSenderAndWordsNeedWhatAReportHas) {
  for (const char* text :
       {"The letter to the following address was not delivered: Main Street 5. The parcel could not be delivered "
        "either.",
        "Name: Anna\nE-Mail: anna@example.org\nMessage: my parcel was not delivered", "User unknown, says the door.",
        "The scan from the copier on floor 4 was not delivered to the folder. Code 17.",
        "Mailbox full: the letter box of 550 Main Street.\nMy address is anna@example.org",
        "Permanent error in version 2.1.1", "Returned mail is in the basket",
        "Delivery failed: 12 chairs, room 5.12, call Anna"}) {
    auto form = mail("www-data@web.example.org", "New message from the contact form");
    form.text = text;
    EXPECT_FALSE(find_bounce(envelope(""), form)) << text;
    form.subject = "Delivery failed";
    EXPECT_FALSE(find_bounce(envelope(""), form)) << text;
  }
  for (const char* text :
       {"Your message could not be delivered.\n<bob@example.org>: 5.1.1 no such user",
        "could not be delivered to bob@example.org (#4.4.7)", "was not delivered\n550 bob@example.org: no",
        "Your message was not delivered to bob@example.org; the answer was: 554 refused",
        "could not be delivered.\n--- returned\nReceived: from x\nFrom: desk@organization.com",
        "could not be delivered.\n\n> From: desk@organization.com\n> To: bob@example.org\n> Subject: x"}) {
    auto report = mail("system@example.org", "Re: hello");
    report.text = text;
    EXPECT_TRUE(find_bounce(envelope(""), report)) << text;
  }
  for (const char* type : {"message/rfc822", "text/rfc822-headers", "message/delivery-status"}) {
    auto report = mail("system@example.org", "Undelivered: hello");
    report.attachments.push_back({"x", type, 10, "", false, ""});
    EXPECT_TRUE(find_bounce(envelope(""), report)) << type;
  }
}

TEST(FindBounce, AStatusWithoutItsMultipartIsOneOfAMachine) {
  const MachineReport loose{MachineReport::Kind::delivery_status, false, ""};
  EXPECT_TRUE(find_bounce(envelope("gw@example.org"), with_report(mail("gw@example.org", "Undeliverable: x"), loose)));
  EXPECT_TRUE(find_bounce(envelope("gw@example.org"), with_report(mail("gw@example.org", "x", kGenerated), loose)));
  EXPECT_TRUE(find_bounce(envelope(""), with_report(mail("gw@example.org", "x"), loose)));
  for (const char* subject : {"WG: Unzustellbar: x", "Fwd: Undeliverable: x", "TR: Non remis : x", "what is this?"})
    EXPECT_FALSE(find_bounce(envelope(), with_report(mail("anna@example.org", subject), loose))) << subject;
}

TEST(FindBounce, ServersOfManyLanguages) {
  struct Case {
    const char *subject, *text;
  };
  for (const auto& one : std::vector<Case>{
           {"系统退信", "您发送的邮件被退回。\n收件人 bob@dest.example 不存在。\nhost mx said: 550 Mailbox not found"},
           {"退信通知", "bob@dest.example\n550 5.1.1 user unknown"},
           {"邮件投递失败", "<bob@dest.example>: 550 no such user"},
           {"来自 firm.example 的退件", "bob@dest.example (5.1.1)"},
           {"傳遞失敗通知: 你好", "bob@dest.example\n550 5.1.1 RESOLVER.ADR.RecipNotFound"},
           {"郵件退回", "bob@dest.example 5.2.2"},
           {"无法送达: hello", "bob@dest.example 5.4.1"},
           {"配信不能: x", "次の受信者またはグループへの配信に失敗しました:\nbob@dest.example\n550 5.1.10 x"},
           {"メールを配信できませんでした", "bob@dest.example\n5.1.1"},
           {"配信エラー", "bob@dest.example: 550 user unknown"},
           {"反馈", "您的邮件无法送达 bob@dest.example\n550 5.1.1"},
           {"お知らせ", "次のアドレスに送信できませんでした: bob@dest.example\n550 5.1.1"},
           {"배달되지 않음: 안녕", "bob@dest.example\n550 5.1.1"},
           {"메일 반송", "bob@dest.example 5.1.1"},
           {"Teslim edilemedi: x", "bob@dest.example 5.1.1"},
           {"Niedostarczalne: x", "bob@dest.example 5.1.1"},
           {"Nedoručitelné: x", "bob@dest.example 5.1.1"},
           {"Kézbesíthetetlen: x", "bob@dest.example 5.1.1"},
           {"Kan ikke leveres: x", "bob@dest.example 5.1.1"}}) {
    for (const auto& [sender, from] : {std::pair{"", "PostMaster@qq.example"}, std::pair{"", "system@dest.example"},
                                       std::pair{"x@dest.example", "postmaster@dest.example"}}) {
      auto report = mail(from, one.subject);
      report.text = one.text;
      EXPECT_TRUE(find_bounce(envelope(sender), report)) << one.subject << " from " << from;
    }
    // The same by a person, who asks what it means, and a notice of a machine without a code.
    auto asked = mail("anna@dest.example", one.subject);
    asked.text = one.text;
    EXPECT_FALSE(find_bounce(envelope("anna@dest.example"), asked)) << one.subject;
    auto notice = mail("shop@dest.example", one.subject);
    notice.text = "包裹 / 荷物 for anna@customer.example, room 550";
    EXPECT_FALSE(find_bounce(envelope(""), notice)) << one.subject;
  }
}

TEST(FindBounce, PeopleAreNoBounces) {
  EXPECT_FALSE(find_bounce(envelope(), ordinary()));
  EXPECT_FALSE(find_bounce(envelope(), mail("anna@example.org", "Fwd: Undelivered Mail Returned to Sender")));
  EXPECT_FALSE(find_bounce(envelope(), mail("postmaster@example.org", "Our new mail server")));
  EXPECT_FALSE(find_bounce(envelope(""), mail("anna@example.org", "Water leak in room 102")));
  auto forwarded = mail("anna@example.org", "what is this?");
  forwarded.attachments.push_back({"report.txt", "message/delivery-status", 10, "", false, ""});
  EXPECT_FALSE(find_bounce(envelope(), forwarded));
}

TEST(FindBounce, AnUnknownSenderIsNotTheNullSender) {
  auto imported = envelope("");
  imported.channel = Channel::import_;
  auto notice = mail("system@example.org", "failure notice");
  notice.text = "550 5.1.1 bob@example.org: unknown user";
  EXPECT_FALSE(find_bounce(imported, notice));
  notice.make_mail().headers = {{"Return-Path", "<>"}};
  EXPECT_TRUE(find_bounce(imported, notice));
}

TEST(FindBounce, APostmasterWhoAsksIsAPerson) {
  struct Case {
    const char *subject, *text;
  };
  for (const auto& one : std::vector<Case>{
           {"Delivery Status Notification",
            "Hi, can you tell me about my delivery? Order failed. mail me at anna@customer.example"},
           {"Mail delivery failed: question", "My mails to anna@customer.example fail. What shall I do?"},
           {"Contact form: failure notice",
            "Email: anna@customer.example\nMessage: I got a failure notice. 550 persons affected."},
           {"Nicht zustellbar", "Brief an Anna nicht zustellbar. Rueckfrage an anna@kunde.example, Tel 5511 20"},
           {"Returned mail", "We returned the goods. Invoice 550-5.1 open; anna@customer.example"},
           {"Undeliverable", "The parcel for anna@customer.example came back to us."},
           {"Delivery failed", "Please call me: anna@customer.example, room 550"},
           {"Undelivered mail", "Where are the letters for bob@customer.example?"},
           {"Unzustellbar", "Was heisst das? Ich wollte an anna@kunde.example schreiben."},
           {"Failure notice", "The heating failed again. Write to anna@customer.example"}})
    for (const char* sender : {"", "postmaster@firm.example"}) {
      auto made = mail("postmaster@firm.example", one.subject);
      made.text = one.text;
      EXPECT_FALSE(find_bounce(envelope(sender), made)) << one.subject;
    }
  for (const char* text : {"bob@dest.example\n550 5.1.1 RESOLVER.ADR.RecipNotFound",
                           "<bob@dest.example>: user unknown (5.1.1)", "550 <bob@dest.example>: Recipient rejected"})
    for (const char* from :
         {"postmaster@firm.example", "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@firm.example"}) {
      auto made = mail(from, "Undeliverable: hello");
      made.text = text;
      EXPECT_TRUE(find_bounce(envelope("x@firm.example"), made)) << from << text;
    }
}

TEST(FindBounce, AStatusInAMailOfAnOrdinarySenderNeedsTheSubjectOfAReport) {
  for (const char* subject : {"Warning: could not send message for past 4 hours", "Delivery delayed: hello",
                              "Delayed Mail", "Verzögert: hello", "Undeliverable: hello", "Message delayed (hello)"})
    EXPECT_TRUE(find_bounce(envelope("gw@mx.example"), with_report(mail("gw@mx.example", subject),
                                                                   {MachineReport::Kind::delivery_status, false, ""})))
        << subject;
  for (const char* subject : {"What is this?", "Fwd: Delivery delayed", "hello"})
    EXPECT_FALSE(
        find_bounce(envelope("anna@mx.example"),
                    with_report(mail("anna@mx.example", subject), {MachineReport::Kind::delivery_status, false, ""})))
        << subject;
}

}  // namespace
}  // namespace orgo
