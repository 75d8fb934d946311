#include "core/rules/regex_literals.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "base/text.h"
#include "core/rules/regex_head.h"

namespace orgo::rules {
namespace {

constexpr std::size_t kExactMax = 16;  ///< texts that one piece may be, before it is "some text"
constexpr std::size_t kClassMax = 4;   ///< characters of a class that are spelled out
constexpr std::size_t kClauseMax = 64;
constexpr int kDepthMax = 100;

using Texts = std::set<std::string>;

/// Of each clause, one stands in every match.
using Clause = std::vector<NeededLiteral>;

/// What is known of a piece of a pattern.
struct Known {
  bool exact = false;  ///< it matches just one of `texts`
  Texts texts;
  std::vector<Clause> clauses;
  Texts starts;  ///< every match begins with one of them; of an exact piece: its texts
  RegexHead head = RegexHead::anything();
  bool at_start = false, at_end = false;  ///< of an exact piece: where it has to stand
  bool is_nothing = false;                ///< a place, and no text
};

Known anything(const ByteSet& set) {
  Known known;
  known.head = RegexHead::of(set);
  return known;
}
/// `repeated` as it is matched or not: nothing is known of it but how it begins.
Known only(RegexHead head) {
  Known known;
  known.head = head;
  return known;
}
Known unknown() {
  return {};
}
Known just(Texts texts, RegexHead head) {
  Known known;
  known.exact = true;
  known.texts = std::move(texts);
  known.head = head;
  return known;
}

Clause clause_of(const Texts& texts, Anchors anchors = {}) {
  Clause clause;
  for (const auto& text : texts) clause.push_back({text, anchors, {}});
  return clause;
}

constexpr ByteSet kDigits = [] {
  ByteSet set;
  set.add('0', '9');
  return set;
}();
constexpr ByteSet kWord = [] {
  auto set = kDigits;
  set.add('a', 'z');
  set.add('A', 'Z');
  set.add('_');
  return set;
}();
constexpr ByteSet kSpaces = [] {
  ByteSet set;
  for (const char c : {'\t', '\n', '\f', '\r', ' '}) set.add(c);  // as RE2 has it: no \v
  return set;
}();

class Reader {
 public:
  explicit Reader(std::string_view pattern) : pattern_(pattern) {}

  std::optional<Known> read() {
    auto known = alternatives(0);
    if (failed_ || at_ != pattern_.size()) return std::nullopt;
    return known;
  }
  static void close(Known& known, Clause clause) {
    const bool says_something =
        std::none_of(clause.begin(), clause.end(), [](const NeededLiteral& literal) { return literal.text.empty(); });
    if (!clause.empty() && says_something) known.clauses.push_back(std::move(clause));
  }
  static Clause whole_of(const Known& exact) { return clause_of(exact.texts, {exact.at_start, exact.at_end}); }

  /// The rarer its literals are and the fewer, the better.
  static std::pair<std::size_t, long> worth(const Clause& clause) {
    std::size_t least = 1000;
    for (const auto& literal : clause) {
      const auto surroundings = (literal.anchors.start || literal.anchors.end ? 4U : 0U) + literal.tail.size();
      least = std::min(least, std::min<std::size_t>(literal.text.size(), 8) + surroundings);
    }
    return {least, -static_cast<long>(clause.size())};
  }
  static std::vector<Clause>::iterator best_of(std::vector<Clause>& clauses) {
    return std::max_element(clauses.begin(), clauses.end(),
                            [](const Clause& a, const Clause& b) { return worth(a) < worth(b); });
  }

 private:
  [[nodiscard]] bool at_end() const { return at_ >= pattern_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : pattern_[at_]; }
  bool take(char c) {
    if (at_end() || pattern_[at_] != c) return false;
    ++at_;
    return true;
  }
  Known fail() {
    failed_ = true;
    return unknown();
  }

