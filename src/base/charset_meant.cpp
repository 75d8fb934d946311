#include "base/charset_meant.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/charset.h"
#include "base/text.h"

namespace orgo {
namespace {

constexpr std::size_t kLookAt = 2'000;     // bytes
constexpr std::size_t kMultiBytesMin = 3;  // characters that make UTF-8 sure below a label of another charset

enum class Family { none, latin, other, wide, ebcdic, utf7 };

Family family_of(std::string_view label) {
  if (ascii_iequals(label, "utf-8")) return Family::none;  // nearly all
  std::string name;
  for (const char c : label.substr(0, 40))
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) name += c;
    else if (c >= 'A' && c <= 'Z') name += ascii_lower(c);
  if (name.empty() || name.find("ascii") != std::string::npos || name.starts_with("unknown") || name == "8bit" ||
      name == "7bit" || name == "default" || name == "none" || name == "binary")
    return Family::none;
  if (name == "utf7" || name == "unicode11utf7" || name == "utf7imap") return Family::utf7;
  if (name == "utf8" || name == "unicode11utf8" || name == "xutf8" || name == "utf8mb4") return Family::none;
  if (name.starts_with("utf16") || name.starts_with("utf32") || name.starts_with("ucs") || name == "unicode" ||
      name == "csunicode" || name.starts_with("iso10646"))
    return Family::wide;
  const auto ends_ebcdic = [&](std::string_view prefix) {
    if (!name.starts_with(prefix)) return false;
    const auto number = std::string_view(name).substr(prefix.size());
    constexpr auto kPages = std::to_array<std::string_view>(
        {"037",  "273",  "277",  "278",  "280",  "284",  "285",  "290",  "297",  "420",  "424",
         "500",  "838",  "870",  "871",  "875",  "880",  "905",  "918",  "924",  "930",  "933",
         "935",  "937",  "939",  "1025", "1026", "1047", "1112", "1122", "1123", "1130", "1132",
         "1137", "1140", "1141", "1142", "1143", "1144", "1145", "1146", "1147", "1148", "1149"});
    return std::find(kPages.begin(), kPages.end(), number) != kPages.end();
  };
  if (name.starts_with("ebcdic") || ends_ebcdic("cp") || ends_ebcdic("ibm") || ends_ebcdic("cp0") ||
      ends_ebcdic("ibm0"))
    return Family::ebcdic;
  if (name.starts_with("iso88591") || name.starts_with("iso88599") || name.starts_with("iso885915") ||
      name.starts_with("latin") || name == "windows1252" || name == "cp1252" || name == "ansi" || name == "l1")
    return Family::latin;
  return Family::other;
}

std::size_t multi_bytes(std::string_view bytes) {
  return static_cast<std::size_t>(
      std::count_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xC0; }));
}

bool has_nul(std::string_view bytes) {
  return bytes.find('\0') != std::string_view::npos;
}

bool is_mostly_ascii(std::string_view bytes) {
  const auto plain = std::count_if(bytes.begin(), bytes.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' || c == '\n';
  });
  return static_cast<std::size_t>(plain) * 2 > bytes.size();
}

