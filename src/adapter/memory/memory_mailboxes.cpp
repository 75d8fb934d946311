#include "adapter/memory/memory_store.h"
#include "base/stored_text.h"

namespace orgo {

Result<std::optional<MailboxRecord>> MemoryStore::find_mailbox(TenantId tenant, const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = state_.mailboxes.find({tenant, stored_text(name)});
  if (found == state_.mailboxes.end()) return std::optional<MailboxRecord>();
  return std::optional(found->second);
}

Result<std::vector<MailboxRecord>> MemoryStore::list_mailboxes(TenantId tenant) {
  const std::lock_guard lock(mutex_);
  std::vector<MailboxRecord> records;
  for (const auto& [key, record] : state_.mailboxes)
    if (key.first == tenant) records.push_back(record);
  return records;
}

Result<std::vector<Arrival>> MemoryStore::arrivals_after(TenantId tenant, MessageId after, int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Arrival> arrivals;
  for (auto row = state_.messages.upper_bound({tenant, after});
       row != state_.messages.end() && row->first.first == tenant && static_cast<int>(arrivals.size()) < limit; ++row) {
    const auto& envelope = row->second.message.envelope;
    arrivals.push_back(
        {row->first.second, envelope.channel, envelope.peer, envelope.received_at, envelope.archived.has_value()});
  }
  return arrivals;
}

Result<SilenceStore::Learned> MemoryStore::read_rhythms(TenantId tenant) {
  const std::lock_guard lock(mutex_);
  Learned learned;
  if (const auto upto = state_.rhythms_upto.find(tenant); upto != state_.rhythms_upto.end())
    learned.upto = upto->second;
  for (const auto& [key, state] : state_.rhythms)
    if (key.first == tenant) learned.rhythms.push_back({key.second, state});
  return learned;
}

Result<std::vector<OpenAlarm>> MemoryStore::open_alarms(TenantId tenant) {
  const std::lock_guard lock(mutex_);
  std::vector<OpenAlarm> alarms;
  for (const auto& [key, alarm] : state_.alarms)
    if (key.first == tenant) alarms.push_back(alarm);
  return alarms;
}

}  // namespace orgo
