#include "adapter/sql/sqlite/search_expression.h"

#include "base/hash.h"
#include "core/search/match.h"
#include "core/search/words.h"

namespace orgo::sql {
namespace {

using search::Condition;

// Private use of Unicode: no letter, so that no word of anybody's has it in it.
#define ORGO_FACT "\xEE\x80\x80"
constexpr const char* kEach = ORGO_FACT "each";  // of every document: what "without" is taken from

std::string state_fact(TaskState state) {
  return ORGO_FACT "state" + std::to_string(static_cast<int>(state));
}

std::string open_fact(bool open) {
  return open ? ORGO_FACT "open" : ORGO_FACT "done";
}

std::string name_fact(const char* kind, const std::string& name) {
  return ORGO_FACT + std::string(kind) + to_hex(sha256(name)).substr(0, 32);
}

std::string fact_of(const Condition& condition) {
  switch (condition.kind) {
    case Condition::Kind::state:
      return state_fact(condition.state);
    case Condition::Kind::open:
      return open_fact(condition.open);
    case Condition::Kind::team:
      return name_fact("team", condition.name);
    case Condition::Kind::assignee:
      return name_fact("person", condition.name);
    case Condition::Kind::before:
    case Condition::Kind::after:
      break;
  }
  return {};
}

/// `{from_} : "anna" *`; words have no quotes in them.
std::string expression_of(const search::Term& term) {
  std::string out;
  if (term.field) out.append("{").append(to_string(*term.field)).append("_} : ");
  out += '"';
  for (std::size_t i = 0; i < term.words.size(); ++i) out.append(i > 0 ? " " : "").append(term.words[i]);
  return out.append(term.begins ? "\" *" : "\"");
}

}  // namespace

std::string search_expression(const search::Query& query) {
  std::string wanted, unwanted;
  const auto add = [&](bool without, const std::string& one) {
    if (without) unwanted.append(unwanted.empty() ? "" : " OR ").append(one);
    else wanted.append(wanted.empty() ? "" : " AND ").append(one);
  };
  for (const auto& term : query.terms) add(term.without, expression_of(term));
  for (const auto& condition : query.conditions)
    if (const auto fact = fact_of(condition); !fact.empty()) add(condition.without, "{facts} : \"" + fact + "\"");
  if (wanted.empty()) wanted = std::string("{facts} : \"") + kEach + "\"";
  return unwanted.empty() ? wanted : "(" + wanted + ") NOT (" + unwanted + ")";
}

std::string search_tokens(const std::string& text) {
  std::string out;
  out.reserve(text.size());
  search::for_each_word(text, [&](search::Word&& word) {
    out.append(out.empty() ? "" : " ").append(word.text);
    return true;
  });
  return out;
}

std::string fact_tokens(const search::Document& document) {
  std::string out = kEach;
  out.append(" ").append(state_fact(document.state)).append(" ").append(open_fact(is_open(document.state)));
  for (const auto& name : search::names_of(document.team)) out.append(" ").append(name_fact("team", name));
  for (const auto& name : search::names_of(document.assignee)) out.append(" ").append(name_fact("person", name));
  return out;
}

}  // namespace orgo::sql
