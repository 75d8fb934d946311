#include "service/processing/processor.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/log.h"
#include "core/message/read_message.h"
#include "service/processing/probe.h"

namespace orgo {
namespace {

ProcessingProbe& probe() {
  static ProcessingProbe instance;
  return instance;
}

constexpr int kRounds = 8;  ///< of one batch; what is left then comes with a later one
/// How long a reply waits for the mail that it answers, when that is known and not yet decided: then it goes on without.
constexpr std::array<Millis, 3> kPatience{Millis{100}, Millis{1'000}, Millis{5'000}};
constexpr auto kCommitTime = std::chrono::seconds(60);

}  // namespace

struct Processor::Work {
  QueueLease lease;
  Incoming incoming;
  ThreadHints hints;
  std::vector<std::int64_t> hashes;  ///< of hints.message_ids, in their order
  int conflicts = 0;
};

Processor::Processor(MessageStore& messages, Queue& queue, TaskStore& tasks, ChangeStore& changes, Clock& clock, Rules rules,
                     ProcessingSettings settings)
    : messages_(messages), queue_(queue), tasks_(tasks), changes_(changes), clock_(clock), rules_(std::move(rules)),
      settings_(std::move(settings)) {}

Result<Processor::Report> Processor::step() {
  Report report;
  ORGO_TRY(leases, lease());
  report.leased = static_cast<int>(leases.size());
  if (leases.empty()) return report;
  const auto status = work_off(leases, report);
  if (!status) {
    unfinished_ = std::move(leases);
    return tl::unexpected(status.error());
  }
  return report;
}

Result<std::vector<QueueLease>> Processor::lease() {
  const auto now = clock_.now();
  auto left = std::exchange(unfinished_, {});
  if (!left.empty() && now < unfinished_until_) return left;
  unfinished_until_ = now + settings_.lease_time;
  return queue_.lease("process", now, settings_.lease_time, settings_.batch);
}

Status Processor::work_off(const std::vector<QueueLease>& leases, Report& report) {
  std::vector<Work> works(leases.size());
  for (std::size_t i = 0; i < leases.size(); ++i) works[i].lease = leases[i];
  ORGO_CHECK(read(works, report));
  const auto rules = rules_();
  for (int round = 0; round < kRounds && !works.empty(); ++round) {
    ORGO_TRY(left, decide_round(std::move(works), *rules, report));
    works = std::move(left);
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
  return queue_.retry(work.lease, clock_.now() + delay, why);
}

/// Loads and parses. What can't be read is retried or buried here, and is not in `works` afterwards.
Status Processor::read(std::vector<Work>& works, Report& report) {
  std::vector<std::pair<TenantId, MessageId>> ids;
  ids.reserve(works.size());
  for (const auto& work : works) ids.emplace_back(work.lease.tenant, MessageId{work.lease.reference});
  auto loaded = messages_.load(ids);
  std::vector<Work> readable;
  readable.reserve(works.size());
  for (std::size_t i = 0; i < works.size(); ++i) {
    auto& work = works[i];
    const auto message = to_string(MessageId{work.lease.reference});
    const bool hopeless = !loaded[i] && (loaded[i].error().code == Errc::corrupt || loaded[i].error().code == Errc::not_found);
    if (work.lease.attempts > settings_.attempts_max || hopeless) {
      // Counted by leases, so that a message that ends the whole process at each attempt is caught here too.
      const auto why = hopeless ? loaded[i].error().message
                                : "gave up after " + std::to_string(settings_.attempts_max) + " attempts";
      ORGO_CHECK(queue_.bury(work.lease, clock_.now(), why));
      ++report.buried;
      probe().buried.add();
      log::error("processing.buried", {{"message", message}, {"attempts", work.lease.attempts}, {"cause", why}});
      continue;
    }
    if (!loaded[i]) {
      log::warn("processing.retry", {{"message", message}, {"attempt", work.lease.attempts}, {"cause", loaded[i].error().message}});
      ORGO_CHECK(give_back(work, backoff(work.lease.attempts), loaded[i].error().message, report));
      continue;
    }
    auto& stored = loaded[i]->message;
    work.incoming.id = stored.id;
    work.incoming.envelope = std::move(stored.envelope);
    work.incoming.key = stored.key;
    work.incoming.known_id = stored.known_id;
    work.incoming.message = read_message(loaded[i]->bytes);
    work.hints = thread_hints(work.incoming.message, settings_.decide.domain);
    work.hashes.reserve(work.hints.message_ids.size());
    for (const auto& id : work.hints.message_ids) work.hashes.push_back(message_id_hash(work.lease.tenant, id));
    readable.push_back(std::move(work));
  }
  works = std::move(readable);
  return {};
}

Result<Context> Processor::context_of(const Work& work, bool& must_wait, std::string& waits_for) {
  Context context;
  const auto tenant = work.lease.tenant;
  TaskNumber task;
  const bool patient = static_cast<std::size_t>(work.lease.attempts) <= kPatience.size();
  const auto wait_for = [&](const KnownMessage& known) {
    if (known.decided || !patient || known.id >= work.incoming.id) return false;
    must_wait = true;
    waits_for = to_string(known.id);
    return true;
  };
  if (work.incoming.known_id) {
    const std::array own{work.incoming.key.id_hash};
    ORGO_TRY(copies, messages_.find_known(tenant, own, 8));
    for (const auto& copy : copies) {
      if (copy.id >= work.incoming.id || copy.content != work.incoming.key.content) continue;
      if (wait_for(copy)) return context;
      context.same_content = copy.id;
      if (copy.task) {
        task = *copy.task;
        context.thread_evidence = "copy of " + to_string(copy.id);
        break;
      }
    }
  }
  if (!task && !work.hashes.empty()) {
    ORGO_TRY(known, messages_.find_known(tenant, work.hashes, 8));
    for (std::size_t i = 0; i < work.hashes.size() && !task; ++i)
      for (const auto& earlier : known) {
        if (earlier.id_hash != work.hashes[i] || earlier.id == work.incoming.id) continue;
        if (wait_for(earlier)) return context;
        if (!earlier.task) continue;
        task = *earlier.task;
        context.thread_evidence = (i == 0 && !work.incoming.message.in_reply_to.empty() ? "In-Reply-To: <" : "References: <") +
                                  work.hints.message_ids[i] + ">";
        break;
      }
  }
  if (!task && work.hints.marker) {
    task = work.hints.marker;
    context.thread_evidence = "task marker [" + to_string(task) + "]";
  }
  if (task) {
    auto found = tasks_.read(tenant, task);
    if (found) {
      context.thread_task = std::move(*found);
    } else if (found.error().code == Errc::not_found) {
      context.thread_evidence.clear();  // a marker that somebody made up, or another organization's
    } else {
      return tl::unexpected(std::move(found).error());
    }
  }
  return context;
}

Result<std::vector<Processor::Work>> Processor::decide_round(std::vector<Work> works, const rules::RuleSet& rules, Report& report) {
  std::vector<Work> left;
  std::vector<Work> decided;
  std::vector<Changes> batch;
  std::unordered_set<std::int64_t> undecided_ids;  // Message-IDs of this batch whose decision is not committed yet
  std::unordered_set<std::int64_t> touched_tasks;  // changed in this round: a second change must see the first
  batch.reserve(works.size());
  decided.reserve(works.size());
  for (auto& work : works) {
    const auto own = work.incoming.key.id_hash;
    const auto pending = [&](std::int64_t hash) { return undecided_ids.contains(hash); };
    const bool depends = pending(own) || std::any_of(work.hashes.begin(), work.hashes.end(), pending);
    undecided_ids.insert(own);
    if (depends) {
      left.push_back(std::move(work));
      continue;
    }
    bool must_wait = false;
    std::string waits_for;
    ORGO_TRY(context, context_of(work, must_wait, waits_for));
    if (must_wait) {
      ORGO_CHECK(give_back(work, kPatience.at(static_cast<std::size_t>(work.lease.attempts - 1)), "waits for " + waits_for, report));
      continue;
    }
    if (context.thread_task && !touched_tasks.insert(context.thread_task->number.value).second) {
      left.push_back(std::move(work));
      continue;
    }
    batch.push_back(decide(work.incoming, context, rules, settings_.decide, clock_.now()));
    decided.push_back(std::move(work));
  }
  if (batch.empty()) return left;

  ORGO_TRY(answers, changes_.commit(batch, within(kCommitTime)));
  std::vector<QueueLease> done;
  done.reserve(decided.size());
  const auto now = clock_.now();
  for (std::size_t i = 0; i < decided.size(); ++i) {
    auto& work = decided[i];
    if (answers[i]) {
      ++report.decided;
      probe().outcomes.at(static_cast<std::size_t>(batch[i].decision->outcome))->add();
      probe().delay.observe(std::chrono::duration<double>(now - work.incoming.envelope.received_at).count());
      done.push_back(work.lease);
      continue;
    }
    ORGO_TRY(existing, messages_.decision(work.lease.tenant, work.incoming.id));
    if (existing) {
      done.push_back(work.lease);  // an earlier attempt got through
    } else if (answers[i].error().code == Errc::conflict && ++work.conflicts < kRounds) {
      left.push_back(std::move(work));  // somebody changed the task meanwhile: decide again on what is there now
    } else {
      log::warn("processing.retry", {{"message", to_string(work.incoming.id)}, {"cause", answers[i].error().message}});
      ORGO_CHECK(give_back(work, backoff(work.lease.attempts), answers[i].error().message, report));
    }
  }
  queue_.complete_without_waiting(done);
  return left;
}

}  // namespace orgo
