#include "core/rules/regex_literals.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"

namespace orgo::rules {
namespace {

constexpr std::size_t kExactMax = 16;    ///< texts that one piece may be, before it is "some text"
constexpr std::size_t kClassMax = 4;     ///< characters of a class that are spelled out
constexpr std::size_t kClauseMax = 64;
constexpr int kDepthMax = 100;

using Texts = std::set<std::string>;

/// What is known of a piece of a pattern.
struct Known {
  bool exact = false;  ///< it matches just one of `texts`
  Texts texts;
  std::vector<Texts> clauses;  ///< of each of them, one stands in every match
  Texts starts;                ///< every match begins with one of them; of an exact piece: its texts
};

Known anything() { return {}; }
Known just(std::string text) { return {true, {std::move(text)}, {}, {}}; }

class Reader {
 public:
  explicit Reader(std::string_view pattern) : pattern_(pattern) {}

  std::optional<Known> read() {
    auto known = alternatives(0);
    if (failed_ || at_ != pattern_.size()) return std::nullopt;
    return known;
  }
  static void close(Known& known, Texts texts) {
    if (!texts.empty() && !texts.contains("")) known.clauses.push_back(std::move(texts));
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
    return anything();
  }

  Known alternatives(int depth) {
    if (depth > kDepthMax) return fail();
    Known all = sequence(depth);
    bool several = false;
    std::vector<Known> parts;
    while (!failed_ && take('|')) {
      if (!several) parts.push_back(std::move(all));
      several = true;
      parts.push_back(sequence(depth));
    }
    if (!several || failed_) return all;
    Known out;
    out.exact = std::all_of(parts.begin(), parts.end(), [](const Known& part) { return part.exact; });
    if (out.exact) {
      for (const auto& part : parts) out.texts.insert(part.texts.begin(), part.texts.end());
      if (out.texts.size() <= kExactMax) return out;
    }
    // One clause of each, joined.
    Texts joined;
    Known known;
    bool begins = true;
    for (auto& part : parts) {
      const auto& starts = part.exact ? part.texts : part.starts;
      begins = begins && !starts.empty();
      known.starts.insert(starts.begin(), starts.end());
      if (part.exact) close(part, part.texts);
    }
    if (!begins || known.starts.contains("") || known.starts.size() > kClauseMax) known.starts.clear();
    for (const auto& part : parts) {
      const auto best = best_of(part.clauses);
      if (!best) return known;
      joined.insert(best->begin(), best->end());
    }
    if (joined.size() <= kClauseMax) close(known, std::move(joined));
    return known;
  }

 public:
  static std::optional<Texts> best_of(const std::vector<Texts>& clauses) {
    const Texts* best = nullptr;
    const auto worth = [](const Texts& texts) {
      std::size_t least = 1000;
      for (const auto& text : texts) least = std::min(least, text.size());
      return std::pair{std::min<std::size_t>(least, 8), -static_cast<long>(texts.size())};
    };
    for (const auto& clause : clauses)
      if (best == nullptr || worth(clause) > worth(*best)) best = &clause;
    return best == nullptr ? std::nullopt : std::optional(*best);
  }

 private:
  Known sequence(int depth) {
    Known out;
    bool whole = true;  // `run` is all of it
    Texts run{""};  // what is known to stand side by side, up to here
    while (!failed_ && !at_end() && peek() != '|' && peek() != ')') {
      bool nothing = false;
      Known piece = repeated(depth, nothing);
      if (nothing) continue;
      if (piece.exact && run.size() * piece.texts.size() <= kExactMax) {
        Texts longer;
        for (const auto& before : run)
          for (const auto& after : piece.texts) longer.insert(before + after);
        run = std::move(longer);
        continue;
      }
      if (whole && !(run.size() == 1 && run.contains(""))) out.starts = run.contains("") ? Texts{} : run;
      else if (whole) out.starts = piece.exact ? piece.texts : piece.starts;
      whole = false;
      close(out, std::move(run));
      run = {""};
      if (piece.exact) {
        run = std::move(piece.texts);
      } else {
        for (auto& clause : piece.clauses) out.clauses.push_back(std::move(clause));
      }
    }
    if (whole) {
      out.exact = true;
      out.texts = std::move(run);
    } else {
      close(out, std::move(run));
    }
    return out;
  }

  Known repeated(int depth, bool& nothing) {
    Known piece = atom(depth, nothing);
    for (bool first = true; !failed_ && !at_end(); first = false) {
      const char c = peek();
      if (c == '*' || c == '?') {
        ++at_;
        take('?');
        if (c == '?' && piece.exact && first && piece.texts.size() < kExactMax) {
          piece.texts.insert("");
        } else {
          piece = anything();
        }
      } else if (c == '+') {
        ++at_;
        take('?');
        piece = once_or_more(std::move(piece));
      } else if (c == '{') {
        const auto close_at = pattern_.find('}', at_);
        if (close_at == std::string_view::npos) return fail();
        const auto inside = pattern_.substr(at_ + 1, close_at - at_ - 1);
        if (inside.empty() || inside[0] < '0' || inside[0] > '9') return fail();
        if (!std::all_of(inside.begin(), inside.end(), [](char d) { return (d >= '0' && d <= '9') || d == ','; })) return fail();
        at_ = close_at + 1;
        take('?');
        const auto digits = inside.substr(0, inside.find(','));
        const bool none = digits.find_first_not_of('0') == std::string_view::npos;
        if (none) {
          piece = anything();
        } else if (inside != "1") {
          piece = once_or_more(std::move(piece));
        }
      } else {
        break;
      }
      nothing = false;
    }
    return piece;
  }
  static Known once_or_more(Known piece) {
    Known out;
    if (piece.exact) {
      if (!piece.texts.contains("")) out.starts = piece.texts;
      close(out, std::move(piece.texts));
    } else {
      out.clauses = std::move(piece.clauses);
      out.starts = std::move(piece.starts);
    }
    return out;
  }

