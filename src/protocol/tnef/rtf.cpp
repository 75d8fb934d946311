#include "protocol/tnef/rtf.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/charset.h"
#include "base/work.h"

namespace orgo::tnef {
namespace {

constexpr std::size_t kDictionary = 4096;
/// What the dictionary begins with (MS-OXRTFCP, section 2.1.2.1).
constexpr std::string_view kPreloaded =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS "
    "Sans "
    "SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
static_assert(kPreloaded.size() == 207);

std::uint32_t read_u32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  return value;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// \fcharsetN of a font (RTF 1.9.1, "Font table") as a code page.
unsigned code_page_of_font(int charset) {
  switch (charset) {
    case 128:
      return 932;
    case 129:
      return 949;
    case 134:
      return 936;
    case 136:
      return 950;
    case 161:
      return 1253;
    case 162:
      return 1254;
    case 163:
      return 1258;
    case 177:
      return 1255;
    case 178:
      return 1256;
    case 186:
      return 1257;
    case 204:
      return 1251;
    case 222:
      return 874;
    case 238:
      return 1250;
    default:
      return 0;
  }
}

/// Groups whose text is no part of the document.
bool is_hidden_destination(std::string_view word) {
  constexpr std::string_view kHidden[] = {"fonttbl",    "colortbl", "stylesheet", "info",      "pict",
                                          "object",     "header",   "headerl",    "headerr",   "headerf",
                                          "footer",     "footerl",  "footerr",    "footerf",   "footnote",
                                          "annotation", "xe",       "tc",         "listtable", "listoverridetable",
                                          "revtbl",     "filetbl",  "themedata",  "datastore", "nonshppict",
                                          "bkmkstart",  "bkmkend",  "fldinst",    "generator", "latentstyles",
                                          "rsidtbl",    "xmlnstbl", "private1",   "template"};
  return std::find(std::begin(kHidden), std::end(kHidden), word) != std::end(kHidden);
}

class RtfReader {
 public:
  RtfReader(std::string_view rtf, const RtfLimits& limits) : rtf_(rtf.substr(0, limits.rtf_bytes)), limits_(limits) {
    // The mark stands in the header, before any text (MS-OXRTFEX, section 2.1.1).
    from_html_ = rtf_.substr(0, 4096).find("\\fromhtml1") != std::string_view::npos;
  }

  RtfContent run() {
    count_work(rtf_.size());
    while (at_ < rtf_.size() && out_.size() < limits_.text_bytes) {
      const char c = rtf_[at_];
      switch (c) {
        case '{':
          ++at_;
          open_group();
          break;
        case '}':
          ++at_;
          close_group();
          break;
        case '\\':
          ++at_;
          control();
          break;
        case '\r':
        case '\n':
        case '\0':
          ++at_;
          break;
        default:
          ++at_;
          byte(c);
      }
    }
    flush();
    RtfContent content;
    if (from_html_) {
      content.html = std::move(out_);
    } else {
      while (!out_.empty() && (out_.back() == '\n' || out_.back() == ' ')) out_.pop_back();
      content.text = std::move(out_);
    }
    return content;
  }

 private:
  struct State {
    bool hidden = false;  ///< a destination without text for people
    bool font_table = false;
    bool html_tag = false;   ///< in {\*\htmltag ...}: HTML as it is
    bool html_rtf = false;   ///< between \htmlrtf and \htmlrtf0: made for RTF readers only
    int unicode_skip = 1;    ///< \ucN
    unsigned code_page = 0;  ///< of the font; 0: that of the document
  };

  void open_group() {
    flush();
    if (stack_.size() >= limits_.depth) {
      ++too_deep_;
      return;
    }
    stack_.push_back(state_);
    begin_of_group_ = true;
  }
  void close_group() {
    flush();
    skip_ = 0;
    if (too_deep_ > 0) {
      --too_deep_;
    } else if (!stack_.empty()) {
      state_ = stack_.back();
      stack_.pop_back();
    }
    begin_of_group_ = false;
  }

  bool shown() const {
    if (too_deep_ > 0 || state_.html_rtf) return false;
    return from_html_ ? state_.html_tag || !state_.hidden : !state_.hidden;
  }

  /// A byte of text in the code page of the font.
  void byte(char c) {
    begin_of_group_ = false;
    if (skip_ > 0) {
      --skip_;
      return;
    }
    if (shown()) pending_ += c;
  }
  void flush() {
    if (pending_.empty()) return;
    const auto page = state_.code_page != 0 ? state_.code_page : document_page_;
    append_utf8(out_, pending_, charset_of_code_page(page).empty() ? "windows-1252" : charset_of_code_page(page));
    pending_.clear();
  }
  void character(char32_t c) {
    flush();
    if (shown()) append_code_point(out_, c);
  }
  void break_with(std::string_view text) {
    flush();
    if (shown()) out_ += text;
  }

