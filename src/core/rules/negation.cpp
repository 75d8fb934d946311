#include "core/rules/negation.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo::rules {
namespace {

constexpr std::size_t kFillersMax = 4;  ///< between "not" and what it denies: "not really all that urgent"
constexpr std::size_t kWideMax = 4;     ///< words behind "no need to"

/// Deny the word behind them.
constexpr auto kDenying = std::to_array<std::string_view>({
    "not",     "no",          "non",        "isn",     "aren",      "wasn",   "isnt",    "arent",  "wasnt",
    "never",   "nothing",     "without",    "neither", "nor",       "hardly", "less",    "nicht",  "kein",
    "keine",   "keinen",      "keinem",     "keiner",  "keinerlei", "nichts", "ohne",    "weder",  "nie",
    "niemals", "keinesfalls", "keineswegs", "weniger", "pas",       "aucun",  "aucune",  "sans",   "rien",
    "jamais",  "nullement",   "moins",      "nada",    "sin",       "ningún", "ninguna", "nunca",  "tampoco",
    "menos",   "niente",      "nessun",     "nessuna", "senza",     "mai",    "meno",    "não",    "nao",
    "sem",     "nenhuma",     "nenhum",     "niet",    "geen",      "niets",  "zonder",  "minder", "inte",
    "ej",      "icke",        "ikke",       "ikkje",   "ingen",     "inget",  "intet",   "inga",   "utan",
    "uden",    "uten",        "nie",        "bez",     "żadna",     "żaden",  "mniej",   "není",   "neni",
    "žádná",   "žádný",       "nije",       "nisu",    "ni",        "nem",    "nincs",   "ei",     "ilman",
    "nav",     "nėra",        "fără",       "не",      "без",       "нет",    "ничего",  "нема",   "немає",
    "δεν",     "όχι",         "χωρίς",      "ليس",     "ليست",      "غير",    "بدون",    "לא",     "אין",
    "אינו",    "בלי",         "tidak",      "bukan",   "tanpa",     "không",  "बिना",
});
/// Deny the word before them.
constexpr auto kDeniedBefore =
    std::to_array<std::string_view>({"नहीं", "नही", "नहिं", "değil", "degil", "نیست", "নয়", "ਨਹੀਂ"});
/// May stand between, and change nothing.
constexpr auto kFillers = std::to_array<std::string_view>({
    "t",           "very",
    "so",          "that",
    "too",         "really",
    "at",          "all",
    "an",          "a",
    "the",         "any",
    "anything",    "particularly",
    "especially",  "terribly",
    "super",       "overly",
    "in",          "of",
    "way",         "be",
    "is",          "exactly",
    "necessarily", "actually",
    "even",        "as",
    "kind",        "sort",
    "it",          "this",
    "yet",         "sehr",
    "ganz",        "wirklich",
    "besonders",   "unbedingt",
    "ein",         "eine",
    "einen",       "einem",
    "einer",       "zu",
    "mehr",        "gerade",
    "allzu",       "derart",
    "ist",         "es",
    "im",          "noch",
    "wahnsinnig",  "très",
    "vraiment",    "si",
    "trop",        "du",
    "tout",        "d",
    "de",          "une",
    "un",          "particulièrement",
    "plus",        "forcément",
    "est",         "c",
    "encore",      "muy",
    "tan",         "nada",
    "una",         "realmente",
    "demasiado",   "especialmente",
    "está",        "ninguna",
    "è",           "e",
    "é",           "molto",
    "così",        "di",
    "davvero",     "muito",
    "tão",         "uma",
    "estou",       "per",
    "niente",      "affatto",
    "zo",          "heel",
    "erg",         "een",
    "echt",        "bijzonder",
    "så",          "särskilt",
    "en",          "et",
    "særlig",      "meget",
    "mycket",      "er",
    "är",          "jest",
    "to",          "bardzo",
    "tak",         "je",
    "moc",         "nijak",
    "ole",         "este",
    "foarte",      "atât",
    "είναι",       "τόσο",
    "очень",       "так",
    "совсем",      "это",
    "дуже",        "terlalu",
    "phải",        "quá",
    "बहुत",         "बिल्कुल",
    "इतना",        "ज़्यादा",
    "कोई",         "çok",
    "o",           "kadar",
    "hiç",
});
/// Deny all that comes behind them in the clause; with single spaces.
constexpr auto kWide = std::to_array<std::string_view>({
    "no need to",
    "no need for",
    "t need to",
    "need not",
    "t have to",
    "not have to",
    "not necessary to",
    "not need to",
    "not required to",
    "nicht nötig",
    "nicht notwendig",
    "nicht erforderlich",
    "pas besoin de",
    "pas besoin d",
    "pas nécessaire de",
    "no hace falta",
    "no es necesario",
    "no necesita",
    "no hay que",
    "non serve",
    "non c è bisogno di",
    "non è necessario",
    "não precisa",
    "não é preciso",
    "não é necessário",
    "niet nodig",
    "nie trzeba",
    "nu este",
    "nu e",
    "nu i",
    "не нужно",
    "не надо",
    "не треба",
    "inte nödvändigt",
    "ikke nødvendig",
});

/// What a word does to those around it.
struct Role {
  bool denying = false, denied_before = false, filler = false;
  std::vector<std::vector<std::string>> wide;  ///< the words behind it in each phrase of kWide that it begins
  [[nodiscard]] bool denies() const { return denying || denied_before || !wide.empty(); }
};

/// As fold_case() writes them, like the words of the text.
class Vocabulary {
 public:
  static const Vocabulary& instance() {
    static const Vocabulary made;
    return made;
  }
  /// nullptr: it is a word like any other.
  [[nodiscard]] const Role* find(std::string_view folded) const {
    const auto known = roles_.find(folded);
    return known == roles_.end() ? nullptr : &known->second;
  }
  /// Most words deny nothing, and the first byte and length of a plain one say so before it is folded.
  [[nodiscard]] bool may_deny(std::string_view ascii_word) const {
    return (lengths_[static_cast<unsigned char>(ascii_lower(ascii_word.front()))] & bit(ascii_word)) != 0;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view word) const { return std::hash<std::string_view>{}(word); }
  };

