#include "core/mail/read/stub_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/mail/read/read_message.h"

namespace orgo {
namespace {

TEST(StubText, SaysNothingBesideItsHtml) {
  for (const char* text :
       {"",
        " \n\n",
        "\u00a0\n \n",
        "\u200b",
        "\ufeff",
        "\u00ad\u034f\u200c",
        "\u3000",
        "[cid:image001.png@01D9.5A]",
        "[cid:a]\n[cid:b]",
        "[cid:a]<https://x.example/>",
        "[image: Logo]",
        "-- --",
        "Your mail program does not support HTML. Please view this message in a mail program that does.",
        "This message is in HTML format.",
        "To view this e-mail you need an HTML-capable mail client.",
        "Ihr E-Mail-Programm unterstützt kein HTML.",
        "Diese Nachricht liegt im HTML-Format vor.",
        "Votre messagerie ne supporte pas le HTML.",
        "Ce message est au format HTML.",
        "Su programa de correo no soporta HTML.",
        "Il tuo client non supporta HTML.",
        "O seu programa não suporta HTML.",
        "Uw programma kan geen HTML tonen.",
        "Din e-postklient stöder inte HTML.",
        "Twój program nie obsługuje HTML.",
        "Ваша программа не поддерживает HTML.",
        "このメールはHTML形式です。",
        "您的邮件程序不支持HTML",
        "Dit bericht is in HTML-formaat.",
        "Bu e-posta HTML biçimindedir.",
        "HTML only",
        "HTML",
        "(no text)",
        "*** No plain text ***",
        "Text version not available.",
        "This is a multi-part message in MIME format.",
        "[Kein Text]",
        "Pas de texte",
        "If you cannot see this message, click here: https://x.example/view",
        "Trouble viewing this email? https://x.example/2",
        "View this email in your browser: https://x.example/1"})
    EXPECT_TRUE(is_stub(text)) << text;
  for (const char* text : {"leak", "There is a leak in room seven.", "The text is wrong.", "no water",
                           "No text on page 7", "?", "[cid:a] leak", "Hi", "OK", "1", "\u200bleak", "ja", "水漏れ",
                           "The HTML page of the library is broken: the catalogue shows nothing."})
    EXPECT_FALSE(is_stub(text)) << text;
}

RC_GTEST_PROP(StubText, WhatIsSurelyNoneIsNone, ()) {
  const auto words = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "This ", "is HTML", "view in your browser ", "Votre messagerie: dans votre navigateur", "en su navegador", "\n",
      " ", "-", "[cid:a]", "<https://x.example/>", "leak ", "hTmL version", "\u200b", "no soporta ", "HTML", "tml",
      "BROWSER", "No text", "(", ")", "***", "viewing this ", "cannot see this message ", "reading this"));
  std::string text;
  for (const auto& one : words) text += one;
  RC_ASSERT(!(is_surely_no_stub(text) && is_stub(text)));
}

TEST(StubText, AnUsualTextIsSurelyNone) {
  EXPECT_TRUE(is_surely_no_stub("\nHello,\nmuch water is behind the wall; we have never seen it.\n"));
  EXPECT_FALSE(is_surely_no_stub("This message is in HTML format."));
}

std::string multipart(std::string_view type, std::string_view boundary, std::vector<std::string> parts) {
  std::string out = "Content-Type: multipart/" + std::string(type) + "; boundary=" + std::string(boundary) + "\n\n";
  for (const auto& part : parts) out += "--" + std::string(boundary) + "\n" + part + "\n";
  return out + "--" + std::string(boundary) + "--\n";
}
Message read(const std::string& mail) {
  return read_message("From: a@x.example\nSubject: x\nMIME-Version: 1.0\n" + mail);
}
std::string plain(const std::string& text) {
  return "Content-Type: text/plain; charset=utf-8\n\n" + text;
}
const std::string kHtml = "Content-Type: text/html\nContent-ID: <root>\n\n<p>There is a leak <img src=\"cid:i1\"></p>";
const std::string kImage =
    "Content-Type: image/png; name=a.png\nContent-ID: <i1>\nContent-Transfer-Encoding: base64\n\niVBORw0K";