  Known alternatives(int depth) {
    if (depth > kDepthMax) return fail();
    Known all = sequence(depth);
    if (failed_ || peek() != '|') return all;
    std::vector<Known> parts{std::move(all)};
    while (!failed_ && take('|')) parts.push_back(sequence(depth));
    if (failed_) return unknown();
    auto head = parts.front().head;
    for (const auto& part : parts) head = head.or_else(part.head);
    Known out = just({}, head);
    out.exact = std::all_of(parts.begin(), parts.end(),
                            [](const Known& part) { return part.exact && !part.at_start && !part.at_end; });
    if (out.exact) {
      for (const auto& part : parts) out.texts.insert(part.texts.begin(), part.texts.end());
      if (out.texts.size() <= kExactMax) return out;
    }
    // One clause of each, joined.
    Clause joined;
    Known known = only(head);
    bool begins = true;
    for (auto& part : parts) {
      const auto& starts = part.exact ? part.texts : part.starts;
      begins = begins && !starts.empty();
      known.starts.insert(starts.begin(), starts.end());
      if (part.exact) close(part, whole_of(part));
    }
    if (!begins || known.starts.contains("") || known.starts.size() > kClauseMax) known.starts.clear();
    for (auto& part : parts) {
      if (part.clauses.empty()) return known;
      const auto best = best_of(part.clauses);
      joined.insert(joined.end(), best->begin(), best->end());
    }
    if (joined.size() <= kClauseMax) close(known, std::move(joined));
    return known;
  }

  Known sequence(int depth) {
    Known out;
    bool whole = true;             // `run` is all of it
    Texts run{""};                 // what is known to stand side by side, up to here
    Anchors stands;                // where the run has to stand
    std::vector<RegexHead> heads;  // of each piece
    struct Closed {
      Clause clause;
      std::size_t next;  // the piece behind it
    };
    std::vector<Closed> closed;
    const auto close_run = [&] { closed.push_back({clause_of(run, stands), heads.size()}); };
    while (!failed_ && !at_end() && peek() != '|' && peek() != ')') {
      Known piece = repeated(depth);
      if (piece.is_nothing) {
        stands.start = stands.start || (piece.at_start && heads.empty());
        stands.end = stands.end || piece.at_end;
        continue;
      }
      stands.end = false;
      if (piece.exact && run.size() * piece.texts.size() <= kExactMax) {
        Texts longer;
        for (const auto& before : run)
          for (const auto& after : piece.texts) longer.insert(before + after);
        run = std::move(longer);
        heads.push_back(piece.head);
        continue;
      }
      if (whole && !(run.size() == 1 && run.contains(""))) out.starts = run.contains("") ? Texts{} : run;
      else if (whole) out.starts = piece.exact ? piece.texts : piece.starts;
      whole = false;
      close_run();
      stands = {};
      run = {""};
      if (piece.exact) {
        run = std::move(piece.texts);
      } else {
        for (auto& clause : piece.clauses) out.clauses.push_back(std::move(clause));
      }
      heads.push_back(piece.head);
    }
    if (whole) {
      out.exact = true;
      out.texts = std::move(run);
      out.at_start = stands.start;
      out.at_end = stands.end;
    } else {
      close_run();
    }
    // From the end on: how all that stands behind a piece begins.
    std::vector<RegexHead> behind(heads.size() + 1, RegexHead::empty());
    for (auto i = heads.size(); i > 0; --i) behind[i - 1] = heads[i - 1].then(behind[i]);
    out.head = behind.front();
    for (auto& [clause, next] : closed) {
      const auto tail = behind[next].folded();
      for (auto& literal : clause) literal.tail = tail;
      close(out, std::move(clause));
    }
    return out;
  }

  Known repeated(int depth) {
    Known piece = atom(depth);
    for (bool first = true; !failed_ && !at_end(); first = false) {
      const char c = peek();
      if (c != '*' && c != '?' && c != '+' && c != '{') break;
      piece.is_nothing = piece.at_start = piece.at_end = false;
      ++at_;
      if (c == '?' && piece.exact && first && piece.texts.size() < kExactMax) {
        piece.texts.insert("");
        piece.head = piece.head.optional();
      } else if (c == '?') {
        piece = only(piece.head.optional());
      } else if (c == '*') {
        piece = only(piece.head.repeated(0));
      } else if (c == '+') {
        piece = once_or_more(std::move(piece), 1);
      } else {
        const auto close_at = pattern_.find('}', at_);
        if (close_at == std::string_view::npos) return fail();
        const auto inside = pattern_.substr(at_, close_at - at_);
        if (inside.empty() || inside[0] < '0' || inside[0] > '9') return fail();
        if (!std::all_of(inside.begin(), inside.end(), [](char d) { return (d >= '0' && d <= '9') || d == ','; }))
          return fail();
        at_ = close_at + 1;
        int least = 0;
        std::from_chars(inside.data(), inside.data() + inside.size(), least);
        if (least == 0) {
          piece = only(piece.head.repeated(0));
        } else if (inside != "1") {
          piece = once_or_more(std::move(piece), least);
        }
      }
      take('?');  // as few as possible: the same texts match
    }
    return piece;
  }
  static Known once_or_more(Known piece, int least) {
    Known out = only(piece.head.repeated(least));
    if (piece.exact) {
      if (!piece.texts.contains("")) out.starts = piece.texts;
      close(out, clause_of(piece.texts));
    } else {
      out.clauses = std::move(piece.clauses);
      out.starts = std::move(piece.starts);
    }
    return out;
  }

