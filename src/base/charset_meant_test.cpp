#include "base/charset_meant.h"
#include "base/charset_guess.h"

#include <gtest/gtest.h>
#include <unicode/ucnv.h>

#include <string>
#include <vector>

#include "base/charset.h"

namespace orgo {
namespace {

/// UTF-8 in another charset, by ICU.
std::string in(const char* charset, std::string_view utf8) {
  std::string out(utf8.size() * 4 + 16, '\0');
  UErrorCode error = U_ZERO_ERROR;
  const auto size = ucnv_convert(charset, "UTF-8", out.data(), static_cast<int>(out.size()), utf8.data(),
                                 static_cast<int>(utf8.size()), &error);
  out.resize(static_cast<std::size_t>(size));
  return out;
}

TEST(CharsetMeant, LabelsThatCannotBeTrue) {
  for (const char* label : {"CP1026", "cp037", "IBM037", "ibm1047", "EBCDIC-CP-US", "cp500", "ibm-1140", "UTF-16",
                            "utf-16le", "UTF-16BE", "utf-32", "unicode", "UCS-2", "csUnicode", "iso-10646-ucs-2"}) {
    EXPECT_EQ(to_utf8("a leak\r\n", charset_as_meant("a leak\r\n", label)), "a leak\r\n") << label;
    EXPECT_EQ(to_utf8("für\n", charset_as_meant("für\n", label)), "für\n") << label;
  }
  for (const char* label : {"iso-8859-1", "ISO-8859-15", "windows-1252", "latin1", "iso-8859-9"})
    EXPECT_EQ(to_utf8("Müller", charset_as_meant("Müller", label)), "Müller") << label;
  for (const char* label : {"iso-8859-2", "koi8-r", "windows-1251", "gb2312", "big5", "shift_jis"})
    EXPECT_EQ(to_utf8("Grüße aus Köln", charset_as_meant("Grüße aus Köln", label)), "Grüße aus Köln") << label;
  for (const char* text : {"C++ and 1+1", "call +491234567 now", "a + b", "x+", "50+50=100"})
    EXPECT_EQ(to_utf8(text, charset_as_meant(text, "utf-7")), text) << text;
}

TEST(CharsetMeant, TrueLabelsStay) {
  EXPECT_EQ(charset_as_meant("Hi Mom +Jjo--!", "utf-7"), "utf-7");
  EXPECT_EQ(charset_as_meant("+ZeVnLIqe-", "UTF-7"), "UTF-7");
  EXPECT_EQ(charset_as_meant(in("UTF-16LE", "leak"), "utf-16le"), "utf-16le");
  EXPECT_EQ(charset_as_meant(in("ibm-1047", "There is a leak"), "ibm1047"), "ibm1047");
  EXPECT_EQ(charset_as_meant(in("ISO-8859-1", "Müller"), "iso-8859-1"), "iso-8859-1");
  EXPECT_EQ(charset_as_meant(in("KOI8-R", "Протечка воды"), "koi8-r"), "koi8-r");
  EXPECT_EQ(charset_as_meant("plain", "iso-8859-1"), "iso-8859-1");
  EXPECT_EQ(charset_as_meant("Müller", ""), "");
  EXPECT_EQ(charset_as_meant(in("ISO-8859-1", "Müller, größte Übung"), ""), "");
  EXPECT_EQ(charset_as_meant(in("ISO-8859-1", "Déjà vu à Genève"), "us-ascii"), "us-ascii");
}

TEST(CharsetMeant, RawBytesAreGuessedByTheirFrequency) {
  struct Case {
    const char *charset, *text;
  };
  for (const auto& one :
       std::vector<Case>{{"gb18030", "七号房间漏水，请您来看一下"},
                         {"gb18030", "关于会议的通知"},
                         {"gb18030", "测试邮件"},
                         {"gb18030", "请问发票什么时候到"},
                         {"big5", "七號房間漏水，請您來看一下"},
                         {"big5", "關於會議的通知"},
                         {"big5", "請問發票什麼時候到"},
                         {"shift_jis", "七号室の水漏れについて"},
                         {"shift_jis", "お問い合わせありがとうございます"},
                         {"euc-jp", "七号室の水漏れについて"},
                         {"euc-kr", "칠호실에 물이 샙니다"},
                         {"euc-kr", "회의 안내입니다"},
                         {"koi8-r", "Протечка в комнате семь"},
                         {"koi8-r", "Заявка на ремонт"},
                         {"windows-1251", "Протечка в комнате семь"},
                         {"windows-1251", "Заявка на ремонт"},
                         {"windows-1251", "Вода"},
                         {"koi8-r", "Срочно: нет воды"},
                         {"windows-1253", "Διαρροή νερού στο δωμάτιο επτά"},
                         {"iso-8859-7", "Σχετικά με το τιμολόγιο"},
                         {"windows-1253", "Ερώτηση για την παραγγελία μου"},
                         {"windows-1255", "נזילה בחדר שבע"},
                         {"iso-8859-8", "שאלה לגבי החשבונית שלי"},
                         {"windows-1256", "تسرب المياه في الغرفة السابعة"},
                         {"windows-1256", "سؤال عن الفاتورة"},
                         {"windows-1254", "Yedi numaralı odada su sızıntısı var, teşekkürler"},
                         {"iso-8859-9", "Fatura ödemesi hakkında"},
                         {"windows-1254", "Su kaçağı"},
                         {"iso-8859-2", "Zgłoszenie usterki w pokoju, żarówka nie świeci"},
                         {"windows-1250", "Zażalenie na złą fakturę"},
                         {"iso-8859-2", "Žádost o opravu, kohoutek teče a voda přitéká, pošlete někoho"}}) {
    const auto bytes = in(one.charset, one.text);
    const auto guess = guess_charset(bytes);
    EXPECT_EQ(to_utf8(bytes, guess), one.text) << one.charset << " guessed as " << guess;
  }
  for (const char* western :
       {"Grüße aus Köln", "Déjà vu", "Señor Núñez", "Åse Ørsted", "Ça va très bien", "naïve café", "Það er ný lögn",
        "ÿ", "Müller & Söhne", "100 m² für 5 €", "l´été de l·lusió", "§5 und ½ Liter", "¿Qué pasó?"})
    EXPECT_EQ(guess_charset(in("windows-1252", western)), "") << western;
}

TEST(CharsetMeant, Utf8IsABadLabelForMostBytesOfAnotherCharset) {
  struct Case {
    const char *charset, *text;
  };
  for (const auto& one : std::vector<Case>{{"gb18030", "七号房间漏水，请您来看一下"},
                                           {"gb18030", "三号房间漏水，请尽快派人来修理，谢谢。"},
                                           {"big5", "七號房間漏水，請您來看一下"},
                                           {"big5", "三號房間漏水，請儘快派人來修理，謝謝。"},
                                           {"big5", "三樓教室漏水，請儘快派人來修理，謝謝。"},
                                           {"shift_jis", "お問い合わせありがとうございます"},
                                           {"shift_jis", "三号室の水漏れについてご連絡します"},
                                           {"euc-jp", "七号室の水漏れについて"},
                                           {"euc-kr", "칠호실에 물이 샙니다"},
                                           {"koi8-r", "Протечка в комнате семь"},
                                           {"windows-1251", "На третьем этаже течёт вода, пришлите сантехника."},
                                           {"windows-1253", "Διαρροή νερού στο δωμάτιο επτά"},
                                           {"windows-1255", "נזילה בחדר שבע"},
                                           {"windows-1256", "تسرب المياه في الغرفة السابعة"},
                                           {"iso-8859-2", "Zgłoszenie usterki w pokoju, żarówka nie świeci"}}) {
    const auto bytes = in(one.charset, one.text);
    for (const char* label : {"utf-8", "UTF-8", "utf8"})
      EXPECT_EQ(to_utf8(bytes, charset_as_meant(bytes, label)), one.text) << one.charset << " as " << label;
  }
  for (const std::string text : {"Müller \xFC und Söhne äöü", "Протечка в ком\xD0 нате", "漏水\xE6 七号房间", "plain",
                                 "caf\xE9", "Zażółć gęślą \xFF jaźń"})
    EXPECT_EQ(charset_as_meant(text, "utf-8"), "utf-8") << text << ": few bytes are broken";
}

TEST(CharsetMeant, ALetterThatWesternEuropeHasNotTells) {
  for (const char* text : {"Łukasz Żak", "\"Łucja\" prosi", "Żak Łukasz"})
    EXPECT_EQ(to_utf8(in("iso-8859-2", text), guess_charset(in("iso-8859-2", text))), text);
  for (const char* text :
       {"Üçüncü katta su sızıntısı var, lütfen yardım edin, teşekkürler.", "Öğrenci işi, üçüncü kapı"})
    EXPECT_EQ(to_utf8(in("windows-1254", text), guess_charset(in("windows-1254", text))), text);
  for (const char* text : {"£5 for one", "cost: £ 5", "a £"})
    EXPECT_EQ(guess_charset(in("windows-1252", text)), "") << text;
}

TEST(CharsetMeant, ALongTextMayBeCutWithinACharacter) {
  std::string text;
  while (text.size() < 9'000) text += "七号房间漏水请您来看一下";
  for (const char* before : {"", "a", "ab", "abc"})
    EXPECT_EQ(guess_charset(before + in("gb18030", text)), "gb18030") << before;
}

TEST(CharsetMeant, EscapeSequencesNameTheirCharset) {
  for (const char* text :
       {"七号室の水漏れ", "三階の教室で水漏れがあります。", "山田", "お問い合わせ ABC ありがとう", "水道"}) {
    const auto bytes = in("iso-2022-jp", text);
    for (const char* label : {"", "us-ascii", "utf-8", "iso-8859-1", "unknown-8bit", "7bit"})
      EXPECT_EQ(to_utf8(bytes, charset_as_meant(bytes, label)), text) << label;
  }
  const auto korean = in("iso-2022-kr", "칠호실에 물이 샙니다");
  EXPECT_EQ(to_utf8(korean, charset_as_meant(korean, "us-ascii")), "칠호실에 물이 샙니다");
  for (const char* text : {"plain", "cost $B 5", "\x1B[31mred\x1B[0m", "a\x1B", ""})
    EXPECT_EQ(charset_as_meant(text, "us-ascii"), "us-ascii") << text;
}

}  // namespace
}  // namespace orgo