  void control() {
    if (at_ >= rtf_.size()) return;
    const char c = rtf_[at_];
    if (!is_letter(c)) {
      ++at_;
      symbol(c);
      return;
    }
    const auto begin = at_;
    while (at_ < rtf_.size() && at_ - begin < 32 && is_letter(rtf_[at_])) ++at_;
    const auto word = rtf_.substr(begin, at_ - begin);
    bool has_number = false, negative = false;
    int number = 0;
    if (at_ < rtf_.size() && rtf_[at_] == '-') {
      negative = true;
      ++at_;
    }
    for (int digits = 0; at_ < rtf_.size() && is_digit(rtf_[at_]) && digits < 9; ++at_, ++digits) {
      has_number = true;
      number = number * 10 + (rtf_[at_] - '0');
    }
    if (negative) number = -number;
    if (at_ < rtf_.size() && rtf_[at_] == ' ') ++at_;
    take_word(word, has_number ? number : 1, has_number, number);
  }

  void symbol(char c) {
    switch (c) {
      case '\'': {
        if (at_ + 1 >= rtf_.size()) return;
        const int high = hex_value(rtf_[at_]), low = hex_value(rtf_[at_ + 1]);
        at_ += 2;
        if (high >= 0 && low >= 0) byte(static_cast<char>(high * 16 + low));
        return;
      }
      case '*':
        ignorable_ = begin_of_group_;
        return;
      case '~':
        character(0xA0);
        return;
      case '_':
        character(0x2011);
        return;
      case '-':
        return;  // may be hyphenated here
      case '\r':
      case '\n':
        break_with("\n");
        return;
      case '\\':
      case '{':
      case '}':
        byte(c);
        return;
      default:
        return;
    }
  }

  void take_word(std::string_view word, int value, bool has_number, int number) {
    const bool first = begin_of_group_;
    const bool ignorable = std::exchange(ignorable_, false);
    begin_of_group_ = false;
    if (word == "bin") {  // raw bytes follow
      flush();
      at_ = std::min(rtf_.size(), at_ + static_cast<std::size_t>(std::max(0, has_number ? number : 0)));
      return;
    }
    if (too_deep_ > 0) return;
    if (word == "htmltag") {
      flush();
      state_.html_tag = true;
      state_.hidden = !from_html_;
      return;
    }
    if (word == "htmlrtf") {
      flush();
      state_.html_rtf = from_html_ && (!has_number || number != 0);
      return;
    }
    if (word == "mhtmltag") {
      state_.hidden = true;
      state_.html_tag = false;
      return;
    }
    if (word == "fonttbl") {
      state_.font_table = true;
      state_.hidden = true;
      return;
    }
    if (word == "ansicpg") {
      document_page_ = static_cast<unsigned>(std::max(0, number));
      return;
    }
    if (word == "mac") {
      document_page_ = 10000;
      return;
    }
    if (word == "pc" || word == "pca") {
      document_page_ = word == "pc" ? 437 : 850;
      return;
    }
    if (word == "f") {
      flush();
      if (state_.font_table) {
        font_ = number;
      } else {
        const auto found = std::find_if(fonts_.begin(), fonts_.end(), [&](const auto& f) { return f.first == number; });
        state_.code_page = found == fonts_.end() ? 0 : found->second;
      }
      return;
    }
    if (word == "fcharset") {
      if (state_.font_table && fonts_.size() < 200) fonts_.emplace_back(font_, code_page_of_font(number));
      return;
    }
    if (word == "uc") {
      state_.unicode_skip = std::clamp(number, 0, 16);
      return;
    }
    if (word == "u") {
      const auto unit = static_cast<char16_t>(number);
      if (high_surrogate_ != 0 && unit >= 0xDC00 && unit < 0xE000) {
        character(0x10000 + ((static_cast<char32_t>(high_surrogate_) - 0xD800) << 10) + (unit - 0xDC00));
        high_surrogate_ = 0;
      } else if (unit >= 0xD800 && unit < 0xDC00) {
        flush();
        high_surrogate_ = unit;
      } else {
        high_surrogate_ = 0;
        character(unit);
      }
      skip_ = state_.unicode_skip;
      return;
    }
    if (ignorable || (first && is_hidden_destination(word))) {
      state_.hidden = true;
      return;
    }
    if (from_html_ && !state_.html_tag) {
      // Text between the tags: breaks are in the tags, or so written.
      if (word == "par" || word == "line") return break_with("\r\n");
      if (word == "tab") return break_with("\t");
    } else {
      if (word == "par" || word == "line" || word == "sect" || word == "page" || word == "row") return break_with("\n");
      if (word == "tab" || word == "cell") return break_with("\t");
    }
    static constexpr std::pair<std::string_view, char32_t> kCharacters[] = {
        {"lquote", 0x2018}, {"rquote", 0x2019}, {"ldblquote", 0x201C}, {"rdblquote", 0x201D}, {"bullet", 0x2022},
        {"endash", 0x2013}, {"emdash", 0x2014}, {"enspace", 0x2002},   {"emspace", 0x2003},   {"qmspace", 0x2005}};
    for (const auto& [name, code] : kCharacters)
      if (word == name) return character(code);
    static_cast<void>(value);
  }