TEST(BodyChoice, TheHtmlIsTheTextWhereThePlainPartSaysNothing) {
  for (const char* stub : {"\u00a0\n \n", "\u200b", "\u2800", "\u2800 \u2800\n", "\u180b", "\ufe0f", "\u2062", "\uffa0",
                           "[cid:i1]", "Your mail program does not support HTML."})
    for (const auto& html : {kHtml, multipart("related; type=\"text/html\"", "r", {kHtml, kImage})}) {
      const auto message = read(multipart("alternative", "a", {plain(stub), html}));
      EXPECT_EQ(message.text.substr(0, 15), "There is a leak") << stub;
    }
  const auto quoted_printable =
      "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n=C2=A0\n=20\n";
  EXPECT_EQ(read(multipart("alternative", "a", {quoted_printable, kHtml})).text.substr(0, 15), "There is a leak");
  EXPECT_EQ(read(multipart("alternative", "a", {plain("leak"), kHtml})).text, "leak");
  EXPECT_EQ(read(plain("[cid:i1]")).text, "[cid:i1]") << "alone it is all there is";
}

TEST(BodyChoice, TheRootOfRelatedPartsIsRead) {
  const auto other = "Content-Type: text/html\nContent-ID: <frame>\n\n<p>frame</p>";
  for (const auto& mail :
       {multipart("related; type=\"text/html\"; start=\"<root>\"", "r", {kImage, kHtml}),
        multipart("related; start=root", "r", {kImage, kHtml}),
        multipart("related; type=\"text/html\"", "r", {kImage, kHtml}), multipart("related", "r", {kImage, kHtml}),
        multipart("related", "r", {kHtml, kImage}), multipart("related; start=\"<root>\"", "r", {other, kHtml, kImage}),
        multipart("related; start=\"<gone>\"", "r", {kImage, kHtml}),
        multipart("mixed", "m", {multipart("related; start=\"<root>\"", "r", {kImage, kHtml})})}) {
    const auto message = read(mail);
    EXPECT_EQ(message.text.substr(0, 15), "There is a leak") << mail;
    EXPECT_NE(message.as_mail().html.find("There is a leak"), std::string::npos) << mail;
    for (const auto& attachment : message.attachments)
      EXPECT_NE(attachment.content_id, "root") << "what is read is no attachment";
  }
  const auto both = read(
      multipart("alternative", "a", {plain("leak"), multipart("related; start=\"<root>\"", "r", {kImage, kHtml})}));
  EXPECT_EQ(both.text, "leak");
  EXPECT_NE(both.as_mail().html.find("There is a leak"), std::string::npos);
  ASSERT_EQ(both.attachments.size(), 1U);
  EXPECT_TRUE(both.attachments[0].is_inline);
}

TEST(BodyChoice, TypesThatThereAreNotAreTexts) {
  for (const char* type : {"plain/text", "application/text", "application/txt", "text/txt", "unknown/unknown", "*/*",
                           "plain/plain", "text/unknown", "ascii/text", "application/plain", "Text/Ascii"}) {
    const auto message = read("Content-Type: " + std::string(type) + "\n\nThe boiler leaks.\n");
    EXPECT_EQ(message.text, "The boiler leaks.\n") << type;
    EXPECT_TRUE(message.attachments.empty()) << type;
  }
  for (const char* type : {"html/text", "html/html", "application/html", "unknown/unknown"})
    EXPECT_EQ(read("Content-Type: " + std::string(type) + "\n\n<html><p>The boiler leaks.</p></html>").text,
              "The boiler leaks.")
        << type;
  for (const std::string& mail :
       {std::string("Content-Type: */*\n\nPK\x03\x04\x01\x02"), std::string("Content-Type: image/png\n\nwords"),
        std::string("Content-Type: unknown/unknown; name=a.dat\n\nwords"),
        std::string("Content-Type: plain/text\nContent-Disposition: attachment; filename=a\n\nwords")}) {
    const auto message = read(mail);
    EXPECT_EQ(message.text, "") << mail;
    EXPECT_EQ(message.attachments.size(), 1U) << mail;
  }
}

