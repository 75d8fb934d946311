#include "core/message/reply_subject.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(Subjects, WhatStaysOfAThread) {
  for (const char* subject :
       {"Water leak", "Re: Water leak", "RE: RE: water  leak", "AW: Water leak", "Antw.: x", "Re[2]: Water leak",
        "Re: [T-12] Water leak", "[T-12] Water leak", "Re: [office] AW: Water leak", "SV: VS: Water leak",
        "回复：Water leak", "Fwd: Re: Water leak", "[T-12] Re: Water leak"})
    if (std::string_view(subject) != "Antw.: x") {
      EXPECT_EQ(plain_subject(subject), "water leak") << subject;
    }
  EXPECT_EQ(plain_subject("Request: Water leak"), "request: water leak");
  EXPECT_EQ(plain_subject("[only]"), "[only]");
  EXPECT_EQ(plain_subject(""), "");
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "Re: ";
  EXPECT_FALSE(plain_subject(deep + "x").empty()) << "bounded";
}

TEST(Subjects, OnlyAReplySaysThatItIsOne) {
  for (const char* subject :
       {"Re: a leak", "AW: a leak", "Re[3]: a leak", "[list] Re: a leak", "Fwd: Re: a leak", "回复：a leak"})
    EXPECT_TRUE(is_reply_subject(subject)) << subject;
  for (const char* subject :
       {"a leak", "Fwd: a leak", "WG: a leak", "Regarding: a leak", "Re a leak", "[Re] a leak", "Report: Re: a leak"})
    EXPECT_FALSE(is_reply_subject(subject)) << subject;
}

TEST(Subjects, KnowThePrefixesOfFortyLanguages) {
  for (const char* prefix : {"Re:",         "RÉ :",      "Rép. :",    "Réf. :",    "AW:",
                             "Antw.:",      "Antwort:",  "Antwoord:", "Betr.:",    "SV:",
                             "Svar:",       "VS:",       "Vast:",     "RIF:",      "R:",
                             "Risp:",       "RES:",      "Resp:",     "Rta:",      "Odp.:",
                             "Odpověď:",    "Odg:",      "YNT:",      "YAN:",      "Cvp:",
                             "ATB:",        "Ats:",      "BLS:",      "Balas:",    "Vá:",
                             "VÁ:",         "Răsp:",     "ΑΠ:",       "Απ:",       "ΣΧΕΤ:",
                             "Отв:",        "ОТВ.:",     "Відп:",     "Отг:",      "Одг:",
                             "回复:",       "回覆：",    "答复：",    "返信:",     "답장:",
                             "회신:",       "رد:",       "پاسخ:",     "תגובה:",    "השב:",
                             "ตอบกลับ:",     "उत्तर:",     "TL:",       "Trả lời:",  "Re[12]:",
                             "Re(2):",      "Re^3:",     "RE-2:",     "Re 2:",     "Re*2:",
                             "RE2 :",       "re:",       "Re：",      "\u200fرد:", "\u200fתגובה\u200f:",
                             "Re: Re: AW:", "Vedr:",     "Vedr.:",    "На:",       "Hồi âm:",
                             "Відповідь:",  "Ответить:", "Одговор:",  "Kuiri:",    "Rsp:",
                             "Nuo:",        "Ang:",      "Ang.:",     "Отговор:",  "Адказ:",
                             "Жауап:",      "Vastus:",   "Atbilde:",  "Jawab:",    "Cavab:",
                             "回信：",      "Ri:",       "Ateb:"}) {
    EXPECT_TRUE(is_reply_subject(std::string(prefix) + " Water leak")) << prefix;
    EXPECT_EQ(plain_subject(std::string(prefix) + " Water leak"), "water leak") << prefix;
    EXPECT_FALSE(is_forward_subject(std::string(prefix) + " Water leak")) << prefix;
  }
  for (const char* prefix : {"FW:",     "Fwd:",  "WG:",    "TR :",  "Trans. :",     "ENC:",         "VB:",
                             "Doorst:", "PD:",   "RV:",    "I:",    "VL:",          "FS:",          "Továbbítás:",
                             "İLT:",    "TRS:",  "YML:",   "ΠΡΘ:",  "Пересл:",      "转发:",        "轉寄：",
                             "転送:",   "전달:", "הועבר:", "ส่งต่อ:", "إعادة توجيه:", "Chuyển tiếp:", "Fwd(2):"}) {
    EXPECT_TRUE(is_forward_subject(std::string(prefix) + " Water leak")) << prefix;
    EXPECT_FALSE(is_reply_subject(std::string(prefix) + " Water leak")) << prefix;
    EXPECT_EQ(plain_subject(std::string(prefix) + " Water leak"), "water leak") << prefix;
  }
  for (const char* subject : {"Room 5: no light", "Reason: x",      "Antworten: x",
                              "T-12: x",          "Rest: x",        "5: x",
                              "(2): x",           "Wasser: x",      "Answer the phone: x",
                              "Über: x",          "答: x",          "Forwarding: x",
                              "Ref 5 A: x",       "Angebot: x",     "Nach: x",
                              "Vedran: x",        "Overheating: x", "Rispetto: x",
                              "Vasthi: x",        "Nuovo: x",       "Нам: x"}) {
    EXPECT_FALSE(is_reply_subject(subject)) << subject;
    EXPECT_FALSE(is_forward_subject(subject)) << subject;
  }
}

}  // namespace
}  // namespace orgo
