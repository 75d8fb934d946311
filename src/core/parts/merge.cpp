#include <algorithm>
#include <iterator>

#include "core/parts/parts.h"

namespace orgo {
namespace {

/// Moves what means new things of the later Changes behind the new ones of the earlier.
struct Behind {
  std::size_t tasks = 0;
  std::size_t sends = 0;

  void operator()(TaskRef& ref) const { ref = ref.behind(tasks); }
  void operator()(SendRef& ref) const { ref = ref.behind(sends); }
  void operator()(Subject& subject) const {
    if (const auto task = subject.task_ref(); task.is_new()) subject = task.behind(tasks);
  }
};

template <typename P>
bool taken_over(Changes& into, P& later) {
  if constexpr (requires(P & earlier) { earlier.take_over(std::move(later)); }) {
    const auto key = later.key();
    if (key.empty()) return false;
    for (auto& earlier : into.all<P>())
      if (earlier.key() == key) {
        earlier.take_over(std::move(later));
        return true;
      }
  }
  return false;
}

/// What `next` says of a timer, after what stands in `timers`.
void add_timer(std::vector<TimerChange>& timers, TimerChange&& next) {
  const auto known = std::find_if(timers.rbegin(), timers.rend(),
                                  [&](const TimerChange& earlier) { return earlier.is_same_timer(next); });
  const bool set_here = known != timers.rend() && known->kind == TimerChange::Kind::set;
  if (next.kind == TimerChange::Kind::fired && set_here && known->due_at == next.due_at) {
    timers.erase(std::next(known).base());  // set and used up within this one: as if it had never been
    return;
  }
  if (known != timers.rend() && known->kind != TimerChange::Kind::fired && next.kind != TimerChange::Kind::fired) {
    *known = std::move(next);
    return;
  }
  timers.push_back(std::move(next));
}

}  // namespace

Status merge(Changes& into, Changes&& next) {
  if (into.tenant != next.tenant)
    return failure(Errc::invalid_input,
                   "changes of " + to_string(into.tenant) + " and of " + to_string(next.tenant) + " cannot be one");
  const Behind behind{.tasks = count_new_tasks(into), .sends = into.sends.size()};
  into.at = std::max(into.at, next.at);
  for (auto& event : next.events) {
    behind(event.subject);
    behind(event.send);
  }
  for (auto& send : next.sends) behind(send.subject);
  for (auto& timer : next.timers) behind(timer.subject);
  std::move(next.events.begin(), next.events.end(), std::back_inserter(into.events));
  std::move(next.sends.begin(), next.sends.end(), std::back_inserter(into.sends));
  for (auto& timer : next.timers) add_timer(into.timers, std::move(timer));
  for (auto& part : next.parts)
    std::visit(
        [&]<typename P>(P& later) {
          P::refs(later, behind);
          if (!taken_over(into, later)) into.add(std::move(later));
        },
        part.value);
  next = Changes{.tenant = next.tenant, .at = next.at};
  return {};
}

}  // namespace orgo
