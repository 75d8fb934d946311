#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <tuple>

#include "adapter/memory/memory_store.h"
#include "base/keep_first.h"
#include "base/text.h"
#include "core/threading/thread_alias.h"

namespace orgo {

template <typename Matches>
std::vector<StoredEvent> MemoryStore::find_events(TenantId tenant, int limit, Matches matches) const {
  std::vector<StoredEvent> found;
  for (const auto& row : state_.events) {
    if (static_cast<int>(found.size()) >= limit) break;
    if (row.tenant == tenant && matches(row.stored)) found.push_back(row.stored);
  }
  return found;
}

Result<Task> MemoryStore::read(TenantId tenant, TaskNumber number) {
  const std::lock_guard lock(mutex_);
  if (const auto* task = state_.find_task(tenant, number)) return *task;
  return failure(Errc::not_found, "no task " + to_string(number));
}

namespace {

bool is_wanted(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Result<std::vector<Task>> MemoryStore::list(const TaskListRequest& request) {
  const std::lock_guard lock(mutex_);
  std::vector<Task> page;
  for (auto it = state_.tasks.rbegin(); it != state_.tasks.rend() && static_cast<int>(page.size()) < request.limit;
       ++it) {
    const auto& [key, task] = *it;
    if (key.first != request.tenant || (request.before && task.number >= request.before)) continue;
    if (request.open && is_open(task.state) != *request.open) continue;
    if (request.state && task.state != *request.state) continue;
    if (!is_wanted(request.teams, task.team) || !is_wanted(request.assignees, task.assignee)) continue;
    page.push_back(task);
  }
  return page;
}

Result<std::vector<StoredEvent>> MemoryStore::history(TenantId tenant, TaskNumber number, int limit) {
  const std::lock_guard lock(mutex_);
  return find_events(tenant, limit, [&](const StoredEvent& stored) { return stored.event.subject.task() == number; });
}

Result<std::vector<StoredEvent>> MemoryStore::events_after(TenantId tenant, std::int64_t sequence, int limit) {
  const std::lock_guard lock(mutex_);
  return find_events(tenant, limit, [&](const StoredEvent& stored) { return stored.sequence > sequence; });
}

Result<std::vector<LogEnd>> MemoryStore::log_ends(TenantId after, int limit) {
  const std::lock_guard lock(mutex_);
  std::map<TenantId, std::int64_t> ends;
  for (const auto& row : state_.events) {
    if (row.tenant <= after) continue;
    auto& end = ends[row.tenant];
    end = std::max(end, row.stored.sequence);
  }
  std::vector<LogEnd> page;
  for (const auto& [tenant, sequence] : ends)
    if (static_cast<int>(page.size()) < limit) page.push_back({tenant, sequence});
  return page;
}

Result<std::vector<StoredEvent>> MemoryStore::message_events(TenantId tenant, MessageId id) {
  const std::lock_guard lock(mutex_);
  return find_events(tenant, std::numeric_limits<int>::max(),
                     [&](const StoredEvent& stored) { return stored.event.message == id; });
}

Result<std::vector<PendingTimer>> MemoryStore::due_timers(std::string_view name, TimePoint now, int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<PendingTimer> due;
  for (const auto& [key, timer] : state_.timers) {
    const auto& [tenant, subject, of] = key;
    if (of == name && timer.due_at <= now) due.push_back({tenant, subject, timer.due_at, timer.visible_at});
  }
  std::ranges::stable_sort(due, {}, &PendingTimer::due_at);
  keep_first(due, static_cast<std::size_t>(limit));
  return due;
}

Result<std::vector<PendingTimer>> MemoryStore::claim_timers(const LeaseOwner& owner, std::string_view name,
                                                            TimePoint now, Millis lease_time, int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<PendingTimer, memory::TimerRow*>> due;
  for (auto& [key, timer] : state_.timers) {
    const auto& [tenant, subject, of] = key;
    if (of == name && timer.visible_at <= now && !state_.is_suspended(tenant))
      due.push_back({{tenant, subject, timer.due_at, now + lease_time}, &timer});
  }
  std::ranges::stable_sort(due, {}, [](const auto& one) { return one.second->visible_at; });
  keep_first(due, static_cast<std::size_t>(limit));
  std::vector<PendingTimer> claimed;
  for (const auto& [timer, row] : due) {
    row->visible_at = now + lease_time;
    row->owner = to_string(owner);
    claimed.push_back(timer);
  }
  return claimed;
}

Status MemoryStore::release_timers(const LeaseOwner& owner, LeasesOf which) {
  const std::lock_guard lock(mutex_);
  for (auto& [key, timer] : state_.timers) {
    if (!belongs_to(timer.owner, owner, which)) continue;
    timer.visible_at = timer.due_at;
    timer.owner.clear();
  }
  return {};
}

Result<std::optional<TimePoint>> MemoryStore::next_timer(std::string_view name) {
  const std::lock_guard lock(mutex_);
  std::optional<TimePoint> next;
  for (const auto& [key, timer] : state_.timers)
    if (std::get<2>(key) == name && !state_.is_suspended(std::get<0>(key)) && (!next || timer.visible_at < *next))
      next = timer.visible_at;
  return next;
}

Result<std::vector<PendingTimer>> MemoryStore::latest_timers(std::string_view name,
                                                             const std::optional<PendingTimer>& after, int limit) {
  const auto place = [](const PendingTimer& one) { return std::tuple(one.visible_at, one.tenant, one.subject); };
  const std::lock_guard lock(mutex_);
  std::vector<PendingTimer> found;
  for (const auto& [key, timer] : state_.timers) {
    const auto& [tenant, subject, of] = key;
    const PendingTimer one{tenant, subject, timer.due_at, timer.visible_at};
    if (of == name && !state_.is_suspended(tenant) && (!after || place(one) < place(*after))) found.push_back(one);
  }
  std::ranges::sort(found, std::greater{}, place);
  keep_first(found, static_cast<std::size_t>(limit));
  return found;
}

}  // namespace orgo
