// What every TaskStore lists: pages, and by state, team and person.
#include "core/task/task_change.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class TaskListContract : public Suite {
 protected:
  TaskNumber open_task(Task task = new_task()) { return must_commit(opening(std::move(task))).task; }
};

TEST_P(TaskListContract, ListsTasksInPagesNewestFirst) {
  for (int i = 0; i < 5; ++i) open_task();
  const auto page = [&](TaskNumber before) {
    const auto listed = stores.tasks.list({.tenant = kTenant, .before = before, .limit = 2}).value();
    std::vector<std::int64_t> numbers;
    for (const auto& task : listed) numbers.push_back(task.number.value);
    return numbers;
  };
  EXPECT_THAT(page({}), ElementsAre(5, 4));
  EXPECT_THAT(page(TaskNumber{4}), ElementsAre(3, 2));
  EXPECT_THAT(page(TaskNumber{2}), ElementsAre(1));
  EXPECT_THAT(page(TaskNumber{1}), IsEmpty());
}

TEST_P(TaskListContract, FiltersTheListByEachFieldAndByAll) {
  const auto add = [&](TaskState state, std::string team, std::string assignee) {
    auto task = new_task();
    task.state = state;
    task.team = std::move(team);
    task.assignee = std::move(assignee);
    open_task(std::move(task));
  };
  add(TaskState::fresh, "it", "");             // 1
  add(TaskState::acknowledged, "it", "anna");  // 2
  add(TaskState::resolved, "it", "anna");      // 3
  add(TaskState::closed, "office", "bert");    // 4
  add(TaskState::pending, "office", "anna");   // 5
  const auto numbers = [&](TaskListRequest request) {
    const auto listed = stores.tasks.list(request).value();
    std::vector<std::int64_t> found;
    for (const auto& task : listed) found.push_back(task.number.value);
    return found;
  };
  EXPECT_THAT(numbers({.tenant = kTenant, .open = true}), ElementsAre(5, 2, 1));
  EXPECT_THAT(numbers({.tenant = kTenant, .open = false}), ElementsAre(4, 3));
  EXPECT_THAT(numbers({.tenant = kTenant, .state = TaskState::resolved}), ElementsAre(3));
  EXPECT_THAT(numbers({.tenant = kTenant, .teams = {"it"}}), ElementsAre(3, 2, 1));
  EXPECT_THAT(numbers({.tenant = kTenant, .assignees = {"anna"}}), ElementsAre(5, 3, 2));
  EXPECT_THAT(
      numbers(
          {.tenant = kTenant, .open = true, .state = TaskState::acknowledged, .teams = {"it"}, .assignees = {"anna"}}),
      ElementsAre(2));
  EXPECT_THAT(numbers({.tenant = kTenant, .open = false, .state = TaskState::acknowledged}), IsEmpty());
  EXPECT_THAT(numbers({.tenant = kTenant, .teams = {"it"}, .before = TaskNumber{3}, .limit = 1}), ElementsAre(2));
  EXPECT_THAT(numbers({.tenant = kTenant, .teams = {"nobody"}}), IsEmpty());
  EXPECT_THAT(numbers({.tenant = kTenant, .teams = {"it", "nobody", "office"}, .limit = 4}), ElementsAre(5, 4, 3, 2));
  EXPECT_THAT(numbers({.tenant = kTenant, .assignees = {"anna", "bert"}}), ElementsAre(5, 4, 3, 2));
  EXPECT_THAT(numbers({.tenant = kTenant, .teams = {"office", "it"}, .assignees = {"anna", "bert"}}),
              ElementsAre(5, 4, 3, 2));
}

TEST_P(TaskListContract, AChangedTaskMovesBetweenTheLists) {
  const auto number = open_task();
  auto task = stores.tasks.read(kTenant, number).value();
  ++task.version;
  task.state = TaskState::closed;
  task.team = "it";
  task.assignee = "bert";
  task.tags.clear();
  Changes changes{.tenant = kTenant, .at = kStart};
  changes.add(TaskChange{std::move(task)});
  must_commit(changes);
  EXPECT_THAT(stores.tasks.list({.tenant = kTenant, .open = true}).value(), IsEmpty());
  EXPECT_THAT(stores.tasks.list({.tenant = kTenant, .open = false}).value(), SizeIs(1));
  EXPECT_THAT(stores.tasks.list({.tenant = kTenant, .teams = {"maintenance@school.example"}}).value(), IsEmpty());
  EXPECT_THAT(stores.tasks.list({.tenant = kTenant, .teams = {"it"}, .assignees = {"bert"}}).value(), SizeIs(1));
  EXPECT_THAT(stores.tasks.read(kTenant, number)->tags, IsEmpty());
}

ORGO_CONTRACT(TaskListContract);

}  // namespace
}  // namespace orgo::contract
