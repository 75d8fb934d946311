#include "base/charset_guess.h"

#include <gtest/gtest.h>
#include <unicode/ucnv.h>

#include <string>
#include <vector>

#include "base/charset.h"
#include "base/charset_meant.h"
#include "base/work.h"

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

TEST(CharsetGuess, LatinIsABadLabelForTextsThatNoWesternLanguageHas) {
  struct Case {
    const char *charset, *text;
  };
  for (const auto& one :
       std::vector<Case>{{"koi8-r", "Отопление в комнате двенадцать сломалось"},
                         {"koi8-r", "Заявка на ремонт"},
                         {"windows-1251", "Здравствуйте!\n\nКогда придёт мастер?\nС уважением, Ольга"},
                         {"windows-1251", "Не работает интернет"},
                         {"windows-1253", "Διαρροή νερού στο δωμάτιο επτά"},
                         {"windows-1255", "שאלה לגבי החשבונית שלי"},
                         {"windows-1256", "سؤال عن الفاتورة"},
                         {"windows-874-2000", "เครื่องทำความร้อนเสีย กรุณามาเร็วๆ"},
                         {"gb18030", "十二号房间的暖气坏了,请尽快来修理。谢谢你们的帮助。"},
                         {"big5", "十二號房間的暖氣壞了,請儘快來修理。"},
                         {"shift_jis", "お問い合わせありがとうございます"},
                         {"euc-jp", "三階の教室で水漏れがあります。"},
                         {"euc-kr", "십이호실 난방이 고장났습니다. 감사합니다."},
                         {"windows-1254", "On iki numaralı odanın ısıtması bozuldu, lütfen çabuk gelin, teşekkürler"},
                         {"iso-8859-2", "Zażalenie na złą fakturę, proszę przyjść, Łódź źle"}})
    for (const char* label : {"iso-8859-1", "ISO-8859-15", "windows-1252", "latin1"}) {
      const auto bytes = in(one.charset, one.text);
      EXPECT_EQ(to_utf8(bytes, charset_as_meant(bytes, label)), one.text) << one.charset << " as " << label;
    }
}

TEST(CharsetGuess, ARightLabelOfWesternEuropeStands) {
  for (const char* text : {"Grüße aus Köln",
                           "äöü ÄÖÜ ß",
                           "ÄÖÜäöüß",
                           "Umlaute: äöüÄÖÜß",
                           "ÁÉÍÓÚ áéíóú",
                           "ÀÉÈÊËÎÏÔÛÜŸ",
                           "Çà et là, «L’été»",
                           "éèêëàâäùûüîïôöç",
                           "aåäöéü áéíóúýðþæö",
                           "Þórður Ægisson við Hvítá, ný þýðing á íslensku og dönsku",
                           "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ",
                           "ÚÄÄÄÄÄÄÄÄÄÄ¿ ³ Test ³ ÀÄÄÄÄÄÄÄÄÄÙ",
                           "————————",
                           "•••••••",
                           "°°°°°°",
                           "5 m³h und 3 m²K, m³h m³h",
                           "Für Herrn Nový, für Nový, Nový",
                           "“Ä” … „Ö“ – ‚ü‘",
                           "ÅÄÖ åäö",
                           "GRÖSSE ÄRGER ÜBUNG",
                           "São Paulo, ação, não, coração",
                           "Ünïçødé tëxt wïth möny döts",
                           "È più bello così, perché è già là",
                           "£££ €€€",
                           "jaaaa süüüüüüüß",
                           "¿Qué pasó? ¡Ñandú!",
                           "Føroya bókamál, ýtt við",
                           "CAFÉ DÉJÀ ÉTÉ"}) {
    const auto bytes = in("windows-1252", text);
    for (const std::string_view label : {"iso-8859-1", "windows-1252", "latin1"})
      EXPECT_EQ(charset_as_meant(bytes, label), label) << text;
  }
}

TEST(CharsetGuess, OneScriptUnderTheLabelOfAnother) {
  struct Case {
    const char *charset, *label, *text;
  };
  for (const auto& one : std::vector<Case>{{"big5", "gb2312", "十二號房間的暖氣壞了,請儘快來修理。謝謝你們的幫助。"},
                                           {"big5", "gbk", "七號房間漏水，請您來看一下"},
                                           {"gb18030", "big5", "十二号房间的暖气坏了,请尽快来修理。谢谢你们的帮助。"},
                                           {"gb18030", "x-x-big5", "请问发票什么时候到"},
                                           {"shift_jis", "euc-jp", "お問い合わせありがとうございます"},
                                           {"euc-jp", "shift_jis", "三階の教室で水漏れがあります。"},
                                           {"koi8-r", "windows-1251", "Протечка в комнате семь"},
                                           {"windows-1251", "koi8-r", "Протечка в комнате семь"},
                                           {"windows-1251", "iso-8859-2", "Не работает интернет"},
                                           {"gb18030", "x-no-such-charset", "请问发票什么时候到"},
                                           {"windows-1251", "x-unknown", "Вопрос по счёту"}}) {
    const auto bytes = in(one.charset, one.text);
    EXPECT_EQ(to_utf8(bytes, charset_as_meant(bytes, one.label)), one.text) << one.charset << " as " << one.label;
  }
}

