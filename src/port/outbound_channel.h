#pragma once
#include <functional>
#include <span>
#include <vector>

#include "base/time.h"
#include "core/channel/channel_traits.h"
#include "core/channel/outgoing.h"

namespace orgo {

/// Carries what goes out to its peers. Adapters: mail_out (SMTP), webhook (HTTP); contract:
/// tests/contract/outbound_channel_contract_test.cpp.
/// Threads: one call at a time per object, from any thread, interrupt() beside it; the owner keeps one object per
/// sending thread.
/// Blocks the calling thread until all is answered or the deadline is reached.
class OutboundChannel {
 public:
  virtual ~OutboundChannel() = default;

  /// What is true of it, from the table of core/channel/channel_traits.h. The reference outlives the channel.
  [[nodiscard]] virtual const ChannelTraits& capabilities() const = 0;

  /// Hears what became of one of a batch, by its place, as soon as that is known and before the next one is handed to
  /// the peer: what was taken can be made durable first, so that whatever happens then repeats one mail at most. False:
  /// nothing further shall be begun.
  using Told = std::function<bool(std::size_t place, SendResult result)>;

  /// Tries each once, in order, and tells of each once, in their order; when `told` has said false, of no further one.
  /// Never throws; a bad one, or one whose recipient is of another kind or malformed (permanent), keeps the others from
  /// nothing.
  ///
  /// - delivered: the peer said so (SMTP 2yz after the final dot, HTTP 2xx).
  /// - temporary: surely not taken: SMTP 4yz, HTTP 408, 425, 429, 5xx, no connection, no time left. Also when the
  ///   peer refuses *us* (greets with 5yz, lacks required TLS or login): a misconfigured relay must not bounce what
  ///   waits.
  /// - permanent: SMTP 5yz, every other HTTP answer (a redirect too: followed it could lead anywhere), an address that
  ///   may not be called, a body that can't be expressed to this peer.
  /// - unknown: it went out and no answer came.
  ///
  /// After `deadline` nothing new is begun: what was not tried is `temporary`, what waited for its answer `unknown`.
  virtual void send_each(std::span<const Outgoing> batch, Deadline deadline, const Told& told) = 0;

  /// From any thread: what is under way ends soon (within about a second) whatever its peer does, as if its deadline
  /// had come, and so does all that is sent later. Never taken back.
  virtual void interrupt() = 0;

  /// send_each() to its end: exactly one result for each, in their order.
  std::vector<SendResult> send(std::span<const Outgoing> batch, Deadline deadline) {
    std::vector<SendResult> results;
    send_each(batch, deadline, [&](std::size_t, SendResult result) {
      results.push_back(std::move(result));
      return true;
    });
    return results;
  }
};

}  // namespace orgo
