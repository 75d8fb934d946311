#include <algorithm>
#include <functional>
#include <limits>

#include "adapter/memory/memory_store.h"
#include "adapter/memory/mended.h"
#include "base/json_writer.h"
#include "core/intake/repeated.h"
#include "core/processing/message_decision.h"

namespace orgo {

constexpr std::size_t kBatchMax = 1000;

std::optional<MessageId> MemoryStore::find_copy(const Envelope& envelope, const DedupKey& key) const {
  const auto tenant = envelope.tenant;
  if (const auto found = state_.copies.find({tenant, key.id_hash, key.copy_hash}); found != state_.copies.end())
    return found->second;
  std::optional<MessageId> first;
  const auto [begin, end] = state_.by_id_hash.equal_range({tenant, key.id_hash});
  for (auto at = begin; at != end; ++at) {
    const auto& known = state_.messages.at({tenant, at->second}).message;
    const auto doors = channels_of_same_mail(envelope.channel);
    if (known.key.content == key.content && std::ranges::find(doors, known.envelope.channel) != doors.end() &&
        (!first || known.id < *first))
      first = known.id;
  }
  return first;
}

Result<std::vector<Accepted>> MemoryStore::accept(std::span<const RawMessage> messages, Deadline /*deadline*/) {
  if (messages.empty() || messages.size() > kBatchMax)
    return failure(Errc::invalid_input, "accept takes 1 to 1,000 messages, not " + std::to_string(messages.size()));
  const std::lock_guard lock(mutex_);
  std::vector<Accepted> answers;
  answers.reserve(messages.size());
  for (const auto& raw : messages) {
    const auto key = dedup_key(raw.envelope, raw.bytes);
    const auto tenant = raw.envelope.tenant;
    if (const auto copy = find_copy(raw.envelope, key)) {
      state_.append_event(tenant, {.kind = EventKind::message_repeated,
                                   .subject = {},
                                   .message = *copy,
                                   .send = {},
                                   .at = raw.envelope.received_at,
                                   .actor = std::string(to_string(raw.envelope.channel)),
                                   .data = repeated_data(raw.envelope)});
      answers.push_back(
          {.message = *copy, .duplicate = true, .known_id = state_.messages.at({tenant, *copy}).message.known_id});
      continue;
    }
    const MessageId id{++state_.last_message[tenant]};
    const bool known_id = state_.by_id_hash.contains({tenant, key.id_hash});
    state_.messages.insert_or_assign({tenant, id}, memory::MessageRow{.message = {.id = id,
                                                                                  .envelope = mended(raw.envelope),
                                                                                  .key = key,
                                                                                  .known_id = known_id,
                                                                                  .size = raw.bytes.size()},
                                                                      .bytes = std::string(raw.bytes)});
    state_.copies[{tenant, key.id_hash, key.copy_hash}] = id;
    state_.by_id_hash.emplace(memory::InTenant<std::int64_t>{tenant, key.id_hash}, id);
    add_work({tenant, WorkKind::process, id.value}, raw.envelope.received_at);
    std::string data;
    JsonWriter(data).begin_object().field("channel", to_string(raw.envelope.channel)).end_object();
    state_.append_event(tenant, {.kind = EventKind::message_accepted,
                                 .subject = {},
                                 .message = id,
                                 .send = {},
                                 .at = raw.envelope.received_at,
                                 .actor = "intake",
                                 .data = std::move(data)});
    answers.push_back({.message = id, .duplicate = false, .known_id = known_id});
  }
  return answers;
}

Result<StoredMessage> MemoryStore::read(TenantId tenant, MessageId id) {
  const std::lock_guard lock(mutex_);
  if (const auto* row = state_.find_message(tenant, id)) return row->message;
  return failure(Errc::not_found, "no message " + to_string(id));
}

Result<std::vector<StoredMessage>> MemoryStore::find_by_id(TenantId tenant, std::int64_t id_hash, Channel channel) {
  constexpr std::size_t kMost = 10;
  const std::lock_guard lock(mutex_);
  std::vector<StoredMessage> found;
  const auto [begin, end] = state_.by_id_hash.equal_range({tenant, id_hash});
  for (auto at = begin; at != end; ++at)
    if (const auto& message = state_.messages.at({tenant, at->second}).message; message.envelope.channel == channel)
      found.push_back(message);
  std::ranges::sort(found, std::greater{}, &StoredMessage::id);
  if (found.size() > kMost) found.erase(found.begin() + static_cast<std::ptrdiff_t>(kMost), found.end());
  return found;
}

Result<std::string> MemoryStore::read_bytes(TenantId tenant, MessageId id) {
  const std::lock_guard lock(mutex_);
  if (const auto* row = state_.find_message(tenant, id)) return row->bytes;
  return failure(Errc::not_found, "no message " + to_string(id));
}

std::vector<Result<MessageStore::Loaded>> MemoryStore::load(std::span<const std::pair<TenantId, MessageId>> ids) {
  const std::lock_guard lock(mutex_);
  std::vector<Result<Loaded>> loaded;
  loaded.reserve(ids.size());
  for (const auto& [tenant, id] : ids) {
    if (const auto* row = state_.find_message(tenant, id)) loaded.emplace_back(Loaded{row->message, row->bytes});
    else loaded.emplace_back(failure(Errc::not_found, "no message " + to_string(id)));
  }
  return loaded;
}

Result<std::vector<MessageSummary>> MemoryStore::list(const MessageListRequest& request) {
  const std::lock_guard lock(mutex_);
  std::vector<MessageSummary> page;
  const MessageId before{request.before ? request.before.value : std::numeric_limits<std::int64_t>::max()};
  for (auto it = state_.messages.lower_bound({request.tenant, before});
       it != state_.messages.begin() && static_cast<int>(page.size()) < request.limit;) {
    const auto& [key, row] = *--it;
    if (key.first != request.tenant) break;
    if (request.task && (!row.decision || row.decision->task != request.task)) continue;
    page.push_back({row.message, row.decision});
    if (page.back().decision) page.back().decision->trace.clear();
  }
  return page;
}

Result<std::optional<MessageDecision>> MemoryStore::decision(TenantId tenant, MessageId id) {
  const std::lock_guard lock(mutex_);
  if (const auto* row = state_.find_message(tenant, id)) return row->decision;
  return failure(Errc::not_found, "no message " + to_string(id));
}

}  // namespace orgo
