#include "tests/world/support/referee.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/json.h"
#include "core/contact/contact.h"
#include "core/ledger/ledger.h"
#include "core/mail/findings/find_own_loop.h"
#include "core/task/lifecycle.h"

namespace orgo::world {
namespace {

constexpr std::size_t kProblemsMax = 20;
constexpr int kAll = 1'000;

std::string number(std::int64_t value) {
  return std::to_string(value);
}

}  // namespace

void Referee::problem(std::string what) {
  if (problems_.size() < kProblemsMax) problems_.push_back(std::move(what));
}

std::vector<std::string> Referee::judge() {
  for (const auto& breach : world_.database_.breaches()) problem("database: " + breach);
  for (const auto& breach : world_.peers_.breaches()) problem("peers: " + breach);
  judge_phantoms();
  for (const auto tenant : kTenants) {
    read(tenant);
    judge_messages();
    if (!problems_.empty()) return problems_;  // the rest would only repeat it in other words
    judge_tasks();
    judge_threads();
    judge_effects();
    judge_notifications();
    judge_escalations();
    judge_answers();
    judge_suppressions();
    judge_follower();
    judge_ledger();
  }
  return problems_;
}

void Referee::read(TenantId tenant) {
  tenant_ = tenant;
  sends_.clear();
  known_sends_.clear();
  submission_of_.clear();
  mail_of_.clear();
  messages_ = seen_.messages.list(MessageListRequest{.tenant = tenant, .limit = kAll}).value();
  tasks_ = seen_.tasks.list(TaskListRequest{.tenant = tenant, .limit = kAll}).value();
  for (const auto& task : tasks_) {
    const auto sends = seen_.outbox.sends_of_task(tenant, task.number).value();
    sends_.insert(sends_.end(), sends.begin(), sends.end());
  }
  for (const auto& send : sends_) known_sends_[send.id] = &send;
  events_ = seen_.tasks.events_after(tenant, 0, 1'000'000).value();
}

/// 3: nothing reaches a peer that no tenant sends.
void Referee::judge_phantoms() {
  std::set<std::pair<SendId, std::string>> known;
  for (const auto tenant : kTenants) {
    read(tenant);
    for (const auto& send : sends_) known.insert({send.id, send.send.recipient.address});
  }
  for (const auto& effect : world_.peers_.taken())
    if (!known.contains({effect.send, effect.recipient}))
      problem("phantom: something reached " + effect.recipient + " that the store knows nothing of");
}

/// 1, 2, 3: each acknowledged submission is stored once, byte for byte, and nothing else is; each has come to its end.
void Referee::judge_messages() {
  using Key = std::tuple<Channel, std::string, std::string>;
  std::map<Key, std::vector<const MessageSummary*>> stored;
  for (const auto& one : messages_) {
    const auto bytes = seen_.messages.read_bytes(tenant_, one.message.id).value();
    stored[{one.message.envelope.channel, one.message.envelope.recipient.address, bytes}].push_back(&one);
  }
  // Who is answered by a mail that came first belongs to the task that this answer has opened.
  std::set<std::string> answered;
  for (const auto& submission : world_.submissions_)
    if (submission.envelope.tenant == tenant_) answered.insert(header_of(*submission.bytes, "In-Reply-To"));
  std::set<Key> submitted;
  for (const auto& submission : world_.submissions_) {
    if (submission.envelope.tenant != tenant_) continue;
    const Key key{submission.envelope.channel, submission.envelope.recipient.address, *submission.bytes};
    submitted.insert(key);
    const auto found = stored.find(key);
    const auto copies = found == stored.end() ? 0 : found->second.size();
    const auto name = header_of(*submission.bytes, "Message-ID") + " to " + submission.envelope.recipient.address;
    if (copies == 0 && submission.acknowledged) problem("lost: " + name + " was acknowledged and is not stored");
    if (copies > 1) problem("doubled: " + name + " is stored " + number(static_cast<std::int64_t>(copies)) + " times");
    if (copies != 1) continue;
    const auto& one = *found->second.front();
    if (!one.decision) {
      problem("undecided: " + to_string(one.message.id) + " (" + name + ") was never decided");
      continue;
    }
    const auto outcome = one.decision->outcome;
    const bool opens =
        submission.expected == Expected::opens && !answered.contains(header_of(*submission.bytes, "Message-ID"));
    const bool right = opens ? outcome == Outcome::task_opened
                       : submission.expected == Expected::recorded
                           ? outcome == Outcome::recorded
                           : outcome == Outcome::task_opened || outcome == Outcome::task_joined;
    if (!right)
      problem("wrong: " + to_string(one.message.id) + " (" + name + ") came to " + std::string(to_string(outcome)));
    submission_of_[one.message.id] = &submission;
    mail_of_[&submission] = {one.message.id, *one.decision};
  }
  for (const auto& [key, copies] : stored)
    if (!submitted.contains(key)) problem("phantom: " + to_string(copies.front()->message.id) + " was never submitted");
  if (!seen_.work.dead(std::nullopt, 1).value().empty())
    problem("given up: a message lies in the dead letters although nothing is wrong with it");
}

/// 3, 4: at most one task per message, and each task has a message that opened it.
void Referee::judge_tasks() {
  std::map<MessageId, int> opened;
  for (const auto& task : tasks_) {
    if (++opened[task.origin] > 1) problem("doubled: " + to_string(task.origin) + " opened more than one task");
    const auto decision = seen_.messages.decision(tenant_, task.origin).value_or(std::nullopt);
    if (!decision || decision->outcome != Outcome::task_opened || decision->task != task.number)
      problem("phantom: " + to_string(task.number) + " was not opened by the decision of its message");
  }
  std::map<MessageId, int> decided;
  for (const auto& one : events_)
    if (one.event.kind == EventKind::message_decided && ++decided[one.event.message] > 1)
      problem("doubled: " + to_string(one.event.message) + " was decided more than once");
}

std::set<std::string> Referee::ids_of(std::string_view mail) {
  std::set<std::string> ids{header_of(mail, "Message-ID"), header_of(mail, "In-Reply-To")};
  ids.erase("");
  return ids;
}

/// All that a task was ever merged into, and itself.
std::set<TaskNumber> Referee::ends_of(TaskNumber task) const {
  std::set<TaskNumber> ends{task};
  for (std::size_t known = 0; known != ends.size();) {
    known = ends.size();
    for (const auto& one : events_) {
      if (one.event.kind != EventKind::task_merged || !ends.contains(one.event.subject.task())) continue;
      const auto parsed = parse_json(one.event.data);
      const auto* into = parsed && parsed->is_object() ? parsed->as_object().if_contains("into") : nullptr;
      if (into == nullptr) continue;
      if (const auto number = parse_id<TaskTag>(std::string(into->as_string()))) ends.insert(*number);
    }
  }
  return ends;
}

/// Who joins a task has an id in common with what its tenant knows of that task, or of one that was merged into it:
/// with another mail of it, or with one that went out about it.
void Referee::judge_threads() {
  for (const auto& [submission, mail] : mail_of_) {
    if (mail.decision.outcome != Outcome::task_joined) continue;
    const auto ids = ids_of(*submission->bytes);
    const auto shares = [&](const auto& other) {
      if (other.second.id == mail.id || !ends_of(other.second.decision.task.id()).contains(mail.decision.task.id()))
        return false;
      return std::ranges::any_of(ids_of(*other.first->bytes), [&](const auto& id) { return ids.contains(id); });
    };
    const bool answers = std::ranges::any_of(world_.peers_.taken(), [&](const Taken& effect) {
      const auto send = known_sends_.find(effect.send);
      return send != known_sends_.end() && ids.contains(effect.message_id) &&
             ends_of(send->second->send.subject.task()).contains(mail.decision.task.id());
    });
    if (!answers && std::ranges::none_of(mail_of_, shares))
      problem("mixed up: " + to_string(mail.id) + " joined " + to_string(mail.decision.task.id()) +
              ", and has nothing to do with it");
  }
}

/// 13: an address that a relay does not know is remembered.
void Referee::judge_suppressions() {
  for (const auto& send : sends_) {
    if (send.state != SendState::failed || !world_.peers_.was_told_no(send.id)) continue;
    const std::vector<std::string> key{contact_key(send.send.recipient)};
    if (seen_.outbox.find_suppressions(tenant_, key).value().empty())
      problem("lost: nobody remembers that there is no " + send.send.recipient.address);
  }
}

/// Whoever reads the log behind a cursor sees each event, in order.
void Referee::judge_follower() {
  for (auto& follower : world_.followers_) {
    if (follower.tenant != tenant_) continue;
    for (;;) {  // what he has not come to yet
      const auto page = seen_.tasks.events_after(tenant_, follower.last, kAll).value();
      if (page.empty()) break;
      for (const auto& event : page) follower.seen.push_back(event.sequence);
      follower.last = page.back().sequence;
    }
    std::vector<std::int64_t> all;
    for (const auto& event : events_) all.push_back(event.sequence);
    if (all != follower.seen)
      problem("skipped: of " + number(static_cast<std::int64_t>(all.size())) + " events of tenant " +
              to_string(tenant_) + " a reader behind a cursor saw " +
              number(static_cast<std::int64_t>(follower.seen.size())));
  }
}

/// 3, 4: each effect comes from a send that the store knows; one per send, and more only where an answer was lost.
void Referee::judge_effects() {
  std::map<SendId, int> reached;
  for (const auto& effect : world_.peers_.taken()) {
    if (!known_sends_.contains(effect.send)) continue;  // the other tenant's
    const auto takes = ++reached[effect.send];
    if (takes > 1 + world_.peers_.excuses(effect.send))
      problem("doubled: " + to_string(effect.send) + " reached " + effect.recipient + " " + number(takes) +
              " times, but only " + number(world_.peers_.excuses(effect.send)) + " answers were lost");
  }
  for (const auto& send : sends_) {
    const auto name = to_string(send.id) + " to " + send.send.recipient.address;
    switch (send.state) {
      case SendState::queued:
        problem("unfinished: " + name + " still waits");
        break;
      case SendState::delivered:
        if (reached[send.id] == 0) problem("lost: " + name + " is recorded as delivered, but nothing arrived");
        break;
      case SendState::failed:
        if (!world_.peers_.was_told_no(send.id))
          problem("lost: " + name + " was given up although nobody refused it: " + send.detail);
        break;
      case SendState::bounced:
        problem("phantom: " + name + " bounced, and no peer reports");
        break;
      case SendState::recalled:
        problem("phantom: " + name + " was taken back, and nobody did");
        break;
      case SendState::restored:
        problem("phantom: " + name + " is held, and nothing was restored");
        break;
      case SendState::refused:
        if (send.detail.starts_with(
                "suppressed since")) {  // only once the relay has said that there is no such mailbox
          if (std::ranges::none_of(sends_, [&](const StoredSend& one) {
                return one.send.recipient.address == send.send.recipient.address && world_.peers_.was_told_no(one.id);
              }))
            problem("lost: " + name + " was held back although nobody refused that address");
        } else if (std::ranges::count_if(sends_, [&](const StoredSend& one) {
                     return one.send.subject == send.send.subject &&
                            one.send.recipient.address == send.send.recipient.address;
                   }) <= kLoopLimits[0].mails)
          problem("lost: " + name + " was held back although there was no loop");
        break;
    }
  }
}

/// 4, 13: who has to be told of a new task was told. Reads only what reached the peers, not what the outbox says.
void Referee::judge_notifications() {
  std::set<std::pair<std::string, TaskNumber>> told;
  std::set<TaskNumber> hooked;
  for (const auto& effect : world_.peers_.taken()) {
    if (!known_sends_.contains(effect.send)) continue;
    for (const auto tenant : kTenants)
      if (const auto own = parse_own_message_id(tenant, effect.message_id, kDomain))
        told.insert({effect.recipient, own->task});
    for (const auto& task : tasks_)
      if (effect.message_id.empty() &&
          effect.text.find("\"number\":\"" + to_string(task.number) + "\"") != std::string::npos)
        hooked.insert(task.number);
  }
  for (const auto& [submission, mail] : mail_of_) {
    if (submission->team.empty() || mail.decision.outcome != Outcome::task_opened) continue;
    const auto task = mail.decision.task.id();
    if (!told.contains({submission->team, task}))
      problem("lost: " + submission->team + " was never told of " + to_string(task));
    if (submission->team == "it@school.example" && !hooked.contains(task))
      problem("lost: the webhook was never called for " + to_string(task));
  }
}

/// 5: each deadline once, never early, and at least once while the task is open.
void Referee::judge_escalations() {
  std::set<std::pair<TaskNumber, std::string>> fired;
  std::map<TaskNumber, int> told;
  std::map<TaskNumber, std::int64_t> level;
  for (const auto& one : events_) {
    const auto task = one.event.subject.task();
    if (one.event.kind == EventKind::task_reopened) level[task] = 0;
    if (one.event.kind != EventKind::escalation_fired) continue;
    const auto parsed = parse_json(one.event.data);
    const auto* data = parsed ? parsed->if_object() : nullptr;
    if (data == nullptr) {
      problem("the event of an escalation can't be read: " + one.event.data);
      continue;
    }
    const std::string deadline(data->at("deadline").as_string());
    const auto due = parse_rfc3339(deadline);
    if (!fired.insert({task, deadline}).second)
      problem("doubled: " + to_string(task) + " escalated twice for " + deadline);
    if (!due || one.event.at < *due) problem("early: " + to_string(task) + " escalated before " + deadline);
    const auto reached = data->at("level").as_int64();
    if (reached != level[task] + 1)
      problem("out of order: " + to_string(task) + " reached level " + number(reached) + " after " +
              number(level[task]));
    level[task] = reached;
    if (!data->contains("told")) ++told[task];
  }
  for (const auto& task : tasks_) {
    if (task.pending_until) problem("missed: " + to_string(task.number) + " waits on, and its date has come");
    if (task.ties.into && is_open(task.state)) problem("open: " + to_string(task.number) + " was merged away");
    if (escalates(task.state) && task.escalation.level < static_cast<int>(task.escalation.steps.size()))
      problem("missed: nobody acknowledged " + to_string(task.number) + ", and its chain stopped at level " +
              number(task.escalation.level));
    const auto sends = std::ranges::count_if(sends_, [&](const StoredSend& send) {
      return send.send.subject.task() == task.number && send.send.template_name == "escalated";
    });
    if (sends != told[task.number])
      problem("unequal: " + to_string(task.number) + " escalated " + number(told[task.number]) + " times and told " +
              number(sends));
  }
}

/// 16: one automatic answer to each person who gets one, none to a machine.
void Referee::judge_answers() {
  std::map<MessageId, int> answers;
  for (const auto& send : sends_) {
    if (send.send.kind != SendKind::reply) continue;
    const auto of = submission_of_.find(send.send.message);
    if (of == submission_of_.end() || !of->second->is_answered)
      problem("loop: " + to_string(send.send.message) + " was answered automatically, and must not be");
    if (++answers[send.send.message] > 1) problem("doubled: " + to_string(send.send.message) + " was answered twice");
  }
  for (const auto& [submission, mail] : mail_of_)
    if (submission->is_answered && mail.decision.outcome == Outcome::task_opened && answers[mail.id] == 0)
      problem("lost: " + to_string(mail.id) + " got no answer");
}

/// 13: everything is accounted for.
void Referee::judge_ledger() {
  std::int64_t accepted = 0;
  const auto lines = seen_.ledger.count_ledger().value();
  for (const auto& line : lines) {
    if (line.tenant != tenant_) continue;
    accepted += line.accepted;
    for (const auto& drift : imbalances(line)) problem("ledger: " + drift);
    if (line.waiting + line.dead + line.refused != 0) problem("ledger: not everything is decided");
  }
  if (accepted != static_cast<std::int64_t>(messages_.size()))
    problem("ledger: it counts other messages than there are");
}

}  // namespace orgo::world
