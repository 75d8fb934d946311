#include "tests/world/support/simulation.h"

#include <algorithm>

#include "base/hash.h"
#include "core/ledger/ledger.h"
#include "core/task/commands.h"
#include "tests/world/support/referee.h"

namespace orgo::world {
namespace {

constexpr TimePoint kStart{Millis{1'767'225'600'000}};  // 2026-01-01T00:00:00Z
constexpr Millis kSecond{1'000}, kMinute{60'000}, kHour{3'600'000};
constexpr Millis kBound{std::chrono::hours(24 * 3)};  // from the end of the faults to the end of all work, simulated
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
      route_to: "gone@school.example"
templates:
  received:
    subject: "Re: {{subject}}"
    body: "Thank you. It has the number {{task}}."
)yaml";

std::string compose_mail(std::string_view from, std::string_view subject, std::string_view id, std::string_view body,
                         std::string_view more = {}) {
  std::string bytes;
  bytes.append("From: <").append(from).append(">\r\nTo: <").append(kOffice).append(">\r\nSubject: ").append(subject);
  bytes.append("\r\nMessage-ID: <").append(id).append(">\r\n").append(more).append("\r\n").append(body).append("\r\n");
  return bytes;
}

}  // namespace

Simulation::Simulation(SimulationOptions options)
    : options_(options), random_(options.seed), clock_(kStart), store_(random_, options.bug), peers_(random_, clock_) {
  static const auto rules = rules::load_rules({{"world.yaml", std::string(kRules)}});
  rules_ = rules.rules;
  if (!rules_) {
    for (const auto& error : rules.errors)
      problems_.push_back("the rules of the world are wrong: " + to_string(error, kRules));
    return;
  }
  peers_.stall_time = kSendLease + kSecond;
  peers_.interleave = [this] { another_worker(); };
  store_.interleave = [this] {
    if (random_.chance(0.15)) pause();
    another_worker();
  };
  store_.on_unsure_outcome = [this](SendId send) { peers_.excuse(send); };
  process_ = std::make_unique<Process>(*this);
  plan();
}

// --- what comes in

void Simulation::add(std::string recipient, std::string bytes, Expected expected, std::string team, bool is_answered) {
  Submission submission;
  submission.envelope.channel = random_.chance(0.8) ? Channel::lmtp : Channel::smtp;
  submission.envelope.sender = mail_contact("anna@home.example");
  submission.envelope.recipient = mail_contact(std::move(recipient));
  submission.envelope.peer = "192.0.2.1";
  submission.bytes = std::make_shared<const std::string>(std::move(bytes));
  submission.expected = expected;
  submission.team = std::move(team);
  submission.is_answered = is_answered;
  submission.next_try = clock_.now() + Millis{random_.below(kMinute.count() * 50)};
  submissions_.push_back(std::move(submission));
}

void Simulation::plan_one(int i) {
  const auto number = std::to_string(i);
  const auto id = "m" + number + "@home.example";
  const auto from = "person" + number + "@home.example";
  const auto earlier = "m" + std::to_string(random_.below(std::max(1, i))) + "@home.example";
  const auto office = std::string(kOffice);
  switch (random_.below(10)) {
    case 0:
    case 1:
      return add(office, compose_mail(from, "Water in room " + number, id, "It drips."), Expected::opens,
                 "maintenance@school.example");
    case 2:
      return add(office, compose_mail(from, "A certificate please " + number, id, "For " + number), Expected::opens,
                 "secretary@school.example", true);
    case 3:
      return add(office, compose_mail(from, "The sensor says " + number, id, "Hot."), Expected::opens,
                 "it@school.example");
    case 4:
      return add(office, compose_mail(from, "Lost property " + number, id, "A hat."), Expected::opens, "");
    case 5:
      return add(office, compose_mail(from, "Hello " + number, id, "Nothing of note."), Expected::opens, "");
    case 6:
      return add(office,
                 compose_mail(from, "Out of office " + number, id, "I am away.", "Auto-Submitted: auto-replied\r\n"),
                 Expected::recorded, "");
    case 7:
      return add(office,
                 compose_mail(from, "Re: your answer " + number, id, "Any news?", "In-Reply-To: <" + earlier + ">\r\n"),
                 Expected::opens_or_joins, "");
    case 8: {  // one mail to two mailboxes
      const auto bytes = compose_mail(from, "Water for two " + number, id, "Both of you.");
      add(office, bytes, Expected::opens_or_joins, "");
      return add("it-help@school.example", bytes, Expected::opens_or_joins, "");
    }
    default:  // another body under an id that was used before
      return add(office, compose_mail(from, "Again " + number, earlier, "Other words " + number),
                 Expected::opens_or_joins, "");
  }
}

