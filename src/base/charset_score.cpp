#include "base/charset_score.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/charset.h"
#include "base/frequent_characters.h"
#include "base/unicode.h"
#include "base/work.h"

namespace orgo {
namespace {

bool among(std::u32string_view known, char32_t c) {
  return known.find(c) != std::u32string_view::npos;
}

bool in_order(std::u32string_view sorted, char32_t c) {
  return std::binary_search(sorted.begin(), sorted.end(), c);
}

// ---- charsets of single bytes

/// The letters of a language that a charset of single bytes was made for.
struct Alphabet {
  std::string_view charset;
  std::u32string_view capitals;  ///< none: the script has none
  std::u32string_view frequent;  ///< some four fifths of all text
  std::u32string_view others;
  std::u32string_view vowels;   ///< a word of two letters or more has one; none: vowels are not written
  std::u32string_view finals;   ///< at the end of a word only
  std::u32string_view opening;  ///< at the end of a word hardly ever
};
constexpr std::u32string_view kCyrillicCapitals = U"АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯІЇЄҐЎЂЃЈЉЊЋЌЏЅ";
constexpr std::u32string_view kCyrillicFrequent = U"оеаинтсрвлкмдпу";
constexpr std::u32string_view kCyrillicOthers = U"ёбгжзйфхцчшщъыьэюяіїєґўђѓјљњћќџѕ";
constexpr std::u32string_view kCyrillicVowels = U"аеёиоуыэюяіїєАЕЁИОУЫЭЮЯІЇЄ";
constexpr std::u32string_view kGreekVowels = U"αεηιουωάέήίόύώϊϋΐΰΑΕΗΙΟΥΩΆΈΉΊΌΎΏΪΫ";
constexpr auto kAlphabets = std::to_array<Alphabet>({
    {"koi8-r", kCyrillicCapitals, kCyrillicFrequent, kCyrillicOthers, kCyrillicVowels, {}, {}},
    {"koi8-u", kCyrillicCapitals, kCyrillicFrequent, kCyrillicOthers, kCyrillicVowels, {}, {}},
    {"windows-1251", kCyrillicCapitals, kCyrillicFrequent, kCyrillicOthers, kCyrillicVowels, {}, {}},
    {"iso-8859-5", kCyrillicCapitals, kCyrillicFrequent, kCyrillicOthers, kCyrillicVowels, {}, {}},
    {"windows-1253", U"ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏΪΫ", U"αοιετσνηυρπκςλάίόήέμ", U"βγδζθξφχψωύώϊϋΐΰ", kGreekVowels,
     U"ς", U"βγδζθκλμπστφχψ"},
    {"windows-1255", {}, U"ויהלאתבמרשנם", U"גדזחטךכןסעףפץצק", {}, U"ךםןףץ", U"כמנפצ"},
    {"windows-1256", {}, U"اليمنتوربسعدهةف", U"ءآأؤإئثجحخذزشصضطظغقكىپچژگ", {}, U"ةى", {}},
});
constexpr std::u32string_view kSigns = U"№«»“”„‘’…–—©®§°·\u00A0\u200E\u200F";  // beside letters, in any script

/// The parts of words, letter by letter: letters in small blocks of bytes look like letters of every such charset, and
/// what is rare tells them apart.
class Words {
 public:
  explicit Words(const Alphabet& of) : of_(of) {}

  /// How well `c` fits behind what came before; `after`: the one behind it. No word has letters of two scripts.
  double add(char32_t c, char32_t after) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool mixed = plain ? length_ > 0 : plain_before_;
    plain_before_ = plain;
    const bool capital = among(of_.capitals, c);
    const bool frequent = among(of_.frequent, c);
    if (!capital && !frequent && !among(of_.others, c)) {
      const double ended = end();
      return ended + (c >= 0x80 ? (among(kSigns, c) ? 0.2 : -1.5) : mixed && plain ? -1 : 0);
    }
    double score = frequent ? 1.2 : 0.45;
    if (capital) score = length_ == 0 ? 0.4 : capitals_ == length_ ? score_of_capital(c) : -1.5;
    if (!capital && capitals_ > 1) score = -0.8;  // within "ABc"
    if (c == before_) score = frequent && !twice_ ? 0.6 : 0;
    twice_ = c == before_;
    const bool ends = !is_letter(after);
    if (among(of_.finals, c)) score = ends ? score + 0.3 : -1;
    if (ends && length_ > 0 && among(of_.opening, c)) score = -0.5;
    const bool vowel = among(of_.vowels, c);
    if (length_ == 0 && (c == U'ь' || c == U'ъ' || c == U'ы')) score = -1;
    vowels_ += vowel ? 1 : 0;
    consonants_ = vowel ? 0 : consonants_ + 1;
    if (!of_.vowels.empty() && consonants_ > 4) score = -0.6;
    if (mixed) score = -1;
    before_ = c;
    ++length_;
    capitals_ += capital ? 1 : 0;
    return ends ? score + end() : score;
  }

