#include "service/processing/processor.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "base/planted.h"
#include "base/store_trouble.h"
#include "core/bounce/bounce.h"
#include "core/mail/findings/find_auto_reply.h"
#include "core/mail/findings/find_bounce.h"
#include "core/mail/read/read_message.h"
#include "core/processing/context.h"
#include "core/processing/message_decision.h"
#include "core/task/task_change.h"
#include "service/answers/answer_address.h"
#include "service/processing/probe.h"
#include "service/processing/processor_round.h"

namespace orgo {
namespace {

ProcessingProbe& probe() {
  static ProcessingProbe instance;
  return instance;
}

constexpr std::size_t kSuspectsMost = 1'000;
constexpr int kRounds = 8;  ///< of one batch that decide nothing; what is left then comes with a later one
/// How long a reply waits for the mail that it answers, when that is known and not yet decided: then it goes on
/// without.
constexpr std::array<Millis, 3> kPatience{Millis{100}, Millis{1'000}, Millis{5'000}};
constexpr Millis kPolicyWait{15'000};  ///< until a message is tried again whose tenant has no policy that can be loaded
constexpr auto kCommitTime = std::chrono::seconds(60);

/// Where whoever is answered by a colleague's mail wants answers.
void find_answer_to(MessageStore& messages, const Task& task, const Policy& policy, LastWord& word) {
  const bool by_requester = word.from.empty();
  word.answer_to =
      answer_address(messages, by_requester ? task : as_asked_by(task, word.from, {}), word.message, policy);
}

}  // namespace

Processor::Processor(MessageStore& messages, WorkStore& work, WorkHints& hints, ContextReader& context,
                     ChangeStore& changes, Clock& clock, PolicyOf policies, ProcessingSettings settings)
    : messages_(messages), work_(work), hints_(hints), context_(context), changes_(changes), clock_(clock),
      policies_(std::move(policies)), settings_(std::move(settings)) {}

Result<Processor::Report> Processor::step() {
  Report report;
  ORGO_TRY(leases, claim());
  report.leased = static_cast<int>(leases.size());
  if (leases.empty()) return report;
  const auto status = work_off(leases, report);
  if (!status && !is_store_trouble(status.error().code) && !ORGO_PLANT(refused_question_stops_all))
    return refused(leases, status.error(), report);
  if (!status) {
    unfinished_ = std::move(leases);
    return tl::unexpected(status.error());
  }
  return report;
}

/// The store is well and refuses something about one of them. Which one shows when each is at work alone; who is alone
/// here is it, and has failed.
Result<Processor::Report> Processor::refused(const std::vector<WorkLease>& leases, const Error& why, Report& report) {
  const auto now = clock_.now();
  log::warn("processing.refused", {{"messages", leases.size()}, {"cause", why.message}});
  if (leases.size() == 1) {
    ++report.retried;
    probe().retried.add();
    ORGO_CHECK(work_.retry(leases[0], now + backoff(leases[0].attempts), why.message));
    return report;
  }
  ORGO_CHECK(work_.give_back(leases, now));
  for (const auto& lease : leases) work_alone(lease.key);
  return report;
}

/// Hints whose claim failed are kept and claimed by the next step, so that work resumes as soon as the store does:
/// nobody else hears of them before the hints think this worker dead. What can't be claimed is gone, dead or another
/// worker's, and was heard of once too often.
Result<std::vector<WorkLease>> Processor::claim() {
  const auto now = clock_.now();
  if (!unfinished_.empty()) {
    if (now < unfinished_until_) return std::exchange(unfinished_, {});
    // However long the store was in trouble: that is no failure of what waited meanwhile.
    ORGO_CHECK(work_.give_back(unfinished_, now));
    announce(std::exchange(unfinished_, {}), now);
  }
  unfinished_until_ = now + settings_.lease_time;
  // In turn with the rest, so that neither waits for the other.
  if (!suspects_.empty() && std::exchange(suspects_turn_, false)) return claim_suspect(now);
  suspects_turn_ = true;
  auto hints = std::exchange(unclaimed_, {});
  if (hints.empty()) hints = hints_.take(WorkKind::process, settings_.batch, now);
  if (hints.empty()) return claim_suspect(now);
  std::vector<WorkKey> keys;
  keys.reserve(hints.size());
  for (const auto& hint : hints) keys.push_back(hint.key);
  const auto suspect_from =
      ORGO_PLANT(suspects_are_claimed_together) ? WorkStore::kAnyAttempts : settings_.attempts_max / 2;
  auto leases = work_.claim(settings_.owner, keys, now, settings_.lease_time, suspect_from);
  if (!leases) {
    unclaimed_ = std::move(hints);
    return leases;
  }
  if (leases->size() < keys.size()) note_suspects(keys, now, suspect_from);
  hints_.ack(hints);
  return leases->empty() ? claim_suspect(now) : leases;
}

/// What there is no room for, or can't be read now, is announced again by the sweeper.
void Processor::note_suspects(std::span<const WorkKey> keys, TimePoint now, int attempts_from) {
  const auto found = work_.often_failed(keys, now, attempts_from);
  if (!found) return;
  for (const auto& key : *found) work_alone(key);
}

void Processor::work_alone(const WorkKey& key) {
  if (suspects_.size() < kSuspectsMost && std::ranges::find(suspects_, key) == suspects_.end())
    suspects_.push_back(key);
}

/// What has failed often is worked on alone, so that it takes no other message with it, and what is blamed on a message
/// is surely its own fault. It is claimed alone, too: a worker that is killed, however often, costs each of many an
/// attempt only when it was at work on it.
Result<std::vector<WorkLease>> Processor::claim_suspect(TimePoint now) {
  while (!suspects_.empty()) {
    ORGO_TRY(leases, work_.claim(settings_.owner, std::span(&suspects_.front(), 1), now, settings_.lease_time));
    suspects_.pop_front();
    if (!leases.empty()) return leases;
  }
  return std::vector<WorkLease>();
}

void Processor::announce(std::span<const WorkLease> leases, TimePoint now) {
  std::vector<WorkKey> keys;
  for (const auto& lease : leases) keys.push_back(lease.key);
  hints_.announce(keys, now);
}

Status Processor::work_off(const std::vector<WorkLease>& leases, Report& report) {
  std::vector<Work> works;
  works.reserve(leases.size());
  for (const auto& lease : leases)
    works.push_back({.lease = lease,
                     .incoming = {.envelope = {.tenant = lease.key.tenant}},
                     .query = {.tenant = lease.key.tenant}});  // until it is read
  ORGO_CHECK(read(works, report));
  // One round decides at least one of those that depend on each other (replies to one task, reports about one address),
  // so it goes on as long as that is true: what is given back has one attempt less, and many replies to one task are no
  // failure.
  const auto until = clock_.now() + settings_.lease_time / 2;
  for (int futile = 0; futile < kRounds && !works.empty() && clock_.now() < until;) {
    const auto before = report.decided;
    ORGO_TRY(left, decide_round(std::move(works), report));
    works = std::move(left);
    if (report.decided == before) ++futile;
  }
  for (const auto& work : works) ORGO_CHECK(give_back(work, Millis{0}, "depends on others of its batch", report));
  return {};
}

Millis Processor::backoff(int attempts) const {
  return std::min(settings_.retry_most, settings_.retry_first * (1 << std::clamp(attempts - 1, 0, 16)));
}

Status Processor::give_back(const Work& work, Millis delay, const std::string& why, Report& report) {
  ++report.retried;
  probe().retried.add();
  return work_.retry(work.lease, clock_.now() + delay, why);
}

/// No failure of the message: it waits until its tenant's rules are mended, and never becomes a dead letter by it.
Status Processor::wait_for_policy(const Work& work, const std::string& why, Report& report) {
  log::warn("processing.no_policy", {{"message", to_string(MessageId{work.lease.key.reference})},
                                     {"tenant", to_string(work.lease.key.tenant)},
                                     {"cause", why}});
  ++report.retried;
  return work_.postpone(work.lease, clock_.now() + std::min(settings_.retry_most, kPolicyWait), why);
}

/// Loads and parses. What can't be read is retried or buried here, and is not in `works` afterwards.
Status Processor::read(std::vector<Work>& works, Report& report) {
  std::vector<std::pair<TenantId, MessageId>> ids;
  ids.reserve(works.size());
  for (const auto& work : works) ids.emplace_back(work.lease.key.tenant, MessageId{work.lease.key.reference});
  auto loaded = messages_.load(ids);
  std::vector<Work> readable;
  readable.reserve(works.size());
  for (std::size_t i = 0; i < works.size(); ++i) {
    auto& work = works[i];
    const auto message = to_string(MessageId{work.lease.key.reference});
    const bool damaged =
        !loaded[i] && (loaded[i].error().code == Errc::corrupt || loaded[i].error().code == Errc::not_found);
    // Trouble of the store is no fault of a message: the step ends, and goes on with the same ones when that is over.
    if (!loaded[i] && !damaged && !ORGO_PLANT(store_trouble_buries)) return tl::unexpected(loaded[i].error());
    // Twice, since what a disk gave once may have been its own mistake.
    const bool hopeless = (damaged && work.lease.attempts > 1) || (ORGO_PLANT(store_trouble_buries) && !loaded[i]);
    auto policy = policies_(work.lease.key.tenant);
    if (!policy && !hopeless) {
      ORGO_CHECK(wait_for_policy(work, policy.error().message, report));
      continue;
    }
    if (work.lease.attempts > settings_.attempts_max || hopeless) {
      // Counted by leases, so that a message that ends the whole process at each attempt is caught here too.
      const auto why = hopeless ? loaded[i].error().message
                                : "gave up after " + std::to_string(settings_.attempts_max) + " attempts";
      ORGO_CHECK(work_.bury(work.lease, clock_.now(), why));
      ++report.buried;
      probe().buried.add();
      log::error("processing.buried", {{"message", message}, {"attempts", work.lease.attempts}, {"cause", why}});
      continue;
    }
    if (!loaded[i]) {
      log::warn("processing.retry",
                {{"message", message}, {"attempt", work.lease.attempts}, {"cause", loaded[i].error().message}});
      ORGO_CHECK(give_back(work, backoff(work.lease.attempts), loaded[i].error().message, report));
      continue;
    }
    work.policy = *std::move(policy);
    parse(work, std::move(*loaded[i]));
    readable.push_back(std::move(work));
  }
  works = std::move(readable);
  return {};
}

void Processor::parse(Work& work, MessageStore::Loaded loaded) const {
  const auto& decide = work.policy->settings.decide;
  auto& incoming = work.incoming;
  incoming.id = loaded.message.id;
  incoming.envelope = std::move(loaded.message.envelope);
  incoming.key = loaded.message.key;
  incoming.known_id = loaded.message.known_id;
  incoming.message = read_message(loaded.bytes);
  if (find_bounce(incoming.envelope, incoming.message) || tells_of_delivery(incoming.message))
    incoming.report = read_bounce(loaded.bytes, incoming.message);
  work.query = context_query(incoming, loaded.bytes,
                             {.domain = decide.domain,
                              .id_key = decide.id_key,
                              .subject_time = settings_.subject_time,
                              .may_wait = static_cast<std::size_t>(work.lease.attempts) <= kPatience.size(),
                              .sender_history = work.policy->rules->needs().sender_history});
  incoming.raw = std::move(loaded.bytes);  // for rules that ask for it
}

Result<std::vector<Processor::Work>> Processor::decide_round(std::vector<Work> works, Report& report) {
  auto free = Round::independent(works);
  auto left = std::move(works);
  std::vector<ContextQuery> queries;
  queries.reserve(free.size());
  for (auto& work : free) queries.push_back(std::move(work.query));
  auto facts = context_.load(queries);
  for (std::size_t i = 0; i < free.size(); ++i) free[i].query = std::move(queries[i]);

  Round round;
  std::vector<Work> decided;
  std::vector<Changes> batch;
  batch.reserve(free.size());
  decided.reserve(free.size());
  for (std::size_t i = 0; i < free.size(); ++i) {
    auto& work = free[i];
    if (!facts[i]) return tl::unexpected(std::move(facts[i]).error());
    auto house = work.policy->settings.decide.own_addresses;
    const auto& sender = work.query.thread.sender;
    if (!facts[i]->thread.tasks.empty() && work.policy->workplace().is_staff(sender)) house.push_back(sender);
    auto context = context_of(work.query, std::move(*facts[i]), house);
    if (context.thread.waits_for) {
      ORGO_CHECK(give_back(work, kPatience.at(static_cast<std::size_t>(work.lease.attempts - 1)),
                           "waits for " + to_string(*context.thread.waits_for), report));
      continue;
    }
    if (!round.take(work.query, context)) {
      left.push_back(std::move(work));
      continue;
    }
    round.add_known(work.query, context);
    // What a colleague writes may go on to the customer: where do they want it?
    if (context.last_word && context.last_word->to_us && context.thread.task &&
        (context.thread.proven || context.last_word->about == context.thread.task->origin))
      find_answer_to(messages_, *context.thread.task, *work.policy, *context.last_word);
    batch.push_back(decide(work.incoming, context, *work.policy->rules, work.policy->settings.decide, clock_.now()));
    round.note(work.query, context, batch.back());
    decided.push_back(std::move(work));
  }
  if (!batch.empty()) ORGO_CHECK(commit(batch, decided, left, report));
  // In the order in which they came: an answer never goes before what it answers.
  if (!ORGO_PLANT(answer_goes_before_its_question))
    std::ranges::sort(left, {}, [](const Work& work) { return work.incoming.id; });
  return left;
}

Status Processor::commit(const std::vector<Changes>& batch, std::vector<Work>& decided, std::vector<Work>& left,
                         Report& report) {
  ORGO_TRY(answers, changes_.commit(batch, within(kCommitTime)));
  std::vector<WorkLease> done;
  done.reserve(decided.size());
  const auto now = clock_.now();
  for (std::size_t i = 0; i < decided.size(); ++i) {
    auto& work = decided[i];
    if (answers[i]) {
      ++report.decided;
      probe().outcomes.at(static_cast<std::size_t>(batch[i].find<MessageDecision>()->outcome))->add();
      probe().delay.observe(std::chrono::duration<double>(now - work.incoming.envelope.received_at).count());
      if (!ORGO_PLANT(done_work_stays)) done.push_back(work.lease);
      continue;
    }
    ORGO_TRY(existing, messages_.decision(work.lease.key.tenant, work.incoming.id));
    if (existing) {
      done.push_back(work.lease);  // an earlier attempt got through
    } else if (answers[i].error().code == Errc::conflict && ++work.conflicts < kRounds) {
      left.push_back(std::move(work));  // somebody changed the task meanwhile: decide again on what is there now
    } else {
      log::warn("processing.retry", {{"message", to_string(work.incoming.id)}, {"cause", answers[i].error().message}});
      ORGO_CHECK(give_back(work, backoff(work.lease.attempts), answers[i].error().message, report));
    }
  }
  work_.complete_without_waiting(done);
  return {};
}

}  // namespace orgo
