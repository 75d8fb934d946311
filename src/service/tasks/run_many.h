#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "service/tasks/task_service.h"

namespace orgo {

inline constexpr std::size_t kTasksAtOnceMax = 100;  ///< of one command

/// One of several tasks that a command is about.
struct NamedTask {
  std::string name;  ///< as somebody wrote it: "T-12", "12"
  std::optional<std::int64_t> version{};
};
struct ManyOutcome {
  std::string name;  ///< "T-12"; as it was written when it is no number
  Result<Task> task;
};

/// One command on several tasks, in their order, each as TaskService::run() does it alone: what is refused of one stops
/// no other. A task that is named twice is taken once. A store that is down or full stops those behind it, too: they
/// have its error. `each`: how it is run on one.
std::vector<ManyOutcome> run_many(
    std::span<const NamedTask> tasks,
    const std::function<Result<Task>(TaskNumber, std::optional<std::int64_t> version)>& each);

/// invalid_input: none, or more than kTasksAtOnceMax.
Status check_how_many(std::size_t count);

}  // namespace orgo
