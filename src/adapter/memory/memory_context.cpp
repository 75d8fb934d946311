#include <algorithm>
#include <functional>
#include <set>

#include "adapter/memory/memory_store.h"
#include "base/text.h"
#include "core/contact/mail_address.h"

namespace orgo {
namespace {

/// A task, with all into which it was merged.
void add_to_the_end(const memory::State& state, TenantId tenant, TaskNumber number, std::vector<Task>& tasks) {
  const auto* task = state.find_task(tenant, number);
  for (std::size_t i = 0; task != nullptr && i <= TaskTies::kMergedMax; ++i) {
    tasks.push_back(*task);
    task = task->ties.into ? state.find_task(tenant, task->ties.into) : nullptr;
  }
}

}  // namespace

std::vector<Result<ContextFacts>> MemoryStore::load(std::span<const ContextQuery> queries) {
  const std::lock_guard lock(mutex_);
  std::vector<Result<ContextFacts>> answers;
  answers.reserve(queries.size());
  for (const auto& query : queries) {
    ContextFacts facts;
    facts.thread = thread_facts(query.tenant, query.thread);
    add_reported(query, facts);
    if (query.sender_history) facts.sender = sender_history(query);
    add_last_word(query, facts);
    answers.emplace_back(std::move(facts));
  }
  return answers;
}

ThreadFacts MemoryStore::thread_facts(TenantId tenant, const ThreadQuery& query) const {
  ThreadFacts facts;
  facts.known = find_known(tenant, query);
  facts.aliases = find_aliases(tenant, alias_ids(query));
  const auto needs = thread_needs(query, facts);
  for (const auto number : {needs.task, needs.claimed, needs.shared})
    add_to_the_end(state_, tenant, number, facts.tasks);
  if (needs.claimed) facts.participants = participants(tenant, needs.claimed);
  if (needs.shared) facts.sharers = participants(tenant, needs.shared);
  if (needs.copied) facts.told = participants(tenant, needs.copied);
  if (needs.same_subject)
    for (auto it = state_.tasks.rbegin(); it != state_.tasks.rend(); ++it) {
      const auto& task = it->second;
      if (it->first.first == tenant && to_string(task.requester) == query.sender && task.created_at >= *query.since &&
          facts.of_sender.size() < static_cast<std::size_t>(kSameSubjectTasks))
        facts.of_sender.push_back(task);
    }
  for (const auto& task : facts.of_sender) add_to_the_end(state_, tenant, task.ties.into, facts.tasks);
  return facts;
}

void MemoryStore::add_reported(const ContextQuery& query, ContextFacts& facts) const {
  facts.reported_aliases = find_aliases(query.tenant, query.reported_ids);
  const auto* row = state_.find_send(query.tenant, reported_send(query, facts));
  if (row == nullptr) return;
  const auto& sent = row->stored;
  facts.reported_mail = SentMail{sent.id, sent.send, sent.state, sent.attempts};
  const auto entry = state_.suppressions.find({query.tenant, contact_key(sent.send.recipient)});
  if (entry != state_.suppressions.end()) facts.suppression = entry->second;
  std::vector<Task> tasks;
  add_to_the_end(state_, query.tenant, sent.send.subject.task(), tasks);
  if (!tasks.empty()) facts.reported_task = tasks.back();
}

void MemoryStore::add_last_word(const ContextQuery& query, ContextFacts& facts) const {
  const auto* task = state_.find_task(query.tenant, asks_last_word(query.thread, facts.thread));
  if (task == nullptr) return;
  auto message = task->origin;
  for (const auto& [id, row] : state_.messages)
    if (id.first == query.tenant && id.second != query.thread.message && row.decision &&
        row.decision->task.id() == task->number && row.decision->outcome != Outcome::recorded &&
        row.decision->from == task->requester.address)
      message = id.second;
  if (const auto found = state_.messages.find({query.tenant, message}); found != state_.messages.end())
    facts.last_word = LastWord{.message = message, .written_to = found->second.message.envelope.recipient};
  else return;
  const auto* answered = state_.find_send(query.tenant, query.thread.hints.proven_send);
  if (answered != nullptr) {
    const auto& send = answered->stored.send;
    const auto about = state_.messages.find({query.tenant, send.message});
    const bool known = about != state_.messages.end() && about->second.decision;
    const auto from = known ? about->second.decision->from : std::string();
    facts.last_word->told = send.recipient;
    facts.last_word->about = send.message;
    const bool asked = send.message == task->origin || has_asked(*task, from);
    facts.last_word->to_us = asked && tells_of_customer(send);
    facts.last_word->of_another = known && !asked && tells_of_customer(send);
    if (known && facts.last_word->to_us && send.message != task->origin &&
        !is_same_address(from, task->requester.address))
      answer_part(*facts.last_word, from, about->second.message.envelope.recipient);
  }
  SendsBefore before(*facts.last_word, query.thread.sender);
  int looked_at = 0;
  for (auto it = state_.sends.rbegin(); it != state_.sends.rend() && looked_at < kSendsBeforeMost; ++it) {
    const auto& [tenant, stored] = std::pair(it->second.tenant, it->second.stored);
    if (tenant != query.tenant || stored.send.subject.task() != task->number) continue;
    ++looked_at;
    before.add(stored.send, stored.created_at);
  }
}

std::vector<KnownMessage> MemoryStore::find_known(TenantId tenant, const ThreadQuery& query) const {
  std::vector<KnownMessage> known;
  for (const auto hash : known_ids(query)) {
    const auto [first, last] = state_.by_id_hash.equal_range({tenant, hash});  // equal keys stand in order of insertion
    const auto before = known_before(query, hash);
    int taken = 0;
    for (auto it = last; it != first;) {
      const auto& row = state_.messages.at({tenant, (--it)->second});
      if (row.message.id >= before || (++taken > kKnownPerId && it != first)) continue;
      KnownMessage found{.id = row.message.id,
                         .id_hash = hash,
                         .content = row.message.key.content,
                         .task = {},
                         .decided = row.decision.has_value()};
      if (row.decision && row.decision->task) found.task = row.decision->task.id();
      if (row.decision && row.decision->split_to) found.task = row.decision->split_to;
      known.push_back(std::move(found));
    }
  }
  std::ranges::sort(known, std::greater{}, &KnownMessage::id);
  return known;
}

std::vector<ThreadAlias> MemoryStore::find_aliases(TenantId tenant, std::span<const std::int64_t> id_hashes) const {
  std::vector<ThreadAlias> found;
  for (const auto hash : id_hashes)
    if (const auto at = state_.aliases.find({tenant, hash}); at != state_.aliases.end()) found.push_back(at->second);
  return found;
}

std::vector<std::string> MemoryStore::participants(TenantId tenant, TaskNumber number) const {
  std::set<std::string> found;
  for (const auto& [id, row] : state_.messages)
    if (id.first == tenant && row.decision && row.decision->task.id() == number &&
        row.decision->outcome != Outcome::recorded && !row.decision->from.empty())
      found.insert(ascii_lower(row.decision->from));
  for (const auto& [id, row] : state_.sends)
    if (row.tenant == tenant && row.stored.send.subject.task() == number &&
        row.stored.send.recipient.kind == ContactKind::mail && row.stored.state != SendState::refused &&
        row.stored.state != SendState::recalled)
      found.insert(ascii_lower(row.stored.send.recipient.address));
  std::vector<std::string> all(found.begin(), found.end());
  if (all.size() > static_cast<std::size_t>(kParticipantsMax)) all.resize(kParticipantsMax);
  return all;
}

rules::SenderHistory MemoryStore::sender_history(const ContextQuery& query) const {
  constexpr std::int64_t kMost = 1000;
  const auto& address = query.thread.sender;
  rules::SenderHistory history;
  for (const auto& [id, row] : state_.messages)
    if (id.first == query.tenant && id.second < query.thread.message && row.decision && row.decision->from == address &&
        history.earlier_messages < kMost)
      ++history.earlier_messages;
  for (const auto& [key, task] : state_.tasks)
    if (task.tenant == query.tenant && to_string(task.requester) == address && is_open(task.state) &&
        history.open_tasks < kMost)
      ++history.open_tasks;
  return history;
}

}  // namespace orgo
