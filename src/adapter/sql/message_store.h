#pragma once
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapter/sql/engine.h"
#include "adapter/sql/mail_bytes.h"
#include "port/message_store.h"

namespace orgo {

/// Rows in the database, bytes where MailBytes says: durable there before the row names them, or with it.
class SqlMessageStore final : public MessageStore {
 public:
  SqlMessageStore(sql::Engine& engine, MailBytes& bytes) : engine_(engine), bytes_(bytes) {}

  Result<std::vector<Accepted>> accept(std::span<const RawMessage> messages, Deadline deadline) override;
  /// Would a mail be accepted? Writes all the rows of one and undoes that; no message, number or event comes of it.
  /// Errors as accept().
  Status rehearse(TenantId tenant, Deadline deadline);
  Result<StoredMessage> read(TenantId tenant, MessageId id) override;
  Result<std::vector<StoredMessage>> find_by_id(TenantId tenant, std::int64_t id_hash, Channel channel) override;
  Result<std::string> read_bytes(TenantId tenant, MessageId id) override;
  std::vector<Result<Loaded>> load(std::span<const std::pair<TenantId, MessageId>> ids) override;
  Result<std::vector<MessageSummary>> list(const MessageListRequest& request) override;
  Result<std::optional<MessageDecision>> decision(TenantId tenant, MessageId id) override;

 private:
  sql::Engine& engine_;
  MailBytes& bytes_;
};

}  // namespace orgo
