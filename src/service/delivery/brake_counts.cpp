#include "service/delivery/brake_counts.h"

#include <algorithm>

#include "base/planted.h"
#include "core/message/reply_subject.h"
#include "core/suppression/suppress.h"
#include "core/task/word_at_resolving.h"

namespace orgo {
namespace {

constexpr Millis kCountsAge{10'000};
constexpr int kEarlierMax = 20;  ///< answers whose subjects are compared

/// Where the count of such sends stands among those of a window.
std::int64_t& place_of(CountedBy by, LoopCount& count) {
  switch (by) {
    case CountedBy::cause:
      return count.of_cause;
    case CountedBy::rule:
      return count.of_rule;
    case CountedBy::lane:
      break;
  }
  return count.in_all;
}

}  // namespace

Result<BrakeFacts> BrakeCounts::facts(const LeasedSend& leased, Sources& sources, TimePoint now) {
  BrakeFacts facts;
  facts.of = {.cause = leased.send.cause,
              .rule = leased.send.rule,
              .urgent = leased.send.priority == Priority::urgent && !ORGO_PLANT(urgent_counted_with_ordinary)};
  facts.ours = reaches_our_own(leased.send.kind);
  facts.suppression = sources.suppression(leased.tenant, leased.send.recipient);
  if (is_suppressed(facts, now)) return facts;  // nothing else counts then
  if (total_factor_ > 0)
    for (const auto& key : keys_of(leased, facts.of.urgent)) {
      ORGO_TRY(counted, counts_of(key, leased, now));
      for (std::size_t i = 0; i < counted.size(); ++i) place_of(key.by, facts.counts.at(i)) = counted.at(i);
    }
  if (leased.send.subject.task()) {
    ORGO_TRY(longest, count_alike(leased, now - kLoopLimits.back().window));
    facts.counts.back().of_task = longest;
    const bool near = !surely_within_limits(longest);
    for (std::size_t i = 0; near && i + 1 < facts.counts.size(); ++i) {
      ORGO_TRY(counted, count_alike(leased, now - kLoopLimits.at(i).window));
      facts.counts.at(i).of_task = counted;
    }
  }
  if (leased.send.kind == SendKind::reply) {
    ORGO_TRY(answers, count_answers(leased, sources, now));
    facts.answers = std::move(answers);
  }
  return facts;
}

std::vector<BrakeCounts::Key> BrakeCounts::keys_of(const LeasedSend& leased, bool urgent) const {
  const auto& send = leased.send;
  std::vector<Key> keys{{leased.tenant, CountedBy::lane, lane_, urgent}};
  if (!send.cause.empty()) keys.push_back({leased.tenant, CountedBy::cause, send.cause, urgent});
  if (send.rule.empty() || ORGO_PLANT(rule_not_counted)) return keys;
  keys.push_back({leased.tenant, CountedBy::rule, send.rule, urgent && !ORGO_PLANT(urgent_counted_with_its_rule)});
  return keys;
}

Result<BrakeCounts::Counts> BrakeCounts::counts_of(const Key& key, const LeasedSend& leased, TimePoint now) {
  Known known;
  {
    const std::lock_guard lock(mutex_);
    if (known_.size() > kKnownMax) known_.clear();
    known = known_[key];
  }
  if (const auto age = now - known.at; age < Millis{0} || age >= kCountsAge) {
    ORGO_TRY(fresh, count_anew(key, known, leased.id, now));
    known = fresh;
  }
  if (!is_counted(known, leased))
    for (auto& one : known.counts) ++one;
  return known.counts;
}

Result<BrakeCounts::Known> BrakeCounts::count_anew(const Key& key, const Known& before, SendId upto, TimePoint now) {
  Known fresh{.at = now, .upto = upto};
  for (std::size_t i = 0; i < kLoopLimits.size(); ++i) {
    ORGO_TRY(counted, outbox_.count_for_brake({.tenant = key.tenant,
                                               .by = key.by,
                                               .name = key.name,
                                               .urgent = key.urgent,
                                               .since = now - kLoopLimits.at(i).window,
                                               .upto = upto}));
    fresh.counts.at(i) = counted;
  }
  const std::lock_guard lock(mutex_);
  auto& known = known_[key];
  const bool forgotten = known.at == TimePoint{};
  if (known.at != before.at && !forgotten) return known;  // another worker was faster
  for (std::size_t i = 0; !forgotten && i < fresh.counts.size(); ++i)
    fresh.counts.at(i) += known.counts.at(i) - before.counts.at(i);
  known = fresh;
  return fresh;
}

void BrakeCounts::note(const LeasedSend& leased, LoopVerdict verdict) {
  const std::lock_guard lock(mutex_);
  for (const auto& key : keys_of(leased, leased.send.priority == Priority::urgent)) {
    const auto found = known_.find(key);
    if (found == known_.end()) continue;
    auto& known = found->second;
    const bool counted = is_counted(known, leased);
    if (verdict == LoopVerdict::go && !counted)
      for (auto& one : known.counts) ++one;
    if (verdict == LoopVerdict::defer && counted)
      for (auto& one : known.counts) one = std::max<std::int64_t>(one - 1, 0);
  }
}

TimePoint BrakeCounts::queue_up(const LeasedSend& leased, const LoopDecision& decision, TimePoint now, double random) {
  Key key{.tenant = leased.tenant, .urgent = leased.send.priority == Priority::urgent};
  switch (decision.of) {
    case LoopLimitOf::cause:
      key.by = CountedBy::cause;
      key.name = leased.send.cause;
      break;
    case LoopLimitOf::rule:
      key.by = CountedBy::rule;
      key.name = leased.send.rule;
      break;
    case LoopLimitOf::all:
      key.name = lane_;
      break;
  }
  const std::lock_guard lock(mutex_);
  if (held_.size() > kKnownMax) held_.clear();
  return orgo::queue_up(held_[{std::move(key), decision.window}], decision, now, random);
}

Result<std::int64_t> BrakeCounts::count_alike(const LeasedSend& leased, TimePoint since) {
  return outbox_.count_sends(leased.tenant, leased.send.subject.task(), since, to_string(leased.send.recipient),
                             leased.id);
}

Result<AnswerCount> BrakeCounts::count_answers(const LeasedSend& leased, Sources& sources, TimePoint now) {
  const auto& limits = kLoopLimits;
  ORGO_TRY(answers, outbox_.answers_to(leased.tenant, to_string(leased.send.recipient),
                                       now - std::max(kAnswerTime, limits.back().window), leased.id,
                                       static_cast<int>(limits.back().mails) + 100));
  AnswerCount count;
  for (const auto& answer : answers)
    for (std::size_t i = 0; i < limits.size(); ++i)
      if (answer.created_at >= now - limits.at(i).window) ++count.to_address.at(i);
  if (is_word_at_resolving(leased.send) && !ORGO_PLANT(resolved_again_is_told_to_nobody)) return count;
  ORGO_TRY(earlier, find_earlier(leased, answers, sources, now));
  count.earlier = std::move(earlier);
  return count;
}

Result<std::string> BrakeCounts::find_earlier(const LeasedSend& leased, std::span<const StoredSend> answers,
                                              Sources& sources, TimePoint now) {
  const auto& task = sources.task(leased.tenant, leased.send.subject.task());
  if (!task) return tl::unexpected(task.error());
  if (!*task) return std::string();
  const auto subject = plain_subject((*task)->title);
  int looked_at = 0;
  for (const auto& answer : answers) {
    if (answer.id == leased.id || answer.send.template_name != leased.send.template_name ||
        answer.created_at < now - kAnswerTime)
      continue;
    if (answer.state == SendState::refused || answer.state == SendState::failed || ++looked_at > kEarlierMax) continue;
    const auto about = answer.send.subject.task();
    const auto& other = sources.task(leased.tenant, about);
    if (!other) return tl::unexpected(other.error());
    if (!*other || plain_subject((*other)->title) != subject) continue;
    return to_string(answer.id) + (about ? " of " + to_string(about) : std::string());
  }
  return std::string();
}

}  // namespace orgo
