#include <algorithm>
#include <set>

#include "adapter/memory/memory_store.h"
#include "base/stored_text.h"
#include "base/text.h"
#include "core/delivery/fair_share.h"

namespace orgo {

Result<std::vector<LeasedSend>> MemoryStore::lease_sends(const LeaseOwner& owner, TimePoint now, Millis lease_time,
                                                         int limit, std::string_view lane, const LeaseChoice& choice) {
  const std::lock_guard lock(mutex_);
  std::vector<LeasedSend> leases;
  for (const auto priority : kMostUrgentFirst) {
    if (priority < choice.least) break;
    const auto turns = due_in_turn(now, priority, lane, choice);
    std::vector<int> waiting;
    for (const auto& [tenant, sends] : turns) waiting.push_back(static_cast<int>(sends.size()));
    const auto shares = fair_share(waiting, limit - static_cast<int>(leases.size()));
    for (std::size_t i = 0; i < turns.size(); ++i) {
      for (int k = 0; k < shares[i]; ++k)
        leases.push_back(
            lease_send({turns[i].first, turns[i].second[static_cast<std::size_t>(k)]}, owner, now + lease_time));
      if (shares[i] > 0) last_served_.insert_or_assign(priority, turns[i].first);
    }
  }
  return leases;
}

std::vector<std::pair<TenantId, std::vector<SendId>>> MemoryStore::due_in_turn(TimePoint now, Priority priority,
                                                                               std::string_view lane,
                                                                               const LeaseChoice& choice) const {
  std::map<TenantId, std::vector<std::pair<TimePoint, SendId>>> due;
  for (const auto& id : state_.queued) {
    if (choice.under_way != nullptr && choice.under_way->contains(id)) continue;
    const auto& row = state_.sends.at(id);
    const auto& send = row.stored.send;
    if ((lane.empty() || send.channel == lane) && send.priority == priority && send.due_at <= now &&
        row.leased_until <= now && !state_.is_suspended(row.tenant))
      due[row.tenant].emplace_back(send.due_at, id.second);
  }
  std::vector<std::pair<TenantId, std::vector<SendId>>> turns;
  for (auto& [tenant, sends] : due) {
    std::ranges::sort(sends);
    auto& ids = turns.emplace_back(tenant, std::vector<SendId>{}).second;
    for (const auto& [due_at, id] : sends) ids.push_back(id);
  }
  if (const auto last = last_served_.find(priority); last != last_served_.end())
    std::ranges::rotate(turns, std::ranges::find_if(turns, [&](const auto& one) { return last->second < one.first; }));
  return turns;
}

LeasedSend MemoryStore::lease_send(const memory::InTenant<SendId>& id, const LeaseOwner& owner, TimePoint until) {
  auto& row = state_.sends.at(id);
  row.lease = ++state_.last_lease;
  row.leased_until = until;
  row.owner = to_string(owner);
  return {.id = id.second,
          .tenant = row.tenant,
          .send = row.stored.send,
          .lease = row.lease,
          .attempts = ++row.stored.attempts,
          .created_at = row.stored.created_at,
          .held = row.held};
}

Status MemoryStore::give_back(std::span<const LeasedSend> leases, TimePoint now) {
  const std::lock_guard lock(mutex_);
  for (const auto& one : leases) {
    const auto found = state_.sends.find({one.tenant, one.id});
    if (found == state_.sends.end()) continue;
    auto& row = found->second;
    if (row.lease != one.lease || row.stored.state != SendState::queued) continue;
    row.leased_until = {};
    row.lease = ++state_.last_lease;
    row.owner.clear();
    row.stored.send.due_at = now;
    row.stored.attempts = one.attempts - 1;
  }
  return {};
}

Result<int> MemoryStore::cap_waits(TimePoint now, Millis most, Millis to, std::string_view lane) {
  const std::lock_guard lock(mutex_);
  int capped = 0;
  for (const auto& id : state_.queued) {
    auto& row = state_.sends.at(id);
    auto& due_at = row.stored.send.due_at;
    if (row.stored.send.channel != lane || row.leased_until > now) continue;
    if (row.stored.detail.empty() && row.stored.attempts == 0) {
      if (row.stored.created_at <= now) continue;
      due_at = now + std::max(due_at - row.stored.created_at, Millis{0});
      row.stored.created_at = now;
    } else {
      if (row.stored.detail.empty() || due_at <= now + most) continue;
      due_at = now + to;
    }
    ++capped;
  }
  return capped;
}

Result<std::int64_t> MemoryStore::count_for_brake(const BrakeQuery& query) {
  const auto has_name = [&](const Send& send) {
    return query.name == (query.by == CountedBy::lane    ? send.channel
                          : query.by == CountedBy::cause ? send.cause
                                                         : send.rule);
  };
  const std::lock_guard lock(mutex_);
  return std::ranges::count_if(state_.sends, [&](const auto& entry) {
    const memory::SendRow& row = entry.second;
    const auto& send = row.stored.send;
    return row.tenant == query.tenant && !row.held && (send.priority == Priority::urgent) == query.urgent &&
           has_name(send) && row.counted_at >= query.since && (!query.upto || row.stored.id <= query.upto);
  });
}

Status MemoryStore::release_sends(const LeaseOwner& owner, LeasesOf which, TimePoint now) {
  const std::lock_guard lock(mutex_);
  for (const auto& id : state_.queued) {
    auto& row = state_.sends.at(id);
    if (row.leased_until <= now || !belongs_to(row.owner, owner, which)) continue;
    row.leased_until = {};
    row.lease = ++state_.last_lease;
    row.owner.clear();
  }
  return {};
}

Result<std::optional<TimePoint>> MemoryStore::next_send(std::string_view lane) {
  const std::lock_guard lock(mutex_);
  std::optional<TimePoint> next;
  for (const auto& id : state_.queued) {
    const auto& row = state_.sends.at(id);
    if ((!lane.empty() && row.stored.send.channel != lane) || state_.is_suspended(row.tenant)) continue;
    const auto at = std::max(row.stored.send.due_at, row.leased_until);
    if (!next || at < *next) next = at;
  }
  return next;
}

Result<std::vector<StoredSend>> MemoryStore::held_sends(TenantId tenant, SendId after, int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<StoredSend> found;
  for (auto it = state_.queued.upper_bound({tenant, after}); it != state_.queued.end(); ++it) {
    if (it->first != tenant || static_cast<int>(found.size()) >= limit) break;
    if (const auto& row = state_.sends.at(*it); row.held) found.push_back(row.stored);
  }
  return found;
}

Result<std::vector<StoredSend>> MemoryStore::sends_of_task(TenantId tenant, TaskNumber task) {
  const std::lock_guard lock(mutex_);
  std::vector<StoredSend> found;
  for (const auto& [id, row] : state_.sends)
    if (row.tenant == tenant && row.stored.send.subject.task() == task) found.push_back(row.stored);
  constexpr std::size_t kMost = 1000;
  if (found.size() > kMost) found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(kMost));
  return found;
}

