#include "core/parts/parts.h"

#include <algorithm>

namespace orgo {

Parts::Parts() = default;
Parts::~Parts() = default;
Parts::Parts(const Parts& other) = default;
Parts::Parts(Parts&& other) noexcept = default;
Parts& Parts::operator=(const Parts& other) = default;
Parts& Parts::operator=(Parts&& other) noexcept = default;

bool Parts::empty() const {
  return parts_.empty();
}
std::size_t Parts::size() const {
  return parts_.size();
}
void Parts::add(Part&& part) {
  parts_.push_back(std::move(part));
}
const Part* Parts::begin() const {
  return parts_.data();
}
const Part* Parts::end() const {
  return parts_.data() + parts_.size();
}
Part* Parts::begin() {
  return parts_.data();
}
Part* Parts::end() {
  return parts_.data() + parts_.size();
}

template <typename P>
PartsOf<P>::Iterator::Iterator(PartPtr at, PartPtr end) : at_(at), end_(end) {
  skip_others();
}
template <typename P>
P& PartsOf<P>::Iterator::operator*() const {
  return *std::get_if<std::remove_const_t<P>>(&at_->value);
}
template <typename P>
typename PartsOf<P>::Iterator& PartsOf<P>::Iterator::operator++() {
  ++at_;
  skip_others();
  return *this;
}
template <typename P>
void PartsOf<P>::Iterator::skip_others() {
  while (at_ != end_ && !std::holds_alternative<std::remove_const_t<P>>(at_->value)) ++at_;
}

template <typename P>
void Changes::add(P part) {
  parts.add(Part{std::move(part)});
}
template <typename P>
PartsOf<const P> Changes::all() const {
  return {parts.begin(), parts.end()};
}
template <typename P>
PartsOf<P> Changes::all() {
  return {parts.begin(), parts.end()};
}
template <typename P>
void Changes::remove_all() {
  std::erase_if(parts.list(), [](const Part& part) { return std::holds_alternative<P>(part.value); });
}

#define ORGO_PART(P)                                 \
  template class PartsOf<P>;                         \
  template class PartsOf<const P>;                   \
  template void Changes::add<P>(P);                  \
  template PartsOf<const P> Changes::all<P>() const; \
  template PartsOf<P> Changes::all<P>();             \
  template void Changes::remove_all<P>();

ORGO_PART(TaskChange)
ORGO_PART(MessageDecision)
ORGO_PART(SendOutcome)
ORGO_PART(SendBounced)
ORGO_PART(SendRetried)
ORGO_PART(RestoredSendMoved)
ORGO_PART(SendRecalled)
ORGO_PART(AlarmOpened)
ORGO_PART(AlarmClosed)
ORGO_PART(SuppressionChange)
ORGO_PART(ThreadAlias)
ORGO_PART(TokenMade)
ORGO_PART(TokenRevoked)
ORGO_PART(RuleVersionAdded)
ORGO_PART(MailboxChange)
ORGO_PART(RhythmsLearned)
ORGO_PART(DeadLetterMoved)
ORGO_PART(PersonChange)
ORGO_PART(LoginAttemptsChange)
ORGO_PART(MessageSplit)

#undef ORGO_PART

std::size_t count_new_tasks(const Changes& changes) {
  return static_cast<std::size_t>(
      std::ranges::count_if(changes.all<TaskChange>(), [](const TaskChange& change) { return !change.task.number; }));
}

bool is_empty(const Changes& changes) {
  return changes.parts.empty() && changes.events.empty() && changes.sends.empty() && changes.timers.empty();
}

}  // namespace orgo