  std::string_view rtf_;
  const RtfLimits& limits_;
  bool from_html_ = false;
  std::size_t at_ = 0;
  std::string out_, pending_;
  State state_;
  std::vector<State> stack_;
  std::size_t too_deep_ = 0;
  unsigned document_page_ = 1252;
  int font_ = 0;
  std::vector<std::pair<int, unsigned>> fonts_;
  int skip_ = 0;  ///< characters that stand for a \u that was understood
  char16_t high_surrogate_ = 0;
  bool begin_of_group_ = false, ignorable_ = false;
};

}  // namespace

std::optional<std::string> decompress_rtf(std::string_view bytes, const RtfLimits& limits) {
  if (bytes.size() < 16) return std::nullopt;
  const auto raw_size = std::min<std::size_t>(read_u32(bytes, 4), limits.rtf_bytes);
  const auto kind = read_u32(bytes, 8);
  const auto said = static_cast<std::size_t>(read_u32(bytes, 0)) + 4;  // counted from behind the field itself
  const auto body = bytes.substr(16, std::max<std::size_t>(said, 16) - 16);
  count_work(body.size());
  if (kind == 0x414C454D) return std::string(body.substr(0, raw_size));  // "MELA"
  if (kind != 0x75465A4C) return std::nullopt;                           // "LZFu"
  std::array<char, kDictionary> dictionary{};
  std::copy(kPreloaded.begin(), kPreloaded.end(), dictionary.begin());
  std::size_t write = kPreloaded.size();
  std::string out;
  out.reserve(std::min(raw_size, body.size() * 10));
  const auto put = [&](char c) {
    out += c;
    dictionary[write] = c;
    write = (write + 1) % kDictionary;
  };
  for (std::size_t at = 0; at < body.size() && out.size() < raw_size;) {
    const auto control = static_cast<unsigned char>(body[at++]);
    for (int bit = 0; bit < 8 && at < body.size() && out.size() < raw_size; ++bit) {
      if ((control >> bit & 1) == 0) {
        put(body[at++]);
        continue;
      }
      if (at + 1 >= body.size()) return out;
      const unsigned reference =
          static_cast<unsigned>(static_cast<unsigned char>(body[at])) << 8 | static_cast<unsigned char>(body[at + 1]);
      at += 2;
      auto from = static_cast<std::size_t>(reference >> 4);
      if (from == write) return out;  // the end (MS-OXRTFCP, section 2.1.3.1.5)
      for (unsigned length = (reference & 15) + 2; length > 0 && out.size() < raw_size; --length) {
        put(dictionary[from]);
        from = (from + 1) % kDictionary;
      }
    }
  }
  return out;
}

RtfContent read_rtf(std::string_view rtf, const RtfLimits& limits) {
  return RtfReader(rtf, limits).run();
}

std::string_view charset_of_code_page(unsigned code_page) {
  switch (code_page) {
    case 437:
      return "ibm437";
    case 850:
      return "ibm850";
    case 866:
      return "ibm866";
    case 874:
      return "windows-874";
    case 932:
      return "shift_jis";
    case 936:
      return "gb18030";
    case 949:
      return "euc-kr";
    case 950:
      return "big5";
    case 1200:
      return "utf-16le";
    case 1250:
      return "windows-1250";
    case 1251:
      return "windows-1251";
    case 1252:
      return "windows-1252";
    case 1253:
      return "windows-1253";
    case 1254:
      return "windows-1254";
    case 1255:
      return "windows-1255";
    case 1256:
      return "windows-1256";
    case 1257:
      return "windows-1257";
    case 1258:
      return "windows-1258";
    case 10000:
      return "macintosh";
    case 20127:
      return "us-ascii";
    case 20866:
      return "koi8-r";
    case 21866:
      return "koi8-u";
    case 28591:
      return "iso-8859-1";
    case 28592:
      return "iso-8859-2";
    case 28595:
      return "iso-8859-5";
    case 28599:
      return "iso-8859-9";
    case 28605:
      return "iso-8859-15";
    case 50220:
    case 50221:
    case 50222:
      return "iso-2022-jp";
    case 51932:
      return "euc-jp";
    case 51949:
      return "euc-kr";
    case 54936:
      return "gb18030";
    case 65001:
      return "utf-8";
    default:
      return {};
  }
}

}  // namespace orgo::tnef