Result<std::int64_t> MemoryStore::count_sends(TenantId tenant, TaskNumber task, TimePoint since, std::string_view given,
                                              SendId upto) {
  const std::lock_guard lock(mutex_);
  const auto recipient = stored_text(given);
  return std::ranges::count_if(state_.sends, [&](const auto& entry) {
    const memory::SendRow& row = entry.second;
    if (row.tenant != tenant || row.stored.created_at < since) return false;
    return row.stored.send.subject.task() == task && (!upto || row.stored.id <= upto) &&
           (recipient.empty() || ascii_iequals(to_string(row.stored.send.recipient), recipient));
  });
}

Result<StoredSend> MemoryStore::read_send(TenantId tenant, SendId id) {
  const std::lock_guard lock(mutex_);
  if (const auto* row = state_.find_send(tenant, id)) return row->stored;
  return failure(Errc::not_found, "no send " + to_string(id));
}

Result<std::vector<StoredSend>> MemoryStore::answers_to(TenantId tenant, std::string_view given, TimePoint since,
                                                        SendId upto, int limit) {
  const std::lock_guard lock(mutex_);
  const auto recipient = stored_text(given);
  std::vector<StoredSend> found;
  for (auto it = state_.sends.rbegin(); it != state_.sends.rend() && static_cast<int>(found.size()) < limit; ++it) {
    const auto& stored = it->second.stored;
    if (it->second.tenant == tenant && stored.send.kind == SendKind::reply && stored.created_at >= since &&
        (!upto || stored.id <= upto) && ascii_iequals(to_string(stored.send.recipient), recipient))
      found.push_back(stored);
  }
  return found;
}

