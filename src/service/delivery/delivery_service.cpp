#include "service/delivery/delivery_service.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "base/one_line.h"
#include "base/planted.h"
#include "core/contact/mail_address.h"
#include "core/delivery/brake.h"
#include "core/delivery/render_outgoing.h"
#include "core/delivery/send_outcome.h"
#include "core/suppression/suppression_change.h"
#include "service/delivery/answer_goes_to.h"
#include "service/delivery/probe.h"

namespace orgo {
namespace {

DeliveryProbe& probe() {
  static DeliveryProbe instance;
  return instance;
}

constexpr Millis kCommitTime{60'000};
constexpr Millis kCapEvery{60'000};
constexpr Millis kSilence{2'000};  ///< a call that takes longer and ends without an answer: its receiver is silent

/// Counts and logs how one ended.
void note(const Changes& changes, const SendOutcome& outcome, std::string_view channel,
          DeliveryService::Report& report) {
  const auto send = to_string(outcome.send);
  const auto task = changes.events.empty() ? std::string() : to_string(changes.events.front().subject);
  switch (outcome.kind) {
    case SendOutcome::Kind::delivered:
      ++report.sent;
      probe().sent.with({channel}).add();
      log::info("delivery.sent", {{"send", send}, {"task", task}, {"channel", channel}, {"answer", outcome.detail}});
      break;
    case SendOutcome::Kind::deferred:
      ++report.deferred;
      probe().deferred.with({channel}).add();
      log::warn("delivery.retry", {{"send", send},
                                   {"channel", channel},
                                   {"next", to_rfc3339(outcome.next_attempt)},
                                   {"cause", outcome.detail}});
      break;
    case SendOutcome::Kind::failed:
      ++report.failed;
      probe().failed.with({channel}).add();
      log::error("delivery.failed", {{"send", send}, {"task", task}, {"channel", channel}, {"cause", outcome.detail}});
      break;
    case SendOutcome::Kind::refused:
      ++report.refused;
      probe().refused.with({channel}).add();
      log::warn("delivery.refused", {{"send", send}, {"task", task}, {"cause", outcome.detail}});
      break;
  }
}

/// What a person wrote, and under it the signature of the team that has the task.
std::optional<AnswerContent> answer_of(const std::optional<Sources::Content>& content, const std::optional<Task>& task,
                                       const Workplace& workplace) {
  if (!content) return std::nullopt;
  const auto& from = content->message.from;
  const auto* team = task ? workplace.team(task->team) : nullptr;
  return AnswerContent{.message = content->message,
                       .raw = content->raw,
                       .in_orgo = content->channel == Channel::answer,
                       .person = from ? one_line(from->name, 200) : std::string(),
                       .signature = team != nullptr ? team->signature : std::string()};
}

}  // namespace

struct DeliveryService::Work {
  LeasedSend leased;
  RetryPolicy retry;
  Attempt attempt;
  std::shared_ptr<const Policy> policy{};  ///< by which it is rendered; null: it can't be loaded
  Outgoing outgoing{};
  std::string receiver{};  ///< that the gate is asked about
  Deadline begun_at{};
  bool ready = false;  ///< rendered, and not yet answered
};

DeliveryService::DeliveryService(Outbox& outbox, MessageStore& messages, TaskStore& tasks, ChangeStore& changes,
                                 Clock& clock, OutboundChannel& channel, PolicyOf policies, Random random,
                                 DeliverySettings settings, std::shared_ptr<LaneState> lane_state)
    : outbox_(outbox), messages_(messages), tasks_(tasks), changes_(changes), clock_(clock), channel_(channel),
      policies_(std::move(policies)), random_(std::move(random)), settings_(std::move(settings)),
      lane_(std::string(channel.capabilities().name) +
            (settings_.provider.empty() ? std::string() : "/" + settings_.provider)),
      state_(lane_state ? std::move(lane_state)
                        : std::make_shared<LaneState>(outbox, lane_, settings_.loop_total_factor, 1)) {}

Result<DeliveryService::Report> DeliveryService::step() {
  Report report;
  ORGO_CHECK(tell(report));  // what a peer has taken in an earlier step, before the same could be leased again
  ORGO_CHECK(give_back());
  const auto begun = clock_.now();
  const auto lease_end = clock_.steady() + settings_.lease_time;
  ORGO_CHECK(cap_waits(begun));
  ORGO_TRY(leases, lease(begun));
  report.leased = static_cast<int>(leases.size());
  if (!leases.empty()) {
    unsent_ = leases;  // until it is known what became of each
    Sources sources(outbox_, messages_, tasks_);
    if (!channel_.capabilities().quiet) ORGO_CHECK(sources.read_suppressions(leases));
    std::vector<Work> works;
    works.reserve(leases.size());
    for (auto& leased : leases) {
      works.push_back(begin(std::move(leased)));
      prepare(works.back(), sources, begun);
    }
    // What is known is told before anything goes out: a slow peer must not keep it from the store.
    for (const auto& work : works)
      if (!work.ready) note_outcome(work);
    ORGO_CHECK(tell(report));
    ORGO_CHECK(send(works, lease_end, report));
    ORGO_CHECK(give_back());
  }
  if (settings_.least > Priority::low) return report;  // when something urgent comes is not known beforehand
  ORGO_TRY(next, outbox_.next_send(lane_));
  report.next_due = next;
  return report;
}

Result<std::vector<LeasedSend>> DeliveryService::lease(TimePoint now) {
  if (stopping_) return std::vector<LeasedSend>();
  return state_->under_way.lease([&](const std::set<std::pair<TenantId, SendId>>& under_way) {
    return outbox_.lease_sends(
        settings_.owner, now, settings_.lease_time, settings_.batch, lane_,
        {.least = settings_.least, .under_way = ORGO_PLANT(leases_by_the_wall_clock) ? nullptr : &under_way});
  });
}

Status DeliveryService::give_back() {
  if (unsent_.empty()) return {};
  ORGO_CHECK(outbox_.give_back(unsent_, clock_.now()));
  for (const auto& one : std::exchange(unsent_, {})) state_->under_way.remove(one.tenant, one.id);
  return {};
}

/// A clock that was wrong for a while may have put sends off for years.
Status DeliveryService::cap_waits(TimePoint now) {
  if (ORGO_PLANT(waits_not_capped)) return {};
  const auto steady = clock_.steady();
  const bool first = !watch_.has_looked();
  watch_.look(now, steady);
  // Set back while we run: each wait of before may be too long, by as much.
  const bool set_back = watch_.was_set_back();
  if (!first && !set_back && steady - capped_at_ < kCapEvery) return {};
  const auto soon = std::min(settings_.retry.first, settings_.wait_most);
  ORGO_TRY(capped, outbox_.cap_waits(now, set_back ? soon : settings_.wait_most, soon, lane_));
  capped_at_ = steady;
  if (capped > 0)
    log::warn("delivery.waits_capped",
              {{"sends", capped},
               {"lane", lane_},
               {"cause", "the clock was wrong: they would have waited longer than any wait is"}});
  return {};
}

DeliveryService::Work DeliveryService::begin(LeasedSend leased) const {
  Attempt attempt{.tenant = leased.tenant,
                  .id = leased.id,
                  .send = leased.send,
                  .lease = leased.lease,
                  .number = leased.attempts,
                  .created_at = watch_.waiting_since(leased.created_at, clock_.now(), clock_.steady()),
                  .was_held = leased.held,
                  .ours = reaches_our_own(leased.send.kind)};
  const auto retry = retry_policy(leased.send.priority, settings_.retry);
  return {.leased = std::move(leased), .retry = retry, .attempt = std::move(attempt)};
}

void DeliveryService::prepare(Work& work, Sources& sources, TimePoint now) {
  const auto put_off = [&](const Error& why) {
    end_untried(work.attempt, work.retry, why.message, now + retry_wait(work.retry, 1, random_()), now);
  };
  if (auto policy = policies_(work.leased.tenant)) work.policy = *std::move(policy);
  else return put_off(policy.error());
  if (!ORGO_PLANT(answer_to_staff_suppresses) && work.policy->workplace().is_staff(work.leased.send.recipient.address))
    work.attempt.ours = true;
  const auto facts = state_->brake.facts(work.leased, sources, now);
  if (!facts) return put_off(facts.error());
  work.attempt.suppression = facts->suppression;
  const auto decision = brake(*facts, settings_.loop_total_factor, now, work.policy->zone());
  state_->brake.note(work.leased, decision.verdict);
  if (decision.verdict != LoopVerdict::go) {
    // What a person wrote is not refused without a word to whoever has the task.
    const bool by_person = work.leased.send.kind == SendKind::answer;
    if (by_person && !know_task(work, sources, now)) return;
    auto ended = decision;
    // Nor is it thrown away because somebody writes much: it waits.
    if (by_person && !is_suppressed(*facts, now) && !ORGO_PLANT(brake_throws_answers_away))
      ended.verdict = LoopVerdict::defer;
    const auto again = state_->brake.queue_up(work.leased, ended, now, random_());
    return end_by_brake(work.attempt, work.retry, ended, again, now);
  }
  render(work, sources, now);
}

bool DeliveryService::know_task(Work& work, Sources& sources, TimePoint now) {
  const auto& task = sources.task(work.leased.tenant, work.leased.send.subject.task());
  if (!task) {
    end_by_answer(work.attempt, work.retry, AttemptResult::temporary, task.error().message, now, random_());
    return false;
  }
  work.attempt.task = *task;
  if (*task) work.attempt.holder = work.policy->workplace().address_of_holder((*task)->assignee, (*task)->team, now);
  return true;
}

/// Of what others' tasks were merged into, each who asked reads their own: also where their Reply-To takes it.
Result<std::optional<Task>> DeliveryService::as_recipient_knows_it(const LeasedSend& leased,
                                                                   const std::optional<Task>& task,
                                                                   const std::optional<Message>& message,
                                                                   Sources& sources) {
  const auto& send = leased.send;
  if (!task || (send.kind != SendKind::reply && send.kind != SendKind::answer)) return task;
  const bool elsewhere = !has_asked(*task, send.recipient.address) && message && message->from &&
                         !ORGO_PLANT(elsewhere_they_read_the_whole);
  const auto of = part_asked_by(*task, elsewhere ? message->from->address : send.recipient.address);
  if (!of) return task;
  const auto& part = sources.task(leased.tenant, *of);
  if (!part) return tl::unexpected(part.error());
  return *part ? as_known_to_part(*task, **part) : task;
}

void DeliveryService::render(Work& work, Sources& sources, TimePoint now) {
  const auto& leased = work.leased;
  const auto fail = [&](AttemptResult result, const Error& why) {
    end_by_answer(work.attempt, work.retry, result, why.message, now, random_());
  };
  if (!know_task(work, sources, now)) return;
  const auto& task = work.attempt.task;
  const auto& message = sources.message(leased.tenant, leased.send.message);
  if (!message) return fail(AttemptResult::temporary, message.error());
  const auto content = sources.content(leased.tenant, leased.send.content);
  if (!content) return fail(AttemptResult::temporary, content.error());
  const auto answer = answer_of(*content, task, work.policy->workplace());
  const auto shown = as_recipient_knows_it(leased, task, *message, sources);
  if (!shown) return fail(AttemptResult::temporary, shown.error());
  auto rendered =
      render_outgoing({.tenant = leased.tenant,
                       .id = leased.id,
                       .send = leased.send,
                       .task = *shown ? &**shown : nullptr,
                       .message = *message ? &**message : nullptr,
                       .content = answer ? &*answer : nullptr,
                       .templates = &work.policy->rules->templates(),
                       .answer_goes_to = answer_goes_to(messages_, leased.send, task, *message, *work.policy),
                       .at = leased.created_at,
                       .zone = work.policy->zone()},
                      work.policy->settings.render, channel_.capabilities());
  if (!rendered) return fail(AttemptResult::permanent, rendered.error());
  work.outgoing = std::move(*rendered);
  work.outgoing.secret = work.policy->settings.webhook_secret;
  work.ready = true;
}

Status DeliveryService::send(std::vector<Work>& works, Deadline lease_end, Report& report) {
  std::vector<Work*> waiting;
  for (auto& work : works)
    if (work.ready) waiting.push_back(&work);
  const auto together = channel_.capabilities().together;
  for (std::size_t next = 0; next < waiting.size() && !stopping_;) {
    // Whatever has taken the time until here: what its lease does not cover is given back, since it may be sent by
    // somebody else before it would be answered to us.
    if (clock_.steady() + settings_.send_time > lease_end) break;
    const auto count = together == 0 ? waiting.size() : std::min(together, waiting.size() - next);
    const auto batch = std::span(waiting).subspan(next, count);
    next += count;
    if (channel_.capabilities().own_receivers && !may_enter(*batch.front())) {
      note_outcome(*batch.front());
      ORGO_CHECK(tell(report));
      continue;
    }
    ORGO_CHECK(send_together(batch, lease_end, report));
  }
  return {};
}

/// The channel tells of each as soon as its peer has answered; nothing further goes out until that is durable.
Status DeliveryService::send_together(std::span<Work*> waiting, Deadline lease_end, Report& report) {
  std::vector<Outgoing> batch;
  for (auto* const work : waiting) {
    work->attempt.message_id = work->outgoing.message_id;
    work->outgoing.at = clock_.now();
    work->begun_at = clock_.steady();
    batch.push_back(std::move(work->outgoing));
  }
  Status told;
  std::size_t answered = 0;
  channel_.send_each(batch, within(settings_.send_time), [&](std::size_t place, SendResult result) {
    auto& work = *waiting[place];
    ++answered;
    work.attempt.created_at = watch_.waiting_since(work.leased.created_at, clock_.now(), clock_.steady());
    end_by_result(work.attempt, work.retry, result, sending_address(work.policy->settings.render), clock_.now(),
                  random_());
    note_health(work, result);
    note_outcome(work);
    if (ORGO_PLANT(outcomes_after_the_batch)) return true;
    told = tell(report);
    return told && !stopping_ && clock_.steady() < lease_end;
  });
  if (ORGO_PLANT(outcomes_after_the_batch)) told = tell(report);
  ORGO_CHECK(told);
  for (std::size_t i = answered; i < waiting.size() && !waiting[i]->receiver.empty(); ++i)
    state_->gate.leave(waiting[i]->receiver, true, clock_.steady());
  return {};
}

bool DeliveryService::may_enter(Work& work) {
  const auto receiver = receiver_of(work.leased.send.recipient);
  const auto now = clock_.steady();
  const auto again = state_->gate.enter(receiver, now);
  if (!again) {
    work.receiver = receiver;
    return true;
  }
  const auto wait = std::chrono::ceil<Millis>(*again - now);
  end_untried(work.attempt, work.retry, "held: " + receiver + " is busy with other calls or did not answer them",
              clock_.now() + wait, clock_.now());
  return false;
}

void DeliveryService::note_health(const Work& work, const SendResult& result) {
  const auto now = clock_.steady();
  const bool failed = result.kind == SendResult::Kind::unknown || result.kind == SendResult::Kind::temporary;
  if (!work.receiver.empty()) state_->gate.leave(work.receiver, !failed || now - work.begun_at < kSilence, now);
  if (channel_.capabilities().quiet) return;
  const auto& to = work.leased.send.recipient;
  if (result.kind == SendResult::Kind::delivered) {
    const auto age = std::chrono::duration<double>(clock_.now() - work.leased.created_at).count();
    probe().delay.observe(std::max(age, 0.0));
    if (state_->health.delivered(to)) {
      probe().refuses_us.with({channel_.capabilities().name}).set(0);
      log::info("delivery.taken_again", {{"lane", lane_}});
      // What was held for it need not wait for its time.
      if (!ORGO_PLANT(taken_again_and_held_on))
        (void)outbox_.cap_waits(clock_.now(), work.retry.first, work.retry.first, lane_);
    }
    return;
  }
  if (result.kind != SendResult::Kind::permanent || result.stage == SendResult::Stage::none) return;
  const auto about = work.attempt.about;
  if (about == About::us) probe().refuses_us.with({channel_.capabilities().name}).set(1);
  if (about == About::us && state_->health.refused_us(result.detail, clock_.now()))
    log::error("delivery.refused_us", {{"lane", lane_}, {"answer", result.detail}});
  if (about != About::us && work.attempt.ours && state_->health.refused_ours(to, result.detail, clock_.now()))
    log::error("delivery.refuses_our_own", {{"to", to_string(to)}, {"answer", result.detail}});
}

void DeliveryService::note_outcome(const Work& work) {
  std::erase_if(unsent_,
                [&](const LeasedSend& one) { return one.id == work.leased.id && one.tenant == work.leased.tenant; });
  // Whose policy is not known has nobody put on a list either.
  const auto suppression = work.policy ? work.policy->settings.decide.suppression : SuppressionPolicy{.enabled = false};
  untold_.push_back(outcome_of(work.attempt, channel_.capabilities(), suppression, clock_.now()));
}

Status DeliveryService::tell(Report& report) {
  if (untold_.empty()) return {};
  auto answers = changes_.commit(untold_, within(kCommitTime));
  if (!answers) return tl::unexpected(std::move(answers).error());  // all of it stays untold, and is told again
  std::vector<Changes> retold;
  for (std::size_t i = 0; i < untold_.size(); ++i) {
    const auto& changes = untold_[i];
    const auto& outcome = changes.all<SendOutcome>().front();
    if ((*answers)[i]) {
      note(changes, outcome, channel_.capabilities().name, report);
    } else if (!changes.all<SuppressionChange>().empty()) {
      // Two mails of one step failed for the same address: its entry has another version now. What it says is there
      // already.
      auto alone = changes;
      alone.remove_all<SuppressionChange>();
      if (!ORGO_PLANT(suppression_is_told_twice))
        std::erase_if(alone.events, [](const Event& one) { return one.kind == EventKind::suppression_added; });
      retold.push_back(std::move(alone));
      continue;
    } else {
      // Its lease ran out and somebody else sent it, or an earlier call of ours got through and its answer was lost.
      ++report.stale;
      log::debug("delivery.stale", {{"send", to_string(outcome.send)}, {"cause", (*answers)[i].error().message}});
    }
    state_->under_way.remove(changes.tenant, outcome.send);
  }
  untold_ = std::move(retold);
  return untold_.empty() ? Status{} : tell(report);
}

}  // namespace orgo
