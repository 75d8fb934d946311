#include "service/search/search_follower.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "base/planted.h"
#include "core/mail/read/read_message.h"
#include "service/search/probe.h"
#include "service/tasks/conversation.h"

namespace orgo {
namespace {

constexpr int kTenantsAtOnce = 5'000;
constexpr int kEventsAtOnce = 500;
constexpr std::size_t kBatchBytes = 16 << 20;  // of documents that are put in together
constexpr int kMessagesAtOnce = 100;
constexpr std::size_t kMessagesMost = 500;  // of one task, the newest
constexpr int kNotesMost = 1'000;
constexpr int kRemovedAtOnce = 500;
constexpr int kDoubtedAtOnce = 5;

std::size_t size_of(const search::Document& document) {
  std::size_t size = 0;
  for (const auto& text : document.texts) size += text.size();
  return size;
}

}  // namespace

const SearchProbe& search_probe() {
  static const SearchProbe instance;
  return instance;
}

Result<SearchFollower::Report> SearchFollower::step() {
  Report report;
  Millis behind{0};
  TenantId after{0};
  if (ports_.index.is_damaged()) ORGO_CHECK(start_over("its file is damaged, or was taken away"));
  doubt_some();
  for (;;) {
    ORGO_TRY(page, ports_.tasks.log_ends(after, kTenantsAtOnce));
    for (const auto& end : page) {
      if (is_at(end)) continue;
      const auto done = follow(end.tenant, report, behind);
      if (done) {
        troubled_.erase(end.tenant);
        continue;
      }
      known_.erase(end.tenant);
      note_trouble(end.tenant, done.error(), behind);
      if (std::exchange(is_damaged_, false)) ORGO_CHECK(start_over(done.error().message));
    }
    if (page.size() < static_cast<std::size_t>(kTenantsAtOnce)) break;
    after = page.back().tenant;
  }
  if (troubled_.empty()) {
    const std::lock_guard lock(mutex_);
    trouble_.clear();
  }
  search_probe().behind.set(static_cast<double>(behind.count()) / 1000);
  return report;
}

Status SearchFollower::start_over(const std::string& why) {
  log::warn("search.built_anew", {{"cause", why}});
  known_.clear();
  return ports_.index.start_over();
}

/// What can't be followed is behind since then, whatever the index says of itself.
void SearchFollower::note_trouble(TenantId tenant, const Error& error, Millis& behind) {
  const auto now = ports_.clock.now();
  const auto [since, is_first] = troubled_.try_emplace(tenant, now);
  behind = std::max(behind, std::max(Millis{1}, now - since->second));
  {
    const std::lock_guard lock(mutex_);
    trouble_ = "tasks are not found by their newest words: " + error.message;
  }
  if (is_first) log::error("search.trouble", {{"tenant", to_string(tenant)}, {"cause", error.message}});
}

std::string SearchFollower::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void SearchFollower::doubt_some() {
  for (int count = 0; count < kDoubtedAtOnce && !known_.empty(); ++count) {
    auto next = known_.upper_bound(doubted_);
    if (next == known_.end()) next = known_.begin();
    doubted_ = next->first;
    const auto events = events_behind(next->first, next->second);
    if (events && !*events) known_.erase(next);  // trouble of the store shows where it is asked for what is new
  }
}

/// Nothing is new there. A log that ends earlier than what was followed is another one.
bool SearchFollower::is_at(const LogEnd& end) {
  const auto known = known_.find(end.tenant);
  if (known == known_.end()) return false;
  if (end.sequence < known->second.sequence) known_.erase(known);
  else if (known->second.whole && end.sequence == known->second.sequence) {
    const std::lock_guard lock(mutex_);
    return !to_rebuild_.contains(end.tenant);
  }
  return false;
}

bool SearchFollower::takes_rebuild(TenantId tenant) {
  const std::lock_guard lock(mutex_);
  return to_rebuild_.erase(tenant) > 0;
}

void SearchFollower::rebuild(TenantId tenant) {
  const std::lock_guard lock(mutex_);
  to_rebuild_.insert(tenant);
}

/// A database that was put back has another log, or a shorter one, and so has a server that was promoted without all
/// that the one before had committed: what was followed says nothing of it.
Result<std::optional<std::vector<StoredEvent>>> SearchFollower::events_behind(TenantId tenant,
                                                                              const SearchFollowed& followed) {
  if (followed.sequence <= 0) return ports_.tasks.events_after(tenant, 0, kEventsAtOnce);
  ORGO_TRY(events, ports_.tasks.events_after(tenant, followed.sequence - 1, kEventsAtOnce + 1));
  const bool is_this_log =
      !events.empty() && events[0].sequence == followed.sequence && events[0].event.at == followed.at;
  if (!is_this_log && !ORGO_PLANT(any_log_is_followed)) return std::optional<std::vector<StoredEvent>>();
  if (!events.empty()) events.erase(events.begin());
  return std::optional(std::move(events));
}

Result<SearchFollowed> SearchFollower::where(TenantId tenant) {
  if (const auto known = known_.find(tenant); known != known_.end()) return known->second;
  return of_index(ports_.index.followed(tenant));
}

/// What is of another log is of other tasks, whatever their numbers: it is found no more, and taken out first.
Result<SearchFollowed> SearchFollower::begin_anew(TenantId tenant, const SearchFollowed& followed, bool is_of_another) {
  SearchFollowed first{.sequence = is_of_another ? kNothingIsOurs : 0, .generation = followed.generation + 1};
  ORGO_CHECK(of_index(ports_.index.put(tenant, {}, first)));
  return first;
}

Status SearchFollower::follow(TenantId tenant, Report& report, Millis& behind) {
  ORGO_TRY(followed, where(tenant));
  ORGO_TRY(behind_it, events_behind(tenant, followed));
  const bool anew = takes_rebuild(tenant);
  if (!behind_it) log::warn("search.built_anew", {{"cause", "the log of events is another one than was followed"}});
  if (anew || !behind_it) {
    auto first = begin_anew(tenant, followed, !behind_it);
    if (!first && anew) rebuild(tenant);  // asked for is asked for
    if (!first) return tl::unexpected(std::move(first).error());
    followed = *first;
    ORGO_TRY(from_the_first, events_behind(tenant, followed));
    behind_it = std::move(from_the_first);
  }
  for (int removed = kRemovedAtOnce; followed.sequence < 0 && removed == kRemovedAtOnce;) {
    ORGO_TRY(some, of_index(ports_.index.remove_older(tenant, kRemovedAtOnce)));
    removed = some;
  }
  const auto& events = *behind_it;
  known_[tenant] = followed;
  if (events.empty()) return finish(tenant, followed, report);
  std::vector<search::Document> documents;
  std::set<TaskNumber> seen;
  std::size_t bytes = 0;
  const SearchFollowed before = followed;
  for (const auto& stored : events) {
    if (bytes > kBatchBytes) break;
    const auto number = stored.event.subject.task();
    if (number && seen.insert(number).second) {
      ORGO_TRY(document, read_document(tenant, number));
      if (document) bytes += size_of(*document), documents.push_back(std::move(*document));
    }
    followed.sequence = stored.sequence;
    followed.at = stored.event.at;
  }
  ORGO_CHECK(of_index(ports_.index.put(tenant, documents, followed)));
  known_[tenant] = followed;
  report.indexed += static_cast<int>(documents.size());
  search_probe().indexed.add(static_cast<double>(documents.size()));
  for (const auto& document : documents)
    if (document.cut) search_probe().cut.add();
  const bool more = static_cast<int>(events.size()) == kEventsAtOnce || followed.sequence < events.back().sequence;
  report.more = report.more || more;
  if (more) behind = std::max(behind, ports_.clock.now() - followed.at);
  if (!more && !before.whole) return finish(tenant, followed, report);
  return {};
}

/// The log is at its end: what was not found in it any more is of an earlier one.
Status SearchFollower::finish(TenantId tenant, SearchFollowed followed, Report& report) {
  if (followed.whole) return {};
  ORGO_TRY(removed, of_index(ports_.index.remove_older(tenant, kRemovedAtOnce)));
  if (removed == kRemovedAtOnce) {
    report.more = true;
    return {};
  }
  followed.whole = true;
  ORGO_CHECK(of_index(ports_.index.put(tenant, {}, followed)));
  known_[tenant] = followed;
  return {};
}

Result<std::optional<search::Document>> SearchFollower::read_document(TenantId tenant, TaskNumber number) {
  const auto task = ports_.tasks.read(tenant, number);
  if (!task && task.error().code == Errc::not_found) return std::optional<search::Document>();
  if (!task) return tl::unexpected(task.error());
  auto document = search::document_of(*task);
  ORGO_CHECK(add_messages(*task, document));
  ORGO_CHECK(add_notes(*task, document));
  return std::optional(std::move(document));
}

/// Its own, and those of all that was merged into it: the work goes on there. A mail that can't be read is for `orgo
/// doctor`; the others are found.
Status SearchFollower::add_messages(const Task& task, search::Document& document) {
  const auto tenant = task.tenant;
  std::vector<MessageId> ids;
  MessageListRequest request{.tenant = tenant, .limit = kMessagesAtOnce, .task = document.number};
  while (ids.size() < kMessagesMost) {
    ORGO_TRY(page, messages_with_parts(ports_.messages, task, request));
    for (const auto& summary : page) ids.push_back(summary.message.id);
    if (static_cast<int>(page.size()) < kMessagesAtOnce) break;
    request.before = ids.back();
  }
  document.cut = document.cut || ids.size() >= kMessagesMost;
  std::reverse(ids.begin(), ids.end());
  for (const auto id : ids) {
    const auto bytes = ports_.messages.read_bytes(tenant, id);
    if (!bytes && (bytes.error().code == Errc::unavailable || bytes.error().code == Errc::deadline_exceeded))
      return tl::unexpected(bytes.error());
    if (!bytes) {
      log::warn("search.unreadable", {{"message", to_string(id)}, {"cause", bytes.error().message}});
      continue;
    }
    search::add_message(document, read_message(*bytes));
  }
  return {};
}

Status SearchFollower::add_notes(const Task& task, search::Document& document) {
  ORGO_TRY(history, history_with_parts(ports_.tasks, task, kNotesMost));
  for (const auto& stored : history) {
    if (stored.event.kind != EventKind::task_commented) continue;
    const auto data = parse_json(stored.event.data);
    if (!data || !data->is_object()) continue;
    if (const auto* text = data->as_object().if_contains("text"); text != nullptr && text->is_string())
      search::add_note(document, std::string_view(text->as_string()));
  }
  return {};
}

Result<SearchFollower::Standing> SearchFollower::standing(TenantId tenant) {
  Standing standing;
  ORGO_TRY(followed, ports_.index.followed(tenant));
  standing.followed = followed;
  ORGO_TRY(documents, ports_.index.count(tenant));
  standing.documents = documents;
  ORGO_TRY(next, ports_.tasks.events_after(tenant, followed.sequence, 1));
  if (!next.empty()) standing.behind = std::max(Millis{0}, ports_.clock.now() - next[0].event.at);
  const std::lock_guard lock(mutex_);
  standing.rebuilding = !followed.whole || to_rebuild_.contains(tenant);
  return standing;
}

}  // namespace orgo
