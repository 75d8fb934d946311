// What people type into a search, and the texts that they search: never a crash, bounded, and a document of a query's
// own words is found by it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapter/sql/sqlite/search_expression.h"
#include "core/search/match.h"

namespace {

using namespace orgo;

void check(bool holds) {
  if (!holds) std::abort();
}

void check_snippet(const search::Snippet& snippet) {
  std::size_t behind = 0;
  for (const auto& [begin, end] : snippet.hits) {
    check(behind <= begin && begin < end && end <= snippet.text.size());
    behind = end;
  }
  check(snippet.text.size() < 1'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto query = search::parse_query(text);
  search::Document document{.tenant = TenantId{1}, .number = TaskNumber{1}};
  document.texts[static_cast<std::size_t>(search::Field::text)] = text;
  document.team = text;
  (void)sql::fact_tokens(document);
  (void)sql::search_tokens(document.texts.back());
  if (!query) return 0;
  check(query->terms.size() + query->conditions.size() <= search::kWordsMax);
  (void)sql::search_expression(*query);
  check_snippet(search::snippet_of(document, *query));
  (void)search::matches(document, *query);
  for (const auto& term : query->terms) {
    search::Query one;
    one.terms.push_back(term);
    one.terms[0].without = false;
    one.terms[0].field.reset();
    check(search::matches(document, one));
  }
  return 0;
}
