#include <gtest/gtest.h>

#include "core/mail/findings/find_auto_reply.h"
#include "core/mail/findings/find_bounce.h"
#include "tests/support/finding_fixture.h"

namespace orgo {
namespace {

TEST(FindAutoReply, ReportsOfSuccessAlsoStandAmongOtherPartsAndInWords) {
  for (const char* subject : {"Successful Mail Delivery Report", "Relayed: hello", "Delivered: hello",
                              "Expanded: hello", "Zugestellt: hello", "Remis : hello", "Entregado: hello",
                              "Consegnato: hello", "Delivery Status Notification (Success)", "Bezorgd: hello"}) {
    auto made = mail("gw@mx.example", subject);
    made.make_mail().report = {MachineReport::Kind::delivery_status, false, "delivered"};
    EXPECT_TRUE(find_auto_reply(envelope("gw@mx.example"), made)) << subject;
    EXPECT_FALSE(find_bounce(envelope("gw@mx.example"), made)) << subject;
  }
  for (const char* subject : {"What does this mean?", "Fwd: Relayed: hello", "Re: Delivered: hello"}) {
    auto made = mail("anna@mx.example", subject);
    made.make_mail().report = {MachineReport::Kind::delivery_status, false, "delivered"};
    EXPECT_FALSE(find_auto_reply(envelope("anna@mx.example"), made)) << subject;
  }
  struct Case {
    const char *subject, *text;
  };
  for (const auto& one : std::vector<Case>{
           {"Relayed: hello",
            "Delivery to these recipients or groups is complete, but no delivery notification was sent "
            "by the destination server:\n\nbob@dest.example"},
           {"Delivered: hello", "Your message has been delivered to the following recipients:\n\nbob@dest.example"},
           {"Zugestellt: hello", "Ihre Nachricht wurde an folgende Empfänger übermittelt:\n\nbob@dest.example"},
           {"Remis : hello", "Votre message a été remis aux destinataires suivants :\n\nbob@dest.example"},
           {"Entregado: hello", "El mensaje se entregó a los siguientes destinatarios:\nbob@dest.example"},
           {"Consegnato: hello", "Il messaggio è stato recapitato ai destinatari seguenti:\nbob@dest.example"}}) {
    for (const char* from :
         {"MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@firm.example", "postmaster@firm.example"}) {
      auto made = mail(from, one.subject);
      made.text = one.text;
      EXPECT_TRUE(find_auto_reply(envelope(""), made)) << one.subject;
      EXPECT_FALSE(find_bounce(envelope(""), made)) << one.subject;
    }
    auto person = mail("anna@firm.example", one.subject);
    person.text = one.text;
    EXPECT_FALSE(find_auto_reply(envelope("anna@firm.example"), person)) << one.subject;
  }
}

}  // namespace
}  // namespace orgo