 private:
  [[nodiscard]] bool is_letter(char32_t c) const {
    return among(of_.capitals, c) || among(of_.frequent, c) || among(of_.others, c);
  }

  [[nodiscard]] double score_of_capital(char32_t c) const {
    constexpr char32_t kToSmall = 0x20;  // in Cyrillic and Greek alike
    return among(of_.frequent, c + kToSmall) ? 1.05 : 0.4;
  }

  /// What a whole word says that its letters don't.
  double end() {
    const bool odd = !of_.vowels.empty() && length_ >= 2 && vowels_ == 0 && capitals_ < length_;
    const auto score = odd ? -0.6 * static_cast<double>(length_) : 0;
    length_ = vowels_ = consonants_ = capitals_ = 0;
    before_ = 0;
    twice_ = false;
    return score;
  }

  const Alphabet& of_;
  std::size_t length_ = 0, vowels_ = 0, consonants_ = 0, capitals_ = 0;
  char32_t before_ = 0;
  bool twice_ = false, plain_before_ = false;
};

/// Thai has no capitals and no spaces between words, but signs that stand above or below a consonant only.
double score_of_thai(char32_t c, char32_t before) {
  constexpr std::u32string_view kFrequent = U"านรกอเงมยลวดทสตะปบคัิี่้", kLeading = U"เแโใไ";
  if (c < 0x0E01 || c > 0x0E5B) return among(kSigns, c) ? 0.2 : -1.5;
  const bool above = c == 0x0E31 || (c >= 0x0E34 && c <= 0x0E3A) || (c >= 0x0E47 && c <= 0x0E4E);
  const bool consonant_before = before >= 0x0E01 && before <= 0x0E2E;
  const bool above_before =
      before == 0x0E31 || (before >= 0x0E34 && before <= 0x0E3A) || before == 0x0E48 || before == 0x0E49;
  if (above && !consonant_before && !above_before) return -1.5;
  if (among(kLeading, before) && !(c >= 0x0E01 && c <= 0x0E2E)) return -1.5;
  if (c == 0x0E3F || c >= 0x0E4F) return 0;
  return among(kFrequent, c) ? 1.2 : 0.5;
}

// ---- charsets of double bytes

/// Their tables have what is common first: 1 for that, 2 for what is rare, 3 for what they were extended by.
int level_of(unsigned char lead, unsigned char trail, std::string_view charset) {
  if (charset == "gb18030") return lead < 0xB0 || trail < 0xA1 ? 3 : lead <= 0xD7 ? 1 : lead <= 0xF7 ? 2 : 3;
  if (charset == "big5") return lead >= 0xA4 && lead <= 0xC6 ? 1 : lead >= 0xC9 && lead <= 0xF9 ? 2 : 3;
  if (charset == "shift_jis") return lead < 0x98 || (lead == 0x98 && trail <= 0x72) ? 1 : lead <= 0xEA ? 2 : 3;
  if (charset == "euc-jp") return lead <= 0xCF ? 1 : 2;
  return lead >= 0xB0 && lead <= 0xC8 && trail >= 0xA1 ? 1 : lead >= 0xCA && trail >= 0xA1 ? 2 : 3;
}

double score_of_wide(char32_t c, int level, std::string_view charset) {
  const bool japanese = charset == "shift_jis" || charset == "euc-jp";
  if (c >= 0x3041 && c <= 0x30FF) return japanese ? 1.6 : -0.5;
  if (c >= 0xFF61 && c <= 0xFF9F) return -1.5;  // half-width kana: what other charsets look like in Shift_JIS
  if (c >= 0xAC00 && c <= 0xD7A3)
    return charset != "euc-kr" ? -1 : in_order(kHangul, c) ? 1.6 : level == 1 ? 0.3 : -0.6;
  if (c >= 0x4E00 && c <= 0x9FFF) {
    if (charset == "euc-kr") return -0.8;
    const bool frequent = in_order(charset == "gb18030" ? kSimplified
                                   : charset == "big5"  ? kTraditional
                                                        : kJapanese,
                                   c);
    if (frequent) return japanese ? 1.4 : 2.0;
    return level == 1 ? 0.35 : level == 2 ? 0 : -0.6;
  }
  if ((c >= 0x3000 && c <= 0x3020) || (c >= 0xFF01 && c <= 0xFF5E)) return 0.5;
  return -1.5;
}

/// How many bytes that character takes, which was read at `at`.
std::size_t bytes_of(char32_t c, std::string_view bytes, std::size_t at, std::string_view charset) {
  if (c < 0x80 || at + 1 >= bytes.size()) return 1;
  if (charset == "shift_jis" && c >= 0xFF61 && c <= 0xFF9F) return 1;
  if (charset == "euc-jp" && static_cast<unsigned char>(bytes[at]) == 0x8F) return 3;
  if (charset == "gb18030" && bytes[at + 1] >= '0' && bytes[at + 1] <= '9') return 4;
  return 2;
}

bool is_strange(char32_t c) {
  return c == 0xFFFD || (c >= 0xE000 && c <= 0xF8FF) || (c >= 0x80 && c < 0xA0);
}

CharsetScore score_of_words(std::string_view text, const Alphabet& of) {
  CharsetScore score;
  double sum = 0;
  Words words(of);
  for (std::size_t at = 0; at < text.size();) {
    const auto c = decode_utf8(text, at);
    auto ahead = at;
    const auto after = ahead < text.size() ? decode_utf8(text, ahead) : 0;
    sum += words.add(c, after);
    if (c < 0x80) continue;
    ++score.count;
    score.strange += is_strange(c) ? 1 : 0;
  }
  score.fit = sum;
  return score;
}

CharsetScore score_of_thai_text(std::string_view text) {
  CharsetScore score;
  double sum = 0;
  char32_t before = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = decode_utf8(text, at);
    if (c >= 0x80) {
      sum += score_of_thai(c, before);
      ++score.count;
      score.strange += is_strange(c) ? 1 : 0;
    }
    before = c;
  }
  score.fit = sum;
  return score;
}