/// Is a "+" of UTF-7 (RFC 2152) a plus here? Shifted text is base64 whose length and last bits come out even, and is
/// not made of digits only.
bool is_plain_plus(std::string_view bytes) {
  const auto is_base64 = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  for (auto at = bytes.find('+'); at != std::string_view::npos; at = bytes.find('+', at + 1)) {
    auto end = at + 1;
    while (end < bytes.size() && is_base64(bytes[end])) ++end;
    const auto run = bytes.substr(at + 1, end - at - 1);
    if (run.empty()) {
      if (end < bytes.size() && bytes[end] == '-') continue;  // "+-" is a plus
      return true;
    }
    const auto bits = run.size() * 6 % 16;  // what is left of the last unit is padding
    const bool digits = std::all_of(run.begin(), run.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (run.size() < 3 || bits >= 6 || digits) return true;
    at = end - 1;
  }
  return false;
}

// The characters that make up half of all text.
constexpr std::u32string_view kSimplified =
    U"的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家"
    U"种"
    U"事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民"
    U"第公"
    U"此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合"
    U"回特"
    U"请您水漏房间报修通知会议邮件电系统账订单客户服务您好谢谢报告申请合同发票付款测试关于资料公司";
constexpr std::u32string_view kTraditional =
    U"的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家"
    U"種"
    U"事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民"
    U"第公"
    U"此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合"
    U"回特"
    U"請您水漏房間報修通知會議郵件電系統帳訂單客戶服務您好謝謝報告申請合約發票付款測試關於資料公司";

constexpr std::u32string_view kHangul =
    U"이다는의가에을를은고하지로기사도시리자한어대인나라해서정일수부들그전만구보아스장제과주여요습니게안되면내세까"
    U"있었것으와며원상자연성동문적신공조입물건회실관련합해주십시오감사합니다님저희";

bool among(std::u32string_view known, char32_t c) {
  return known.find(c) != std::u32string_view::npos;
}

char32_t next_character(std::string_view text, std::size_t& at) {
  const auto length = utf8_sequence(text, at);
  if (length == 0) {
    ++at;
    return 0xFFFD;
  }
  const auto first = static_cast<unsigned char>(text[at]);
  char32_t c = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) c = (c << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  at += length;
  return c;
}

/// The letters of a language that a charset of single bytes was made for.
struct Alphabet {
  std::string_view charset;
  std::u32string_view capitals;  ///< at the begin of a word only; none: the script has none
  std::u32string_view frequent;  ///< some four fifths of all text
  std::u32string_view others;
};
constexpr std::u32string_view kCyrillicCapitals = U"АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ";
constexpr std::u32string_view kCyrillicFrequent = U"оеаинтсрвлкмдпу", kCyrillicOthers = U"ёбгжзйфхцчшщъыьэюя";
constexpr auto kAlphabets = std::to_array<Alphabet>({
    {"koi8-r", kCyrillicCapitals, kCyrillicFrequent, kCyrillicOthers},
    {"windows-1251", kCyrillicCapitals, kCyrillicFrequent, kCyrillicOthers},
    {"windows-1253", U"ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏΪΫ", U"αοιετσνηυρπκςλάίόήέμ", U"βγδζθξφχψωύώϊϋΐΰ"},
    {"windows-1255", {}, U"ויהלאתבמרשנם", U"גדזחטךכןסעףפץצק"},
    {"windows-1256", {}, U"اليمنتوربسعدهةف", U"ءآأؤإئثجحخذزشصضطظغقكىپچژگ"},
});

/// Letters in small blocks of bytes look like letters of every such charset: what is rare tells them apart.
double letter_score(char32_t c, char32_t before, const Alphabet& of) {
  if (among(of.frequent, c)) return 1.2;
  if (among(of.others, c)) return c == before ? 0 : 0.45;
  if (!among(of.capitals, c)) return -1.5;
  return among(of.frequent, before) || among(of.others, before) ? -1.5 : 0.4;
}

/// How well one character fits a text of that charset; `before`: the one before it.
double score_of(char32_t c, char32_t before, std::string_view charset) {
  for (const auto& alphabet : kAlphabets)
    if (alphabet.charset == charset) return letter_score(c, before, alphabet);
  if (c >= 0x3041 && c <= 0x30FF) return charset == "shift_jis" || charset == "euc-jp" ? 1.6 : -0.5;
  if (c >= 0xFF61 && c <= 0xFF9F) return -1.5;  // half-width kana: what other charsets look like in Shift_JIS
  if (c >= 0xAC00 && c <= 0xD7A3) return charset != "euc-kr" ? -1 : among(kHangul, c) ? 1.6 : 0.2;
  if (c >= 0x4E00 && c <= 0x9FFF) {
    if (charset == "gb18030") return among(kSimplified, c) ? 2.0 : 0.35;
    if (charset == "big5") return among(kTraditional, c) ? 2.0 : 0.3;
    if (charset == "euc-kr") return -0.8;
    return among(kTraditional, c) || among(kSimplified, c) ? 1.2 : 0.3;
  }
  if ((c >= 0x3000 && c <= 0x3020) || (c >= 0xFF01 && c <= 0xFF5E)) return 0.5;
  return -1.5;
}

/// In UTF-8, if all of it is of that charset; the last character may be cut off where only the begin is looked at.
bool read_all(std::string& text, std::string_view bytes, std::string_view charset) {
  const std::size_t cut_most = bytes.size() == kLookAt ? 3 : 0;
  for (std::size_t cut = 0; cut <= cut_most; ++cut) {
    text.clear();
    if (append_utf8(text, bytes.substr(0, bytes.size() - cut), charset) == Decoded::cleanly) return true;
  }
  return false;
}

double fit(std::string_view bytes, std::string_view charset) {
  std::string text;
  if (!read_all(text, bytes, charset)) return -10;
  double sum = 0;
  int count = 0;
  char32_t before = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = next_character(text, at);
    if (c >= 0x80) {
      sum += score_of(c, before, charset);
      ++count;
    }
    before = c;
  }
  return count == 0 ? -10 : sum / count;
}

