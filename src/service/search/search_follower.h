#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "port/clock.h"
#include "port/message_store.h"
#include "port/search_index.h"
#include "port/task_store.h"

namespace orgo {

/// Keeps the search index behind the log of events: whichever task an event is about is put into it as it stands now.
/// Each node follows by itself, since each has an index of its own. What was read half is read again; a task that is
/// put in twice is there once. One thread calls step(); the rest from any.
class SearchFollower {
 public:
  struct Ports {
    SearchIndex& index;
    TaskStore& tasks;
    MessageStore& messages;
    Clock& clock;
  };
  explicit SearchFollower(Ports ports) : ports_(ports) {}

  struct Report {
    int indexed = 0;
    bool more = false;  ///< there is more to follow at once
  };
  /// All tenants whose log has grown, of each a batch. Trouble of one is logged and holds no other back.
  Result<Report> step();

  struct Standing {
    SearchFollowed followed;
    std::int64_t documents = 0;
    Millis behind{0};  ///< age of the oldest change that it does not know
    bool rebuilding = false;
  };
  Result<Standing> standing(TenantId tenant);
  /// With the next steps all of it is made again, while what is there answers.
  void rebuild(TenantId tenant);

 private:
  bool is_at(const LogEnd& end);
  Status follow(TenantId tenant, Report& report, Millis& behind);
  Status finish(TenantId tenant, SearchFollowed followed, Report& report);
  Result<SearchFollowed> where(TenantId tenant);
  Result<bool> is_of_this_log(TenantId tenant, const SearchFollowed& followed);
  Result<std::optional<search::Document>> read_document(TenantId tenant, TaskNumber number);
  Status add_messages(TenantId tenant, search::Document& document);
  Status add_notes(search::Document& document);
  bool takes_rebuild(TenantId tenant);
  /// What the index has answered: that it is damaged, and not what is stored, is remembered.
  template <typename T>
  T of_index(T answer) {
    if (!answer && answer.error().code == Errc::corrupt) is_damaged_ = true;
    return answer;
  }

  Ports ports_;
  std::map<TenantId, SearchFollowed> known_;  ///< of the thread that steps
  std::set<TenantId> troubled_;               ///< whose trouble was told
  bool is_damaged_ = false;                   ///< the same thread's
  std::mutex mutex_;
  std::set<TenantId> to_rebuild_;
};

}  // namespace orgo
