#include "service/delivery/brake_counts.h"

#include <algorithm>

#include "core/message/reply_subject.h"

namespace orgo {
namespace {

constexpr Millis kTenantCountsAge{10'000};
constexpr int kEarlierMax = 20;  ///< answers whose subjects are compared

}  // namespace

Result<BrakeFacts> BrakeCounts::facts(const LeasedSend& leased, Sources& sources, TimePoint now) {
  BrakeFacts facts;
  facts.suppression = sources.suppression(leased.tenant, leased.send.recipient);
  if (facts.suppression && blocks(*facts.suppression, now)) return facts;  // nothing else counts then
  ORGO_TRY(in_all, tenant_counts(leased.tenant, now));
  for (std::size_t i = 0; i < in_all.size(); ++i) facts.counts.at(i).in_all = in_all.at(i);
  if (leased.send.subject.task()) {
    ORGO_TRY(longest, count_alike(leased, now - kLoopLimits.back().window));
    facts.counts.back().of_task = longest;
    const bool near = !surely_within_limits(facts.counts.back(), total_factor_);
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

Result<BrakeCounts::Counts> BrakeCounts::tenant_counts(TenantId tenant, TimePoint now) {
  if (known_.size() > kTenantsMax) known_.clear();
  auto& known = known_[tenant];
  const auto age = now - known.at;
  if (age >= Millis{0} && age < kTenantCountsAge) return known.counts;
  for (std::size_t i = 0; i < kLoopLimits.size(); ++i) {
    ORGO_TRY(counted, outbox_.count_lane_sends(tenant, lane_, now - kLoopLimits.at(i).window));
    known.counts.at(i) = counted;
  }
  known.at = now;
  return known.counts;
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
