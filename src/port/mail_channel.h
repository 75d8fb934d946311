#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/time.h"

namespace orgo {

/// One mail to one recipient.
struct OutgoingMail {
  std::string sender;     ///< envelope sender without <>; empty is the null sender (RFC 3834: for automatic answers)
  std::string recipient;  ///< envelope recipient without <>
  std::string message;    ///< full RFC 5322 text with its Message-ID. LF and CRLF are both fine; it goes out with CRLF
};

/// What became of one mail.
struct SendResult {
  enum class Kind {
    delivered,  ///< the peer said 2xx after the final dot: it is responsible now
    temporary,  ///< surely not taken: 4xx, no connection, no time left; try again later
    permanent,  ///< surely not taken and never will be: 5xx, or the mail can't be expressed to this peer
    unknown,  ///< the connection broke between the final dot and the answer: taken or not. Sending again with the same
              ///< Message-ID may show it twice to the recipient; not sending again may lose it
  };
  Kind kind = Kind::temporary;
  std::string detail;  ///< for a person: the peer's answer ("550 5.1.1 no such user"), or what failed and where
};

/// Sends mail to the one server that it is configured for. Adapter: mail_out (SMTP).
/// Threads: one call at a time per object, from any thread; the owner keeps one object per sending thread.
/// Blocks the calling thread until all is answered or the deadline is reached.
class MailChannel {
 public:
  virtual ~MailChannel() = default;

  /// Tries each of `mails` once, in order, over one connection as long as the peer keeps it. When the peer ends it
  /// between two mails, a new one is opened for the rest, and again as long as the last one got something through.
  /// Exactly one result per mail, in their order. Never throws, and a bad mail doesn't keep the others from going out.
  /// When the server can't be reached, greets with 4xx/5xx, or lacks required TLS or login, all mails that were not
  /// tried are `temporary` with that cause: a misconfigured relay must not bounce what is waiting.
  /// After `deadline` nothing new is begun; what was not tried is `temporary`, what waited for the answer `unknown`.
  virtual std::vector<SendResult> send(std::span<const OutgoingMail> mails, Deadline deadline) = 0;
};

}  // namespace orgo
