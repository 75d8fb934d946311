#include "core/rules/negation.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "base/unicode.h"
#include "core/rules/negation_forms.h"
#include "core/rules/negation_words.h"

namespace orgo::rules {
namespace {

constexpr std::size_t kFillersMax = 4;  ///< between "not" and what it denies: "not really all that urgent"
constexpr std::size_t kWideMax = 4;     ///< words behind "no need to"
constexpr std::size_t kLabelMax = 10;   ///< words of a question or label that "no" answers
constexpr std::size_t kAnswerMax = 4;   ///< words of that answer

/// is_word_character() of ASCII, which most texts are.
constexpr bool is_plain_word(char32_t c) {
  return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20U) >= 'a' && (c | 0x20U) <= 'z');
}

/// A line may be wrapped anywhere, an empty one ends what was said.
bool ends_clause(char32_t c, bool behind_line_end) {
  switch (c) {
    case U'.':
    case U',':
    case U';':
    case U':':
    case U'!':
    case U'?':
    case U'(':
    case U')':
    case U'/':
    case U'|':
    case U'=':
    case U'\uFF01':
    case U'\uFF0C':
    case U'\uFF1A':
    case U'\uFF1B':
    case U'\uFF1F':
    case U'\u0964':  // danda
    case U'\u2013':
    case U'\u2014':
    case U'\u3002':
    case U'\u060C':
    case U'\u061F':
    case U'\u00BF':
    case U'\u00A1':
    case U'\u2026':
      return true;
    default:
      return behind_line_end && c == U'\n';
  }
}

struct Word {
  std::size_t begin, end;
  std::size_t clause;
  std::size_t line;
  bool asked = false;  ///< what stands before it asks for an answer: "urgent?", "urgent:"
  const Role* role = nullptr;
};

/// All words of a text, and of those that deny what they do. They are few; the others are folded when they are asked
/// for, in memory that is used again.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {
    words_.reserve(text.size() / 6);
    std::size_t begin = std::string_view::npos;
    bool ascii = true, line_end = false, spaced = false;
    for (std::size_t at = 0; at < text.size();) {
      const auto from = at;
      const bool plain = static_cast<unsigned char>(text[at]) < 0x80;
      const char32_t c = plain ? static_cast<char32_t>(text[at++]) : decode_utf8(text, at);
      if (plain ? is_plain_word(c) : is_word_character(c)) {
        if (begin == std::string_view::npos) {
          begin = from;
          ascii = true;
        }
        ascii = ascii && plain;
        line_end = spaced = false;
        continue;
      }
      if (begin != std::string_view::npos) add(begin, from, ascii);
      begin = std::string_view::npos;
      // "urgent - not now": a dash between spaces parts, a hyphen joins.
      const bool dash = c == U'-' && spaced && at < text.size() && text[at] == ' ';
      if (dash || ends_clause(c, line_end)) ++clause_;
      if (c == U'\n') {
        line_end = true;
        ++line_;
      }
      if (c == U':' || c == U'?' || c == U'=' || c == U'\uFF1A' || c == U'\uFF1F') asked_ = true;
      spaced = c == U' ';
    }
    if (begin != std::string_view::npos) add(begin, text.size(), ascii);
  }

  [[nodiscard]] std::size_t size() const { return words_.size(); }
  const Word& operator[](std::size_t at) const { return words_[at]; }
  /// Is there such a word, and in the clause of the word `of`?
  [[nodiscard]] bool same_clause(std::size_t of, std::size_t other) const {
    return other < words_.size() && words_[other].clause == words_[of].clause;
  }
  [[nodiscard]] bool is_filler(std::size_t at) {
    const auto* role = role_of(at);
    return role != nullptr && role->filler;
  }
  /// As fold_case() writes it, until the next call of this class.
  [[nodiscard]] std::string_view text_of(std::size_t at) { return fold(words_[at]); }
  /// nullptr: it has none.
  [[nodiscard]] const Role* role_of(std::size_t at) { return known_.find(fold(words_[at])); }
  /// Does the text behind the word ask, or what stands behind its clause?
  [[nodiscard]] bool is_asked(std::size_t at) const {
    while (same_clause(at, at + 1)) ++at;
    return at + 1 < words_.size() ? words_[at + 1].asked : asked_;
  }
  /// Do exactly these words stand behind the word `at`, in its clause?
  [[nodiscard]] bool follow(std::size_t at, std::span<const std::string> expected) {
    for (const auto& word : expected)
      if (!same_clause(at, at + 1) || fold(words_[++at]) != word) return false;
    return true;
  }

 private:
  void add(std::size_t begin, std::size_t end, bool ascii) {
    words_.push_back({begin, end, clause_, line_, asked_});
    asked_ = false;
    if (ascii && !known_.may_matter(text_.substr(begin, end - begin))) return;
    const auto* role = known_.find(fold(words_.back()));
    if (role != nullptr && role->acts) words_.back().role = role;
  }
  const std::string& fold(const Word& word) {
    fold_case(text_.substr(word.begin, word.end - word.begin), folded_);
    return folded_;
  }

  const Vocabulary& known_ = Vocabulary::instance();
  std::string_view text_;
  std::vector<Word> words_;
  std::size_t clause_ = 0, line_ = 0;
  bool asked_ = false;
  std::string folded_;
};