/// Letters of Western Europe stand alone or in twos among those of ASCII ("Müller", "Núñez"); the words of other
/// scripts are longer.
bool looks_western(std::string_view bytes) {
  int run = 0, longest = 0;
  for (const char c : bytes) {
    run = static_cast<unsigned char>(c) >= 0x80 ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest <= 2;
}

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Turkish has windows-1252 but for six letters, for which that has those of Icelandic. Its dotless i (0xFD, there a
/// "y" with an accent) stands in nearly every sentence, and beside letters that no other language with that "y" has.
bool looks_turkish(std::string_view bytes) {
  constexpr std::string_view kLetters = "\xC7\xD6\xDC\xE7\xF6\xFC\xD0\xDD\xDE\xF0\xFE";
  bool dotless = false, another = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto c = bytes[i];
    if (static_cast<unsigned char>(c) < 0x80) continue;
    const bool word_ends =
        i + 1 == bytes.size() || (static_cast<unsigned char>(bytes[i + 1]) < 0x80 && !is_ascii_letter(bytes[i + 1]));
    if (c == '\xF0' && word_ends) return false;  // as eth does in Icelandic, and the soft g hardly ever
    if (c == '\xFD') dotless = true;
    else if (kLetters.find(c) != std::string_view::npos) another = true;
    else return false;
  }
  return dotless && another;
}

/// Signs of windows-1252 within a word ("z\xB3oty") are letters of Central Europe; some also at its begin
/// ("\xA3ukasz").
bool has_signs_in_words(std::string_view bytes) {
  constexpr std::string_view kApostrophes = "\x91\x92\xB4\xB7\xAD";
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    const bool begins = i == 0 || bytes[i - 1] == ' ' || bytes[i - 1] == '\n' || bytes[i - 1] == '"';
    if (begins && (c == 0xA3 || c == 0xAF || c == 0xA6 || c == 0xAC) && is_ascii_letter(bytes[i + 1])) return true;
    if (i == 0) continue;
    const bool sign = (c >= 0xA1 && c <= 0xBF) || c == 0x8D || c == 0x8F || c == 0x9D || c == 0x9F;
    if (sign && kApostrophes.find(bytes[i]) == std::string_view::npos && is_ascii_letter(bytes[i - 1]) &&
        is_ascii_letter(bytes[i + 1]))
      return true;
  }
  return false;
}

/// All its letters are those of one language of Central Europe in `charset`.
bool reads_central_european(std::string_view bytes, std::string_view charset) {
  constexpr auto kLanguages = std::to_array<std::u32string_view>({
      U"ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",
      U"áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ",
      U"áäčďéíľĺňóôŕšťúýžÁÄČĎÉÍĽĹŇÓÔŔŠŤÚÝŽ",
      U"áéíóöőúüűÁÉÍÓÖŐÚÜŰ",
      U"ăâîşţĂÂÎŞŢ",
      U"čćđšžČĆĐŠŽ",
  });
  std::string text;
  if (append_utf8(text, bytes, charset) != Decoded::cleanly) return false;
  const auto holds_all = [&](std::u32string_view letters) {
    for (std::size_t at = 0; at < text.size();)
      if (const auto c = next_character(text, at); c >= 0x80 && !among(letters, c)) return false;
    return true;
  };
  return std::any_of(kLanguages.begin(), kLanguages.end(), holds_all);
}