void Simulation::plan() {
  for (int i = 0; i < options_.submissions; ++i) plan_one(i);
}

/// People answer notifications, machines answer automatic answers.
void Simulation::correspondents_answer() {
  for (; answered_effects_ < peers_.taken().size(); ++answered_effects_) {
    const auto effect = peers_.taken()[answered_effects_];
    if (effect.message_id.empty() || submissions_.size() > static_cast<std::size_t>(options_.submissions) * 3) continue;
    const auto number = std::to_string(submissions_.size());
    const auto id = "re" + number + "@peer.example";
    const auto reply_header = "In-Reply-To: " + effect.message_id + "\r\n";
    if (effect.automatic && random_.chance(0.5)) {
      add(std::string(kOffice),
          compose_mail(effect.recipient, "Vacation " + number, id, "I am away.",
                       reply_header + "Auto-Submitted: auto-replied\r\n"),
          Expected::recorded, "");
    } else if (!effect.automatic && random_.chance(0.15)) {
      add(std::string(kOffice), compose_mail(effect.recipient, "Re: " + number, id, "On my way.", reply_header),
          Expected::opens_or_joins, "");
    }
  }
}

void Simulation::submit_what_is_due() {
  for (std::size_t i = 0; i < submissions_.size(); ++i) {
    auto& submission = submissions_[i];
    if (submission.acknowledged || submission.next_try > clock_.now()) continue;
    if (submission.tries++ > 0) ++counts_.retries;
    submission.next_try = clock_.now() + kMinute + Millis{random_.below(kMinute.count() * 4)};
    auto envelope = submission.envelope;
    envelope.received_at = clock_.now();
    process_->intake->submit(
        {envelope}, submission.bytes, [this, i, generation = generation_](std::vector<Status> outcomes) {
          if (generation != generation_) return;  // that connection is cut
          const bool lost = !calm_ && options_.faults && random_.chance(0.05);
          if (lost || outcomes.size() != 1 || !outcomes[0]) return;
          submissions_[i].acknowledged = true;
          acknowledgements_ += std::to_string(i) + " at " + std::to_string(to_ms(clock_.now())) + "\n";
        });
  }
}

// --- what goes on

template <typename Step>
void Simulation::guarded(Step step) {
  try {
    step();
  } catch (const Crash&) {
    interleaving_ = false;
    const bool long_one = random_.chance(0.2);
    crash(long_one ? Millis{random_.below(kHour.count() * 3 / 2)} : Millis{random_.below(kSecond.count() * 5)});
  }
}

/// kill -9: whatever runs is gone without a word, and a new process starts after a while.
void Simulation::crash(Millis downtime) {
  ++counts_.crashes;
  ++generation_;
  const auto weather = store_.faults();
  store_.set_faults({});
  const bool in_flight = store_.depth(WorkKind::process).value() > 0 || store_.next_send().value().has_value();
  if (in_flight) ++counts_.crashes_in_flight;
  excuse_unrecorded();
  store_.forget_volatile();
  store_.set_dead(true);
  process_.reset();
  store_.set_dead(false);
  clock_.advance(downtime);
  process_ = std::make_unique<Process>(*this);
  store_.set_faults(weather);
}

