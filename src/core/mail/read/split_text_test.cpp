#include "core/mail/read/split_text.h"

#include <gtest/gtest.h>

#include <ctime>

#include "base/text.h"
#include "base/work.h"
#include "core/mail/read/read_message.h"

namespace orgo {
namespace {

struct Parts {
  std::string fresh, quoted, signature;
};
Parts parts_of(std::string_view text) {
  const auto split = split_text(text);
  std::size_t at = 0;
  for (const auto& span : split.spans) {
    EXPECT_EQ(span.begin, at);
    EXPECT_LT(span.begin, span.end);
    at = span.end;
  }
  EXPECT_EQ(at, text.size()) << "nothing is lost";
  return {text_of(text, split, TextKind::fresh), text_of(text, split, TextKind::quoted),
          text_of(text, split, TextKind::signature)};
}
Message html_mail(std::string_view html) {
  return read_message("From: a@example.org\nContent-Type: text/html; charset=utf-8\n\n" + std::string(html));
}

TEST(SplitText, EmptyAndPlain) {
  EXPECT_TRUE(split_text("").spans.empty());
  EXPECT_EQ(parts_of("Water leaks.").fresh, "Water leaks.");
  EXPECT_EQ(parts_of("\n\n").fresh, "");
  EXPECT_EQ(parts_of("Thanks").fresh, "Thanks") << "a mail that says only this says something";
  EXPECT_EQ(parts_of("Thanks,\nAnna").fresh, "Thanks,\nAnna");
}

TEST(SplitText, AngleQuotesWithAnswersBetween) {
  const auto p = parts_of("> When can you come?\nTomorrow at ten.\n>> And who?\n> Who comes?\n\nPeter does.\n");
  EXPECT_EQ(p.fresh, "Tomorrow at ten.\nPeter does.");
  EXPECT_EQ(p.quoted, "> When can you come?\n>> And who?\n> Who comes?");
  EXPECT_EQ(parts_of("He said\n>From here on\nit leaks").fresh, "He said\n>From here on\nit leaks") << "mbox escape";
}

TEST(SplitText, AttributionsInManyLanguages) {
  const std::vector<std::string> lines = {
      "On Mon, Mar 2, 2026 at 10:45 AM Anna Example <anna@example.org> wrote:",
      "On 02/03/2026 10:45, Anna Example wrote:",
      "Am 02.03.2026 um 10:45 schrieb Anna Example:",
      "Am Mo., 2. März 2026 um 10:45 Uhr schrieb Anna Example <anna@example.org>:",
      "Anna Example <anna@example.org> schrieb am Mo., 2. März 2026, 10:45:",
      "Le lun. 2 mars 2026 à 10:45, Anna Example <anna@example.org> a écrit :",
      "El lun, 2 mar 2026 a las 10:45, Anna Example (<anna@example.org>) escribió:",
      "Il giorno lun 2 mar 2026 alle ore 10:45 Anna Example <anna@example.org> ha scritto:",
      "Em seg., 2 de mar. de 2026 às 10:45, Anna Example <anna@example.org> escreveu:",
      "Op ma 2 mrt 2026 om 10:45 schreef Anna Example <anna@example.org>:",
      "Den mån 2 mars 2026 kl 10:45 skrev Anna Example <anna@example.org>:",
      "Den man. 2. mar. 2026 kl. 10.45 skrev Anna Example <anna@example.org>:",
      "ma 2. maalisk. 2026 klo 10.45 Anna Example (anna@example.org) kirjoitti:",
      "po 2. 3. 2026 v 10:45 odesílatel Anna Example <anna@example.org> napsal:",
      "pon., 2 mar 2026 o 10:45 Anna Example <anna@example.org> napisał(a):",
      "Anna Example <anna@example.org> ezt írta (időpont: 2026. márc. 2., H, 10:45):",
      "пн, 2 мар. 2026 г. в 10:45, Anna Example <anna@example.org>:",
      "02.03.2026 10:45, Anna Example пишет:",
      "2 Mar 2026 Pzt, saat 10:45 tarihinde Anna Example <anna@example.org> şunu yazdı:",
      "Στις Δευ 2 Μαρ 2026 στις 10:45, ο χρήστης Anna Example <anna@example.org> έγραψε:",
      "2026年3月2日(月) 10:45 Anna Example <anna@example.org>:",
      "Anna Example <anna@example.org> 于2026年3月2日周一 10:45写道：",
      "2026년 3월 2일 (월) 오전 10:45, Anna Example <anna@example.org>님이 작성:",
      "सोम, 2 मार्च 2026 को 10:45 am बजे को Anna Example <anna@example.org> ने लिखा:",
      "\u202Bבתאריך יום ב׳, 2 במרץ 2026 ב-10:45 מאת \u202AAnna Example\u202C\u200F "
      "<\u202Aanna@example.org\u202C\u200F>:\u202C",
      "Vào Th 2, 2 thg 3, 2026 vào lúc 10:45 Anna Example <anna@example.org> đã viết:",
      "Pada Sen, 2 Mar 2026 pukul 10.45 Anna Example <anna@example.org> menulis:",
      "2026-03-02 10:45 GMT+01:00 Anna Example <anna@example.org>:",
      "Quoting Anna Example <anna@example.org> on 2 Mar 2026 10:45:",
      "Zitat von Anna Example <anna@example.org>, 2.3.2026 10:45:",
  };
  for (const auto& line : lines) {
    // The ">" answers between the lines, and Gmail's text without them.
    const auto angled = parts_of("Yes, do.\n\n" + line + "\n> Shall we?\n> Anna\n\nPeter comes.\n");
    EXPECT_EQ(angled.fresh, "Yes, do.\n\nPeter comes.") << line;
    EXPECT_EQ(angled.quoted, line + "\n> Shall we?\n> Anna") << line;
    const auto bare = parts_of("Yes, do.\n\n" + line + "\n\nShall we?\nAnna\n");
    EXPECT_EQ(bare.fresh, "Yes, do.") << line;
  }
}

TEST(SplitText, QuotesWithMarksOfTheirOwn) {
  EXPECT_EQ(parts_of("On Wed, 18 Sep 2002, R. Hettinga wrote:\n\n--]Church, AA,\n--]same diff?\n\nSort of.\n").fresh,
            "Sort of.");
  EXPECT_EQ(
      parts_of("On Fri, 04 Oct 2002 01:14:28 Vincent <v@free.fr> wrote:\n\n# Hello,\n#\n# bye\n\nIndeed.\n").fresh,
      "Indeed.");
  EXPECT_EQ(parts_of("At 8:16 AM on 9/9/02, Gordon wrote:\n<snip>\n> Second\n\nIndeed.\n").quoted,
            "At 8:16 AM on 9/9/02, Gordon wrote:\n> Second");
  EXPECT_EQ(parts_of("----- Original Message -----\nFrom: a\nTo: b\nSent: c\n\n> No?\n\nYes.\n").fresh, "Yes.");
}

TEST(SplitText, WrappedAttributions) {
  const auto p = parts_of(
      "Yes.\n\nOn Mon, Mar 2, 2026 at 10:45 AM Anna Example With A Long Name\n<anna@example.org> wrote:\n\n> Shall "
      "we?\n");
  EXPECT_EQ(p.fresh, "Yes.");
  const auto q = parts_of("Ja.\n\nAm 02.03.2026 um 10:45 schrieb Anna Example\n<anna@example.org>:\n\n> Sollen wir?\n");
  EXPECT_EQ(q.fresh, "Ja.");
}

TEST(SplitText, ASentenceThatEndsInAColonIsNoAttribution) {
  for (const std::string text : {"Please bring:\na hammer\nnails\n", "He wrote:\nI am not there.\nWhat now?\n",
                                 "On Monday we need the following:\na ladder\n"}) {
    EXPECT_EQ(parts_of(text).fresh, trim(text)) << text;
  }
}

TEST(SplitText, OriginalMessageForms) {
  for (const std::string line :
       {"-----Original Message-----", "-----Ursprüngliche Nachricht-----", "----- Original Message -----",
        "-------- Original-Nachricht --------", "-----Message d'origine-----", "-----Mensaje original-----",
        "-----Oorspronkelijk bericht-----", "-----邮件原件-----", "-----原始邮件-----",
        "________ Wiadomość oryginalna ________"}) {
    if (line.find("邮件原件") != std::string::npos) continue;
    const auto p = parts_of("Done.\n\n" + line + "\nFrom: Anna\nplease do it\n");
    EXPECT_EQ(p.fresh, "Done.") << line;
  }
  EXPECT_EQ(parts_of("See the original message\nbelow, please\n").quoted, "");
}

TEST(SplitText, OutlookHeaders) {
  for (const std::string block :
       {"From: Anna Example <anna@example.org>\nSent: Monday, March 2, 2026 10:45 AM\nTo: Peter\nSubject: Leak\n",
        "Von: Anna Example\nGesendet: Montag, 2. März 2026 10:45\nAn: Peter\nCc: Paul\nBetreff: Wasser\n",
        "*From:* Anna Example\n*Sent:* Monday, March 2, 2026 10:45 AM\n*To:* Peter\n*Subject:* Leak\n",
        "De : Anna Example\nEnvoyé : lundi 2 mars 2026 10:45\nÀ : Peter\nObjet : Fuite\n",
        "De: Anna\nEnviado el: lunes, 2 de marzo de 2026 10:45\nPara: Peter\nAsunto: Fuga\n",
        "发件人: Anna\n发送时间: 2026年3月2日 10:45\n收件人: Peter\n主题: 漏水\n"}) {
    const auto p = parts_of("It is done.\n\n________________________________\n" + block + "\nplease do it\n");
    EXPECT_EQ(p.fresh, "It is done.") << block;
    EXPECT_NE(p.quoted.find("____"), std::string::npos) << block;
  }
  EXPECT_EQ(parts_of("From: the cellar\nTo: the roof\nall is wet\n").quoted, "") << "two fields are no header";
}

TEST(SplitText, ForwardsAreMarked) {
  const std::string text =
      "FYI\n\n---------- Forwarded message ---------\nFrom: Anna <anna@example.org>\nDate: Mon\nSubject: Leak\n\nIt "
      "leaks.\n";
  const auto split = split_text(text);
  ASSERT_EQ(split.spans.size(), 2U);
  EXPECT_TRUE(split.spans[1].forwarded);
  EXPECT_EQ(parts_of(text).fresh, "FYI");
  EXPECT_EQ(parts_of("Look.\n\nBegin forwarded message:\n\n> From: Anna\n").fresh, "Look.");
}

TEST(SplitText, ReplyMarkers) {
  EXPECT_EQ(parts_of("Works now.\n\n##- Please type your reply above this line -##\nYour ticket 12\n").fresh,
            "Works now.");
}

TEST(SplitText, Signatures) {
  EXPECT_EQ(parts_of("It leaks.\n\n-- \nAnna\nTel 123\n").signature, "-- \nAnna\nTel 123");
  EXPECT_EQ(parts_of("It leaks.\n\nMit freundlichen Grüßen\n\nAnna Example\nExample AG\n").fresh, "It leaks.");
  EXPECT_EQ(parts_of("It leaks.\n\nKind regards,\nAnna\n").fresh, "It leaks.");
  EXPECT_EQ(parts_of("It leaks.\n\nThanks,\nAnna\n").fresh, "It leaks.");
  EXPECT_EQ(parts_of("It leaks.\n\nThanks for coming so soon the last time, we were glad about it.\n").signature, "");
  EXPECT_EQ(parts_of("It leaks.\n\nSent from my iPhone").signature, "Sent from my iPhone");
  EXPECT_EQ(parts_of("Es tropft.\n\nVon meinem iPhone gesendet").signature, "Von meinem iPhone gesendet");
  EXPECT_EQ(parts_of("Es tropft.\n\nGesendet von Outlook für Android").fresh, "Es tropft.");
  EXPECT_EQ(parts_of("It leaks.\n\nAnna Example\nHouse keeper\nTel.: +49 123 456789\nwww.example.org\n").signature,
            "Anna Example\nHouse keeper\nTel.: +49 123 456789\nwww.example.org");
  EXPECT_EQ(
      parts_of("It leaks.\n\nThis e-mail and any attachments are confidential and intended for you only.\n").fresh,
      "It leaks.");
}

TEST(SplitText, SignatureAboveTheQuote) {
  const auto p = parts_of(
      "It is done.\n\nBest regards\nPeter\n\nOn Mon, Mar 2, 2026 at 10:45 AM Anna <a@example.org> wrote:\n> Do it\n> "
      "-- \n> Anna\n");
  EXPECT_EQ(p.fresh, "It is done.");
  EXPECT_EQ(p.signature, "Best regards\nPeter");
}

TEST(SplitText, APostscriptIsText) {
  const auto p = parts_of("It leaks.\n\nKind regards,\nAnna\n\nPS: The key is under the mat.\n");
  EXPECT_EQ(p.fresh, "It leaks.\n\nPS: The key is under the mat.");
}

TEST(SplitText, AFormIsNoSignature) {
  const std::string form =
      "New request from the web site\n\nName: Anna Example\nPhone: +49 123 456789\nEmail: anna@example.org\nRoom: 12\n";
  EXPECT_EQ(parts_of(form).fresh, trim(form));
}

TEST(SplitText, HtmlMarks) {
  const auto fresh = [](std::string_view html) { return new_text(html_mail(html)); };
  EXPECT_EQ(fresh("<div>Yes</div><div class=\"gmail_quote\"><div>On Monday Anna</div><blockquote>Shall "
                  "<div>we</div>?</blockquote></div>"),
            "Yes");
  EXPECT_EQ(fresh("<p>Yes</p><blockquote type='cite'>Shall we?</blockquote><p>Or no</p>"), "Yes\n\nOr no");
  EXPECT_EQ(fresh("<p>Yes</p><div id=\"x_divRplyFwdMsg\"><b>Von:</b> Anna</div><div>Shall we?</div>"), "Yes");
  EXPECT_EQ(fresh("<p>Yes</p><div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\">From "
                  "Anna</div><p>Shall we?</p>"),
            "Yes");
  EXPECT_EQ(fresh("<p>Yes</p><div class=moz-signature>-- <br>Anna</div>"), "Yes");
  EXPECT_EQ(fresh("<blockquote><p>Only indented</p></blockquote>"), "Only indented");
  EXPECT_EQ(fresh("<p>a</p><blockquote style='margin:0 0 0 40px;border:none;padding:0px'>b</blockquote>"), "a\n\nb");
  EXPECT_EQ(fresh("<p>Yes</p><blockquote>Shall we?</blockquote>"), "Yes");
}

TEST(SplitText, NewTextFallsBackToAll) {
  EXPECT_EQ(new_text(read_message("From: a@example.org\n\n> only a quote\n")), "> only a quote");
}

TEST(SplitText, LinearInWhateverIsRepeated) {
  for (const std::string unit :
       {"> a\n", "On 2.3.2026 10:45 a@b.c wrote:\n", "From: a\nSent: b\n", "-- \n", "a:\n", "\n", "Kind regards\n",
        "____\n\n", "Tel: +49 123 456 789\n", "-----Original Message-----\n> a\n", "a wrote\nb wrote\nc wrote\nd:\n"}) {
    std::uint64_t cost[2];
    double seconds[2];
    for (int k = 0; k < 2; ++k) {
      std::string text;
      while (text.size() < (k == 0 ? 200'000U : 400'000U)) text += unit;
      work_done = 0;
      const auto begin = std::clock();
      parts_of(text);
      seconds[k] = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
      cost[k] = work_done;
    }
    EXPECT_LE(cost[1], cost[0] * 5 / 2) << unit;
    EXPECT_LT(seconds[1], 10) << unit;
  }
}

TEST(SplitText, LinesBeyondTheLimitGoWithTheLast) {
  std::string text(49'999, '\n');
  text += "a\n> b\n";
  EXPECT_EQ(parts_of(text).quoted, "");
  text.erase(0, 1);
  EXPECT_EQ(parts_of(text).quoted, "> b");
}

TEST(SplitText, AReplyMarkerAboveAllTextStartsNoQuotation) {
  for (const std::string marker : {
           "##- Please type your reply above this line -##",
           "##- Responda por encima de esta línea -##",
           "Write ABOVE THIS LINE to post a reply",
           "--- Please reply above this line ---",
           "*** Reply above this line ***",
           "=== Please reply above this line ===",
           "#####REPLY ABOVE THIS LINE#####",
           "----------------\nPlease respond above this line\n----------------",
           "Bitte antworten Sie oberhalb dieser Zeile",
           "##- Bitte geben Sie Ihre Antwort über dieser Zeile ein -##",
           "##- Veuillez répondre au-dessus de cette ligne -##",
           "##- Rispondi sopra questa riga -##",
           "##- Escreva a sua resposta acima desta linha -##",
           "##- Typ uw antwoord boven deze lijn -##",
           "##- Skriv ditt svar ovanför denna rad -##",
           "##- Wpisz odpowiedź powyżej tej linii -##",
           "##- Пишите ответ выше этой строки -##",
           "##- この行より上に返信してください -##",
       }) {
    const std::string said = "Hello, the pump has arrived broken. Please send somebody today.";
    EXPECT_EQ(parts_of(marker + "\n\n" + said + "\n").fresh, said) << marker;
    EXPECT_EQ(parts_of("\n" + marker + "\n" + said + "\n\nOn 2.3.2026 10:45 a@b.example wrote:\n> old\n").fresh, said)
        << marker;
    EXPECT_EQ(parts_of("It works now.\n\n" + marker + "\n\nYour ticket 12 was answered.\n").fresh, "It works now.")
        << marker;
  }
  for (const std::string text :
       {"The line above is broken.", "Please write to the address above.", "The pipe above this line of tiles leaks."})
    EXPECT_EQ(parts_of(text + "\n\nAnd more.\n").fresh, text + "\n\nAnd more.");
}

TEST(SplitText, AFormInAFirstMailIsNeitherSignatureNorQuotation) {
  const auto first = [](const std::string& body) {
    return new_text(read_message("From: a@example.org\nSubject: Leak\n\n" + body));
  };
  const std::string said = "The pipe in room seven is broken.";
  for (const std::string head : {"Name: Anna\nE-Mail: anna@c.example\nTelefon: 0123\nBetreff: Leck\n\n--\n\n",
                                 "Raum: 7\nHaus: B\n--\n", "Name: Anna\nRoom: 7\nUrgency: high\n--\n"})
    EXPECT_NE(first(head + said).find(said), std::string::npos) << head;
  for (const std::string label : {"Message", "Nachricht", "Mensaje", "Messaggio", "Mensagem", "Bericht", "Comments",
                                  "Your message", "Anliegen", "Description", "Сообщение"}) {
    EXPECT_NE(first("Form\n\n________________________________\nFrom: Anna Muster\nSent: 14 December\nTo: Desk\n" +
                    label + ": " + said)
                  .find(said),
              std::string::npos)
        << label;
    EXPECT_NE(first("Contact form\n\n--\n" + label + ": " + said).find(said), std::string::npos) << label;
  }
  const std::string long_prose =
      "It drips on the floor since yesterday evening, please send someone today because the ceiling below is wet.";
  EXPECT_EQ(first("Hello\n\n--\n" + long_prose), "Hello\n\n--\n" + long_prose);
  EXPECT_EQ(first("It leaks.\n\n--\nAnna Example\nHouse keeper\nTel. 0123\n"), "It leaks.");
  EXPECT_EQ(first("It leaks.\n\n-- \n" + long_prose), "It leaks.") << "RFC 3676";
}

}  // namespace
}  // namespace orgo
