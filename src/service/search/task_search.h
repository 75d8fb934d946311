#pragma once
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/time_zone.h"
#include "port/search_index.h"
#include "port/task_store.h"

namespace orgo {

/// What is said where there is no index.
inline constexpr std::string_view kNoSearch =
    "there is nothing to search in: a running server keeps the index; start it with `orgo serve`";

struct FoundTask {
  Task task;
  search::Snippet snippet;
};
struct FoundTasks {
  std::vector<FoundTask> tasks;
  TaskNumber go_on;  ///< where the next page begins (TaskListRequest::before); 0: there is none
};

/// Finds tasks by words: the index says which, and each is read as it is now, so that nothing is shown that the list
/// would not show. `request` narrows it as it does the list. invalid_input: as search::parse_query(); others as the
/// ports. deadline_exceeded, unavailable (others search, or the index is built anew): so that lists and mails have
/// threads left, whatever is searched for. Threads: any.
class TaskSearch {
 public:
  static constexpr int kAtOnce = 2;  ///< of them run; one more waits a moment, and the others are told "later"

  TaskSearch(SearchIndex& index, TaskStore& tasks) : index_(index), tasks_(tasks) {}
  Result<FoundTasks> find(std::string_view text, const TaskListRequest& request, const TimeZone& zone);

 private:
  /// One of the few that may search at a time.
  class Place;
  Result<FoundTasks> find_in_time(search::Query query, const TaskListRequest& request, Deadline deadline);

  SearchIndex& index_;
  TaskStore& tasks_;
  std::mutex mutex_;
  std::condition_variable place_free_;
  int running_ = 0;
  int waiting_ = 0;
};

}  // namespace orgo
