#include "tests/world/support/simulation.h"

#include <algorithm>
#include <set>

#include "base/hash.h"
#include "core/ledger/ledger.h"
#include "core/task/task_change.h"
#include "tests/world/support/referee.h"

namespace orgo::world {
namespace {

constexpr TimePoint kStart{Millis{1'767'225'600'000}};  // 2026-01-01T00:00:00Z
constexpr Millis kSecond{1'000}, kMinute{60'000}, kHour{3'600'000};
constexpr Millis kBound{std::chrono::hours(24 * 3)};  // from the end of the faults to the end of all work, simulated
/// Peers tell sends by their numbers alone, so those of the tenants must not meet; all other numbers do.
constexpr std::int64_t kOtherSends = 1'000'000;
constexpr int kFinishRounds = 4'000;

constexpr std::string_view kRules = R"yaml(
match: first
rules:
  - name: water
    condition: "subject contains 'water'"
    action:
      route_to: "maintenance@school.example"
      set_priority: urgent
      escalate_to:
        - {after: "20 minutes", to: "supervisor@school.example"}
        - {after: "50 minutes", to: "head@school.example"}
  - name: certificate
    condition: "subject contains 'certificate'"
    action:
      route_to: "secretary@school.example"
      reply_with: received
      escalate_after: "30 minutes"
  - name: sensor
    condition: "subject contains 'sensor'"
    action:
      route_to: "it@school.example"
      webhook: "https://erp.example/hook"
  - name: wrong address
    condition: "subject contains 'lost property'"
    action:
      reply_with: received
templates:
  received:
    subject: "Re: {{subject}}"
    body: "Thank you. It has the number {{task}}."
)yaml";

}  // namespace

Simulation::Simulation(SimulationOptions options)
    : options_(options), random_(options.seed), clock_(kStart), database_(random_, clock_, options.bug),
      seen_(database_.observer(), database_.observer_blobs()), peers_(random_, clock_) {
  static const auto rules = rules::load_rules({{"world.yaml", std::string(kRules)}});
  rules_ = rules.rules;
  if (!rules_) {
    for (const auto& error : rules.errors)
      problems_.push_back("the rules of the world are wrong: " + to_string(error, kRules));
    return;
  }
  if (const auto other = seen_.tenants.put_tenant(kTenant, *commands::add_tenant("other", {}, "user:world", kStart));
      !other || other->id != kOtherTenant) {
    problems_.emplace_back("the other tenant of the world can't be made");
    return;
  }
  database_.begin_sends_at(kOtherTenant, kOtherSends);
  peers_.stall_time = kSendLease + kSecond;
  peers_.on_stall = [this] { excuse_unrecorded(); };
  peers_.interleave = [this] { another_worker(); };
  database_.interleave = [this] {
    if (random_.chance(0.15)) pause();
    another_worker();
  };
  database_.on_unsure_outcome = [this] { excuse_unrecorded(); };
  for (int node = 0; node < kNodes; ++node) start(node);
  plan();
}

Surroundings Simulation::surroundings() {
  return {database_, clock_, peers_, random_, seen_.tasks, rules_, options_.bug};
}

Simulation::~Simulation() {
  for (int node = 0; node < kNodes; ++node) stop(node);
}

void Simulation::start(int node) {
  auto& place = places_.at(static_cast<std::size_t>(node));
  // A start reads the store, where others are let in: whoever dies there is not the one that starts.
  const auto before = std::exchange(running_, node);
  try {
    place.node = std::make_unique<Node>(surroundings(), node);
  } catch (const Crash&) {
    database_.stop_node(node);
    place.starts_at = clock_.now() + kSecond;
  }
  running_ = before;
}

/// Whatever runs there is gone without a word: what its destructors say reaches nobody.
void Simulation::stop(int node) {
  auto& place = places_.at(static_cast<std::size_t>(node));
  ++place.generation;
  database_.stop_node(node);
  place.node.reset();
}

void Simulation::start_who_may() {
  for (int node = 0; node < kNodes; ++node) {
    const auto& place = places_.at(static_cast<std::size_t>(node));
    if (!place.node && (calm_ || place.starts_at <= clock_.now())) start(node);
  }
}

void Simulation::submit_what_is_due(int node) {
  auto& place = places_.at(static_cast<std::size_t>(node));
  for (std::size_t i = 0; i < submissions_.size(); ++i) {
    auto& submission = submissions_[i];
    if (submission.acknowledged || submission.next_try > clock_.now()) continue;
    if (submission.tries++ > 0) ++counts_.retries;
    submission.next_try = clock_.now() + kMinute + Millis{random_.below(kMinute.count() * 4)};
    auto envelope = submission.envelope;
    envelope.received_at = clock_.now();
    place.node->intake->submit(
        {envelope}, submission.bytes, [this, i, &place, generation = place.generation](std::vector<Status> outcomes) {
          if (generation != place.generation) return;  // that connection is cut
          const bool lost = !calm_ && options_.faults && random_.chance(0.05);
          if (lost || outcomes.size() != 1 || !outcomes[0]) return;
          submissions_[i].acknowledged = true;
          acknowledgements_ += std::to_string(i) + " at " + std::to_string(to_ms(clock_.now())) + "\n";
        });
  }
}

