#include "service/delivery/sources.h"

#include <algorithm>
#include <vector>

#include "core/mail/read/read_message.h"

namespace orgo {

const Result<std::optional<Task>>& Sources::task(TenantId tenant, TaskNumber number) {
  const std::pair key{tenant, number};
  auto found = task_by_id_.find(key);
  if (found == task_by_id_.end()) {
    Result<std::optional<Task>> task{std::nullopt};
    if (number) {
      auto read = tasks_.read(tenant, number);
      if (read) task = std::optional(std::move(*read));
      else if (read.error().code != Errc::not_found) task = tl::unexpected(std::move(read).error());
    }
    found = task_by_id_.emplace(key, std::move(task)).first;
  }
  return found->second;
}

const Result<std::optional<Message>>& Sources::message(TenantId tenant, MessageId id) {
  const std::pair key{tenant, id};
  auto found = message_by_id_.find(key);
  if (found == message_by_id_.end()) {
    Result<std::optional<Message>> message{std::nullopt};
    if (id) {
      const auto bytes = messages_.read_bytes(tenant, id);
      if (bytes) message = std::optional(read_message(*bytes));
      else if (bytes.error().code != Errc::not_found && bytes.error().code != Errc::corrupt)
        message = tl::unexpected(bytes.error());
    }
    found = message_by_id_.emplace(key, std::move(message)).first;
  }
  return found->second;
}

Result<std::optional<Sources::Content>> Sources::content(TenantId tenant, MessageId id) {
  if (!id) return std::optional<Content>();
  const std::pair key{tenant, id};
  auto loaded = messages_.load(std::span(&key, 1));
  if (!loaded.at(0)) {
    const auto& why = loaded[0].error();
    if (why.code == Errc::not_found || why.code == Errc::corrupt) return std::optional<Content>();
    return tl::unexpected(why);
  }
  auto& bytes = loaded[0]->bytes;
  auto message = read_message(bytes);
  return std::optional(Content{loaded[0]->message.envelope.channel, std::move(bytes), std::move(message)});
}

Status Sources::read_suppressions(std::span<const LeasedSend> leases) {
  std::map<TenantId, std::vector<std::string>> keys;
  for (const auto& leased : leases) {
    auto& of_tenant = keys[leased.tenant];
    auto key = contact_key(leased.send.recipient);
    if (std::find(of_tenant.begin(), of_tenant.end(), key) == of_tenant.end()) of_tenant.push_back(std::move(key));
  }
  for (const auto& [tenant, of_tenant] : keys) {
    ORGO_TRY(found, outbox_.find_suppressions(tenant, of_tenant));
    for (auto& entry : found) {
      std::pair key{tenant, entry.address};
      suppression_by_key_.insert_or_assign(std::move(key), std::move(entry));
    }
  }
  return {};
}

std::optional<Suppression> Sources::suppression(TenantId tenant, const Contact& recipient) const {
  const auto known = suppression_by_key_.find({tenant, contact_key(recipient)});
  return known == suppression_by_key_.end() ? std::nullopt : std::optional(known->second);
}

}  // namespace orgo