std::string_view guess_of_latin(std::string_view bytes) {
  if (!has_signs_in_words(bytes)) return {};
  for (const std::string_view charset : {"iso-8859-2", "windows-1250"})
    if (reads_central_european(bytes, charset)) return charset;
  return {};
}

}  // namespace

std::string_view guess_charset(std::string_view bytes) {
  bytes = bytes.substr(0, kLookAt);
  if (is_ascii(bytes)) return {};
  if (looks_turkish(bytes)) return "windows-1254";
  if (looks_western(bytes)) return guess_of_latin(bytes);
  std::string_view best;
  double most = 0.55;  // less is no language
  for (const std::string_view charset : {"gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "koi8-r", "windows-1251",
                                         "windows-1253", "windows-1255", "windows-1256"}) {
    const auto score = fit(bytes, charset);
    if (score <= most) continue;
    most = score;
    best = charset;
  }
  return best;
}

namespace {

bool is_utf8_label(std::string_view label) {
  return ascii_istarts_with(label, "utf") || ascii_istarts_with(label, "x-utf") ||
         ascii_istarts_with(label, "unicode-1-1-utf");
}

/// Is most of what is not ASCII well-formed UTF-8? Bytes of other charsets are by chance, here and there.
bool is_mostly_utf8(std::string_view bytes) {
  std::size_t good = 0, bad = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    at += ascii_prefix(bytes.substr(at));
    if (at >= bytes.size()) break;
    const auto length = utf8_sequence(bytes, at);
    good += length == 0 ? 0 : length - 1;  // of two bytes some are by chance, of three hardly any
    bad += length == 0 ? 1 : 0;
    at += std::max<std::size_t>(length, 1);
  }
  return good >= bad;
}

std::string_view guess_or_label(std::string_view bytes, std::string_view label) {
  if (is_utf8_label(label) && is_mostly_utf8(bytes)) return label;
  const auto guess = guess_charset(bytes);
  return guess.empty() ? label : guess;
}

}  // namespace

std::string_view escaped_charset(std::string_view bytes) {
  for (auto at = bytes.find('\x1B'); at != std::string_view::npos; at = bytes.find('\x1B', at + 1)) {
    const auto sequence = bytes.substr(at + 1, 3);
    if (sequence.starts_with("$B") || sequence.starts_with("$@") || sequence.starts_with("(J") ||
        sequence.starts_with("(I") || sequence.starts_with("$(D"))
      return "iso-2022-jp";
    if (sequence.starts_with("$)C")) return "iso-2022-kr";
    if (sequence.starts_with("$)A") || sequence.starts_with("$)G")) return "iso-2022-cn";
  }
  return {};
}

bool says_no_charset(std::string_view label) {
  return family_of(label) == Family::none && !is_utf8_label(label);
}

std::string_view charset_as_meant(std::string_view bytes, std::string_view label) {
  if (is_ascii(bytes)) {
    const auto family = family_of(label);
    const bool seven_bits = family == Family::none || family == Family::latin;
    if (const auto escaped = escaped_charset(bytes); seven_bits && !escaped.empty()) return escaped;
  }
  switch (family_of(label)) {
    case Family::none:
      return bytes.empty() || is_utf8(bytes) ? label : guess_or_label(bytes, label);
    case Family::utf7:
      if (!is_ascii(bytes)) return is_utf8(bytes) ? "utf-8" : "windows-1252";
      return is_plain_plus(bytes) ? "us-ascii" : label;
    case Family::wide:
      if (has_nul(bytes)) return label;
      if (is_utf8(bytes)) return "utf-8";
      return 2 * multi_bytes(bytes) < bytes.size() && is_mostly_ascii(bytes) ? "windows-1252" : label;
    case Family::ebcdic:
      return is_utf8(bytes) && !has_nul(bytes) && (is_ascii(bytes) || bytes.find('\n') != std::string_view::npos)
                 ? "utf-8"
                 : label;
    case Family::latin:
      return !is_ascii(bytes) && is_utf8(bytes) ? "utf-8" : label;
    case Family::other:
      return !is_ascii(bytes) && is_utf8(bytes) && multi_bytes(bytes) >= kMultiBytesMin ? "utf-8" : label;
  }
  return label;
}

}  // namespace orgo