TEST(CharsetGuess, ARightLabelOfAnyScriptStands) {
  struct Case {
    const char* label;
    std::vector<const char*> texts;
  };
  for (const auto& one : std::vector<Case>{
           {"koi8-r", {"Вода", "Иван Петров", "СРОЧНО: НЕТ ВОДЫ", "Вопрос по счёту 15", "вода течёт", "ГОСТ"}},
           {"windows-1251", {"Вода", "Ірина Шевченко", "СРОЧНО: НЕТ ВОДЫ", "Школа № 5", "Питання щодо рахунку"}},
           {"windows-1253", {"Γιώργος Παπαδόπουλος", "ΕΠΕΙΓΟΝ", "Σχετικά με το τιμολόγιο", "Νίκος"}},
           {"windows-1255", {"דוד כהן", "שרה לוי", "רחל פרידמן", "נזילה"}},
           {"windows-1256", {"محمد أحمد", "سؤال", "تسرب المياه"}},
           {"windows-874-2000", {"สมชาย ใจดี", "น้ำรั่วในห้องเจ็ด", "ขอบคุณครับ"}},
           {"gb2312", {"张伟", "李娜", "王小明", "司马相如", "欧阳修", "三楼教室灯不亮", "测试"}},
           {"big5", {"王小明", "陳怡君", "林志豪", "黃淑惠 小姐", "測試"}},
           {"shift_jis", {"鈴木", "田中 一郎", "緊急", "会議室予約", "コンピュータ", "東京都水道局", "ｶﾀｶﾅ"}},
           {"euc-jp", {"鈴木", "高橋健太", "緊急", "請求書について"}},
           {"euc-kr", {"김철수", "박지영", "홍길동 선생님", "이메일 문의"}},
           {"iso-8859-2", {"Jiří Dvořák", "Stanisław Wiśniewski", "Žluťoučký kůň", "őŐűŰ"}},
           {"windows-1254", {"Yedi numaralı oda", "İşişli ığdır", "Müller"}}})
    for (const auto* const text : one.texts) {
      const auto bytes = in(one.label, text);
      EXPECT_EQ(charset_as_meant(bytes, one.label), one.label) << text;
    }
}

TEST(CharsetGuess, Utf16GoesByItsBytes) {
  for (const char* text : {"Die Heizung in Raum 12 ist kaputt. Größe", "Отопление в комнате сломалось", "Hi",
                           "七号房间漏水，请您来看一下", "칠호실에 물이 샙니다", "お問い合わせ"})
    for (const char* bytes_are : {"UTF-16LE", "UTF-16BE"})
      for (const char* label : {"utf-16", "utf-16le", "UTF-16BE", "ucs-2", "unicode", "csUnicode", "iso-10646-ucs-2"}) {
        const auto bytes = in(bytes_are, text);
        EXPECT_EQ(to_utf8(bytes, charset_as_meant(bytes, label)), text) << bytes_are << " as " << label;
      }
  for (const char* label : {"", "utf-8", "iso-8859-1", "us-ascii", "windows-1251", "x-foo"})
    for (const char* bytes_are : {"UTF-16LE", "UTF-16BE"}) {
      const auto bytes = in(bytes_are, "Die Heizung ist kaputt. Größe");
      EXPECT_EQ(to_utf8(bytes, charset_as_meant(bytes, label)), "Die Heizung ist kaputt. Größe") << label;
    }
  for (const char* label : {"x-utf-16le-bom", "bocu-1", "scsu", "hz-gb-2312", "imap-mailbox-name", "cp1047", "utf-32be",
                            "ucs-4", "x-UTF-32LE-BOM", "iso-2022-kr", "ibm-930", "ebcdic-cp-us"})
    for (const std::string text : {"The heating in room 12 is broken. 5 ~ and {ok} \\ yes", "a & b, 50% - x"})
      EXPECT_EQ(to_utf8(text, charset_as_meant(text, label)), text) << label;
}

TEST(CharsetGuess, NamesInHeadersAreGuessed) {
  struct Case {
    const char *charset, *text;
  };
  for (const auto& one : std::vector<Case>{{"shift_jis", "山田太郎先生"},
                                           {"shift_jis", "東京都水道局"},
                                           {"windows-1250", "Łukasz Żółty"},
                                           {"iso-8859-2", "Małgorzata Dąbrowska"},
                                           {"windows-1255", "דוד כהן"},
                                           {"windows-1255", "רחל פרידמן"},
                                           {"windows-874-2000", "เครื่องเสีย"},
                                           {"windows-874-2000", "สมชาย ใจดี"},
                                           {"windows-1251", "Анна Сергеевна Кузнецова"},
                                           {"koi8-r", "Иван Петров"},
                                           {"koi8-r", "СРОЧНО: НЕТ ВОДЫ"},
                                           {"windows-1253", "Γιώργος Παπαδόπουλος"},
                                           {"gb18030", "王小明"},
                                           {"big5", "陳怡君"},
                                           {"euc-kr", "김철수"}}) {
    const auto bytes = in(one.charset, one.text) + " <ann@kim.example>";
    EXPECT_EQ(to_utf8(bytes, guess_charset(bytes)), std::string(one.text) + " <ann@kim.example>") << one.charset;
  }
}

TEST(CharsetGuess, WorkGrowsWithTheBytesOnly) {
  const auto work = [](std::size_t size, const char* label) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>((i * 131 + i / 7) ^ (i >> 3));
    const auto before = work_done;
    const auto meant = charset_as_meant(bytes, label);
    EXPECT_TRUE(is_utf8(to_utf8(bytes, meant)));
    return work_done - before;
  };
  for (const char* label : {"", "utf-8", "iso-8859-1", "gb2312", "big5", "koi8-r", "utf-16", "x-foo", "windows-874"})
    EXPECT_LT(work(400'000, label), 2 * work(200'000, label) + 1'000) << label;
}

}  // namespace
}  // namespace orgo