TEST(BodyChoice, NamedTextsAreShownAndKept) {
  for (const char* header : {"Content-Type: text/plain; name=\"notes.txt\"\n",
                             "Content-Type: text/plain\nContent-Disposition: inline; filename=notes.txt\n",
                             "Content-Type: text/plain; name=notes.txt\nContent-Disposition: inline\n"}) {
    const auto message = read(multipart("mixed", "m", {plain("leak"), header + std::string("\nroom seven\n")}));
    EXPECT_NE(message.text.find("room seven"), std::string::npos) << header;
    ASSERT_EQ(message.attachments.size(), 1U) << header;
    EXPECT_EQ(message.attachments[0].filename, "notes.txt");
  }
  for (const char* header :
       {"Content-Type: text/plain; name=\"notes.txt\"\n", "Content-Type: text/plain; name*=utf-8''notes.txt\n",
        "Content-Type: text/plain\nContent-Disposition: inline; filename=notes.txt\n",
        "Content-Type: text/plain\nContent-Disposition: inline; filename*=utf-8''notes%2Etxt\n"})
    for (const auto& mail :
         {multipart("mixed", "m", {header + std::string("\nroom seven\n"), plain("leak")}),
          multipart("mixed", "m", {header + std::string("\nroom seven\n")}), header + std::string("\nroom seven\n")}) {
      const auto message = read(mail);
      EXPECT_NE(message.text.find("room seven"), std::string::npos) << mail;
      ASSERT_EQ(message.attachments.size(), 1U) << mail;
      EXPECT_EQ(message.attachments[0].filename, "notes.txt");
    }
  const auto page = read("Content-Type: text/html; name=mail.html\n\n<p>leak</p>");
  EXPECT_EQ(page.text, "leak");
  EXPECT_EQ(page.attachments.size(), 1U);
  EXPECT_TRUE(
      read(multipart("alternative", "a", {"Content-Type: text/plain; name=a.txt\n\nleak", kHtml})).attachments.empty())
      << "another form of the same is no file";
  const auto kept = read(multipart(
      "mixed", "m",
      {plain("leak"), "Content-Type: text/plain\nContent-Disposition: attachment; filename=notes.txt\n\nroom"}));
  EXPECT_EQ(kept.text, "leak");
  EXPECT_EQ(kept.attachments.size(), 1U);
}

