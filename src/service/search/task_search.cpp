#include "service/search/task_search.h"

#include <algorithm>

#include "base/unicode.h"
#include "service/search/probe.h"

namespace orgo {
namespace {

constexpr Millis kTime{5'000};
constexpr int kLookedAtMax = 2'000;  // of tasks that the index says and the list would not, before it offers to go on

bool is_listed(const Task& task, const TaskListRequest& request) {
  const auto among = [](const std::vector<std::string>& names, const std::string& name) {
    return names.empty() || std::ranges::find(names, name) != names.end();
  };
  return (!request.open || *request.open == is_open(task.state)) && (!request.state || *request.state == task.state) &&
         among(request.teams, task.team) && among(request.assignees, task.assignee);
}

/// What the index can narrow by itself.
void narrow(search::Query& query, const TaskListRequest& request) {
  using search::Condition;
  if (request.open) query.conditions.push_back({.kind = Condition::Kind::open, .open = *request.open});
  if (request.state) query.conditions.push_back({.kind = Condition::Kind::state, .state = *request.state});
  if (request.teams.size() == 1)
    query.conditions.push_back({.kind = Condition::Kind::team, .name = fold_case(request.teams[0])});
  if (request.assignees.size() == 1)
    query.conditions.push_back({.kind = Condition::Kind::assignee, .name = fold_case(request.assignees[0])});
}

}  // namespace

Result<FoundTasks> TaskSearch::find(std::string_view text, const TaskListRequest& request, const TimeZone& zone) {
  const auto begin = std::chrono::steady_clock::now();
  ORGO_TRY(query, search::parse_query(text, zone));
  narrow(query, request);
  const auto limit = static_cast<std::size_t>(request.limit);
  SearchRequest asked{
      .tenant = request.tenant, .query = std::move(query), .before = request.before, .limit = request.limit + 1};
  FoundTasks found;
  for (int looked_at = 0;;) {
    ORGO_TRY(hits, index_.find(asked, begin + kTime));
    for (auto& hit : hits) {
      const auto task = tasks_.read(request.tenant, hit.number);
      if (!task && task.error().code != Errc::not_found) return tl::unexpected(task.error());
      if (!task || !is_listed(*task, request)) continue;
      if (found.tasks.size() == limit) {
        found.go_on = found.tasks.back().task.number;
        break;
      }
      found.tasks.push_back({*task, std::move(hit.snippet)});
    }
    if (found.go_on || static_cast<int>(hits.size()) < asked.limit) break;
    looked_at += static_cast<int>(hits.size());
    asked.before = hits.back().number;
    if (looked_at >= kLookedAtMax) {
      found.go_on = asked.before;
      break;
    }
  }
  search_probe().seconds.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  return found;
}

}  // namespace orgo
