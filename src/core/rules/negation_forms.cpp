#include "core/rules/negation_forms.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "base/unicode.h"

namespace orgo::rules {
namespace {

constexpr auto kEmptyBoxes = std::to_array<std::string_view>({"[ ]", "[]", "[_]", "( )", "\u2610", "\u25A1", "\u25FB"});
constexpr auto kBoxes = std::to_array<std::string_view>({"[", "( )", "(x)", "(X)", "\u2610", "\u2611", "\u2612",
                                                         "\u2713", "\u2714", "\u25A0", "\u25A1", "\u25FB", "\u25FC"});
/// Chinese words that deny what is behind them, the longer first.
constexpr auto kBehind = std::to_array<std::string_view>(
    {"没有", "沒有", "并非", "並非", "无需", "無需", "不", "没", "沒", "无", "無", "非", "未", "别"});
/// May stand between, and change nothing.
constexpr auto kBetween =
    std::to_array<std::string_view>({"是", "很", "太", "那么", "那麼", "十分", "特别", "特別", "非常", "算", "怎么",
                                     "怎麼", "必", "用", "需要", "要", "什么", "什麼", "任何"});
/// Behind which nothing is denied: "very", "not only".
constexpr auto kNotDenying =
    std::to_array<std::string_view>({"非常", "不仅", "不僅", "不但", "不只", "不光", "不得不", "无比", "無比"});
/// Japanese words that deny a whole phrase before them, and a verb.
constexpr auto kPhraseBefore = std::to_array<std::string_view>({"ではあり", "ではな", "じゃな", "じゃあり", "でなく"});
constexpr auto kVerbBefore = std::to_array<std::string_view>({"ません", "がない", "はない"});
constexpr std::size_t kWordChars = 2;    ///< of a word behind a Chinese denial: nearly all have two
constexpr std::size_t kPhraseChars = 8;  ///< of a phrase before a Japanese one

template <typename List>
std::size_t begins(std::string_view text, const List& list) {
  for (const auto one : list)
    if (text.starts_with(one)) return one.size();
  return 0;
}

class Forms {
 public:
  Forms(std::string_view text, std::string& out) : text_(text), out_(out) {}

  void blank_all() {
    for (std::size_t at = 0; at < text_.size();) {
      const auto first = static_cast<unsigned char>(text_[at]);
      if (first < 0x80) {  // nearly all of most texts
        if (first == '[' || first == '(') box(at, text_.substr(at));
        if (first != ' ') run_.clear();
        ++at;
        continue;
      }
      if (first == 0xE2) box(at, text_.substr(at));
      if (first >= 0xE3) unspaced(at, text_.substr(at));
      const auto from = at;
      const auto c = decode_utf8(text_, at);
      if (is_word_character(c)) run_.push_back(from);
      else run_.clear();
    }
  }

 private:
  void blank(std::size_t from, std::size_t to) {
    for (auto at = from; at < to; ++at)
      if (out_[at] != '\n') out_[at] = ' ';
  }
  /// Up to the next box, or the end of the line.
  void box(std::size_t at, std::string_view rest) {
    const auto size = begins(rest, kEmptyBoxes);
    if (size == 0) return;
    auto end = at + size;
    while (end < text_.size() && text_[end] != '\n' && begins(text_.substr(end), kBoxes) == 0) ++end;
    blank(at + size, end);
  }
  void unspaced(std::size_t at, std::string_view rest) {
    if (begins(rest, kNotDenying) == 0)
      if (const auto size = begins(rest, kBehind)) behind(at + size);
    if (begins(rest, kPhraseBefore) != 0) before(at, kPhraseChars);
    else if (begins(rest, kVerbBefore) != 0) before(at, kWordChars);
  }
  void behind(std::size_t at) {
    while (const auto size = begins(text_.substr(at), kBetween)) at += size;
    const auto from = at;
    for (std::size_t i = 0; i < kWordChars && at < text_.size(); ++i) {
      const auto before = at;
      if (!is_word_character(decode_utf8(text_, at))) {
        at = before;
        break;
      }
    }
    blank(from, at);
  }
  void before(std::size_t at, std::size_t most) {
    const auto count = std::min(most, run_.size());
    if (count > 0) blank(run_[run_.size() - count], at);
  }

  std::string_view text_;
  std::string& out_;
  std::vector<std::size_t> run_;  ///< where each character of the words up to here begins
};

}  // namespace

void blank_denied_forms(std::string_view text, std::string& out) {
  if (is_ascii(text) && text.find('[') == text.npos && text.find('(') == text.npos)
    return;  // as most are: no box, no other form
  Forms(text, out).blank_all();
}

}  // namespace orgo::rules
