#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/result.h"
#include "core/message/message.h"
#include "core/suppression/suppression.h"
#include "core/task/task.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "port/task_store.h"

namespace orgo {

/// What the sends of one step are made of, read once for all that need it.
class Sources {
 public:
  Sources(Outbox& outbox, MessageStore& messages, TaskStore& tasks)
      : outbox_(outbox), messages_(messages), tasks_(tasks) {}

  /// nullopt: there is none. The references live as long as the sources.
  const Result<std::optional<Task>>& task(TenantId tenant, TaskNumber number);
  /// nullopt also for one that is damaged or gone: that must not keep people from being told.
  const Result<std::optional<Message>>& message(TenantId tenant, MessageId id);

  /// The same with its bytes and by which door it came, for an answer.
  struct Content {
    Channel channel{};
    std::string raw;
    Message message;
  };
  Result<std::optional<Content>> content(TenantId tenant, MessageId id);

  /// Reads what the suppression list knows of all recipients, in one read for each tenant.
  Status read_suppressions(std::span<const LeasedSend> leases);
  [[nodiscard]] std::optional<Suppression> suppression(TenantId tenant, const Contact& recipient) const;

 private:
  Outbox& outbox_;
  MessageStore& messages_;
  TaskStore& tasks_;
  std::map<std::pair<TenantId, TaskNumber>, Result<std::optional<Task>>> task_by_id_;
  std::map<std::pair<TenantId, MessageId>, Result<std::optional<Message>>> message_by_id_;
  std::map<std::pair<TenantId, std::string>, Suppression> suppression_by_key_;
};

}  // namespace orgo
