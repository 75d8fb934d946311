#include "base/charset_guess.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <string>

#include "base/charset.h"
#include "base/charset_score.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/work.h"

namespace orgo {
namespace {

constexpr std::size_t kLookAt = 2'000;  // bytes
constexpr std::size_t kSample = 300;    // bytes that are read in each charset
constexpr double kLanguage = 0.55;      // a fit below that is no language

unsigned char byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// How bytes above 127 stand among letters of ASCII.
struct Shape {
  std::size_t high = 0;     ///< such bytes
  std::size_t longest = 0;  ///< the most of them in a row
  std::size_t among = 0;    ///< they, and the letters of ASCII in their words
  std::size_t distinct = 0;
  std::size_t rising = 0;  ///< of them are one more than the byte before: a table of characters
};

Shape shape_of(std::string_view bytes) {
  Shape shape;
  std::bitset<256> seen;
  std::size_t run = 0, word = 0, high_of_word = 0;
  const auto end_word = [&] {
    if (high_of_word > 0) shape.among += word;
    word = high_of_word = 0;
  };
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto c = byte_at(bytes, i);
    if (c < 0x80) {
      run = 0;
      if (is_ascii_letter(bytes[i])) ++word;
      else end_word();
      continue;
    }
    shape.rising += i > 0 && byte_at(bytes, i - 1) + 1 == c ? 1 : 0;
    seen.set(c);
    ++shape.high;
    ++word;
    ++high_of_word;
    shape.longest = std::max(shape.longest, ++run);
  }
  end_word();
  shape.distinct = seen.count();
  return shape;
}

/// Letters of Western Europe stand alone or in twos among those of ASCII ("Müller", "Núñez"); the words of other
/// scripts are longer.
bool looks_western(const Shape& shape) {
  return shape.longest <= 2 || 2 * shape.high < shape.among;
}

/// All of them are letters that one language of Western Europe has, or its quotation marks and dashes.
bool is_western_alphabet(std::string_view bytes, bool labelled) {
  constexpr auto kLetters = std::to_array<std::string_view>({
      "\xC4\xD6\xDC\xDF\xE4\xF6\xFC",                                             // German
      "\xC1\xC9\xCD\xD1\xD3\xDA\xDC\xE1\xE9\xED\xF1\xF3\xFA\xFC\xA1\xBF",         // Spanish
      "\xC4\xC5\xC6\xC9\xD6\xD8\xE4\xE5\xE6\xE9\xF6\xF8",                         // Nordic
      "\xC0\xC1\xC2\xC3\xC7\xC8\xC9\xCA\xCC\xCD\xD2\xD3\xD4\xD5\xD9\xDA\xDC"      // Portuguese,
      "\xE0\xE1\xE2\xE3\xE7\xE8\xE9\xEA\xEC\xED\xF2\xF3\xF4\xF5\xF9\xFA\xFC",     // Italian
      "\xC0\xC2\xC4\xC6\xC7\xC8\xC9\xCA\xCB\xCE\xCF\xD4\xD6\xD9\xDB\xDC\x8C\x9F"  // French
      "\xE0\xE2\xE4\xE6\xE7\xE8\xE9\xEA\xEB\xEE\xEF\xF4\xF6\xF9\xFB\xFC\x9C\xFF",
  });
  constexpr std::string_view kSigns = "\x80\x82\x84\x85\x8B\x91\x92\x93\x94\x95\x96\x97\x9B\xA0\xA7\xAB\xB0\xB7\xBB";
  constexpr std::size_t kSure = 3;  // those whose letters no text in another script is made of
  for (std::size_t i = 0; i < (labelled ? kLetters.size() : kSure); ++i)
    if (std::all_of(bytes.begin(), bytes.end(), [&](char c) {
          return static_cast<unsigned char>(c) < 0x80 || kLetters[i].find(c) != std::string_view::npos ||
                 kSigns.find(c) != std::string_view::npos;
        }))
      return true;
  return false;
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

/// The same below a label of Western Europe: so many of those six, and beside letters that Icelandic has not.
bool is_surely_turkish(std::string_view bytes) {
  constexpr std::string_view kSix = "\xD0\xDD\xDE\xF0\xFD\xFE", kNotIcelandic = "\xC7\xDC\xE7\xFC";
  if (!looks_turkish(bytes)) return false;
  std::bitset<256> seen;
  std::size_t count = 0;
  bool another = false;
  for (const char c : bytes) {
    another = another || kNotIcelandic.find(c) != std::string_view::npos;
    if (kSix.find(c) == std::string_view::npos) continue;
    ++count;
    seen.set(static_cast<unsigned char>(c));
  }
  return another && count >= 3 && seen.count() >= 2;
}

/// Is this a letter of Central Europe where windows-1252 has a sign, or a letter that can't stand there?
bool is_sign_in_word(std::string_view bytes, std::size_t i) {
  constexpr std::string_view kApostrophes = "\x91\x92\xB4\xB7\xAD", kBehindOe = "ueisdlnp";
  constexpr std::string_view kPolish = "\xB1\xB3\xB6\xB9\xBC\xBF\x9C\x9F";
  const auto c = byte_at(bytes, i);
  const auto is_letter = [&](std::size_t k) { return is_ascii_letter(bytes[k]) || byte_at(bytes, k) >= 0xC0; };
  if (i == 0 || !is_letter(i - 1)) return false;
  const bool letter_behind =
      i + 1 < bytes.size() && (is_letter(i + 1) || kPolish.find(bytes[i + 1]) != std::string_view::npos);
  // "oe" of French in one letter: before a vowel, or in "oedeme" and its like.
  if (c == 0x9C) return !letter_behind || kBehindOe.find(ascii_lower(bytes[i + 1])) == std::string_view::npos;
  const bool sign = (c >= 0xA1 && c <= 0xBF) || c == 0x8D || c == 0x8F || c == 0x9D || c == 0x9F;
  return sign && letter_behind && kApostrophes.find(bytes[i]) == std::string_view::npos;
}

/// Signs of windows-1252 within a word ("z\xB3oty") are letters of Central Europe; some also at its begin
/// ("\xA3ukasz").
bool has_signs_in_words(std::string_view bytes) {
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    const auto c = byte_at(bytes, i);
    if (c < 0x80) continue;
    const bool begins = i == 0 || bytes[i - 1] == ' ' || bytes[i - 1] == '\n' || bytes[i - 1] == '"';
    if (begins && (c == 0xA3 || c == 0xAF || c == 0xA6 || c == 0xAC || c == 0xB3) && is_ascii_letter(bytes[i + 1]))
      return true;
    if (is_sign_in_word(bytes, i)) return true;
  }
  return !bytes.empty() && byte_at(bytes, bytes.size() - 1) == 0x9C && is_sign_in_word(bytes, bytes.size() - 1);
}

/// So many signs within words, and so different ones, that no units ("m\xB3h") are meant.
bool has_many_signs_in_words(std::string_view bytes) {
  std::bitset<256> seen;
  std::size_t count = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (byte_at(bytes, i) < 0x80 || !is_sign_in_word(bytes, i)) continue;
    ++count;
    seen.set(byte_at(bytes, i));
  }
  return count >= 2 && seen.count() >= 2;
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
  constexpr std::u32string_view kSigns = U"\u00A0§°«»„“”‚‘’–—…•€";
  std::string text;
  if (append_utf8(text, bytes, charset) != Decoded::cleanly) return false;
  const auto holds_all = [&](std::u32string_view letters) {
    for (std::size_t at = 0; at < text.size();) {
      const auto c = decode_utf8(text, at);
      if (c >= 0x80 && letters.find(c) == std::u32string_view::npos && kSigns.find(c) == std::u32string_view::npos)
        return false;
    }
    return true;
  };
  return std::any_of(kLanguages.begin(), kLanguages.end(), holds_all);
}