Result<std::vector<Suppression>> MemoryStore::find_suppressions(TenantId tenant,
                                                                std::span<const std::string> addresses) {
  const std::lock_guard lock(mutex_);
  std::vector<Suppression> found;
  std::set<std::string> wanted;
  for (const auto& address : addresses) wanted.insert(stored_text(address));
  for (const auto& address : wanted)
    if (const auto at = state_.suppressions.find({tenant, address}); at != state_.suppressions.end())
      found.push_back(at->second);
  return found;
}

Result<std::vector<Suppression>> MemoryStore::list_suppressions(TenantId tenant, std::string_view after, bool active,
                                                                int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Suppression> page;
  for (auto it = state_.suppressions.upper_bound({tenant, std::string(after)}); it != state_.suppressions.end(); ++it) {
    if (it->first.first != tenant || static_cast<int>(page.size()) >= limit) break;
    if (!active || it->second.active) page.push_back(it->second);
  }
  return page;
}

Result<std::vector<LedgerLine>> MemoryStore::count_ledger() {
  const std::lock_guard lock(mutex_);
  std::map<std::pair<TenantId, Channel>, LedgerLine> lines;
  for (const auto& [id, row] : state_.messages) {
    const auto& envelope = row.message.envelope;
    auto& line =
        lines.try_emplace({envelope.tenant, envelope.channel}, LedgerLine{.tenant = envelope.tenant}).first->second;
    line.channel = to_string(envelope.channel);
    ++line.accepted;
    if (row.bytes.size() == row.message.size) ++line.stored;
    if (row.decision) {
      ++line.decided;
      switch (row.decision->outcome) {
        case Outcome::task_opened:
          ++line.opened;
          break;
        case Outcome::task_joined:
          ++line.joined;
          break;
        case Outcome::recorded:
          ++line.recorded;
          break;
        case Outcome::dropped:
          ++line.dropped;
          break;
      }
    } else if (const auto work = state_.work.find({envelope.tenant, WorkKind::process, id.second.value});
               work != state_.work.end()) {
      ++(work->second.state == memory::WorkState::waiting ? line.waiting
         : work->second.state == memory::WorkState::dead  ? line.dead
                                                          : line.refused);
    }
  }
  std::vector<LedgerLine> all;
  for (auto& [key, line] : lines) all.push_back(std::move(line));
  return all;
}

Result<LedgerReader::States> MemoryStore::look_at_states(const LedgerPlace& after, int limit) {
  const std::lock_guard lock(mutex_);
  States states{.last = after};
  for (auto it = state_.messages.upper_bound({after.tenant, after.message});
       it != state_.messages.end() && static_cast<int>(states.seen.size()) < limit; ++it) {
    const auto& [id, row] = *it;
    states.last = {id.first, id.second};
    states.seen.push_back(states.last);
    if (!row.decision && !state_.work.contains({id.first, WorkKind::process, id.second.value}))
      states.stateless.push_back(states.last);
    if (row.bytes.size() != row.message.size) states.lost.push_back(states.last);
  }
  return states;
}

Result<std::vector<Event>> MemoryStore::decided_events(TenantId tenant, std::span<const MessageId> messages) {
  const std::lock_guard lock(mutex_);
  std::set<MessageId> wanted(messages.begin(), messages.end());
  std::vector<Event> found;
  for (auto at = state_.events.rbegin(); at != state_.events.rend(); ++at) {
    const auto& row = *at;
    const auto& event = row.stored.event;
    if (row.tenant == tenant && event.kind == EventKind::message_decided && wanted.erase(event.message) > 0)
      found.push_back(event);
  }
  return found;
}

Result<std::optional<ApiToken>> MemoryStore::find_token(const Sha256& secret_hash) {
  const std::lock_guard lock(mutex_);
  for (const auto& row : state_.tokens)
    if (row.secret_hash == secret_hash && !row.token.revoked_at) return state_.as_its_person(row.token);
  return std::nullopt;
}

Result<std::vector<ApiToken>> MemoryStore::list_tokens(TenantId tenant) {
  const std::lock_guard lock(mutex_);
  std::vector<ApiToken> found;
  for (const auto& row : state_.tokens)
    if (row.token.tenant == tenant) {
      const auto token = state_.as_its_person(row.token);
      found.push_back(token ? *token : row.token);
    }
  return found;
}

std::optional<ApiToken> memory::State::as_its_person(ApiToken token) const {
  if (token.person.empty()) return token;
  const auto person = people.find({token.tenant, token.person});
  if (person == people.end() || person->second.disabled) return std::nullopt;
  token.role = person->second.role;
  return token;
}

}  // namespace orgo
