#include "service/processing/processor.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/log.h"
#include "core/bounce/bounce.h"
#include "core/mail/findings/find_auto_reply.h"
#include "core/mail/findings/find_bounce.h"
#include "core/mail/findings/find_own_loop.h"
#include "core/mail/read/read_message.h"
#include "core/processing/message_decision.h"
#include "core/threading/find_thread.h"
#include "service/processing/probe.h"

namespace orgo {
namespace {

ProcessingProbe& probe() {
  static ProcessingProbe instance;
  return instance;
}

constexpr int kRounds = 8;  ///< of one batch that decide nothing; what is left then comes with a later one
/// How long a reply waits for the mail that it answers, when that is known and not yet decided: then it goes on
/// without.
constexpr std::array<Millis, 3> kPatience{Millis{100}, Millis{1'000}, Millis{5'000}};
constexpr auto kCommitTime = std::chrono::seconds(60);

}  // namespace

struct Processor::Work {
  WorkLease lease;
  Incoming incoming;
  ThreadQuery thread;
  SendId reported;  ///< the mail of ours that a bounce names; 0: none
  int conflicts = 0;
};

Processor::Processor(MessageStore& messages, WorkStore& work, WorkHints& hints, TaskStore& tasks, Outbox& outbox,
                     ChangeStore& changes, Clock& clock, Rules rules, ProcessingSettings settings)
    : messages_(messages), work_(work), hints_(hints), tasks_(tasks), outbox_(outbox), changes_(changes), clock_(clock),
      rules_(std::move(rules)), settings_(std::move(settings)) {}

Result<Processor::Report> Processor::step() {
  Report report;
  ORGO_TRY(leases, claim());
  report.leased = static_cast<int>(leases.size());
  if (leases.empty()) return report;
  const auto status = work_off(leases, report);
  if (!status) {
    unfinished_ = std::move(leases);
    return tl::unexpected(status.error());
  }
  return report;
}

/// Hints whose claim failed are kept and claimed by the next step, so that work resumes as soon as the store does:
/// nobody else hears of them before the hints think this worker dead. What can't be claimed is gone, dead or another
/// worker's, and was heard of once too often.
Result<std::vector<WorkLease>> Processor::claim() {
  const auto now = clock_.now();
  auto left = std::exchange(unfinished_, {});
  if (!left.empty() && now < unfinished_until_) return left;
  unfinished_until_ = now + settings_.lease_time;
  auto hints = std::exchange(unclaimed_, {});
  if (hints.empty()) hints = hints_.take(WorkKind::process, settings_.batch, now);
  if (hints.empty()) return std::vector<WorkLease>();
  std::vector<WorkKey> keys;
  keys.reserve(hints.size());
  for (const auto& hint : hints) keys.push_back(hint.key);
  auto leases = work_.claim(settings_.owner, keys, now, settings_.lease_time);
  if (leases) hints_.ack(hints);
  else unclaimed_ = std::move(hints);
  return leases;
}

Status Processor::work_off(const std::vector<WorkLease>& leases, Report& report) {
  std::vector<Work> works;
  works.reserve(leases.size());
  for (const auto& lease : leases)
    works.push_back({.lease = lease, .incoming = {.envelope = {.tenant = lease.key.tenant}}});  // until it is read
  ORGO_CHECK(read(works, report));
  const auto rules = rules_();
  // One round decides at least one of those that depend on each other (replies to one task, reports about one address),
  // so it goes on as long as that is true: what is given back has one attempt less, and many replies to one task are no
  // failure.
  const auto until = clock_.now() + settings_.lease_time / 2;
  for (int futile = 0; futile < kRounds && !works.empty() && clock_.now() < until;) {
    const auto before = report.decided;
    ORGO_TRY(left, decide_round(std::move(works), *rules, report));
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
    const bool hopeless =
        !loaded[i] && (loaded[i].error().code == Errc::corrupt || loaded[i].error().code == Errc::not_found);
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
    auto& stored = loaded[i]->message;
    work.incoming.id = stored.id;
    work.incoming.envelope = std::move(stored.envelope);
    work.incoming.key = stored.key;
    work.incoming.known_id = stored.known_id;
    work.incoming.message = read_message(loaded[i]->bytes);
    const auto& mail = work.incoming.message;
    const auto& decide = settings_.decide;
    work.thread = thread_query(work.incoming, decide.domain, decide.id_key, settings_.subject_time);
    work.thread.may_wait = static_cast<std::size_t>(work.lease.attempts) <= kPatience.size();
    if (find_bounce(work.incoming.envelope, mail) || tells_of_delivery(mail)) {
      work.incoming.report = read_bounce(loaded[i]->bytes, mail);
      auto own = parse_own_message_id(work.lease.key.tenant, work.incoming.report->original_message_id, decide.domain,
                                      decide.id_key);
      if (!own) own = find_own_message_id(work.lease.key.tenant, loaded[i]->bytes, decide.domain, decide.id_key);
      if (own) work.reported = own->send;
    }
    work.incoming.raw = std::move(loaded[i]->bytes);  // for rules that ask for it
    readable.push_back(std::move(work));
  }
  works = std::move(readable);
  return {};
}

Result<Context> Processor::context_of(const Work& work) {
  Context context;
  ORGO_TRY(facts, thread_facts(work));
  context.thread = find_thread(work.thread, facts, settings_.decide.own_addresses);
  if (!context.thread.waits_for && work.incoming.report) ORGO_CHECK(find_reported(work, context));
  if (context.thread.same_content && context.thread.task) {
    ORGO_TRY(told, tasks_.participants(work.lease.key.tenant, context.thread.task->number));
    context.told = std::move(told);
  }
  return context;
}

Result<ThreadFacts> Processor::thread_facts(const Work& work) {
  const auto tenant = work.lease.key.tenant;
  ThreadFacts facts;
  if (const auto ids = known_ids(work.thread); !ids.empty()) {
    ORGO_TRY(known, messages_.find_known(tenant, ids, kKnownPerId));
    facts.known = std::move(known);
  }
  if (const auto ids = alias_ids(work.thread); !ids.empty()) {
    ORGO_TRY(aliases, tasks_.find_aliases(tenant, ids));
    facts.aliases = std::move(aliases);
  }
  const auto needs = thread_needs(work.thread, facts);
  for (const auto number : {needs.task, needs.claimed, needs.shared}) {
    if (!number) continue;
    auto task = tasks_.read(tenant, number);
    if (task) facts.tasks.push_back(std::move(*task));
    else if (task.error().code != Errc::not_found) return tl::unexpected(std::move(task).error());
  }
  if (needs.claimed && !facts.tasks.empty()) {
    ORGO_TRY(participants, tasks_.participants(tenant, needs.claimed));
    facts.participants = std::move(participants);
  }
  if (needs.shared) {
    ORGO_TRY(sharers, tasks_.participants(tenant, needs.shared));
    facts.sharers = std::move(sharers);
  }
  if (needs.same_subject) {
    ORGO_TRY(tasks, tasks_.tasks_of_requester(tenant, work.thread.sender, *work.thread.since, kSameSubjectTasks));
    facts.of_sender = std::move(tasks);
  }
  return facts;
}

Status Processor::find_reported(const Work& work, Context& context) {
  const auto tenant = work.lease.key.tenant;
  context.reported = work.reported;
  if (!context.reported) {
    // A relay may have given the mail an id of its own, which the report then names.
    const auto& original = work.incoming.report->original_message_id;
    if (original.empty()) return {};
    auto ids = thread_hints(Message{.in_reply_to = original}, tenant).message_ids;
    std::vector<std::int64_t> hashes;
    for (const auto& id : ids) hashes.push_back(message_id_hash(tenant, id));
    ORGO_TRY(aliases, tasks_.find_aliases(tenant, hashes));
    for (const auto& alias : aliases)
      if (alias.send) context.reported = alias.send;
    if (!context.reported) return {};
  }
  auto sent = outbox_.read_send(tenant, context.reported);
  if (!sent) return sent.error().code == Errc::not_found ? Status{} : Status(tl::unexpected(std::move(sent).error()));
  const std::array addresses{contact_key(sent->send.recipient)};
  ORGO_TRY(entries, outbox_.find_suppressions(tenant, addresses));
  if (!entries.empty()) context.suppression = std::move(entries.front());
  if (sent->send.subject.task() && (!context.thread.task || context.thread.task->number != sent->send.subject.task())) {
    auto task = tasks_.read(tenant, sent->send.subject.task());
    if (task) {
      context.thread.task = std::move(*task);
      context.thread.evidence = "a report about " + to_string(context.reported);
    } else if (task.error().code != Errc::not_found) {
      return tl::unexpected(std::move(task).error());
    }
  }
  context.reported_mail = SentMail{context.reported, std::move(sent->send), sent->state, sent->attempts};
  return {};
}

Result<std::vector<Processor::Work>> Processor::decide_round(std::vector<Work> works, const rules::RuleSet& rules,
                                                             Report& report) {
  std::vector<Work> left;
  std::vector<Work> decided;
  std::vector<Changes> batch;
  std::unordered_set<std::int64_t> undecided_ids;     // Message-IDs of this batch whose decision is not committed yet
  std::unordered_set<std::int64_t> touched_tasks;     // changed in this round: a second change must see the first
  std::unordered_set<std::string> touched_addresses;  // the same of the suppression list
  std::unordered_map<std::string, rules::SenderHistory> senders;  // of this round
  const bool asks_for_sender = rules.needs().sender_history;
  batch.reserve(works.size());
  decided.reserve(works.size());
  for (auto& work : works) {
    const auto own = work.incoming.key.id_hash;
    const auto pending = [&](std::int64_t hash) { return undecided_ids.contains(hash); };
    const bool depends = pending(own) || std::ranges::any_of(work.thread.answers, pending);
    undecided_ids.insert(own);
    undecided_ids.insert(work.thread.aliases.begin(), work.thread.aliases.end());
    undecided_ids.insert(work.thread.answers.begin(), work.thread.answers.end());
    if (depends) {
      left.push_back(std::move(work));
      continue;
    }
    ORGO_TRY(context, context_of(work));
    if (context.thread.waits_for) {
      ORGO_CHECK(give_back(work, kPatience.at(static_cast<std::size_t>(work.lease.attempts - 1)),
                           "waits for " + to_string(*context.thread.waits_for), report));
      continue;
    }
    if (context.thread.task && !touched_tasks.insert(context.thread.task->number.value).second) {
      left.push_back(std::move(work));
      continue;
    }
    if (context.reported_mail && !touched_addresses.insert(contact_key(context.reported_mail->send.recipient)).second) {
      left.push_back(std::move(work));
      continue;
    }
    const auto& sender = sender_of(work.incoming.envelope, work.incoming.message);
    const auto sender_key = std::to_string(work.lease.key.tenant.value) + ' ' + sender;
    if (asks_for_sender) {
      ORGO_TRY(history, tasks_.sender_history(work.lease.key.tenant, sender, work.incoming.id));
      // What this round decides is not stored yet, and is known all the same.
      const auto& fresh = senders[sender_key];
      context.sender = rules::SenderHistory{history.earlier_messages + fresh.earlier_messages,
                                            history.open_tasks + fresh.open_tasks};
    }
    batch.push_back(decide(work.incoming, context, rules, settings_.decide, clock_.now()));
    if (asks_for_sender) {
      auto& fresh = senders[sender_key];
      ++fresh.earlier_messages;
      if (batch.back().find<MessageDecision>()->outcome == Outcome::task_opened) ++fresh.open_tasks;
    }
    decided.push_back(std::move(work));
  }
  if (batch.empty()) return left;

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
      done.push_back(work.lease);
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
  return left;
}

}  // namespace orgo