std::string_view guess_of_latin(std::string_view bytes) {
  for (const std::string_view charset : {"iso-8859-2", "windows-1250"})
    if (reads_central_european(bytes, charset)) return charset;
  return {};
}

/// Bytes above 127 with the one before and behind each run, a space in the place of all others: so much of a text as
/// tells its charset.
std::string sample_of(std::string_view bytes) {
  std::string sample;
  const auto is_high = [&](std::size_t i) { return i < bytes.size() && byte_at(bytes, i) >= 0x80; };
  bool gap = false;
  for (std::size_t i = 0; i < bytes.size() && sample.size() < kSample; ++i) {
    if (!is_high(i) && !is_high(i + 1) && (i == 0 || !is_high(i - 1))) {
      gap = true;
      continue;
    }
    if (gap && !sample.empty()) sample += ' ';
    gap = false;
    sample += bytes[i];
  }
  return sample;
}

/// The charset that a sample fits best; its last character may be cut off where it is not all of the text.
std::string_view best_of_scripts(std::string_view bytes, double& most, std::string_view but = {}) {
  std::string_view best;
  const std::size_t cut_off = bytes.size() >= kSample ? 1 : 0;
  for (const auto charset : scored_charsets()) {
    if (charset == but) continue;
    const auto score = charset_score(bytes, charset);
    if (score.strange > cut_off || score.fit <= most) continue;
    most = score.fit;
    best = charset;
  }
  return best;
}

/// The name that charset_score() has for a charset; empty: none.
std::string_view scored_name(std::string_view charset) {
  struct Name {
    std::string_view charset, scored;
  };
  constexpr auto kNames = std::to_array<Name>({{"windows-950", "big5"},
                                               {"Big5-HKSCS", "big5"},
                                               {"ibm-943_P15A-2003", "shift_jis"},
                                               {"windows-949", "euc-kr"},
                                               {"iso-8859-7", "windows-1253"},
                                               {"iso-8859-8", "windows-1255"},
                                               {"windows-874-2000", "windows-874"}});
  for (const auto& name : kNames)
    if (name.charset == charset) return name.scored;
  const auto all = scored_charsets();
  const auto found = std::find(all.begin(), all.end(), charset);
  return found == all.end() ? std::string_view() : *found;
}