  Known atom(int depth) {
    const char c = pattern_[at_++];
    switch (c) {
      case '^':
        return nothing(true, false);
      case '$':
        return nothing(false, true);
      case '.':
        return anything(ByteSet::all());
      case '(':
        return group(depth);
      case '[':
        return class_of();
      case '\\':
        return escape();
      case '*':
      case '+':
      case '?':
      case '{':
        return fail();
      default:
        break;
    }
    return literal(c);
  }

  static Known nothing(bool at_start, bool at_end) {
    Known known = just({""}, RegexHead::empty());
    known.is_nothing = true;
    known.at_start = at_start;
    known.at_end = at_end;
    return known;
  }

  static Known literal(char c) {
    // The byte of a longer character; in ASCII one that is the same without case may stand for it.
    if (static_cast<unsigned char>(c) >= 0x80) return only(RegexHead::anything());
    ByteSet set;
    set.add(c);
    return just({std::string(1, ascii_lower(c))}, RegexHead::of(set));
  }

  Known group(int depth) {
    if (take('?')) {
      if (take('P')) {
        const auto end = pattern_.find('>', at_);
        if (end == std::string_view::npos) return fail();
        at_ = end + 1;
      } else if (!take(':')) {
        return fail();  // flags change what follows
      }
    }
    Known inside = alternatives(depth + 1);
    if (!take(')')) return fail();
    inside.at_start = inside.at_end = false;
    return inside;
  }

  Known class_of() {
    const bool negated = take('^');
    std::set<char> members;
    bool spelled = !negated;
    ByteSet set;
    bool set_known = true;
    for (bool first = true;; first = false) {
      if (at_end()) return fail();
      char c = pattern_[at_++];
      if (c == ']' && !first) break;
      if (c == '[' && peek() == ':') {
        const auto end = pattern_.find(":]", at_);
        if (end == std::string_view::npos) return fail();
        at_ = end + 2;
        spelled = set_known = false;
        continue;
      }
      if (c == '\\') {
        if (at_end()) return fail();
        c = pattern_[at_++];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
          spelled = false;
          if (c == 'd') set |= kDigits;
          else if (c == 'w') set |= kWord;
          else if (c == 's') set |= kSpaces;
          else set_known = false;
          if (c == 'p' || c == 'P' || c == 'x') {
            if (take('{')) {
              const auto end = pattern_.find('}', at_);
              if (end == std::string_view::npos) return fail();
              at_ = end + 1;
            }
          }
          continue;
        }
      }
      if (static_cast<unsigned char>(c) >= 0x80) spelled = set_known = false;
      if (peek() == '-' && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']') {
        ++at_;
        spelled = false;
        if (take('\\')) {
          if (at_end()) return fail();
          set_known = false;
        }
        const char last = pattern_[at_++];
        if (static_cast<unsigned char>(last) >= 0x80) set_known = false;
        if (set_known) set.add(c, last);
        continue;
      }
      members.insert(ascii_lower(c));
      set.add(c);
    }
    const auto bytes = !set_known ? ByteSet::all() : negated ? set.complement() : set;
    if (!spelled || members.size() > kClassMax || members.empty()) return anything(bytes);
    Known known = just({}, RegexHead::of(bytes));
    for (const char member : members) known.texts.insert(std::string(1, member));
    return known;
  }

