#pragma once
#include <string>

#include "core/search/document.h"
#include "core/search/query.h"

namespace orgo::sql {

/// What FTS5 is asked for a query (its section 3). All that the words say is in it; conditions narrow it, and days are
/// not in it: who reads the rows looks at all conditions again.
std::string search_expression(const search::Query& query);
/// The words of a text as FTS5 is given them, with a space between.
std::string search_tokens(const std::string& text);
/// What can be asked of the task itself, as words that nobody can type.
std::string fact_tokens(const search::Document& document);

}  // namespace orgo::sql
