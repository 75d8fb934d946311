#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "base/id.h"
#include "core/changes/ref.h"

namespace orgo {

/// Who asked for a task that was merged into another.
struct MergedPerson {
  TaskNumber of;        ///< that task
  std::string address;  ///< of a mail
  friend bool operator==(const MergedPerson&, const MergedPerson&) = default;
};

/// What a task has to do with others. All of it is said in the history of both.
struct TaskTies {
  static constexpr std::size_t kLinksMax = 100;
  static constexpr std::size_t kMergedMax = 50;

  std::vector<TaskRef> links;  ///< each knows the other; ascending, at most kLinksMax
  /// It was merged into that one, is closed, and its mails go there: 0: it was not. That one may have been merged on.
  TaskNumber into;
  std::vector<TaskNumber> merged;    ///< what was merged into it, also by way of another; at most kMergedMax
  std::vector<MergedPerson> people;  ///< who asked for these, but for its own requester; in the order of `merged`
  friend bool operator==(const TaskTies&, const TaskTies&) = default;
};

}  // namespace orgo
