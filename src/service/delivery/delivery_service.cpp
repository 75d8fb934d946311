#include "service/delivery/delivery_service.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/json_writer.h"
#include "base/log.h"
#include "core/delivery/send_outcome.h"
#include "core/intake/raw_message.h"
#include "core/mail/read/read_message.h"
#include "core/suppression/suppression_change.h"
#include "core/threading/ids_in_answer.h"
#include "core/threading/reply_subject.h"
#include "core/threading/thread_alias.h"
#include "service/delivery/probe.h"

namespace orgo {
namespace {

DeliveryProbe& probe() {
  static DeliveryProbe instance;
  return instance;
}

constexpr Millis kCommitTime{60'000};
constexpr Millis kTenantCountsAge{10'000};
constexpr Millis kBrakeWait{60'000};  ///< how long a mail waits when too much goes out in all
constexpr std::size_t kDetailMax = 1024;

}  // namespace

struct DeliveryService::Work {
  LeasedSend leased;
  RetryPolicy retry;
  RenderedMail mail;
  RenderedWebhook webhook;
  bool ready = false;  ///< rendered, and not yet answered
  SendOutcome::Kind kind = SendOutcome::Kind::deferred;
  TimePoint next_attempt{};
  std::string detail;
  std::optional<Suppression> suppression;  ///< what was known of the recipient
  std::optional<Task> task;                ///< as it was when the mail was rendered

  /// Ends the attempt as the retry policy says.
  void end(AttemptResult result, std::string why, TimePoint now, double random) {
    ready = false;
    detail = std::move(why);
    const auto decided = decide_retry(retry, result, leased.attempts, leased.created_at, now, random);
    kind = decided.kind;
    next_attempt = decided.next_attempt;
  }
};

namespace {

AttemptResult attempt_result(SendResult::Kind kind) {
  switch (kind) {
    case SendResult::Kind::delivered:
      return AttemptResult::delivered;
    case SendResult::Kind::temporary:
      return AttemptResult::temporary;
    case SendResult::Kind::permanent:
      return AttemptResult::permanent;
    case SendResult::Kind::unknown:
      return AttemptResult::unknown;
  }
  return AttemptResult::temporary;
}

bool is_webhook(const LeasedSend& leased) {
  return leased.send.channel == "webhook";
}
std::string_view channel_label(const LeasedSend& leased) {
  return is_webhook(leased) ? "webhook" : "mail";
}

}  // namespace

DeliveryService::DeliveryService(Outbox& outbox, MessageStore& messages, TaskStore& tasks, ChangeStore& changes,
                                 Clock& clock, MailChannel& mail, WebhookChannel& webhooks, Rules rules, Random random,
                                 DeliverySettings settings)
    : outbox_(outbox), messages_(messages), tasks_(tasks), changes_(changes), clock_(clock), mail_(mail),
      webhooks_(webhooks), rules_(std::move(rules)), random_(std::move(random)), settings_(std::move(settings)) {}

Result<DeliveryService::Report> DeliveryService::step() {
  Report report;
  ORGO_CHECK(tell(report));  // what a peer has taken in an earlier step, before the same could be leased again
  const auto begun = clock_.now();
  ORGO_TRY(leases, outbox_.lease_sends(begun, settings_.lease_time, settings_.batch, settings_.mail ? "" : "webhook"));
  report.leased = static_cast<int>(leases.size());
  if (!leases.empty()) {
    std::vector<Work> works;
    works.reserve(leases.size());
    Sources sources;
    const auto rules = rules_();
    ORGO_CHECK(read_suppressions(leases, sources));
    for (auto& leased : leases) {
      const auto retry = retry_policy(leased.send.priority, settings_.retry);
      works.push_back({.leased = std::move(leased), .retry = retry});
      prepare(works.back(), sources, *rules, begun);
    }
    send_mails(works);
    // What is known is told before the webhooks begin, and each of them by itself: a slow receiver must not keep the
    // outcome of a mail from the store until its lease is over and another worker sends it again.
    for (const auto& work : works)
      if (!work.ready) untold_.push_back(outcome_of(work, clock_.now()));
    ORGO_CHECK(tell(report));
    for (auto& work : works) {
      if (!work.ready) continue;
      if (clock_.now() + settings_.webhook_time > begun + settings_.lease_time)
        break;  // the next who leases it has the time
      send_webhook(work);
      untold_.push_back(outcome_of(work, clock_.now()));
      ORGO_CHECK(tell(report));
    }
  }
  ORGO_TRY(next, outbox_.next_send(settings_.mail ? "" : "webhook"));
  report.next_due = next;
  return report;
}

const Result<std::optional<Task>>& DeliveryService::task_of(Sources& sources, const LeasedSend& leased) {
  const std::pair key{leased.tenant, leased.send.subject.task()};
  auto found = sources.tasks.find(key);
  if (found == sources.tasks.end()) {
    Result<std::optional<Task>> task{std::nullopt};
    if (leased.send.subject.task()) {
      auto read = tasks_.read(leased.tenant, leased.send.subject.task());
      if (read) task = std::optional(std::move(*read));
      else if (read.error().code != Errc::not_found) task = tl::unexpected(std::move(read).error());
    }
    found = sources.tasks.emplace(key, std::move(task)).first;
  }
  return found->second;
}

const Result<std::optional<Message>>& DeliveryService::message_of(Sources& sources, const LeasedSend& leased) {
  const std::pair key{leased.tenant, leased.send.message};
  auto found = sources.messages.find(key);
  if (found == sources.messages.end()) {
    Result<std::optional<Message>> message{std::nullopt};
    if (leased.send.message) {
      const auto bytes = messages_.read_bytes(leased.tenant, leased.send.message);
      if (bytes) message = std::optional(read_message(*bytes));
      // What is damaged or gone must not keep people from being told.
      else if (bytes.error().code != Errc::not_found && bytes.error().code != Errc::corrupt)
        message = tl::unexpected(bytes.error());
    }
    found = sources.messages.emplace(key, std::move(message)).first;
  }
  return found->second;
}

Result<std::array<std::int64_t, kLoopLimits.size()>> DeliveryService::tenant_counts(TenantId tenant, TimePoint now) {
  auto& known = tenant_counts_[tenant];
  const auto age = now - known.at;
  if (age >= Millis{0} && age < kTenantCountsAge) return known.counts;
  for (std::size_t i = 0; i < kLoopLimits.size(); ++i) {
    ORGO_TRY(counted, outbox_.count_sends(tenant, TaskNumber{}, now - kLoopLimits.at(i).window));
    known.counts.at(i) = counted;
  }
  known.at = now;
  return known.counts;
}

Result<LoopDecision> DeliveryService::check_loops(const LeasedSend& leased, TimePoint now) {
  std::array<LoopCount, kLoopLimits.size()> counts;
  ORGO_TRY(in_all, tenant_counts(leased.tenant, now));
  for (std::size_t i = 0; i < counts.size(); ++i) counts.at(i).in_all = in_all.at(i);
  const auto& send = leased.send;
  const auto task = send.subject.task();
  if (!task) return check_loop_limits(counts, settings_.loop_total_factor);
  ORGO_TRY(longest,
           outbox_.count_sends(leased.tenant, task, now - kLoopLimits.back().window, send.recipient, leased.id));
  counts.back().of_task = longest;
  if (surely_within_limits(counts.back(), settings_.loop_total_factor)) return LoopDecision{};
  for (std::size_t i = 0; i + 1 < counts.size(); ++i) {
    ORGO_TRY(counted,
             outbox_.count_sends(leased.tenant, task, now - kLoopLimits.at(i).window, send.recipient, leased.id));
    counts.at(i).of_task = counted;
  }
  return check_loop_limits(counts, settings_.loop_total_factor);
}

Result<LoopDecision> DeliveryService::check_answers(const LeasedSend& leased, Sources& sources, TimePoint now) {
  const auto& send = leased.send;
  ORGO_TRY(answers,
           outbox_.answers_to(leased.tenant, send.recipient, now - std::max(kAnswerTime, kLoopLimits.back().window),
                              leased.id, static_cast<int>(kLoopLimits.back().mails) + 100));
  AnswerCount count;
  for (const auto& answer : answers)
    for (std::size_t i = 0; i < kLoopLimits.size(); ++i)
      if (answer.created_at >= now - kLoopLimits.at(i).window) ++count.to_address.at(i);
  const auto& task = task_of(sources, leased);
  if (!task) return tl::unexpected(task.error());
  if (!*task) return check_answer_limits(count);
  const auto subject = plain_subject((*task)->title);
  int looked_at = 0;
  for (const auto& answer : answers) {
    if (answer.id == leased.id || answer.send.template_name != send.template_name ||
        answer.created_at < now - kAnswerTime)
      continue;
    if (answer.state == SendState::refused || answer.state == SendState::failed || ++looked_at > 20) continue;
    LeasedSend earlier{.tenant = leased.tenant};
    earlier.send.subject = answer.send.subject;
    const auto& other = task_of(sources, earlier);
    if (!other) return tl::unexpected(other.error());
    if (!*other || plain_subject((*other)->title) != subject) continue;
    count.earlier = to_string(answer.id) + (answer.send.subject ? " of " + to_string(answer.send.subject) : "");
    break;
  }
  return check_answer_limits(count);
}

Status DeliveryService::read_suppressions(const std::vector<LeasedSend>& leases, Sources& sources) {
  std::map<TenantId, std::vector<std::string>> addresses;
  for (const auto& leased : leases) {
    if (is_webhook(leased)) continue;
    auto& of_tenant = addresses[leased.tenant];
    auto key = suppression_key(leased.send.recipient);
    if (std::find(of_tenant.begin(), of_tenant.end(), key) == of_tenant.end()) of_tenant.push_back(std::move(key));
  }
  for (const auto& [tenant, of_tenant] : addresses) {
    ORGO_TRY(found, outbox_.find_suppressions(tenant, of_tenant));
    for (auto& entry : found) {
      std::pair key{tenant, entry.address};
      sources.suppressions.insert_or_assign(std::move(key), std::move(entry));
    }
  }
  return {};
}

void DeliveryService::prepare(Work& work, Sources& sources, const rules::RuleSet& rules, TimePoint now) {
  const auto& leased = work.leased;
  const auto fail = [&](AttemptResult result, std::string why) { work.end(result, std::move(why), now, random_()); };

  if (!is_webhook(leased)) {
    if (const auto known = sources.suppressions.find({leased.tenant, suppression_key(leased.send.recipient)});
        known != sources.suppressions.end()) {
      work.suppression = known->second;
      if (blocks(known->second, now)) {
        work.kind = SendOutcome::Kind::refused;
        work.detail = refusal_words(known->second);
        return;
      }
    }
  }
  auto loops = check_loops(leased, now);
  if (loops && loops->verdict == LoopVerdict::go && leased.send.kind == SendKind::reply)
    loops = check_answers(leased, sources, now);
  if (!loops) return fail(AttemptResult::temporary, loops.error().message);
  if (loops->verdict == LoopVerdict::refuse) {
    work.kind = SendOutcome::Kind::refused;
    work.detail = loops->detail;
    return;
  }
  if (loops->verdict == LoopVerdict::defer) {
    // Not the peer's fault: only its age can end it, not the number of times that it had to wait.
    const bool too_old = now - leased.created_at >= work.retry.age_max;
    work.kind = too_old ? SendOutcome::Kind::failed : SendOutcome::Kind::deferred;
    work.next_attempt =
        now + kBrakeWait + Millis{static_cast<std::int64_t>(random_() * static_cast<double>(kBrakeWait.count()))};
    work.detail = loops->detail;
    return;
  }

  const auto& task = task_of(sources, leased);
  if (!task) return fail(AttemptResult::temporary, task.error().message);
  work.task = *task;
  const auto& message = message_of(sources, leased);
  if (!message) return fail(AttemptResult::temporary, message.error().message);
  const RenderInput input{.id = leased.id,
                          .send = leased.send,
                          .task = *task ? &**task : nullptr,
                          .message = *message ? &**message : nullptr,
                          .templates = &rules.templates(),
                          .at = leased.created_at,
                          .zone = rules.workplace().zone(settings_.render.zone)};
  if (is_webhook(leased)) {
    auto rendered = render_webhook(input, settings_.render);
    if (!rendered) return fail(AttemptResult::permanent, rendered.error().message);
    work.webhook = std::move(*rendered);
  } else {
    auto rendered = render_mail(input, settings_.render);
    if (!rendered) return fail(AttemptResult::permanent, rendered.error().message);
    work.mail = std::move(*rendered);
  }
  work.ready = true;
}

void DeliveryService::send_mails(std::vector<Work>& works) {
  std::vector<OutgoingMail> mails;
  std::vector<Work*> senders;
  for (auto& work : works) {
    if (!work.ready || is_webhook(work.leased)) continue;
    mails.push_back({work.mail.sender, work.mail.recipient, std::move(work.mail.text)});
    senders.push_back(&work);
  }
  if (mails.empty()) return;
  auto results = mail_.send(mails, within(settings_.send_time));
  results.resize(mails.size());  // a channel that answers too little: temporary
  const auto now = clock_.now();
  for (std::size_t i = 0; i < senders.size(); ++i)
    senders[i]->end(attempt_result(results[i].kind), std::move(results[i].detail), now, random_());
}

void DeliveryService::send_webhook(Work& work) {
  auto result = webhooks_.post(
      {.url = work.webhook.url, .id = work.webhook.id, .body = std::move(work.webhook.body), .at = clock_.now()},
      within(settings_.webhook_time));
  work.end(attempt_result(result.kind), std::move(result.detail), clock_.now(), random_());
}

Changes DeliveryService::outcome_of(const Work& work, TimePoint now) {
  const auto& leased = work.leased;
  auto detail = work.detail.substr(0, kDetailMax);
  Changes changes{.tenant = leased.tenant};
  changes.at = now;

  Event event;
  event.subject = leased.send.subject;
  event.message = leased.send.message;
  event.send = leased.id;
  event.at = now;
  event.actor = "delivery";
  JsonWriter json(event.data);
  json.begin_object()
      .field("channel", channel_label(leased))
      .field("to", leased.send.recipient)
      .field("attempt", leased.attempts);
  switch (work.kind) {
    case SendOutcome::Kind::delivered:
      event.kind = EventKind::send_delivered;
      if (!work.mail.message_id.empty()) json.field("message_id", work.mail.message_id);
      json.field("answer", detail);
      break;
    case SendOutcome::Kind::deferred:
      event.kind = EventKind::send_deferred;
      json.field("next", to_rfc3339(work.next_attempt)).field("cause", detail);
      break;
    case SendOutcome::Kind::failed:
      event.kind = EventKind::send_failed;
      json.field("cause", detail);
      break;
    case SendOutcome::Kind::refused:
      event.kind = EventKind::send_refused;
      json.field("cause", detail);
      break;
  }
  json.end_object();
  changes.events.push_back(std::move(event));
  changes.add(SendOutcome{.send = leased.id,
                          .lease = leased.lease,
                          .kind = work.kind,
                          .next_attempt = work.next_attempt,
                          .detail = std::move(detail)});
  if (work.kind == SendOutcome::Kind::failed && !is_webhook(leased)) follow_failure(work, changes, now);
  if (work.kind == SendOutcome::Kind::delivered && !is_webhook(leased) && leased.send.subject)
    for (const auto& id : ids_in_answer(work.detail))
      changes.add(ThreadAlias{message_id_hash(leased.tenant, id), leased.send.subject.task(), leased.id});
  return changes;
}

void DeliveryService::follow_failure(const Work& work, Changes& changes, TimePoint now) {
  const auto& leased = work.leased;
  note_failure(changes, work.suppression,
               {.address = leased.send.recipient,
                .verdict = judge_answer(work.detail),
                .reason = std::string(to_string(reason_of_answer(work.detail))),
                .detail = work.detail,
                .message = {},
                .send = leased.id,
                .task = leased.send.subject.task(),
                .actor = "delivery"},
               settings_.suppression, now);
  if (leased.send.kind != SendKind::reply || !work.task) return;
  if (auto told = lost_answer(*work.task, leased.id, leased.send.recipient, work.detail, now))
    changes.sends.push_back(std::move(*told));
}

Status DeliveryService::tell(Report& report) {
  if (untold_.empty()) return {};
  auto answers = changes_.commit(untold_, within(kCommitTime));
  if (!answers) return tl::unexpected(std::move(answers).error());  // all of it stays untold, and is told again
  std::vector<Changes> retold;
  for (std::size_t i = 0; i < untold_.size(); ++i) {
    const auto& changes = untold_[i];
    const auto& outcome = changes.all<SendOutcome>().front();
    const auto& event = changes.events.front();
    const auto send = to_string(outcome.send), task = to_string(event.subject.task());
    if (!(*answers)[i]) {
      if (!changes.all<SuppressionChange>().empty()) {
        // Two mails of one step failed for the same address: its entry has another version now. What it says is there
        // already.
        auto alone = changes;
        alone.remove_all<SuppressionChange>();
        std::erase_if(alone.events, [](const Event& one) { return one.kind == EventKind::suppression_added; });
        retold.push_back(std::move(alone));
        continue;
      }
      // Its lease ran out and somebody else sent it, or an earlier call of ours got through and its answer was lost.
      ++report.stale;
      log::debug("delivery.stale", {{"send", send}, {"cause", (*answers)[i].error().message}});
      continue;
    }
    const auto channel = event.data.find(R"("channel":"webhook")") == std::string::npos ? "mail" : "webhook";
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
        log::error("delivery.failed",
                   {{"send", send}, {"task", task}, {"channel", channel}, {"cause", outcome.detail}});
        break;
      case SendOutcome::Kind::refused:
        ++report.refused;
        probe().refused.with({channel}).add();
        log::warn("delivery.refused", {{"send", send}, {"task", task}, {"cause", outcome.detail}});
        break;
    }
  }
  untold_ = std::move(retold);
  return untold_.empty() ? Status{} : tell(report);
}

}  // namespace orgo
