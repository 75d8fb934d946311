#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/intake/raw_message.h"
#include "core/processing/message_decision.h"

namespace orgo {

/// What became of one message at the store.
struct Accepted {
  MessageId message;       ///< of the new row, or of the one that was there already
  bool duplicate = false;  ///< the very same message was accepted before: nothing was written
  bool known_id =
      false;  ///< a message with this Message-ID but another body, or for another recipient, was here before
};

/// A message as it was accepted. Immutable.
struct StoredMessage {
  MessageId id;
  Envelope envelope;
  DedupKey key;
  bool known_id = false;
  std::uint64_t size = 0;  ///< raw bytes
};

struct MessageListRequest {
  TenantId tenant;
  MessageId before;  ///< 0: from the newest
  int limit = 50;    ///< 1 to 1,000
  TaskNumber task;   ///< 0: all
};
/// A line of a message list: the stored facts and what was decided, if it was.
struct MessageSummary {
  StoredMessage message;
  std::optional<MessageDecision> decision;  ///< without trace
};

/// Keeps messages as they were accepted (A4). Backends: memory, SQL. All pass
/// tests/contract/message_store_contract_test.cpp. Threads: any method from any thread. Time: passed in; a store reads
/// no clock. Errors of every method: unavailable, deadline_exceeded, corrupt; others stand at the method.
class MessageStore {
 public:
  virtual ~MessageStore() = default;

  /// Makes 1 to 1,000 messages durable, together with their work item in the embedded queue (topic "process") where
  /// the queue lives in the same database. On success they survive kill -9 and loss of power; bytes are kept as they
  /// are. One answer for each, in order. A message that was accepted before (same tenant, channel, recipient, id and
  /// content) is answered as `duplicate`; calling again after deadline_exceeded is therefore safe. resource_exhausted:
  /// the disk is full; conflict: the store can't hold one of them. In both cases nothing of the batch was stored.
  virtual Result<std::vector<Accepted>> accept(std::span<const RawMessage> messages, Deadline deadline) = 0;

  /// not_found also for another tenant's message.
  virtual Result<StoredMessage> read(TenantId tenant, MessageId id) = 0;
  /// The bytes as they were accepted. corrupt: their checksum is wrong.
  virtual Result<std::string> read_bytes(TenantId tenant, MessageId id) = 0;
  /// Several at once, in the order asked for, for processing. An id that does not exist gives not_found in its place.
  struct Loaded {
    StoredMessage message;
    std::string bytes;
  };
  virtual std::vector<Result<Loaded>> load(std::span<const std::pair<TenantId, MessageId>> ids) = 0;

  /// Those that came by this door under a Message-ID (message_id_hash()), newest first, at most 10.
  virtual Result<std::vector<StoredMessage>> find_by_id(TenantId tenant, std::int64_t id_hash, Channel channel) = 0;
  /// Newest first.
  virtual Result<std::vector<MessageSummary>> list(const MessageListRequest& request) = 0;
  /// The decision with its trace; nullopt while the message waits.
  virtual Result<std::optional<MessageDecision>> decision(TenantId tenant, MessageId id) = 0;
};

}  // namespace orgo
