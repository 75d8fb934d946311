#pragma once
#include <utility>
#include <vector>

#include "core/changes/event.h"
#include "port/task_store.h"

namespace orgo {

/// What deadlines go by, of all that happened to a task: its events, oldest first.
inline Result<std::vector<Event>> history_of(TaskStore& tasks, const Task& task) {
  constexpr int kMost = 10'000;
  ORGO_TRY(stored, tasks.history(task.tenant, task.number, kMost));
  std::vector<Event> events;
  events.reserve(stored.size());
  for (auto& one : stored) events.push_back(std::move(one.event));
  return events;
}

}  // namespace orgo