CharsetScore score_of_wide_text(std::string_view text, std::string_view bytes, std::string_view charset) {
  CharsetScore score;
  double sum = 0;
  for (std::size_t at = 0, from = 0; at < text.size();) {
    const auto c = decode_utf8(text, at);
    const auto size = bytes_of(c, bytes, from, charset);
    if (c >= 0x80) {
      const auto lead = static_cast<unsigned char>(from < bytes.size() ? bytes[from] : 0);
      const auto trail = static_cast<unsigned char>(from + 1 < bytes.size() ? bytes[from + 1] : 0);
      sum += score_of_wide(c, level_of(lead, trail, charset), charset);
      ++score.count;
      score.strange += is_strange(c) ? 1 : 0;
    }
    from += size;
  }
  score.fit = sum * static_cast<double>(score.count) / (static_cast<double>(score.count) + 0.5);  // two prove little
  return score;
}

constexpr auto kScored = std::to_array<std::string_view>({"koi8-r", "koi8-u", "windows-1251", "iso-8859-5",
                                                          "windows-1253", "windows-1255", "windows-1256", "windows-874",
                                                          "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr"});

}  // namespace

std::span<const std::string_view> scored_charsets() {
  return kScored;
}

CharsetScore charset_score(std::string_view bytes, std::string_view charset) {
  std::string text;
  append_utf8(text, bytes, charset);
  count_work(text.size());
  CharsetScore score;
  const auto* const alphabet =
      std::find_if(kAlphabets.begin(), kAlphabets.end(), [&](const auto& one) { return one.charset == charset; });
  if (alphabet != kAlphabets.end()) score = score_of_words(text, *alphabet);
  else if (charset == "windows-874") score = score_of_thai_text(text);
  else score = score_of_wide_text(text, bytes, charset);
  score.fit = score.count == 0 ? -10 : score.fit / static_cast<double>(score.count);
  return score;
}

}  // namespace orgo
