#include "core/processing/urgency.h"

#include <gtest/gtest.h>

#include "tests/support/tenants.h"

namespace orgo {
namespace {

struct Said {
  const char* subject;
  const char* text;
};

class Urgency : public testing::Test {
 protected:
  bool urgent(const Said& said) const {
    Message message;
    message.subject = said.subject;
    message.text = said.text;
    return says_urgent(message, rules->keywords(message), *rules);
  }
  std::shared_ptr<const rules::RuleSet> rules =
      rules::load_rules({{"rules.yaml", "keywords: {notfall: [gasgeruch], other: [chair]}\nrules: []\n"}}).rules;
};

TEST_F(Urgency, WhatWasWrittenForThisMailCounts) {
  ASSERT_TRUE(rules);
  for (const auto& said : {
           Said{"Water!", "This is urgent, water everywhere.\n"},
           Said{"URGENT: chair", "A chair please.\n"},
           Said{"Chair", "The heater does not work, please come immediately.\n"},
           Said{"Stuhl", "Bitte dringend einen Stuhl.\n"},
           Said{"Stuhl", "Hier ist Gasgeruch.\n"},
           Said{"Chaise", "C'est urgent, merci.\n"},
           Said{"Silla", "Es urgente.\n"},
           Said{"", "कृपया तुरंत आइए।\n"},
           Said{"Re: Chair",
                "This is urgent now.\n\nOn Mon, 16 Nov 2026 at 08:00, Desk <desk@school.test> wrote:\n> Is it?\n"},
           Said{"Chair", "It was not urgent yesterday. Today it is urgent.\n"},
       })
    EXPECT_TRUE(urgent(said)) << said.subject << "\n" << said.text;
}

TEST_F(Urgency, WhatALawyerWroteMakesNothingUrgent) {
  for (const auto* legal :
       {"If you have received this mail in error, please notify the sender immediately and delete it.",
        "Should you not be the intended recipient, please destroy this message\nand inform us immediately.",
        "Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte sofort den Absender\nund vernichten Sie "
        "diese Mail.",
        "Sollten Sie diese Nachricht irrtümlich erhalten haben, löschen Sie sie bitte umgehend.",
        "Si vous avez reçu ce courriel par erreur, merci de prévenir immédiatement l'expéditeur.",
        "Si ha recibido este mensaje por error, notifíquelo inmediatamente al remitente y bórrelo.",
        "Notice: This message may contain privileged information. Please notify us immediately.",
        "____\nDiese E-Mail ist vertraulich. Bitte informieren Sie sofort den Absender."}) {
    const auto below = "A chair for room 5, please. We have none.\n\n" + std::string(legal) + "\n";
    EXPECT_FALSE(urgent({"Chair", below.c_str()})) << legal;
    const auto within = below + "\nThe pipe burst, come immediately!\n";
    EXPECT_TRUE(urgent({"Chair", within.c_str()})) << legal;
  }
  EXPECT_TRUE(urgent({"Form", "I sent the wrong form in error, please look at it immediately.\n"}));
}

/// The first sentences are looked at alone before the rest is: what they say or deny is theirs.
TEST_F(Urgency, ALongTextIsReadToItsEnd) {
  const std::string much(400, 'x'), more = much + ". " + much + " ";
  const auto says = [&](const std::string& text) { return urgent({"Chair", text.c_str()}); };
  EXPECT_TRUE(says("This is urgent. " + more));
  EXPECT_TRUE(says(more + "this is urgent."));
  EXPECT_TRUE(says("This is not urgent. " + more + "but that is urgent."));
  EXPECT_TRUE(says(std::string(500, 'x') + " come immediately"));
  EXPECT_FALSE(says("This is not urgent. " + more + "nor is that urgent."));
  EXPECT_FALSE(says(much + ". " + std::string(90, 'y') + " it is not really all that urgent, whenever you have time"));
}

TEST_F(Urgency, FootersQuotesDisclaimersAndDenialsDoNot) {
  for (
      const auto& said : {
          Said{"Beamer question",
               "Could you look at the beamer in room 4 next week?\n\nBest regards\nKim\n-- \nKim Doe\n"
               "In urgent cases please call our emergency line 555-0100.\n"},
          Said{
              "Room plan",
              "Please send me the room plan.\n\nBest regards\nKim\n\nThis e-mail may contain confidential information. "
              "If you received it in error please notify the sender and delete it immediately.\n"},
          Said{
              "Raumplan",
              "Bitte schicken Sie mir den Plan.\n\nMit freundlichen Grüßen\nKim\n\nDiese E-Mail enthält vertrauliche "
              "Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte sofort den Absender und "
              "vernichten Sie diese E-Mail.\n"},
          Said{"Chair", "Room 4 needs a new chair. This is not urgent, whenever you have time.\n"},
          Said{"Stuhl", "Raum 4 braucht einen neuen Stuhl. Es ist nicht dringend.\n"},
          Said{"Chaise", "Une chaise, s'il vous plaît. Ce n'est pas urgent.\n"},
          Said{"Silla", "Una silla, por favor. No es urgente.\n"},
          Said{"कुर्सी", "एक कुर्सी चाहिए। यह अत्यावश्यक नहीं है।\n"},
          Said{"[not urgent] Chair", "A chair please.\n"},
          Said{"Chair again",
               "Thank you, all is well now.\n\nOn Mon, 16 Nov 2026 at 08:00, Desk <desk@school.test> wrote:\n"
               "> Is this urgent? In an emergency call us.\n"},
          Said{"AW: Stuhl",
               "Danke, alles gut.\n\nAm 16.11.2026 um 08:00 schrieb Desk <desk@school.test>:\n> Ist das dringend?\n"},
          Said{"Chair", "A chair please.\n"},
      })
    EXPECT_FALSE(urgent(said)) << said.subject << "\n" << said.text;
}

}  // namespace
}  // namespace orgo