/// Blanks what the words of a text deny.
class Denials {
 public:
  Denials(std::string_view text, std::string& out) : words_(text), out_(out) {}

  void blank_all() {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const auto* role = words_[i].role;
      if (role == nullptr) continue;
      for (const auto& one : role->phrases) phrase(i, one);
      if (role->denying && !(expects_yes(i) && words_.is_asked(i))) behind(i);
      if (role->denied_before) before(i, [](const Role*) { return true; });
      if (role->ends) ending(i);
      if (role->low) before(i, [](const Role* one) { return one != nullptr && one->level; });
      if (role->drill && i > 0 && words_.same_clause(i, i - 1)) blank(i - 1);
      if (role->no && words_[i].asked) answer(i);
    }
  }

 private:
  void blank(std::size_t at) {
    std::fill(out_.begin() + static_cast<std::ptrdiff_t>(words_[at].begin),
              out_.begin() + static_cast<std::ptrdiff_t>(words_[at].end), ' ');
  }
  /// "Isn't this urgent?", "Is this not urgent?"
  [[nodiscard]] bool expects_yes(std::size_t at) {
    if (words_[at].role->expects_yes && begins_clause(at)) return true;
    auto first = at;
    while (!begins_clause(first)) --first;
    const auto* role = first < at ? words_.role_of(first) : nullptr;
    return role != nullptr && role->asks;
  }
  [[nodiscard]] bool begins_clause(std::size_t at) const { return at == 0 || !words_.same_clause(at, at - 1); }

  /// "no need to come immediately", "in case of emergency"
  void phrase(std::size_t at, const Phrase& phrase) {
    if (phrase.kind == Phrase::Kind::opens && !begins_clause(at)) return;
    if (!words_.follow(at, phrase.rest)) return;
    const auto behind = at + 1 + phrase.rest.size();
    if (phrase.kind != Phrase::Kind::denies) {
      for (auto one = at; one < behind; ++one) blank(one);
      return;
    }
    for (auto next = behind; next < behind + kWideMax && words_.same_clause(at, next); ++next) blank(next);
  }
  /// "not really urgent"
  void behind(std::size_t at) {
    auto next = at + 1;
    while (next <= at + kFillersMax && words_.same_clause(at, next) && words_.is_filler(next)) ++next;
    if (words_.same_clause(at, next)) blank(next);
  }
  /// "acil değil": the first word before it that is no filler, when `use` says so of its role.
  template <typename Use>
  void before(std::size_t at, Use&& use) {
    for (std::size_t back = 1; back <= at && back <= kFillersMax && words_.same_clause(at, at - back); ++back) {
      const auto* role = words_.role_of(at - back);
      if (role != nullptr && role->filler && !role->haste && !role->level) continue;
      if (use(role)) blank(at - back);
      return;
    }
  }
  /// "das eilt nicht so", "dringend ist es nicht"
  void ending(std::size_t at) {
    const bool last = !words_.same_clause(at, at + 1);
    before(at, [&](const Role* one) { return last || (one != nullptr && one->haste); });
  }
  /// "urgent: no", "Is it urgent? Not at all.", "Urgent (yes/no): no"
  void answer(std::size_t at) {
    auto end = at;
    while (words_.same_clause(at, end) && words_[end].line == words_[at].line) {
      const auto* role = words_.role_of(end);
      if (role == nullptr || !role->no || ++end - at > kAnswerMax) return;
    }
    std::size_t left = kLabelMax;
    for (auto back = at; back > 0 && left > 0 && words_[back - 1].line == words_[at].line; --left) {
      --back;
      const bool of_label = words_[back].clause != words_[at].clause;
      if (of_label) blank(back);
      // "(yes/no)" between the label and the answer is several clauses; before anything else it is one.
      if (back > 0 && words_[back - 1].clause != words_[back].clause && !is_choice(back)) return;
    }
  }
  [[nodiscard]] bool is_choice(std::size_t at) {
    const auto word = words_.text_of(at);
    return std::ranges::any_of(kChoices, [&](std::string_view one) { return word == one; });
  }

  static constexpr auto kChoices = std::to_array<std::string_view>(
      {"yes", "no", "ja", "nein", "oui", "non", "sí", "si", "sì", "y", "n", "j", "да", "нет"});
  Words words_;
  std::string& out_;
};

}  // namespace

std::string without_denied(std::string_view text) {
  std::string out(text);
  Denials(text, out).blank_all();
  blank_denied_forms(text, out);
  return out;
}

}  // namespace orgo::rules
