#pragma once
#include <cstdint>
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

}  // namespace orgo
