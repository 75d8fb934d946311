#include <gtest/gtest.h>

#include "core/mail/findings/answer_allowed.h"
#include "tests/support/finding_fixture.h"

namespace orgo {
namespace {

TEST(Requester, IsNoAddressThatAsksForNoAnswerInAnyLanguage) {
  const std::vector<std::string> own{"desk@house.example"};
  const Address carla{"Carla", "carla@p.example"}, desk{"", "desk@house.example"};
  const auto requester = [&](const char* from, std::vector<Address> reply_to) {
    auto made = mail(from, "form");
    made.make_mail().reply_to = std::move(reply_to);
    return requester_address(envelope(), made, own);
  };
  for (const char* form : {"nicht-antworten@site.example", "bitte.nicht.antworten@site.example",
                           "keineantwort@site.example",    "keine-antwort@site.example",
                           "noresponder@site.example",     "no-responder@site.example",
                           "no_responder@site.example",    "nao-responda@site.example",
                           "naoresponda@site.example",     "geen-antwoord@site.example",
                           "ne-pas-repondre@site.example", "nepasrepondre@site.example",
                           "non-rispondere@site.example",  "svara-inte@site.example",
                           "ikke-svar@site.example",       "nie-odpowiadaj@site.example",
                           "neodpovidat@site.example",     "DoNotReply@site.example",
                           "dont-reply@site.example",      "noreply-forms@site.example",
                           "shop.noreply@site.example",    "no.reply.2@site.example"})
    EXPECT_EQ(requester(form, {carla}), "carla@p.example") << form;
  for (const char* person : {"antonia@site.example", "norma@site.example", "reply@site.example", "antwort@site.example",
                             "responder@site.example", "noor.eply@example.org"})
    EXPECT_EQ(requester(person, {carla}), person);
  for (const char* ours :
       {"desk@house.example", "DESK@House.example", "desk+form@house.example", "desk+a+b@house.example"}) {
    EXPECT_EQ(requester(ours, {carla}), "carla@p.example") << ours;
    EXPECT_EQ(requester(ours, {desk, carla}), "carla@p.example") << ours;
    EXPECT_EQ(requester("noreply@site.example", {{"", ours}, carla}), "carla@p.example") << ours;
    auto made = mail("noreply@site.example", "form");
    made.make_mail().reply_to = {{"", ours}, carla};
    EXPECT_EQ(answer_contact(envelope(), made, own), mail_contact("carla@p.example")) << ours;
  }
  EXPECT_FALSE(is_own_address("desks+form@house.example", own));
  EXPECT_FALSE(is_own_address("+desk@house.example", own));
}

}  // namespace
}  // namespace orgo
