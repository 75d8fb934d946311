#include "core/rules/negation.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/unicode.h"

namespace orgo::rules {
namespace {

using Words = std::string_view;

constexpr std::size_t kFillersMax = 4;  ///< between "not" and what it denies: "not really all that urgent"
constexpr std::size_t kWideMax = 4;     ///< words behind "no need to"

/// Deny the word behind them.
constexpr auto kDenying = std::to_array<Words>({
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
constexpr auto kDeniedBefore = std::to_array<Words>({"नहीं", "नही", "नहिं", "değil", "degil", "نیست", "নয়", "ਨਹੀਂ"});
/// May stand between, and change nothing.
constexpr auto kFillers = std::to_array<Words>({
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
constexpr auto kWide = std::to_array<Words>({
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

/// As fold_case() writes them, like the words of the text.
class Vocabulary {
 public:
  static const Vocabulary& instance() {
    static const Vocabulary made;
    return made;
  }
  std::unordered_set<std::string> denying, denied_before, fillers;
  std::vector<std::string> wide;

 private:
  Vocabulary() {
    for (const auto word : kDenying) denying.insert(fold_case(word));
    for (const auto word : kDeniedBefore) denied_before.insert(fold_case(word));
    for (const auto word : kFillers) fillers.insert(fold_case(word));
    for (const auto phrase : kWide) wide.push_back(fold_case(phrase));
  }
};

struct Word {
  std::size_t begin, end;
  std::size_t clause;
  std::string folded;
};

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

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  std::size_t clause = 0;
  std::size_t begin = std::string_view::npos;
  bool line_end = false, spaced = false;
  const auto close = [&](std::size_t end) {
    if (begin == std::string_view::npos) return;
    words.push_back({begin, end, clause, fold_case(text.substr(begin, end - begin))});
    begin = std::string_view::npos;
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto from = at;
    const auto c = decode_utf8(text, at);
    if (is_word_character(c)) {
      if (begin == std::string_view::npos) begin = from;
      line_end = spaced = false;
      continue;
    }
    close(from);
    // "urgent - not now": a dash between spaces parts, a hyphen joins.
    const bool dash = c == U'-' && spaced && at < text.size() && text[at] == ' ';
    if (dash || ends_clause(c, line_end)) ++clause;
    if (c == U'\n') line_end = true;
    spaced = c == U' ';
  }
  close(text.size());
  return words;
}

/// How many words of `words` from `at` on, in one clause, are `phrase`; 0: not that.
std::size_t is_phrase(const std::vector<Word>& words, std::size_t at, std::string_view phrase) {
  std::size_t count = 0;
  for (;;) {
    const auto space = phrase.find(' ');
    if (at + count >= words.size() || words[at + count].clause != words[at].clause ||
        words[at + count].folded != phrase.substr(0, space))
      return 0;
    ++count;
    if (space == std::string_view::npos) return count;
    phrase.remove_prefix(space + 1);
  }
}

}  // namespace

std::string without_denied(std::string_view text) {
  const auto& known = Vocabulary::instance();
  std::string out(text);
  const auto words = words_of(text);
  const auto blank = [&](const Word& word) {
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(word.begin),
              out.begin() + static_cast<std::ptrdiff_t>(word.end), ' ');
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto same_clause = [&](std::size_t other) {
      return other < words.size() && words[other].clause == words[i].clause;
    };
    for (const auto& phrase : known.wide)
      if (const auto length = is_phrase(words, i, phrase); length > 0)
        for (auto next = i + length; next < i + length + kWideMax && same_clause(next); ++next) blank(words[next]);
    if (known.denying.contains(words[i].folded)) {
      auto next = i + 1;
      while (next <= i + kFillersMax && same_clause(next) && known.fillers.contains(words[next].folded)) ++next;
      if (same_clause(next)) blank(words[next]);
    }
    if (known.denied_before.contains(words[i].folded)) {
      for (std::size_t back = 1; back <= i && back <= kFillersMax && same_clause(i - back); ++back) {
        if (known.fillers.contains(words[i - back].folded)) continue;
        blank(words[i - back]);
        break;
      }
    }
  }
  return out;
}

}  // namespace orgo::rules
