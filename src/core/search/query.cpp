#include "core/search/query.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/unicode.h"
#include "core/search/words.h"

namespace orgo::search {
namespace {

constexpr std::array<std::string_view, 13> kNames{"number", "subject", "from", "to",       "tag",    "file", "text",
                                                  "state",  "is",      "team", "assignee", "before", "after"};

/// A piece of a query: what stands before the colon, and what behind it.
struct Piece {
  bool without = false;
  bool quoted = false;
  std::string_view name;
  std::string_view value;
};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

std::string shown(std::string_view text) {
  return "'" + std::string(cut_utf8(text, 50)) + "'";
}

/// The name before a colon at `at`, of letters alone: "12:30" and "https://..." have none. A colon with nothing behind
/// it is the end of a sentence.
std::string_view name_at(std::string_view text, std::size_t at) {
  auto end = at;
  while (end < text.size() && ((ascii_lower(text[end]) >= 'a' && ascii_lower(text[end]) <= 'z') || text[end] == '_'))
    ++end;
  if (end == at || end + 1 >= text.size() || text[end] != ':' || is_space(text[end + 1])) return {};
  return text.substr(end + 1, 2) == "//" ? std::string_view() : text.substr(at, end - at);
}

Piece next_piece(std::string_view text, std::size_t& at) {
  Piece piece;
  if (text[at] == '-' && at + 1 < text.size() && !is_space(text[at + 1])) {
    piece.without = true;
    ++at;
  }
  piece.name = name_at(text, at);
  if (!piece.name.empty()) at += piece.name.size() + 1;
  const char close = text[at] == '"' ? '"' : '\0';
  piece.quoted = close != '\0';
  const auto begin = piece.quoted ? ++at : at;
  while (at < text.size() && (piece.quoted ? text[at] != close : !is_space(text[at]) && text[at] != '"')) ++at;
  piece.value = text.substr(begin, at - begin);
  if (piece.quoted && at < text.size()) ++at;
  return piece;
}

std::optional<Field> field_of(std::string_view name) {
  for (const auto field : kFields)
    if (ascii_iequals(to_string(field), name)) return field;
  return std::nullopt;
}

Result<Condition> day_condition(Condition condition, std::string_view value, const TimeZone& zone) {
  const auto day = parse_local_day(value);
  if (!day) return failure(Errc::invalid_input, shown(value) + " is not a day; write it as in before:2026-11-01");
  condition.at = zone.to_utc(LocalTime{*day});
  return condition;
}

Result<Condition> condition_of(const Piece& piece, const TimeZone& zone) {
  Condition condition{.without = piece.without};
  const auto name = ascii_lower(piece.name);
  if (name == "state") {
    const auto state = parse_task_state(ascii_lower(piece.value));
    if (!state)
      return failure(Errc::invalid_input, shown(piece.value) +
                                              " is not a state; use new, open, pending, acknowledged, "
                                              "resolved or closed, or is:open and is:done");
    condition.state = *state;
    return condition;
  }
  if (name == "is") {
    condition.kind = Condition::Kind::open;
    condition.open = ascii_iequals(piece.value, "open");
    if (!condition.open && !ascii_iequals(piece.value, "done"))
      return failure(Errc::invalid_input, shown(piece.value) + " is not what a task can be; use is:open or is:done");
    return condition;
  }
  condition.kind = name == "team"       ? Condition::Kind::team
                   : name == "assignee" ? Condition::Kind::assignee
                   : name == "before"   ? Condition::Kind::before
                                        : Condition::Kind::after;
  if (name == "before" || name == "after") return day_condition(condition, piece.value, zone);
  condition.name = fold_case(trim(piece.value));
  if (condition.name.empty()) return failure(Errc::invalid_input, name + ": wants a name behind it");
  return condition;
}

Status add(Query& query, const Piece& piece, std::size_t& words, const TimeZone& zone) {
  const auto field = field_of(piece.name);
  if (!piece.name.empty() && !field) {
    const auto known = ascii_lower(piece.name);
    if (std::ranges::find(kNames, known) == kNames.end())
      return failure(Errc::invalid_input,
                     "there is no field " + shown(piece.name) +
                         " to search in; there are number, subject, from, to, tag, file, text, state, is, team, "
                         "assignee, before and after. Put the words in quotes to search for the colon's neighbours");
    ORGO_TRY(condition, condition_of(piece, zone));
    query.conditions.push_back(std::move(condition));
    ++words;
    return {};
  }
  Term term{.begins = !piece.quoted, .without = piece.without, .field = field};
  for (auto& word : words_of(piece.value, kWordsMax + 1)) term.words.push_back(std::move(word.text));
  if (term.words.empty()) return {};
  words += term.words.size();
  query.terms.push_back(std::move(term));
  return {};
}

}  // namespace

std::string_view to_string(Field field) {
  return kNames.at(static_cast<std::size_t>(field));
}

Result<Query> parse_query(std::string_view text, const TimeZone& zone) {
  if (text.size() > kQueryMax)
    return failure(Errc::invalid_input, "what is searched for has " + std::to_string(text.size()) + " bytes; at most " +
                                            std::to_string(kQueryMax) + " can be");
  Query query;
  std::size_t words = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (is_space(text[at])) {
      ++at;
      continue;
    }
    ORGO_CHECK(add(query, next_piece(text, at), words, zone));
    if (words > kWordsMax)
      return failure(Errc::invalid_input,
                     "that are too many words at once; at most " + std::to_string(kWordsMax) + " can be searched for");
  }
  if (words == 0)
    return failure(Errc::invalid_input, "there is no word to search for in " + shown(text) +
                                            "; write words, \"a phrase\", from:anna, tag:billing or is:open");
  return query;
}

}  // namespace orgo::search
