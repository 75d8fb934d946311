#include "service/search/search_follower.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "core/mail/read/read_message.h"
#include "service/search/probe.h"

namespace orgo {
namespace {

constexpr int kTenantsAtOnce = 5'000;
constexpr int kEventsAtOnce = 500;
constexpr std::size_t kBatchBytes = 16 << 20;  // of documents that are put in together
constexpr int kMessagesAtOnce = 100;
constexpr std::size_t kMessagesMost = 500;  // of one task, the newest
constexpr int kNotesMost = 1'000;
constexpr int kRemovedAtOnce = 500;

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
      if (troubled_.insert(end.tenant).second)
        log::error("search.trouble", {{"tenant", to_string(end.tenant)}, {"cause", done.error().message}});
      if (!std::exchange(is_damaged_, false)) continue;
      log::warn("search.built_anew", {{"cause", done.error().message}});
      ORGO_CHECK(ports_.index.start_over());
      known_.clear();
    }
    if (page.size() < static_cast<std::size_t>(kTenantsAtOnce)) break;
    after = page.back().tenant;
  }
  search_probe().behind.set(static_cast<double>(behind.count()) / 1000);
  return report;
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

/// A database that was put back has another log, or a shorter one: what was followed says nothing of it.
Result<bool> SearchFollower::is_of_this_log(TenantId tenant, const SearchFollowed& followed) {
  if (followed.sequence == 0) return true;
  ORGO_TRY(events, ports_.tasks.events_after(tenant, followed.sequence - 1, 1));
  return !events.empty() && events[0].sequence == followed.sequence && events[0].event.at == followed.at;
}

Result<SearchFollowed> SearchFollower::where(TenantId tenant) {
  const bool anew = takes_rebuild(tenant);
  if (const auto known = known_.find(tenant); known != known_.end() && !anew) return known->second;
  ORGO_TRY(followed, of_index(ports_.index.followed(tenant)));
  ORGO_TRY(same, is_of_this_log(tenant, followed));
  if (same && !anew) return followed;
  if (!same) log::warn("search.built_anew", {{"cause", "the log of events is another one: the database was put back"}});
  SearchFollowed first{.generation = followed.generation + 1};
  if (const auto begun = of_index(ports_.index.put(tenant, {}, first)); !begun) {
    if (anew) rebuild(tenant);  // asked for is asked for
    return tl::unexpected(begun.error());
  }
  return first;
}

Status SearchFollower::follow(TenantId tenant, Report& report, Millis& behind) {
  ORGO_TRY(followed, where(tenant));
  known_[tenant] = followed;
  ORGO_TRY(events, ports_.tasks.events_after(tenant, followed.sequence, kEventsAtOnce));
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
  ORGO_CHECK(add_messages(tenant, document));
  ORGO_CHECK(add_notes(document));
  return std::optional(std::move(document));
}

/// A mail that can't be read is for `orgo doctor`; the others are found.
Status SearchFollower::add_messages(TenantId tenant, search::Document& document) {
  std::vector<MessageId> ids;
  MessageListRequest request{.tenant = tenant, .limit = kMessagesAtOnce, .task = document.number};
  while (ids.size() < kMessagesMost) {
    ORGO_TRY(page, ports_.messages.list(request));
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

Status SearchFollower::add_notes(search::Document& document) {
  ORGO_TRY(history, ports_.tasks.history(document.tenant, document.number, kNotesMost));
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
