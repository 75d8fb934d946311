#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/intake/raw_message.h"

namespace orgo {

/// Where a mail door puts what it received; intake is behind it. Asynchronous, unlike other ports, because a door
/// serves hundreds of peers on a few threads and each of them waits for the group commit. Threads: any method from any
/// thread; `submit` must not block, since it runs on a thread of the network.
class MailSink {
 public:
  /// One Status per envelope, in their order. OK = durable: survives kill -9 and loss of power, and the door may say
  /// 250. resource_exhausted: no room (452); unavailable, deadline_exceeded, conflict, corrupt: not surely stored, the
  /// peer must try again (451; the dedup key makes that harmless); invalid_input, not_permitted, not_found: never
  /// (5xx).
  using Done = std::function<void(std::vector<Status> outcomes)>;

  virtual ~MailSink() = default;

  /// Stores one message for 1 to limits.recipients recipients, one Envelope each. `bytes` is what the peer sent, after
  /// dot-unstuffing and otherwise unchanged (CRLF line ends, no trace field of ours), never null, shared, never
  /// changed. `done` is called exactly once, from any thread, also before submit() returns, also when nothing was
  /// stored. It stays callable after the door was stopped or destroyed, and then does nothing.
  virtual void submit(std::vector<Envelope> envelopes, std::shared_ptr<const std::string> bytes, Done done) = 0;
};

}  // namespace orgo