/// Half-width kana of Shift_JIS, which look like other charsets; what EUC-JP is read as has commas at every second
/// place.
bool is_half_width(std::string_view bytes) {
  std::size_t commas = 0;
  for (const char byte : bytes) {
    const auto c = static_cast<unsigned char>(byte);
    if (c >= 0x80 && (c < 0xA1 || c > 0xDF)) return false;
    commas += c == 0xA4 || c == 0xA5 ? 1 : 0;
  }
  return 4 * commas < bytes.size();
}

bool is_western(std::string_view charset) {
  return charset == "windows-1252" || charset == "windows-1254" || charset == "iso-8859-15" || charset == "macintosh" ||
         charset == "ibm-850" || charset == "ibm-437" || charset == "ibm-858";
}

/// Below a label of a charset for Latin letters.
std::string_view instead_of_latin(std::string_view charset, std::string_view bytes) {
  const auto shape = shape_of(bytes);
  const bool western = is_western(charset);
  if (western && charset != "windows-1254" && is_surely_turkish(bytes)) return "windows-1254";
  if (looks_western(shape))
    return western && has_many_signs_in_words(bytes) ? guess_of_latin(bytes) : std::string_view();
  constexpr std::size_t kLongest = 4, kHigh = 6, kDistinct = 5;
  if (shape.longest < kLongest || shape.high < kHigh || shape.distinct < kDistinct) return {};
  if (3 * shape.rising > shape.high || is_western_alphabet(bytes, true)) return {};
  double most = 0.75;
  return best_of_scripts(sample_of(bytes), most);
}

}  // namespace

std::string_view guess_charset(std::string_view bytes) {
  bytes = bytes.substr(0, kLookAt);
  if (is_ascii(bytes)) return {};
  count_work(bytes.size());
  if (looks_turkish(bytes)) return "windows-1254";
  const auto shape = shape_of(bytes);
  if (looks_western(shape)) {
    const auto latin = has_signs_in_words(bytes) ? guess_of_latin(bytes) : std::string_view();
    if (!latin.empty() || shape.longest <= 2) return latin;
  }
  if (is_western_alphabet(bytes, false)) return {};
  double most = kLanguage;
  return best_of_scripts(sample_of(bytes), most);
}

std::string_view charset_instead_of(std::string_view charset, std::string_view bytes) {
  bytes = bytes.substr(0, kLookAt);
  if (is_ascii(bytes)) return {};
  count_work(bytes.size());
  const auto scored = scored_name(charset);
  if (scored.empty()) {
    const bool latin = is_western(charset) || charset.starts_with("iso-8859-") || charset.starts_with("windows-125");
    return latin ? instead_of_latin(charset, bytes) : std::string_view();
  }
  if (scored == "shift_jis" && is_half_width(bytes)) return {};
  const auto sample = sample_of(bytes);
  const auto label = charset_score(sample, scored);
  if (label.strange <= (sample.size() >= kSample ? 1U : 0U) && label.fit >= kLanguage) return {};
  constexpr std::size_t kCount = 4;  // fewer characters tell nothing
  if (label.count < kCount) return {};
  const bool broken = label.strange * 8 > label.count;
  double most = std::max(broken ? kLanguage : 0.8, label.fit + (broken ? 0.2 : 0.6));
  return best_of_scripts(sample, most, scored);
}

std::string_view guess_utf16(std::string_view bytes) {
  bytes = bytes.substr(0, kLookAt & ~std::size_t{1});
  count_work(bytes.size());
  const auto worth = [](unsigned high, unsigned low) {
    const unsigned c = high << 8 | low;
    if ((c >= 0x20 && c < 0x7F) || c == '\n' || c == '\r' || c == '\t') return 4;
    if (c < 0xA0) return -2;
    if (c < 0x0250 || (c >= 0x0370 && c < 0x0700) || (c >= 0x0E00 && c < 0x0E60)) return 2;
    if ((c >= 0x2010 && c < 0x2070) || (c >= 0x3000 && c < 0x3100) || (c >= 0xFF00 && c < 0xFFF0)) return 3;
    if ((c >= 0x4E00 && c < 0xA000) || (c >= 0xAC00 && c < 0xD7A4)) return 1;
    return c >= 0xD800 && c < 0xE000 ? 0 : -2;
  };
  int little = 0, big = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    little += worth(byte_at(bytes, i + 1), byte_at(bytes, i));
    big += worth(byte_at(bytes, i), byte_at(bytes, i + 1));
  }
  const int clear = static_cast<int>(bytes.size() / 4);
  if (little > big + clear && little > 0) return "utf-16le";
  if (big > little + clear && big > 0) return "utf-16be";
  return {};
}

}  // namespace orgo
