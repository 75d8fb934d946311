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
                           "shop.noreply@site.example",    "no.reply.2@site.example",
                           "inte-svara@site.example",      "nierozpowiadaj@site.example",
                           "nie.odpisuj@site.example",     "no-contestar@site.example",
                           "nonrispondete@site.example",   "ne-repondez-pas@site.example",
                           "besvar-ikke@site.example",     "nicht_beantworten@site.example",
                           "ne.otvechajte@site.example",   "ne-vidpovidaty@site.example",
                           "yanitlama@site.example",       "khong-tra-loi@site.example",
                           "nem-valaszol@site.example",    "henshin-fuka@site.example",
                           "webmaster@site.example",       "fax@site.example",
                           "scanner@site.example",         "scan-to-mail@site.example",
                           "Drucker@site.example",         "voicemail@site.example",
                           "kopierer@site.example",        "monitoring@site.example"})
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

TEST(Requester, OfAnAddressOfManyAReplyToOfAnotherHouse) {
  const auto requester = [&](const char* from, const char* reply_to) {
    auto made = mail(from, "form");
    made.make_mail().reply_to = {{"", reply_to}};
    return requester_address(envelope(), made, {});
  };
  for (const char* from : {"info@site.example", "contact@site.example", "Kontakt@site.example", "hello@site.example",
                           "contatti@site.example", "support@site.example"}) {
    EXPECT_EQ(requester(from, "carla@p.example"), "carla@p.example") << from;
    EXPECT_EQ(requester(from, "anna@site.example"), from) << "one of that house answers for it";
    EXPECT_EQ(requester(from, "anna@mail.site.example"), from);
    EXPECT_EQ(requester(from, "noreply@p.example"), from);
    EXPECT_EQ(requester(from, "maintenance@organization.com"), from) << "that is us";
  }
  EXPECT_EQ(requester("anna@site.example", "carla@p.example"), "anna@site.example") << "a person";
}

TEST(Requester, IsNoNameWithoutAnAddress) {
  for (const char* name : {"Ann", "MAILER", "Ann Kim", "undisclosed", "=?utf-8?Q?Ann?="}) {
    auto made = mail(name, "form");
    EXPECT_EQ(requester_address(envelope("kim@client.example"), made, {}), "kim@client.example") << name;
    EXPECT_EQ(requester_address(envelope(""), made, {}), name) << "nobody else is known";
    made.make_mail().reply_to = {{"", "carla@p.example"}};
    EXPECT_EQ(requester_address(envelope("kim@client.example"), made, {}), "carla@p.example") << name;
  }
}

TEST(Requester, IsWhoWroteToAListAndNotTheList) {
  const std::vector<std::string> own{"@school.example"};
  const auto requester = [&](Address from, std::vector<Address> reply_to, std::vector<HeaderField> headers) {
    auto made = mail(from.address, "leak", std::move(headers));
    made.from = std::move(from);
    made.make_mail().reply_to = std::move(reply_to);
    return requester_address(envelope(), made, own);
  };
  const Address kim{"Kim", "kim@client.example"}, group{"Kim via Group", "group@lists.example"};
  const HeaderField id{"List-Id", "<group.lists.example>"}, post{"List-Post", "<mailto:group@lists.example>"},
      author{"X-Original-From", "Kim <kim@client.example>"}, sender{"X-Original-Sender", "kim@client.example"};
  EXPECT_EQ(requester(group, {kim}, {id, post, author}), "kim@client.example");
  EXPECT_EQ(requester(group, {kim}, {id, post}), "kim@client.example") << "Mailman";
  EXPECT_EQ(requester(group, {}, {author}), "kim@client.example");
  EXPECT_EQ(requester(group, {}, {id, post, sender}), "kim@client.example") << "Google Groups";
  EXPECT_EQ(requester(group, {{"", "group@lists.example"}}, {id, post, sender}), "kim@client.example")
      << "Reply-To is the list";
  EXPECT_EQ(requester({"Kim", "group@lists.example"}, {kim}, {post}), "kim@client.example")
      << "the list by its address";
  EXPECT_EQ(requester({"'Kim' via Desk", "desk@school.example"}, {}, {author}), "kim@client.example");
  EXPECT_EQ(requester({"'Kim' via Desk", "desk@school.example"}, {}, {sender}), "kim@client.example");
  // Nobody but the list is known, or From is who wrote.
  EXPECT_EQ(requester(group, {}, {id, post}), "group@lists.example");
  EXPECT_EQ(requester(kim, {{"", "group@lists.example"}}, {id, post, author}), "kim@client.example");
  EXPECT_EQ(requester({"Kim via Group", "kim@client.example"}, {{"", "ann@p.example"}}, {}), "kim@client.example");
  EXPECT_EQ(requester({"Kim", "kim@client.example"}, {}, {{"X-Original-From", "thief@evil.example"}}),
            "kim@client.example");
}

}  // namespace
}  // namespace orgo