  Vocabulary() {
    for (const auto word : kDenying) denying(word).denying = true;
    for (const auto word : kDeniedBefore) denying(word).denied_before = true;
    for (const auto word : kFillers) of(word).filler = true;
    for (const auto phrase : kWide) {
      const auto space = phrase.find(' ');
      auto& rest = denying(phrase.substr(0, space)).wide.emplace_back();
      for (const auto word : split(phrase.substr(space + 1), ' ')) rest.push_back(fold_case(word));
    }
  }

  Role& of(std::string_view word) { return roles_[fold_case(word)]; }
  Role& denying(std::string_view word) {
    const auto folded = fold_case(word);
    lengths_[static_cast<unsigned char>(folded.front())] |= bit(folded);
    return of(word);
  }
  static std::uint32_t bit(std::string_view word) { return 1U << std::min<std::size_t>(word.size(), 31); }

  std::unordered_map<std::string, Role, Hash, std::equal_to<>> roles_;
  std::array<std::uint32_t, 256> lengths_{};  ///< by first byte: one bit for each length that occurs
};

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
  const Role* role;
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
      if (c == U'\n') line_end = true;
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
    const auto* role = known_.find(fold(words_[at]));
    return role != nullptr && role->filler;
  }
  /// Do exactly these words stand behind the word `at`, in its clause?
  [[nodiscard]] bool follow(std::size_t at, std::span<const std::string> expected) {
    for (const auto& word : expected)
      if (!same_clause(at, at + 1) || fold(words_[++at]) != word) return false;
    return true;
  }

 private:
  void add(std::size_t begin, std::size_t end, bool ascii) {
    words_.push_back({begin, end, clause_, nullptr});
    if (!ascii || known_.may_deny(text_.substr(begin, end - begin)))
      words_.back().role = known_.find(fold(words_.back()));
  }
  const std::string& fold(const Word& word) {
    fold_case(text_.substr(word.begin, word.end - word.begin), folded_);
    return folded_;
  }

  const Vocabulary& known_ = Vocabulary::instance();
  std::string_view text_;
  std::vector<Word> words_;
  std::size_t clause_ = 0;
  std::string folded_;
};

}  // namespace

std::string without_denied(std::string_view text) {
  std::string out(text);
  Words words(text);
  const auto blank = [&](std::size_t at) {
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(words[at].begin),
              out.begin() + static_cast<std::ptrdiff_t>(words[at].end), ' ');
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto* role = words[i].role;
    if (role == nullptr || !role->denies()) continue;
    for (const auto& rest : role->wide)
      if (words.follow(i, rest)) {
        const auto behind = i + 1 + rest.size();
        for (auto next = behind; next < behind + kWideMax && words.same_clause(i, next); ++next) blank(next);
      }
    if (role->denying) {
      auto next = i + 1;
      while (next <= i + kFillersMax && words.same_clause(i, next) && words.is_filler(next)) ++next;
      if (words.same_clause(i, next)) blank(next);
    }
    if (role->denied_before) {
      for (std::size_t back = 1; back <= i && back <= kFillersMax && words.same_clause(i, i - back); ++back) {
        if (words.is_filler(i - back)) continue;
        blank(i - back);
        break;
      }
    }
  }
  return out;
}

}  // namespace orgo::rules