// --- what goes on

/// kill -9, and a new process starts after a while.
void Simulation::crash(int node) {
  ++counts_.crashes;
  const bool in_flight =
      seen_.work.depth(WorkKind::process).value() > 0 || seen_.outbox.next_send({}).value().has_value();
  if (in_flight) ++counts_.crashes_in_flight;
  excuse_unrecorded();
  stop(node);
  const bool long_one = random_.chance(0.2);
  places_.at(static_cast<std::size_t>(node)).starts_at =
      clock_.now() +
      (long_one ? Millis{random_.below(kHour.count() * 3 / 2)} : Millis{random_.below(kSecond.count() * 5)});
}

/// What a peer has taken and the database does not know yet: nobody could know it either, so it may go out once more.
void Simulation::excuse_unrecorded() {
  std::set<SendId> reached;
  for (const auto& effect : peers_.taken()) reached.insert(effect.send);
  for (const auto send : database_.waiting_sends())
    if (reached.contains(send)) peers_.excuse(send);
}

/// The machine stands still in the middle of something, longer than any lease (R20).
void Simulation::pause() {
  excuse_unrecorded();
  clock_.advance(std::max(kProcessLease, kSendLease) + kSecond);
}

/// Somebody else goes on while a worker is in the middle of something: another worker of the same process or of another
/// node, or a person. If that one's process dies and is the same, all of it dies.
void Simulation::another_worker() {
  if (interleaving_) return;
  const auto before_node = running_, before_worker = worker_;
  const auto node = static_cast<int>(random_.below(kNodes));
  const auto worker = node == before_node ? (before_worker + 1) % kWorkers : static_cast<int>(random_.below(kWorkers));
  auto& place = places_.at(static_cast<std::size_t>(node));
  if (!place.node) return;
  interleaving_ = true;
  running_ = node, worker_ = worker;
  const auto before = database_.act_as(database_.actor(node, worker));
  const auto restore = [&] {
    interleaving_ = false;
    running_ = before_node, worker_ = before_worker;
    (void)database_.act_as(before);
  };
  const auto at = static_cast<std::size_t>(worker);
  try {
    switch (random_.below(4)) {
      case 0:
        (void)place.node->processors[at]->step();
        break;
      case 1:
        (void)place.node->deliver(worker);
        break;
      case 2:
        (void)place.node->escalations[at]->step();
        break;
      default:
        somebody_acts(*place.node);
        break;
    }
  } catch (const Crash&) {
    restore();
    if (node == before_node) throw;
    crash(node);
    return;
  }
  restore();
}

void Simulation::step_of(int number, int worker) {
  auto& node = *places_.at(static_cast<std::size_t>(number)).node;
  const auto at = static_cast<std::size_t>(worker);
  switch (random_.below(15)) {
    case 0:
    case 1:
    case 2:
      clock_.advance(Millis{random_.below(kSecond.count() * 30)});
      break;
    case 3:
    case 4:
      submit_what_is_due(number);
      break;
    case 5:
    case 6:
      node.intake->step();
      break;
    case 7:
    case 8:
      if (random_.chance(0.5)) (void)node.sweeper->step(WorkKind::process);
      (void)node.processors[at]->step();
      break;
    case 9:
    case 10:
      (void)node.deliver(worker);
      break;
    case 11:
      (void)node.escalations[at]->step();
      break;
    case 12:
      correspondents_answer();
      if (random_.chance(0.4)) somebody_acts(node);
      break;
    case 13:
      somebody_follows(node);
      break;
    default:
      if (options_.faults && random_.chance(0.1)) throw Crash{};
      if (random_.chance(0.05)) clock_.advance(Millis{random_.below(kHour.count())});
      break;
  }
}

void Simulation::one_step() {
  start_who_may();
  running_ = static_cast<int>(random_.below(kNodes));
  worker_ = static_cast<int>(random_.below(kWorkers));
  if (!places_.at(static_cast<std::size_t>(running_)).node) {
    clock_.advance(Millis{random_.below(kSecond.count() * 10)});
    return;
  }
  (void)database_.act_as(database_.actor(running_, worker_));
  try {
    step_of(running_, worker_);
  } catch (const Crash&) {
    interleaving_ = false;
    crash(running_);
  }
}

