#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace orgo {

/// How far a mailbox has been read; kept by the service between runs and handed back unchanged, as text by to_text()
/// and parse_mailbox_position(). IMAP uses the numbers (RFC 9051, RFC 7162), POP3 the list (RFC 1939, UIDL).
struct MailboxPosition {
  TimePoint started_at{};  ///< when the mailbox was first read; {}: never yet
  std::uint32_t uid_validity = 0;
  std::uint32_t last_uid =
      0;  ///< every message up to it was taken, or was there before Orgo when only new mail is wanted
  /// After a change of UIDVALIDITY where only new mail is wanted: mails below this UID that the server received before
  /// started_at were there before Orgo and are passed over.
  std::uint32_t old_below = 0;
  std::uint64_t mod_seq = 0;      ///< of the last look, 0 without CONDSTORE
  std::vector<std::string> seen;  ///< keys of mails that are on a POP3 server and were taken; at most 100,000
  /// Taken, and still to be moved, flagged or deleted: what was under way when the connection broke or the process
  /// died, or what the server refused (a full folder). The next look tries again. At most 10,000; beyond, the oldest
  /// stay as they are.
  std::vector<std::string> unfinished;
  /// Up to last_uid, but the server would not hand them out; tried again now and then. At most 1,000.
  std::vector<std::string> held_back;
  friend bool operator==(const MailboxPosition&, const MailboxPosition&) = default;
};

/// One line of JSON. Fields that a reader does not know are passed over, fields that are missing are empty.
std::string to_text(const MailboxPosition& position);
/// "" is a mailbox never read. invalid_input: not what to_text() writes, or beyond a limit.
Result<MailboxPosition> parse_mailbox_position(std::string_view text);

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
