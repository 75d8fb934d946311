#include "adapter/sql/context_reader.h"

#include <utility>

#include "adapter/sql/context_steps.h"

namespace orgo {

std::vector<Result<ContextFacts>> SqlContextReader::load(std::span<const ContextQuery> queries) {
  std::vector<Result<ContextFacts>> answers;
  answers.reserve(queries.size());
  auto use = engine_.snapshot(sql::Scope::of(queries, &ContextQuery::tenant));
  if (!use) {
    answers.assign(queries.size(), tl::unexpected(use.error()));
    return answers;
  }
  sql::ContextReadings readings;
  readings.reserve(queries.size());
  for (const auto& query : queries) readings.push_back({query});
  sql::read_first(**use, readings);
  sql::read_tasks(**use, readings);
  sql::read_last_words(**use, readings);
  for (auto& reading : readings) {
    if (reading.error) answers.emplace_back(tl::unexpected(std::move(*reading.error)));
    else answers.emplace_back(std::move(reading.facts));
  }
  return answers;
}

}  // namespace orgo