std::vector<std::string> Simulation::run() {
  if (!problems_.empty()) return problems_;
  for (int i = 0; i < options_.steps && problems_.empty(); ++i) {
    if (options_.faults && i % 50 == 0) {
      // The weather changes: from nearly calm to stormy.
      const double storm = random_.real();
      database_.set_faults({.fail = 0.06 * storm,
                            .refuse = 0.04 * storm,
                            .conflict = 0.06 * storm,
                            .lose_answer = 0.04 * storm,
                            .late = 0.04 * storm,
                            .crash = 0.02 * storm});
      peers_.set_faults(
          {.temporary = 0.3 * storm, .lose_answer = 0.1 * storm, .stall = 0.1 * storm, .crash = 0.02 * storm});
    }
    one_step();
    if (i % 25 == 24) check_balance();
  }
  calm_ = true;
  if (problems_.empty() && !finish())
    problems_.emplace_back("after the faults ended, work did not end within its bound");
  if (problems_.empty()) problems_ = Referee(*this).judge();
  return problems_;
}

/// After the faults: everybody works, nobody disturbs, and all that is pending has to come to its end by itself.
bool Simulation::finish() {
  database_.set_faults({});
  peers_.set_faults({});
  peers_.interleave = nullptr;
  database_.interleave = nullptr;
  start_who_may();
  const auto until = clock_.now() + kBound;
  for (int round = 0; round < kFinishRounds && clock_.now() < until; ++round) {
    if (!finish_round()) {
      problems_.emplace_back("a service fails although nothing is wrong with the database any more");
      return true;
    }
    correspondents_answer();
    if (is_over()) return true;
    clock_.set(std::max(clock_.now() + kSecond, std::min(next_instant(), clock_.now() + kMinute * 30)));
  }
  return is_over();
}

bool Simulation::finish_round() {
  for (int number = 0; number < kNodes; ++number) {
    auto& node = *places_.at(static_cast<std::size_t>(number)).node;
    (void)database_.act_as(database_.actor(number, 0));
    submit_what_is_due(number);
    node.intake->step();
    for (int worker = 0; worker < kWorkers; ++worker) {
      const auto at = static_cast<std::size_t>(worker);
      (void)database_.act_as(database_.actor(number, worker));
      (void)node.sweeper->step(WorkKind::process);
      const auto processed = node.processors[at]->step();
      const auto delivered = node.deliver(worker);
      const auto escalated = node.escalations[at]->step();
      if (!processed || !delivered || !escalated) return false;
    }
    database_.settle();
  }
  for (int i = 0; i < 2 * static_cast<int>(kTenants.size()); ++i) somebody_follows(*places_.front().node);
  return true;
}

bool Simulation::is_over() {
  return answered_effects_ == peers_.taken().size() && seen_.work.depth(WorkKind::process).value() == 0 &&
         !seen_.outbox.next_send({}).value() && !seen_.tasks.next_timer(kDeadlineTimer).value() &&
         !seen_.tasks.next_timer(kPendingTimer).value() &&
         std::ranges::all_of(submissions_, [](const Submission& one) { return one.acknowledged; });
}

TimePoint Simulation::next_instant() {
  auto next = clock_.now() + kMinute * 30;
  if (const auto send = seen_.outbox.next_send({}).value()) next = std::min(next, *send);
  for (const auto name : {kDeadlineTimer, kPendingTimer})
    if (const auto timer = seen_.tasks.next_timer(name).value()) next = std::min(next, *timer);
  if (seen_.work.depth(WorkKind::process).value() > 0) next = std::min(next, clock_.now() + kSecond);
  for (const auto& one : submissions_)
    if (!one.acknowledged) next = std::min(next, one.next_try);
  return next;
}

void Simulation::check_balance() {
  const auto lines = seen_.ledger.count_ledger().value();
  for (const auto& line : lines)
    for (auto& drift : imbalances(line)) problems_.push_back("the ledger does not balance: " + drift);
}

std::string Simulation::fingerprint() {
  Sha256Stream hash;
  for (const auto tenant : kTenants) {
    const auto events = seen_.tasks.events_after(tenant, 0, 1'000'000).value();
    for (const auto& one : events) {
      const std::string line = std::to_string(one.sequence) + " " + std::string(to_string(one.event.kind)) + " " +
                               to_string(one.event.subject.task()) + " " + to_string(one.event.message) + " " +
                               to_string(one.event.send.id()) + " " + std::to_string(to_ms(one.event.at)) + " " +
                               one.event.actor + " " + one.event.data + "\n";
      hash.add(line);
    }
  }
  for (const auto& taken : peers_.taken())
    hash.add(taken.recipient + taken.text + std::to_string(to_ms(taken.at)) + "\n");
  hash.add(acknowledgements_);
  return to_hex(hash.finish());
}

Simulation::Counts Simulation::counts() {
  counts_.effects = peers_.taken().size();
  counts_.escalations = 0;
  for (const auto tenant : kTenants) {
    const auto events = seen_.tasks.events_after(tenant, 0, 1'000'000).value();
    counts_.escalations += static_cast<std::size_t>(
        std::ranges::count_if(events, [](const auto& one) { return one.event.kind == EventKind::escalation_fired; }));
  }
  counts_.database = database_.counts();
  return counts_;
}

}  // namespace orgo::world
