#include "core/module/word_forms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo::modules {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::SizeIs;

TEST(WordForms, FollowTheEndingsOfEachLanguage) {
  EXPECT_THAT(word_forms("en", "leak"),
              AllOf(Contains("leak"), Contains("leaks"), Contains("leaked"), Contains("leaking")));
  EXPECT_THAT(word_forms("en", "drip"), AllOf(Contains("dripping"), Contains("dripped"), Contains("drips")));
  EXPECT_THAT(word_forms("en", "injury"), AllOf(Contains("injuries"), Contains("injured").Times(0)));
  EXPECT_THAT(word_forms("en", "freeze"), AllOf(Contains("freezing"), Contains("freezes")));
  EXPECT_THAT(word_forms("de", "Heizung"), AllOf(Contains("Heizung"), Contains("heizungen")));
  EXPECT_THAT(word_forms("de", "tropfen"), AllOf(Contains("tropft"), Contains("tropfte")));
  EXPECT_THAT(word_forms("fr", "cassé"), AllOf(Contains("cassée"), Contains("cassés")));
  EXPECT_THAT(word_forms("fr", "bloquer"), AllOf(Contains("bloqué"), Contains("bloquée"), Contains("bloque")));
  EXPECT_THAT(word_forms("es", "roto"), AllOf(Contains("rota"), Contains("rotos")));
  EXPECT_THAT(word_forms("es", "inscripción"), Contains("inscripciones"));
  EXPECT_THAT(word_forms("hi", "पंखा"), AllOf(Contains("पंखे"), Contains("पंखों")));
  EXPECT_THAT(word_forms("pt", "reclamação"), Contains("reclamações"));
}

TEST(WordForms, InflectTheLastWordOfAPhrase) {
  EXPECT_THAT(word_forms("en", "burst pipe"), AllOf(Contains("burst pipes"), Not(Contains("bursts pipe"))));
}

TEST(WordForms, LeaveWhatTheyDontKnow) {
  EXPECT_THAT(word_forms("ja", "漏水"), ElementsAre("漏水"));
  EXPECT_THAT(word_forms("en", "it"), ElementsAre("it"));
  EXPECT_THAT(word_forms("en", ""), ElementsAre(""));
  EXPECT_FALSE(knows_word_forms("ja"));
  EXPECT_THAT(word_forms("fr", "informer"), SizeIs(testing::Le(40U)));
}

}  // namespace
}  // namespace orgo::modules
