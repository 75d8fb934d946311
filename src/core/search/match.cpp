#include "core/search/match.h"

#include <algorithm>
#include <array>

#include "base/unicode.h"
#include "core/search/words.h"

namespace orgo::search {
namespace {

constexpr std::size_t kAround = 60;   // bytes before the first hit
constexpr std::size_t kShown = 200;   // bytes of a snippet
constexpr std::size_t kHitsMax = 50;  // marked in it
constexpr std::size_t kWordsAtOnce = 512;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

bool is_at(const std::vector<Word>& words, std::size_t at, const Term& term) {
  if (at + term.words.size() > words.size()) return false;
  for (std::size_t i = 0; i < term.words.size(); ++i) {
    const bool begins = term.begins && i + 1 == term.words.size();
    const auto& word = words[at + i].text;
    if (begins ? !word.starts_with(term.words[i]) : word != term.words[i]) return false;
  }
  return true;
}

bool has(const std::vector<Word>& words, const Term& term) {
  for (std::size_t at = 0; at < words.size(); ++at)
    if (is_at(words, at, term)) return true;
  return false;
}

/// White space as one space each, without any in front.
std::string on_one_line(std::string_view text, std::size_t begin, std::size_t end, Snippet& into,
                        const std::vector<std::pair<std::size_t, std::size_t>>& hits) {
  std::string line = into.text;
  std::size_t next = 0;
  std::size_t hit_at = kNone;
  for (std::size_t at = begin; at < end; ++at) {
    if (next < hits.size() && at == hits[next].first) hit_at = line.size();
    const auto c = static_cast<unsigned char>(text[at]);
    if (c > ' ' && c != 0x7F) line += text[at];
    else if (!line.empty() && line.back() != ' ') line += ' ';
    if (next < hits.size() && at + 1 == hits[next].second) {
      if (hit_at != kNone) into.hits.emplace_back(hit_at, line.size());
      hit_at = kNone;
      ++next;
    }
  }
  return line;
}

/// The hits of all wanted terms in a text, at most kHitsMax, in order and apart.
std::vector<std::pair<std::size_t, std::size_t>> hits_in(const std::vector<Word>& words, Field field,
                                                         const Query& query) {
  std::vector<std::pair<std::size_t, std::size_t>> hits;
  for (std::size_t at = 0; at < words.size() && hits.size() < kHitsMax; ++at)
    for (const auto& term : query.terms) {
      if (term.without || (term.field && *term.field != field) || !is_at(words, at, term)) continue;
      const std::pair hit{words[at].begin, words[at + term.words.size() - 1].end};
      if (hits.empty() || hit.first >= hits.back().second) hits.push_back(hit);
      else hits.back().second = std::max(hits.back().second, hit.second);
    }
  return hits;
}

/// The same, of a text, up to the end of what is shown of it: a long one is cut into words no further than that.
std::vector<std::pair<std::size_t, std::size_t>> first_hits_in(std::string_view text, Field field, const Query& query) {
  std::size_t longest = 1;
  for (const auto& term : query.terms) longest = std::max(longest, term.words.size());
  std::vector<Word> words;
  std::vector<std::pair<std::size_t, std::size_t>> hits;
  std::size_t stop_behind = kNone;
  for_each_word(text, [&](Word&& word) {
    words.push_back(std::move(word));
    if (words.size() < kWordsAtOnce + longest && words.back().begin < stop_behind) return true;
    hits = hits_in(words, field, query);
    if (!hits.empty() && stop_behind == kNone) stop_behind = hits[0].first + kShown;
    if (words.back().begin >= stop_behind) return false;
    if (hits.empty()) words.erase(words.begin(), words.end() - static_cast<std::ptrdiff_t>(longest - 1));
    return true;
  });
  return hits_in(words, field, query);
}

Snippet piece_of(std::string_view text, const std::vector<std::pair<std::size_t, std::size_t>>& hits) {
  Snippet snippet;
  std::size_t begin = 0;
  if (!hits.empty() && hits[0].first > kAround) {
    begin = hits[0].first - kAround;
    while (begin < hits[0].first && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) ++begin;
    if (const auto gap = text.find_first_of(" \n", begin); gap < hits[0].first) begin = gap + 1;
    snippet.text = "... ";
  }
  auto end = begin + cut_utf8(text.substr(begin), kShown).size();
  auto seen = hits;
  std::erase_if(seen, [&](const auto& hit) { return hit.second > end; });
  snippet.text = on_one_line(text, begin, end, snippet, seen);
  while (!snippet.text.empty() && snippet.text.back() == ' ') snippet.text.pop_back();
  if (end < text.size() && text.find_first_not_of(" \n", end) != std::string_view::npos) snippet.text += " ...";
  return snippet;
}

bool is_called(std::string_view receiver, const std::string& name) {
  const auto names = names_of(receiver);
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::vector<std::string> names_of(std::string_view receiver) {
  std::vector<std::string> names;
  if (receiver.empty()) return names;
  names.push_back(fold_case(receiver));
  if (const auto at = names[0].rfind('@'); at != std::string::npos && at > 0) names.push_back(names[0].substr(0, at));
  return names;
}

bool meets(const Document& document, const Condition& condition) {
  const auto fits = [&] {
    switch (condition.kind) {
      case Condition::Kind::state:
        return document.state == condition.state;
      case Condition::Kind::open:
        return is_open(document.state) == condition.open;
      case Condition::Kind::team:
        return is_called(document.team, condition.name);
      case Condition::Kind::assignee:
        return is_called(document.assignee, condition.name);
      case Condition::Kind::before:
        return document.created_at < condition.at;
      case Condition::Kind::after:
        return document.created_at >= condition.at;
    }
    return false;
  };
  return fits() != condition.without;
}

bool matches(const Document& document, const Query& query) {
  for (const auto& condition : query.conditions)
    if (!meets(document, condition)) return false;
  std::array<std::vector<Word>, kFields.size()> words;
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = words_of(document.texts[i], kNone);
  for (const auto& term : query.terms) {
    bool found = false;
    for (std::size_t i = 0; i < words.size() && !found; ++i)
      found = (!term.field || *term.field == kFields[i]) && has(words[i], term);
    if (found == term.without) return false;
  }
  return true;
}

std::vector<Piece> pieces_of(const Snippet& snippet) {
  std::vector<Piece> pieces;
  const std::string_view text = snippet.text;
  std::size_t at = 0;
  const auto add = [&](std::size_t end, bool hit) {
    if (end > at) pieces.push_back({text.substr(at, end - at), hit});
    at = std::max(at, end);
  };
  for (const auto& [begin, end] : snippet.hits) {
    add(begin, false);
    add(end, true);
  }
  add(text.size(), false);
  return pieces;
}

Snippet snippet_of(const Document& document, const Query& query) {
  constexpr std::array kOrder{Field::text, Field::subject, Field::file, Field::from, Field::to, Field::tag};
  for (const auto field : kOrder) {
    const auto& text = document.text(field);
    if (const auto hits = first_hits_in(text, field, query); !hits.empty()) return piece_of(text, hits);
  }
  return piece_of(document.text(Field::text), {});
}

}  // namespace orgo::search