  Known atom(int depth, bool& nothing) {
    const char c = pattern_[at_++];
    switch (c) {
      case '^': case '$': nothing = true; return just("");
      case '.': return anything();
      case '(': return group(depth);
      case '[': return class_of();
      case '\\': return escape(nothing);
      case '*': case '+': case '?': case '{': return fail();
      default: break;
    }
    return literal(c);
  }

  static Known literal(char c) {
    if (static_cast<unsigned char>(c) >= 0x80) return anything();
    return just(std::string(1, ascii_lower(c)));
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
    return inside;
  }

  Known class_of() {
    const bool negated = take('^');
    std::set<char> members;
    bool spelled = !negated;
    for (bool first = true;; first = false) {
      if (at_end()) return fail();
      char c = pattern_[at_++];
      if (c == ']' && !first) break;
      if (c == '[' && peek() == ':') {
        const auto end = pattern_.find(":]", at_);
        if (end == std::string_view::npos) return fail();
        at_ = end + 2;
        spelled = false;
        continue;
      }
      if (c == '\\') {
        if (at_end()) return fail();
        c = pattern_[at_++];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
          spelled = false;
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
      if (static_cast<unsigned char>(c) >= 0x80) spelled = false;
      if (peek() == '-' && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']') {
        ++at_;
        spelled = false;
        if (take('\\') && at_end()) return fail();
        ++at_;
        continue;
      }
      members.insert(ascii_lower(c));
    }
    if (!spelled || members.size() > kClassMax || members.empty()) return anything();
    Known known{true, {}, {}, {}};
    for (const char member : members) known.texts.insert(std::string(1, member));
    return known;
  }

  Known escape(bool& nothing) {
    if (at_end()) return fail();
    const char c = pattern_[at_++];
    switch (c) {
      case 'b': case 'B': case 'A': case 'z': nothing = true; return just("");
      case 'd': case 'D': case 'w': case 'W': case 'S': return anything();
      case 's': case 't': case 'n': case 'r': case 'f': case 'v': return just(" ");
      case 'p': case 'P':
        if (take('{')) {
          const auto end = pattern_.find('}', at_);
          if (end == std::string_view::npos) return fail();
          at_ = end + 1;
        } else {
          ++at_;
        }
        return anything();
      default: break;
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

}  // namespace

RegexNeeds needs_of(std::string_view pattern, std::size_t least) {
  RegexNeeds needs;
  auto known = Reader(pattern).read();
  if (!known) return needs;
  if (known->exact) {
    known->starts = known->texts;
    Reader::close(*known, known->texts);
  }
  std::vector<Texts> clauses;
  for (const auto& clause : known->clauses) {
    Texts normalized;
    for (const auto& text : clause) normalized.insert(normal(text));
    const bool enough = std::all_of(normalized.begin(), normalized.end(), [&](const std::string& text) { return text.size() >= least; });
    if (enough) clauses.push_back(std::move(normalized));
  }
  // Where a part of it is enough, the longer one says nothing more.
  for (auto& clause : clauses)
    std::erase_if(clause, [&](const std::string& text) {
      return std::any_of(clause.begin(), clause.end(), [&](const std::string& other) { return other != text && text.find(other) != std::string::npos; });
    });
  while (!clauses.empty()) {
    const auto best = *Reader::best_of(clauses);
    needs.clauses.emplace_back(best.begin(), best.end());
    clauses.erase(std::find(clauses.begin(), clauses.end(), best));
  }
  bool usable = !known->starts.empty();
  Texts starts;
  for (const auto& text : known->starts) {
    usable = usable && !text.empty() && text.front() != ' ';
    starts.insert(normal(text));
  }
  std::erase_if(starts, [&](const std::string& text) {
    return std::any_of(starts.begin(), starts.end(), [&](const std::string& other) { return other != text && text.starts_with(other); });
  });
  if (usable && std::all_of(starts.begin(), starts.end(), [&](const std::string& text) { return text.size() >= least; }))
    needs.starts.assign(starts.begin(), starts.end());
  return needs;
}

std::vector<std::string> required_literals(std::string_view pattern, std::size_t least) {
  auto needs = needs_of(pattern, least);
  return needs.clauses.empty() ? std::vector<std::string>{} : std::move(needs.clauses.front());
}

}  // namespace orgo::rules
