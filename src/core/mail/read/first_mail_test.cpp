#include <gtest/gtest.h>

#include "core/mail/read/split_text.h"

namespace orgo {
namespace {

Message mail(std::string subject, std::string text) {
  Message made;
  made.subject = std::move(subject);
  made.text = std::move(text);
  return made;
}

TEST(FirstMail, FormsAreNewTextAsAWhole) {
  for (const char* text :
       {"New ticket from the web form\n\nFrom: Anna Muster\nDate: 14 December 2026\nSubject: leak\nMessage: The pipe "
        "is broken.\n",
        "From: Anna\nSubject: leak\nSent: today\nThe pipe is broken.\n",
        "Von: Anna\nGesendet: heute\nBetreff: Leck\nText: Das Rohr ist kaputt.\n",
        "De : Anna\nDate : lundi\nObjet : fuite\nMessage : le tuyau fuit\n",
        "De: Ana\nFecha: lunes\nAsunto: fuga\nMensaje: gotea\n",
        "Da: Anna\nData: lunedì\nOggetto: perdita\nTesto: il tubo\n", "Name: Anna\n--\nMessage: leak\n--\nRoom: 7\n",
        "Name: Anna\n--\nMessage: The pipe is broken\n", "Request\n--\nRoom: 7\nTrouble: leak\n",
        "Van: Anna\nDatum: maandag\nOnderwerp: lek\nBericht: de pijp\n"})
    EXPECT_FALSE(split_text(mail("Web form", text)).has(TextKind::quoted) ||
                 split_text(mail("Web form", text)).has(TextKind::signature))
        << text;
}

TEST(FirstMail, WhatQuotesByFormIsQuoted) {
  for (const char* text :
       {"Please see below.\n\n-----Original Message-----\nFrom: Bob\nSubject: x\n\nold\n",
        "Please.\n\nOn 12 March 2026 at 10:45, Bob <b@x.example> wrote:\n> old\n", "Please.\n\n> old\n",
        "Please.\n\n________________________________\nFrom: Bob\nSent: Monday\nSubject: x\n\nold\n",
        "Please.\n\nFrom: Bob <b@x.example>\nSent: Monday, 12 March 2026 10:45\nTo: Anna <a@x.example>\nSubject: "
        "x\n\nold\n"})
    EXPECT_TRUE(split_text(mail("Question", text)).has(TextKind::quoted)) << text;
  EXPECT_TRUE(split_text(mail("Question", "Please come.\n-- \nAnna Muster\n")).has(TextKind::signature));
  EXPECT_TRUE(
      split_text(mail("Question", "Please come.\n--\nAnna Muster\nTel. 030 123456\n")).has(TextKind::signature));
}

TEST(FirstMail, AnAnswerQuotesAsBefore) {
  const char* text = "Please.\n\nFrom: Bob\nSent: Monday\nSubject: x\n\nold\n";
  EXPECT_TRUE(split_text(mail("Re: x", text)).has(TextKind::quoted));
  EXPECT_TRUE(split_text(mail("WG: x", text)).has(TextKind::quoted));
  auto answer = mail("x", text);
  answer.in_reply_to = "a@x.example";
  EXPECT_TRUE(split_text(answer).has(TextKind::quoted));
}

}  // namespace
}  // namespace orgo