/// What a peer has taken and the store does not know yet: nobody could know it either, so it may go out once more.
void Simulation::excuse_unrecorded() {
  std::set<SendId> reached;
  for (const auto& effect : peers_.taken()) reached.insert(effect.send);
  const auto tasks = store_.MemoryStore::list(TaskListRequest{.tenant = kTenant, .limit = 1'000}).value();
  for (const auto& task : tasks) {
    const auto sends = store_.sends_of_task(kTenant, task.number).value();
    for (const auto& send : sends)
      if (send.state == SendState::queued && reached.contains(send.id)) peers_.excuse(send.id);
  }
}

/// The machine stands still in the middle of something, longer than any lease (R20).
void Simulation::pause() {
  excuse_unrecorded();
  clock_.advance(std::max(kProcessLease, kSendLease) + kSecond);
}

void Simulation::another_worker() {
  if (interleaving_) return;
  interleaving_ = true;
  const auto worker = (active_ + 1) % kWorkers;
  switch (random_.below(4)) {
    case 0:
      (void)process_->processors[worker]->step();
      break;
    case 1:
      (void)process_->deliver(worker);
      break;
    case 2:
      (void)process_->escalations[worker]->step();
      break;
    default:
      somebody_acts();
      break;
  }
  interleaving_ = false;
}

void Simulation::somebody_acts() {
  const auto tasks = store_.MemoryStore::list(TaskListRequest{.tenant = kTenant, .limit = 1'000});
  if (!tasks || tasks->empty()) return;
  const auto& task = (*tasks)[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(tasks->size())))];
  const auto act = [&]() -> Result<Changes> {
    switch (random_.below(6)) {
      case 0:
        return commands::acknowledge(task, "user:anna", clock_.now());
      case 1:
        return commands::resolve(task, "user:anna", clock_.now());
      case 2:
        return commands::close(task, "user:anna", clock_.now());
      case 3:
        return commands::reopen(task, "user:anna", clock_.now());
      case 4:
        return commands::comment(task, "Looking at it.", "user:anna", clock_.now());
      default:
        return commands::assign(task, "bert@school.example", "user:anna", clock_.now());
    }
  };
  const auto changes = act();
  if (changes) (void)store_.commit(std::span(&*changes, 1), {});
}

void Simulation::one_step() {
  const auto worker = static_cast<std::size_t>(random_.below(kWorkers));
  active_ = worker;
  guarded([&] {
    switch (random_.below(14)) {
      case 0:
      case 1:
      case 2:
        clock_.advance(Millis{random_.below(kSecond.count() * 30)});
        break;
      case 3:
      case 4:
        submit_what_is_due();
        break;
      case 5:
      case 6:
        process_->intake->step();
        break;
      case 7:
      case 8:
        if (random_.chance(0.5)) (void)process_->sweeper->step(WorkKind::process);
        (void)process_->processors[worker]->step();
        break;
      case 9:
      case 10:
        (void)process_->deliver(worker);
        break;
      case 11:
        (void)process_->escalations[worker]->step();
        break;
      case 12:
        correspondents_answer();
        if (random_.chance(0.4)) somebody_acts();
        break;
      default:
        if (options_.faults && random_.chance(0.1)) throw Crash{};
        if (random_.chance(0.05)) clock_.advance(Millis{random_.below(kHour.count())});
        break;
    }
  });
}

std::vector<std::string> Simulation::run() {
  if (!process_) return problems_;
  for (int i = 0; i < options_.steps && problems_.empty(); ++i) {
    if (options_.faults && i % 50 == 0) {
      // The weather changes: from nearly calm to stormy.
      const double storm = random_.real();
      store_.set_faults({.fail = 0.08 * storm, .lose_answer = 0.06 * storm, .crash = 0.02 * storm});
      peers_.set_faults(
          {.temporary = 0.3 * storm, .lose_answer = 0.1 * storm, .stall = 0.1 * storm, .crash = 0.02 * storm});
    }
    one_step();
    if (i % 25 == 24) check_balance();
  }
  calm_ = true;
  if (problems_.empty() && !finish()) problems_.push_back("after the faults ended, work did not end within its bound");
  if (problems_.empty()) problems_ = Referee(*this).judge();
  return problems_;
}

/// After the faults: everybody works, nobody disturbs, and all that is pending has to come to its end by itself.
bool Simulation::finish() {
  store_.set_faults({});
  peers_.set_faults({});
  peers_.interleave = nullptr;
  store_.interleave = nullptr;
  const auto until = clock_.now() + kBound;
  for (int round = 0; round < kFinishRounds && clock_.now() < until; ++round) {
    submit_what_is_due();
    process_->intake->step();
    for (int i = 0; i < kWorkers; ++i) {
      const auto worker = static_cast<std::size_t>(i);
      (void)process_->sweeper->step(WorkKind::process);
      const auto processed = process_->processors[worker]->step();
      const auto delivered = process_->deliver(worker);
      const auto escalated = process_->escalations[worker]->step();
      if (!processed || !delivered || !escalated) {
        problems_.push_back("a service fails although nothing is wrong with the store any more");
        return true;
      }
    }
    correspondents_answer();
    if (is_over()) return true;
    clock_.set(std::max(clock_.now() + kSecond, std::min(next_instant(), clock_.now() + kMinute * 30)));
  }
  return is_over();
}

bool Simulation::is_over() {
  return answered_effects_ == peers_.taken().size() && store_.depth(WorkKind::process).value() == 0 &&
         !store_.next_send().value() && !store_.next_timer(kDeadlineTimer).value() &&
         std::ranges::all_of(submissions_, [](const Submission& one) { return one.acknowledged; });
}

TimePoint Simulation::next_instant() {
  auto next = clock_.now() + kMinute * 30;
  if (const auto send = store_.next_send().value()) next = std::min(next, *send);
  if (const auto timer = store_.next_timer(kDeadlineTimer).value()) next = std::min(next, *timer);
  if (store_.depth(WorkKind::process).value() > 0) next = std::min(next, clock_.now() + kSecond);
  for (const auto& one : submissions_)
    if (!one.acknowledged) next = std::min(next, one.next_try);
  return next;
}

void Simulation::check_balance() {
  const auto lines = store_.MemoryStore::count_ledger().value();
  for (const auto& line : lines)
    for (auto& drift : imbalances(line)) problems_.push_back("the ledger does not balance: " + drift);
}

std::string Simulation::fingerprint() {
  store_.set_faults({});
  Sha256Stream hash;
  const auto events = store_.events_after(kTenant, 0, 1'000'000).value();
  for (const auto& one : events) {
    std::string line = std::to_string(one.sequence) + " " + std::string(to_string(one.event.kind)) + " " +
                       to_string(one.event.subject.task()) + " " + to_string(one.event.message) + " " +
                       to_string(one.event.send.id()) + " " + std::to_string(to_ms(one.event.at)) + " " +
                       one.event.actor + " " + one.event.data + "\n";
    hash.add(line);
  }
  for (const auto& taken : peers_.taken())
    hash.add(taken.recipient + taken.text + std::to_string(to_ms(taken.at)) + "\n");
  hash.add(acknowledgements_);
  return to_hex(hash.finish());
}

Simulation::Counts Simulation::counts() {
  counts_.effects = peers_.taken().size();
  const auto events = store_.events_after(kTenant, 0, 1'000'000).value();
  counts_.escalations = static_cast<std::size_t>(
      std::ranges::count_if(events, [](const auto& one) { return one.event.kind == EventKind::escalation_fired; }));
  return counts_;
}

}  // namespace orgo::world
