#include "service/tasks/run_many.h"

#include <set>
#include <utility>

#include "base/planted.h"
#include "base/store_trouble.h"

namespace orgo {

Status check_how_many(std::size_t count) {
  if (count == 0) return failure(Errc::invalid_input, "no task was named");
  if (count <= kTasksAtOnceMax) return {};
  return failure(Errc::invalid_input, std::to_string(count) + " tasks were named; at most " +
                                          std::to_string(kTasksAtOnceMax) + " are taken at once");
}

std::vector<ManyOutcome> run_many(
    std::span<const NamedTask> tasks,
    const std::function<Result<Task>(TaskNumber, std::optional<std::int64_t> version)>& each) {
  std::vector<ManyOutcome> outcomes;
  std::set<TaskNumber> taken;
  std::optional<Error> down;
  for (const auto& [name, version] : tasks) {
    const auto number = parse_id<TaskTag>(name);
    if (!number) {
      outcomes.push_back({name, failure(Errc::not_found, "there is no task '" + name.substr(0, 50) + "'")});
      continue;
    }
    if (!taken.insert(*number).second) continue;
    auto task = down ? Result<Task>(tl::unexpected(*down)) : each(*number, version);
    // The next one would meet it, too.
    if (!task && (is_store_trouble(task.error().code) || ORGO_PLANT(first_refusal_stops_all))) down = task.error();
    outcomes.push_back({to_string(*number), std::move(task)});
  }
  return outcomes;
}

}  // namespace orgo
