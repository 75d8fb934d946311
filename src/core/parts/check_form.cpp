#include <algorithm>
#include <string>
#include <vector>

#include "core/parts/parts.h"

namespace orgo {
namespace {

/// Counts what a Changes makes, and finds the first Ref past it.
class NewOnes {
 public:
  explicit NewOnes(const Changes& changes)
      : tasks_(count_new_tasks(changes)), sends_(changes.sends.size()), token_(changes.find<TokenMade>() != nullptr) {}

  void operator()(TaskRef ref) {
    if (ref.is_new() && ref.index() >= tasks_) missing_ = to_string(ref);
  }
  void operator()(SendRef ref) {
    if (ref.is_new() && ref.index() >= sends_) missing_ = to_string(ref);
  }
  void operator()(const Subject& subject) {
    (*this)(subject.task_ref());
    if (subject == Subject::new_token() && !token_) missing_ = to_string(subject);
  }

  [[nodiscard]] Status status() const {
    if (missing_.empty()) return {};
    return failure(Errc::invalid_input, "these changes name a " + missing_ + " and make none");
  }

 private:
  std::size_t tasks_;
  std::size_t sends_;
  bool token_;
  std::string missing_;
};

Status check_refs(const Changes& changes) {
  NewOnes seen(changes);
  for (const auto& event : changes.events) {
    seen(event.subject);
    seen(event.send);
  }
  for (const auto& send : changes.sends) seen(send.subject);
  for (const auto& timer : changes.timers) seen(timer.subject);
  for (const auto& part : changes.parts)
    std::visit([&]<typename P>(const P& one) { P::refs(one, [&](const auto& ref) { seen(ref); }); }, part.value);
  return seen.status();
}

template <typename P>
bool is_whole(const P& part) {
  if constexpr (requires { part.is_whole(); }) return part.is_whole();
  return true;
}

Status check_whole(const Changes& changes) {
  for (const auto& part : changes.parts)
    if (!std::visit([](const auto& one) { return is_whole(one); }, part.value))
      return failure(Errc::invalid_input, "a part of these changes names no task");
  return {};
}

Status check_once(const Changes& changes) {
  if (changes.parts.size() < 2) return {};
  std::vector<std::string> keys;
  keys.reserve(changes.parts.size());
  for (const auto& part : changes.parts)
    if (auto key = std::visit([](const auto& one) { return one.key(); }, part.value); !key.empty())
      keys.push_back(std::move(key));
  std::ranges::sort(keys);
  const auto twice = std::ranges::adjacent_find(keys);
  if (twice == keys.end()) return {};
  return failure(Errc::invalid_input, "these changes say twice what becomes of " + *twice);
}

Status check_timers(const std::vector<TimerChange>& timers) {
  for (auto timer = timers.begin(); timer != timers.end(); ++timer) {
    if (!timer->subject) return failure(Errc::invalid_input, "a timer has no subject");
    if (timer->name.empty() || timer->name.size() > TimerChange::kNameMax)
      return failure(Errc::invalid_input, "the name of a timer has " + std::to_string(timer->name.size()) + " bytes");
    if (timer->kind != TimerChange::Kind::fired) continue;
    if (timer->subject.id() == 0) return failure(Errc::invalid_input, "the timer of a new thing cannot have fired");
    if (std::any_of(timers.begin(), timer, [&](const TimerChange& earlier) { return earlier.is_same_timer(*timer); }))
      return failure(Errc::invalid_input, "the timer of " + to_string(timer->subject) + " fires after it was changed");
  }
  return {};
}

}  // namespace

Status check_form(const Changes& changes) {
  if (changes.tenant.value <= 0) return failure(Errc::invalid_input, "these changes are of no tenant");
  ORGO_CHECK(check_refs(changes));
  ORGO_CHECK(check_whole(changes));
  ORGO_CHECK(check_once(changes));
  return check_timers(changes.timers);
}

}  // namespace orgo
