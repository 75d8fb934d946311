#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
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
  /// Why not everything is found; empty: nothing is in its way.
  [[nodiscard]] std::string trouble() const;
  /// With the next steps all of it is made again, while what is there answers.
  void rebuild(TenantId tenant);

 private:
  bool is_at(const LogEnd& end);
  Status follow(TenantId tenant, Report& report, Millis& behind);
  Status finish(TenantId tenant, SearchFollowed followed, Report& report);
  Result<SearchFollowed> where(TenantId tenant);
  /// The events behind it; nullopt: the log is another one than was followed, or ends before.
  Result<std::optional<std::vector<StoredEvent>>> events_behind(TenantId tenant, const SearchFollowed& followed);
  Result<SearchFollowed> begin_anew(TenantId tenant, const SearchFollowed& followed, bool is_of_another);
  Status start_over(const std::string& why);
  /// Some of those whose log did not grow, in turn: it may be another one of the same length.
  void doubt_some();
  void note_trouble(TenantId tenant, const Error& error, Millis& behind);
  Result<std::optional<search::Document>> read_document(TenantId tenant, TaskNumber number);
  Status add_messages(const Task& task, search::Document& document);
  Status add_notes(const Task& task, search::Document& document);
  bool takes_rebuild(TenantId tenant);
  /// What the index has answered: that it is damaged, and not what is stored, is remembered.
  template <typename T>
  T of_index(T answer) {
    if (!answer && answer.error().code == Errc::corrupt) is_damaged_ = true;
    return answer;
  }

  Ports ports_;
  std::map<TenantId, SearchFollowed> known_;  ///< of the thread that steps
  std::map<TenantId, TimePoint> troubled_;    ///< whose trouble was told, and since when; the same thread's
  TenantId doubted_{0};                       ///< the last one
  bool is_damaged_ = false;                   ///< the same thread's
  mutable std::mutex mutex_;
  std::set<TenantId> to_rebuild_;
  std::string trouble_;
};

}  // namespace orgo
