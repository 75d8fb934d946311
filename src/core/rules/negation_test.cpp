#include "core/rules/negation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <string_view>

#include "base/text.h"

namespace orgo::rules {
namespace {

TEST(Negation, WhatIsDeniedIsLeftOut) {
  for (const auto& [text, word] : std::initializer_list<std::pair<std::string, std::string>>{
           {"This is not urgent, whenever you have time.", "urgent"},
           {"It isn't really all that urgent", "urgent"},
           {"This isn\u2019t an emergency.", "emergency"},
           {"Nothing urgent.", "urgent"},
           {"[non-urgent] Chair", "urgent"},
           {"NOT URGENT", "URGENT"},
           {"There is no emergency", "emergency"},
           {"No need to come immediately", "immediately"},
           {"You don't need to answer at once", "once"},
           {"It is less urgent", "urgent"},
           {"not as soon as possible", "soon"},
           {"This is not\nurgent", "urgent"},
           {"Es ist nicht dringend.", "dringend"},
           {"nicht mehr so dringend", "dringend"},
           {"Das ist kein Notfall", "Notfall"},
           {"Nichts Dringendes", "Dringendes"},
           {"Das muss nicht sofort sein", "sofort"},
           {"Es ist nicht nötig, dass", ""},
           {"Ce n'est pas urgent", "urgent"},
           {"pas très urgent du tout", "urgent"},
           {"Rien d'urgent", "urgent"},
           {"sans urgence", "urgence"},
           {"pas besoin de répondre immédiatement", "immédiatement"},
           {"No es urgente", "urgente"},
           {"no es nada urgente", "urgente"},
           {"sin urgencia", "urgencia"},
           {"No hace falta venir de inmediato", "inmediato"},
           {"Non è urgente", "urgente"},
           {"niente di urgente", "urgente"},
           {"Não é urgente", "urgente"},
           {"Het is niet dringend", "dringend"},
           {"geen spoed", "spoed"},
           {"Det är inte så urgent", "urgent"},
           {"Det er ikke akutt", "akutt"},
           {"To nie jest pilne", "pilne"},
           {"Není to urgentní", "urgentní"},
           {"Nem sürgős", "sürgős"},
           {"Ei ole kiireellinen", "kiireellinen"},
           {"Nu este urgent", "urgent"},
           {"Это не очень срочно", "срочно"},
           {"Δεν είναι επείγον", "επείγον"},
           {"acil değil", "acil"},
           {"hiç acil değil", "acil"},
           {"غير عاجل", "عاجل"},
           {"לא דחוף", "דחוף"},
           {"यह अत्यावश्यक नहीं है", "अत्यावश्यक"},
           {"तत्काल बिल्कुल नहीं", "तत्काल"},
           {"tidak mendesak", "mendesak"}}) {
    const auto left = without_denied(text);
    EXPECT_EQ(left.size(), text.size());
    if (!word.empty()) {
      EXPECT_THAT(left, testing::Not(testing::HasSubstr(word))) << text;
    }
  }
}

TEST(Negation, WhatIsSaidStays) {
  for (const auto& [text, word] :
       std::initializer_list<std::pair<std::string, std::string>>{{"This is urgent", "urgent"},
                                                                  {"The heater does not work, urgent", "urgent"},
                                                                  {"It is not working! Urgent!", "Urgent"},
                                                                  {"urgent: no heating", "urgent"},
                                                                  {"There is no heating. Emergency", "Emergency"},
                                                                  {"not only urgent but critical", "urgent"},
                                                                  {"Urgent - not a joke", "Urgent"},
                                                                  {"This is no joke: urgent", "urgent"},
                                                                  {"I got no reply to this urgent request", "urgent"},
                                                                  {"Notably urgent", "urgent"},
                                                                  {"I am not well\n\nurgent", "urgent"},
                                                                  {"Heizung geht nicht, dringend", "dringend"},
                                                                  {"Dringend, es geht nichts", "Dringend"},
                                                                  {"nicht warten, sofort kommen", "sofort"},
                                                                  {"Ça ne marche pas, urgent", "urgent"},
                                                                  {"No funciona: urgente", "urgente"},
                                                                  {"हीटर काम नहीं कर रहा। तुरंत", "तुरंत"},
                                                                  {"", ""}})
    EXPECT_THAT(without_denied(text), testing::HasSubstr(word)) << text;
}

TEST(Negation, WhatIsDeniedInOtherWaysIsLeftOut) {
  for (const auto& [text, word] :
       std::initializer_list<std::pair<std::string, std::string>>{{"It is no longer urgent", "urgent"},
                                                                  {"Ce n'est plus urgent", "urgent"},
                                                                  {"n\u2019est plus urgent", "urgent"},
                                                                  {"Ya no es urgente", "urgente"},
                                                                  {"This is anything but urgent", "urgent"},
                                                                  {"It is far from urgent", "urgent"},
                                                                  {"by no means urgent", "urgent"},
                                                                  {"alles andere als dringend", "dringend"},
                                                                  {"tout sauf urgent", "urgent"},
                                                                  {"loin d'être urgent", "urgent"},
                                                                  {"lejos de ser urgente", "urgente"},
                                                                  {"Dringend ist es nicht", "Dringend"},
                                                                  {"dringend ist das aber nicht.", "dringend"},
                                                                  {"Dringend ist dies jedoch nicht!", "Dringend"},
                                                                  {"das eilt nicht", "eilt"},
                                                                  {"Es eilt überhaupt nicht", "eilt"},
                                                                  {"eilt nicht so sehr", "eilt"},
                                                                  {"Dringend is het niet", "Dringend"},
                                                                  {"Urgent: no", "Urgent"},
                                                                  {"URGENT: NO\nRoom: 5", "URGENT"},
                                                                  {"Dringend: nein", "Dringend"},
                                                                  {"Urgente: no", "Urgente"},
                                                                  {"Urgent : non", "Urgent"},
                                                                  {"Urgent? Not at all.", "Urgent"},
                                                                  {"Is it urgent? No.", "urgent"},
                                                                  {"Ist es dringend? Nein.", "dringend"},
                                                                  {"Dringend? Gar nicht!", "Dringend"},
                                                                  {"urgent? no", "urgent"},
                                                                  {"Urgent (yes/no): no", "Urgent"},
                                                                  {"Dringend (ja/nein): nein", "Dringend"},
                                                                  {"urgent = false", "urgent"},
                                                                  {"Urgency: low", "Urgency"},
                                                                  {"Urgency is low", "Urgency"},
                                                                  {"Lamp, urgency low", "urgency"},
                                                                  {"low urgency", "urgency"},
                                                                  {"Dringlichkeit: niedrig", "Dringlichkeit"},
                                                                  {"geringe Dringlichkeit", "Dringlichkeit"},
                                                                  {"[ ] urgent [x] normal", "urgent"},
                                                                  {"[x] normal\n[ ] urgent", "urgent"},
                                                                  {"( ) urgent (x) normal", "urgent"},
                                                                  {"\u2610 urgent \u2611 normal", "urgent"},
                                                                  {"no hay urgencia", "urgencia"},
                                                                  {"no hay ninguna urgencia", "urgencia"},
                                                                  {"No corre prisa", "prisa"},
                                                                  {"Não tem urgência", "urgência"},
                                                                  {"Il n'y a pas d'urgence", "urgence"},
                                                                  {"Ce n'est absolument pas urgent", "urgent"},
                                                                  {"Non c'è urgenza", "urgenza"},
                                                                  {"acil değildir", "acil"},
                                                                  {"acil bir durum yok", "acil"},
                                                                  {"긴급하지 않습니다", "긴급하지"},
                                                                  {"긴급한 것은 아닙니다", "긴급한"},
                                                                  {"不紧急", "紧急"},
                                                                  {"不是很紧急。", "紧急"},
                                                                  {"並不緊急", "緊急"},
                                                                  {"没有紧急情况", "紧急"},
                                                                  {"不急", "急"},
                                                                  {"緊急ではありません", "緊急"},
                                                                  {"緊急ではない", "緊急"},
                                                                  {"緊急の用事ではありません", "緊急"},
                                                                  {"特に急ぎません", "急ぎ"},
                                                                  {"fire drill tomorrow", "fire"},
                                                                  {"emergency drill at ten", "emergency"},
                                                                  {"exercice d'urgence", "urgence"},
                                                                  {"simulacro de emergencia", "emergencia"}}) {
    const auto left = without_denied(text);
    EXPECT_EQ(left.size(), text.size());
    EXPECT_THAT(left, testing::Not(testing::HasSubstr(word))) << text;
  }
}

TEST(Negation, WhatIsDeniedByAVerbIsLeftOut) {
  for (const auto& [text, word] :
       std::initializer_list<std::pair<std::string, std::string>>{{"I would not call it urgent", "urgent"},
                                                                  {"I wouldn't say urgent, but soon", "urgent"},
                                                                  {"Please do not treat this as urgent", "urgent"},
                                                                  {"I don't think this is urgent", "urgent"},
                                                                  {"We do not consider it urgent", "urgent"},
                                                                  {"it ain't urgent", "urgent"},
                                                                  {"aint urgent", "urgent"},
                                                                  {"does not require immediate attention", "immediate"},
                                                                  {"doesn't need an immediate answer", "immediate"},
                                                                  {"Ce n'est guère urgent", "urgent"},
                                                                  {"Je ne crois pas que ce soit urgent", "urgent"},
                                                                  {"No creo que sea urgente", "urgente"},
                                                                  {"Ich halte das nicht für dringend", "dringend"},
                                                                  {"per nulla urgente", "urgente"},
                                                                  {"nic pilnego", "pilnego"},
                                                                  {"nem igazán sürgős", "sürgős"},
                                                                  {"deloc urgent", "urgent"},
                                                                  {"niet meer dringend", "dringend"},
                                                                  {"δεν είναι καθόλου επείγον", "επείγον"},
                                                                  {"ei ole kovin kiireellinen", "kiireellinen"}})
    EXPECT_THAT(without_denied(text), testing::Not(testing::HasSubstr(word))) << text;
}

TEST(Negation, WhatOnlyLooksDeniedStays) {
  for (const auto& [text, word] : std::initializer_list<std::pair<std::string, std::string>>{
           {"not only urgent but critical", "urgent"},
           {"why is this not treated as urgent?!", "urgent"},
           {"I do not know why this is not seen as urgent", "urgent"},
           {"Isn't this urgent?!", "urgent"},
           {"Is this not urgent?", "urgent"},
           {"Ist das nicht dringend?", "dringend"},
           {"kein Wasser, dringend", "dringend"},
           {"Es ist dringend, warum kommt ihr nicht", "dringend"},
           {"Bitte dringend kommen, sonst geht es nicht", "dringend"},
           {"Die Heizung geht nicht. Dringend", "Dringend"},
           {"urgent: no heating", "urgent"},
           {"Urgent: no hot water\nRoom: 5", "Urgent"},
           {"Is the heating on? No. Urgent!", "Urgent"},
           {"Urgent! Is anybody there? No.", "Urgent"},
           {"Urgent: yes", "Urgent"},
           {"Dringend: ja", "Dringend"},
           {"Urgent (yes/no): yes", "Urgent"},
           {"[x] urgent [ ] normal", "urgent"},
           {"[ ] normal [x] urgent", "urgent"},
           {"[ ] normal\n[x] urgent", "urgent"},
           {"urgency high", "urgency"},
           {"It is urgent, low water pressure", "urgent"},
           {"su yok, acil", "acil"},
           {"没有水，紧急", "紧急"},
           {"非常紧急", "紧急"},
           {"不仅紧急", "紧急"},
           {"水が出ません。緊急です", "緊急"},
           {"작동하지 않습니다. 긴급", "긴급"},
           {"c'est plus urgent que jamais", "urgent"},
           {"The heater no longer works, urgent", "urgent"},
           {"far from home: urgent", "urgent"},
           {"There is a fire", "fire"}})
    EXPECT_THAT(without_denied(text), testing::HasSubstr(word)) << text;
}

TEST(Negation, ACaseThatIsOnlySpokenOfIsLeftOut) {
  for (const auto& [text, word] : std::initializer_list<std::pair<std::string, std::string>>{
           {"If urgent, call 112.", "urgent"},
           {"If it's urgent please phone", "urgent"},
           {"if this is an emergency dial 112", "emergency"},
           {"In case of emergency use the stairs", "emergency"},
           {"In the event of an emergency: 112", "emergency"},
           {"In an emergency, call the caretaker.", "emergency"},
           {"Bye\nFor urgent matters: +49 30 123456", "urgent"},
           {"For immediate assistance call the desk", "immediate"},
           {"If you need immediate help, call us", "immediate"},
           {"the emergency exit in hall B squeaks", "emergency"},
           {"a list of emergency contacts for the trip", "emergency"},
           {"Wenn es dringend ist, bitte anrufen", "dringend"},
           {"Falls dringend: 0170 123456", "dringend"},
           {"Im Notfall wählen Sie die 112", "Notfall"},
           {"En cas d'urgence, appelez le 112", "urgence"},
           {"Pour toute urgence : 01 02 03 04 05", "urgence"},
           {"si c'est urgent, appelez", "urgent"},
           {"En caso de emergencia, llame al 112", "emergencia"},
           {"Para casos urgentes: 600 000 000", "urgentes"},
           {"si es urgente llame", "urgente"},
           {"*** Urgent matters: please call the hotline ***", "Urgent"},
           {"Emergency service: urgent calls only", "urgent"},
           {"Urgent security updates at https://x.example", "Urgent"}})
    EXPECT_THAT(without_denied(text), testing::Not(testing::HasSubstr(word))) << text;
  for (const auto& [text, word] : std::initializer_list<std::pair<std::string, std::string>>{
           {"We are in an emergency", "emergency"},
           {"This is an emergency, what if it burns", "emergency"},
           {"Please come, if possible immediately", "immediately"},
           {"urgent, please call if you can", "urgent"},
           {"Bitte wenn möglich sofort", "sofort"},
           {"Das ist ein Notfall", "Notfall"},
           {"C'est si urgent", "urgent"},
           {"The emergency exit is blocked, urgent", "urgent"}})
    EXPECT_THAT(without_denied(text), testing::HasSubstr(word)) << text;
}

TEST(Negation, TakesWhateverComes) {
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "not no nicht ";
  EXPECT_EQ(without_denied(many).size(), many.size());
  for (const auto* odd : {"not", "\xFF\xFE not \xC3", "değil", "no need to", "- not -", "not\n\n\nurgent"})
    EXPECT_EQ(without_denied(odd).size(), std::string_view(odd).size());
}

// What a text denies is found clause by clause, and case does not matter; checked on texts of anything.
TEST(Negation, EachClauseStandsByItself) {
  constexpr auto kWords = std::to_array<std::string_view>(
      {"not",   "NO",    "need",  "to",   "urgent", "very",  "so",      "Nicht", "dringend",
       "द",     "नहीं",   "तत्काल", "pas",  "besoin", "de",    "venir",   "не",    "НУЖНО",
       "ехать", "don't", "have",  "come", "now",    "não",   "E\u0301", "değil", "unknown",
       "never", "all",   "\xFF",  "that", "acil",   "isn't", "\u00AD"});
  constexpr auto kEnds = std::to_array<std::string_view>({". ", ", ", "\n\n", " - ", "! ", "\u0964"});
  std::mt19937 random(11);
  std::size_t denied = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text, expected;
    for (int clauses = 0; clauses < 4; ++clauses) {
      std::string clause;
      for (auto left = random() % 9; left > 0; --left)
        clause.append(kWords[random() % kWords.size()]).append(random() % 7 == 0 ? "\n" : " ");
      clause += 'x';
      const auto end = kEnds[random() % kEnds.size()];
      text.append(clause).append(end);
      expected.append(without_denied(clause)).append(end);
    }
    ASSERT_EQ(without_denied(text), expected) << text;
    if (expected != text) ++denied;
    // What is gone is whole words; the rest is as it was.
    for (std::size_t at = 0; at < text.size(); ++at)
      ASSERT_TRUE(expected[at] == text[at] || expected[at] == ' ') << text;
    EXPECT_EQ(without_denied(ascii_lower(text)), ascii_lower(expected)) << text;
  }
  EXPECT_GT(denied, 2000U);
}

}  // namespace
}  // namespace orgo::rules