  Known escape() {
    if (at_end()) return fail();
    const char c = pattern_[at_++];
    switch (c) {
      case 'b':
      case 'B':
        return nothing(false, false);
      case 'A':
        return nothing(true, false);
      case 'z':
        return nothing(false, true);
      case 'd':
        return anything(kDigits);
      case 'D':
        return anything(kDigits.complement());
      case 'w':
        return anything(kWord);
      case 'W':
        return anything(kWord.complement());
      case 'S':
        return anything(kSpaces.complement());
      case 's':
      case 't':
      case 'n':
      case 'r':
      case 'f':
      case 'v':
        return just({" "}, RegexHead::of(" "));
      case 'p':
      case 'P':
        if (take('{')) {
          const auto end = pattern_.find('}', at_);
          if (end == std::string_view::npos) return fail();
          at_ = end + 1;
        } else {
          ++at_;
        }
        return anything(ByteSet::all());
      default:
        break;
    }
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return fail();  // \Q, \x, \C, octal
    return literal(c);
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

std::string normal(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space) out += c;
    if (space && !out.empty() && out.back() != ' ') out += ' ';
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// In the form of a folded text. Literals that differ only in what stands behind them become one.
Clause normal(const Clause& clause) {
  std::map<std::tuple<std::string, bool, bool>, Tail> known;
  for (const auto& literal : clause) {
    auto tail = literal.tail;
    if (!literal.text.empty() && literal.text.back() <= ' ') {
      // A space at its end stands behind it. More white space may follow, and then places can't be counted.
      ByteSet space;
      space.add(' ');
      if (!tail.empty() && tail.front().has(' ')) tail.clear();
      tail.insert(tail.begin(), space);
    }
    const auto [same, fresh] =
        known.try_emplace({normal(literal.text), literal.anchors.start, literal.anchors.end}, tail);
    if (fresh) continue;
    auto& joined = same->second;
    joined.resize(std::min(joined.size(), tail.size()));
    for (std::size_t i = 0; i < joined.size(); ++i) joined[i] |= tail[i];
  }
  Clause out;
  for (auto& [place, tail] : known) {
    // At its end there is nothing behind it.
    out.push_back(
        {std::get<0>(place), {std::get<1>(place), std::get<2>(place)}, std::get<2>(place) ? Tail{} : std::move(tail)});
  }
  return out;
}

}  // namespace

RegexNeeds needs_of(std::string_view pattern, std::size_t least) {
  RegexNeeds needs;
  auto known = Reader(pattern).read();
  if (!known) return needs;
  if (known->exact) {
    known->starts = known->texts;
    Reader::close(*known, Reader::whole_of(*known));
  }
  std::vector<Clause> clauses;
  for (const auto& clause : known->clauses) {
    auto normalized = normal(clause);
    const bool enough = std::all_of(normalized.begin(), normalized.end(),
                                    [&](const auto& literal) { return literal.text.size() >= least; });
    if (enough) clauses.push_back(std::move(normalized));
  }
  // Where a part of it is enough, the longer one says nothing more.
  for (auto& clause : clauses) {
    const auto all = clause;
    std::erase_if(clause, [&](const NeededLiteral& literal) {
      return std::any_of(all.begin(), all.end(), [&](const NeededLiteral& other) {
        return other.text.size() < literal.text.size() && !other.anchors.start && !other.anchors.end &&
               other.tail.empty() && literal.text.find(other.text) != std::string::npos;
      });
    });
  }
  while (!clauses.empty()) {
    const auto best = Reader::best_of(clauses);
    needs.clauses.push_back(std::move(*best));
    clauses.erase(best);
  }
  bool usable = !known->starts.empty();
  Texts starts;
  for (const auto& text : known->starts) {
    usable = usable && !text.empty() && text.front() != ' ';
    starts.insert(normal(text));
  }
  std::erase_if(starts, [&](const std::string& text) {
    return std::any_of(starts.begin(), starts.end(),
                       [&](const std::string& other) { return other != text && text.starts_with(other); });
  });
  if (usable &&
      std::all_of(starts.begin(), starts.end(), [&](const std::string& text) { return text.size() >= least; }))
    needs.starts.assign(starts.begin(), starts.end());
  return needs;
}

}  // namespace orgo::rules