TEST(StubText, RemarksThatSendTheReaderElsewhere) {
  for (const char* text : {"&nbsp;",
                           "&nbsp;\n&nbsp;",
                           "&#160;",
                           "&zwnj;&nbsp;",
                           "<br>",
                           "<image001.png>",
                           "<image001.png> <image002.jpg>",
                           "[Bild: logo]",
                           "[Bild]",
                           "[Image]",
                           "[image 1]",
                           "[Logo]",
                           "[image001.png]",
                           "[Imagen: logo]",
                           "[Imagem]",
                           "[Immagine: logo]",
                           "[Afbeelding: logo]",
                           "[画像]",
                           "[Grafik: Firmenlogo]<https://x.example/>",
                           "Si vous ne pouvez pas lire cet e-mail, cliquez ici : https://x.example/1",
                           "Si ce message ne s'affiche pas correctement, consultez la version en ligne.",
                           "Para visualizar este e-mail é necessário um programa que suporte HTML.",
                           "Se não consegue ler este e-mail, clique aqui.",
                           "HTML message",
                           "Please view this email in HTML.",
                           "Your email client cannot read this email.\nTo view it online, please go "
                           "here:\nhttp://x.example/display.php?M=1",
                           "This email requires a modern e-mail reader.",
                           "If you can't read this e-mail, open https://x.example",
                           "Si no puede ver este correo, haga clic aquí: https://x.example",
                           "Se non riesci a leggere questa e-mail, clicca qui.",
                           "Wenn Sie diese E-Mail nicht lesen können, klicken Sie hier: https://x.example",
                           "Falls diese Nachricht nicht richtig angezeigt wird, klicken Sie bitte hier.",
                           "Kunt u deze e-mail niet lezen? Klik hier: https://x.example",
                           "Als u dit bericht niet kunt lezen, klik dan hier.",
                           "Se denna e-post inte visas korrekt, klicka här",
                           "Если вы не видите это письмо, откройте его: https://x.example",
                           "Jeśli nie możesz przeczytać tej wiadomości, kliknij tutaj.",
                           "Pokud se vám zpráva nezobrazuje správně, klikněte sem.",
                           "如果您无法查看此邮件，请点击 https://x.example",
                           "このメールをご覧になれない場合は https://x.example"})
    EXPECT_TRUE(is_stub(text)) << text;
  for (const char* text : {"Image processing is broken.", "[urgent] leak", "<b> leak", "Logo of the house is torn off.",
                           "The mail box at the gate is broken.", "I did read the meter.", "A & B leak", "[image] leak",
                           "The message board fell down.", "Bild 7 fehlt"})
    EXPECT_FALSE(is_stub(text)) << text;
  for (const char* stub :
       {"&nbsp;", "<image001.png>", "[Bild: logo]", "HTML message", "This email requires a modern e-mail reader."})
    EXPECT_EQ(read(multipart("alternative", "a", {plain(stub), kHtml})).text.substr(0, 15), "There is a leak") << stub;
}

TEST(BodyChoice, ATextThatIsAttachedAloneIsShownAndKept) {
  for (const char* header :
       {"Content-Disposition: attachment; filename=a.txt\nContent-Type: text/plain; name=a.txt\n",
        "Content-Disposition: attachment; filename=a.txt\nContent-Type: text/plain\n",
        "Content-Disposition: attachment\nContent-Type: text/plain\n",
        "Content-Disposition: attachment; filename=a.html\nContent-Type: text/html; name=a.html\n"}) {
    const std::string part = header + std::string("\nThere is a leak in room seven.\n");
    for (const auto& mail : {part, multipart("mixed", "m", {part}), multipart("mixed", "m", {part, kImage})}) {
      const auto message = read(mail);
      EXPECT_NE(message.text.find("There is a leak"), std::string::npos) << mail;
      EXPECT_FALSE(message.attachments.empty()) << mail;
    }
  }
  const std::string first = "Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\none";
  const std::string second = "Content-Type: text/plain\nContent-Disposition: attachment; filename=b.txt\n\ntwo";
  EXPECT_EQ(read(multipart("mixed", "m", {first, second})).text, "") << "files, and nobody wrote";
}

TEST(BodyChoice, WhatExchangeNamesAttIsTheRestOfTheText) {
  for (const char* name : {"ATT00001.txt", "ATT00002.txt", "ATT12345.htm", "att00001.txt", "ATT0000123.html"}) {
    const bool html = std::string_view(name).find(".h") != std::string_view::npos;
    const auto part = "Content-Type: text/" + std::string(html ? "html" : "plain") +
                      "\nContent-Disposition: attachment; filename=" + name + "\n\nThere is a leak in room seven.";
    const auto message = read(multipart("mixed", "m", {plain("Hello"), kImage, part}));
    EXPECT_NE(message.text.find("There is a leak"), std::string::npos) << name;
    EXPECT_EQ(message.attachments.size(), 2U) << name;
  }
  for (const char* name : {"ATTEST.txt", "ATT1.txt", "notes.txt", "ATT00001.pdf.txt"}) {
    const auto part =
        "Content-Type: text/plain\nContent-Disposition: attachment; filename=" + std::string(name) + "\n\nno";
    EXPECT_EQ(read(multipart("mixed", "m", {plain("Hello"), part})).text, "Hello") << name;
  }
}

}  // namespace
}  // namespace orgo
