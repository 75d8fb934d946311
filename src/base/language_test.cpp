#include "base/language.h"

#include <gtest/gtest.h>

#include <chrono>

namespace orgo {
namespace {

std::string language_of(std::string_view text) {
  const auto guess = guess_language(text);
  return guess ? guess->language : "-";
}

TEST(Language, TellsTheLanguageOfOrdinaryMails) {
  EXPECT_EQ(
      language_of(
          "Guten Tag, seit heute Morgen läuft Wasser durch die Decke im zweiten Stock. Bitte schicken Sie jemanden."),
      "de");
  EXPECT_EQ(language_of("Hello, water has been leaking through the ceiling on the second floor since this morning."),
            "en");
  EXPECT_EQ(
      language_of("Bonjour, depuis ce matin il y a une fuite d'eau au deuxième étage. Merci d'envoyer quelqu'un."),
      "fr");
  EXPECT_EQ(
      language_of("Hola, desde esta mañana hay una fuga de agua en el segundo piso. Por favor, envíen a alguien."),
      "es");
  EXPECT_EQ(language_of("नमस्ते, आज सुबह से दूसरी मंज़िल की छत से पानी टपक रहा है। कृपया किसी को भेजें।"), "hi");
  EXPECT_EQ(language_of("今朝から二階の天井から水が漏れています。誰か来てください。"), "ja");
  EXPECT_EQ(language_of("С самого утра на втором этаже течёт вода с потолка. Пришлите кого-нибудь, пожалуйста."), "ru");
  EXPECT_EQ(language_of("மன்னிக்கவும், இன்று காலை முதல் தண்ணீர் கசிகிறது. தயவுசெய்து யாரையாவது அனுப்புங்கள்."), "ta");
}

TEST(Language, SaysNothingWhenUnsure) {
  EXPECT_EQ(language_of(""), "-");
  EXPECT_EQ(language_of("OK"), "-");
  EXPECT_EQ(language_of("4711 0815 12.03.2024 10:45"), "-");
  EXPECT_EQ(language_of("https://example.org/some/long/path/to/the/page anna@example.org"), "-");
  EXPECT_EQ(language_of("\xff\xfe this is no text in UTF-8, though it looks like one"), "-");
  EXPECT_EQ(language_of("Guten Tag, bitte schicken Sie heute noch jemanden in den zweiten Stock, es ist dringend. "
                        "Hello, please send somebody to the second floor today, water is leaking everywhere."),
            "-")
      << "mixed";
}

TEST(Language, ConfidenceIsAShare) {
  const auto guess =
      guess_language("Hello, water has been leaking through the ceiling since this morning, please help.");
  ASSERT_TRUE(guess);
  EXPECT_GT(guess->confidence, 0.7);
  EXPECT_LE(guess->confidence, 1.0);
}

TEST(Language, ReadsNoMoreThanItsLimit) {
  const std::string english = "Please send somebody today, the water keeps rising and we cannot stop it by ourselves. ";
  std::string text = english;
  for (const auto* more :
       {"Seit heute Morgen läuft Wasser durch die Decke im zweiten Stock. ", "Der Hausmeister ist im Urlaub. ",
        "Können Sie bitte noch vor dem Mittag jemanden schicken? ", "Die Nachbarn wissen schon Bescheid. "})
    text += more;
  LanguageLimits first;
  first.input_bytes = english.size();
  EXPECT_EQ(guess_language(text, first).value_or(LanguageGuess{}).language, "en");
  first.input_bytes = text.size();
  EXPECT_NE(guess_language(text, first).value_or(LanguageGuess{}).language, "en") << "a wider limit sees the rest";
}

TEST(Language, AHugeTextCostsNoMoreThanAPage) {
  std::string text;
  while (text.size() < 50'000'000) text += "Please send somebody today, the water keeps rising and rising. ";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(language_of(text), "en");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST(Language, LinksDoNotMakeItEnglish) {
  std::string text = "Bitte schauen Sie sich das an und melden Sie sich dann bei mir, danke. ";
  for (int i = 0; i < 50; ++i) text += "https://www.example.org/click/here/for/more/information?about=the_thing ";
  EXPECT_EQ(language_of(text), "de");
}

}  // namespace
}  // namespace orgo
