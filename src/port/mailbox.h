#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/mailbox/mailbox_position.h"

namespace orgo {

/// One mail as it lies on the server.
struct FetchedMail {
  std::string uid;          ///< names it in this mailbox: "<uidvalidity>:<uid>", or for POP3 the UIDL
  std::string bytes;        ///< as the server has it
  TimePoint received_at{};  ///< INTERNALDATE; {} where the protocol knows none
};

/// A mailbox elsewhere from which Orgo takes mail (A1). Backends: imap, pop3 (adapter/mailbox). Blocking: each has a
/// thread of its own. Not for two threads at once, but for stop(). After any error the next call connects anew. Errors:
/// not_permitted (the login was refused; say what the server said), unavailable (no connection, TLS, greeting),
/// deadline_exceeded, invalid_input (no such folder), corrupt (the server breaks its protocol).
/// Secrets never stand in an error.
class Mailbox {
 public:
  virtual ~Mailbox() = default;

  /// Connects when needed and hands mails that are new after `position`, oldest first, to `take`, at most `most` (1 to
  /// 1,000) in one call, in batches of some megabytes. `take` makes a batch durable together with its position and says
  /// so: only then it counts as taken, and only then the mails are moved, flagged, deleted or left, as configured. An
  /// error of `take` ends the call with that error; the mails stay where they are and come again. A mail beyond
  /// `bytes_max` of the configuration is not fetched: it goes to `refused` with its size and counts as seen. When a
  /// later step fails, the position of the last batch that was taken is the one that holds; Looked::position is for
  /// success.
  struct Batch {
    std::vector<FetchedMail> mails;
    struct Refused {
      std::string uid;
      std::uint64_t size = 0;
    };
    std::vector<Refused> refused;
    MailboxPosition position;  ///< after this batch
  };
  using Take = std::function<Status(const Batch& batch)>;
  struct Looked {
    MailboxPosition position;  ///< to be kept, also when nothing was taken
    std::size_t taken = 0;
    bool more = false;   ///< there is more: look again at once
    bool reset = false;  ///< UIDVALIDITY changed since `position` (the dedup key makes reading again harmless)
    /// For a person, empty when all is well: what could not be done though the mails were taken ("12 mails could not be
    /// moved to Done: the server said [OVERQUOTA] ..."), or which mails the server does not hand out.
    std::string problem;
  };
  virtual Result<Looked> look(const MailboxPosition& position, std::size_t most, const Take& take,
                              Deadline deadline) = 0;

  /// Waits until the server tells of something new (IDLE), the deadline has passed (both OK) or stop() was called. A
  /// backend without IDLE, or a server without, only waits its poll interval. Without a connection it makes one and
  /// returns at once, since something may have come in between.
  virtual Status wait(Deadline deadline) = 0;

  /// From any thread: ends what blocks, soon, with unavailable. Final.
  virtual void stop() = 0;

  /// For `orgo mailbox status`: what the connection is, in words: "IMAP, TLSv1.3, IDLE, CONDSTORE".
  [[nodiscard]] virtual std::string describe() const = 0;
};

}  // namespace orgo
