#include "service/search/task_search.h"

#include <algorithm>

#include "base/unicode.h"
#include "service/search/probe.h"

namespace orgo {
namespace {

constexpr Millis kTime{5'000};
constexpr Millis kWait{1'000};       ///< for a place
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

class TaskSearch::Place {
 public:
  explicit Place(TaskSearch& search) : search_(search) {
    std::unique_lock lock(search_.mutex_);
    if (search_.running_ >= kAtOnce && search_.waiting_ > 0) return;
    ++search_.waiting_;
    is_mine_ = search_.place_free_.wait_for(lock, kWait, [&] { return search_.running_ < kAtOnce; });
    --search_.waiting_;
    if (is_mine_) ++search_.running_;
  }
  ~Place() {
    if (!is_mine_) return;
    {
      const std::lock_guard lock(search_.mutex_);
      --search_.running_;
    }
    search_.place_free_.notify_one();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  [[nodiscard]] bool is_mine() const { return is_mine_; }

 private:
  TaskSearch& search_;
  bool is_mine_ = false;
};

Result<FoundTasks> TaskSearch::find(std::string_view text, const TaskListRequest& request, const TimeZone& zone) {
  const auto begin = std::chrono::steady_clock::now();
  ORGO_TRY(query, search::parse_query(text, zone));
  narrow(query, request);
  const Place place(*this);
  if (!place.is_mine())
    return failure(Errc::unavailable, "others search for much at the moment; try again in some seconds");
  auto found = find_in_time(std::move(query), request, begin + kTime);
  search_probe().seconds.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  if (!found && found.error().code == Errc::corrupt)
    return failure(Errc::unavailable, "the search index is damaged (" + found.error().message +
                                          ") and is built anew; try again in a while");
  return found;
}

Result<FoundTasks> TaskSearch::find_in_time(search::Query query, const TaskListRequest& request, Deadline deadline) {
  const auto limit = static_cast<std::size_t>(request.limit);
  SearchRequest asked{
      .tenant = request.tenant, .query = std::move(query), .before = request.before, .limit = request.limit + 1};
  FoundTasks found;
  for (int looked_at = 0;;) {
    ORGO_TRY(hits, index_.find(asked, deadline));
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
    if (found.go_on || static_cast<int>(hits.size()) < asked.limit) return found;
    looked_at += static_cast<int>(hits.size());
    asked.before = hits.back().number;
    if (looked_at >= kLookedAtMax) {
      found.go_on = asked.before;
      return found;
    }
  }
}

}  // namespace orgo
