#pragma once
#include <string>

#include "adapter/mailbox/settings.h"
#include "adapter/net/stop_signal.h"

namespace orgo::mailbox {

/// Tokens for XOAUTH2 from a program of the administrator: run when there is none yet, when the one at hand ends within
/// `renew_before`, or when the server refused it. The token is kept in memory only, and stands in no log and no error;
/// nor does anything else that the program said. The program gets our environment without what begins with ORGO_ (those
/// are settings, and some are secrets), no input, and a process group of its own, which ends with it: after `time`, or
/// with stop(), by SIGKILL.
class TokenSource {
 public:
  TokenSource(MailboxSettings::TokenCommand command, const net::StopSignal& stop)
      : command_(std::move(command)), stop_(stop) {}

  /// unavailable: the program can't be run, fails, takes too long or says no token. deadline_exceeded: the caller's
  /// time was up.
  Result<std::string> token(Deadline deadline);
  /// The server refused it.
  void forget() { token_.clear(); }

 private:
  Result<std::string> run(Deadline deadline) const;

  MailboxSettings::TokenCommand command_;
  const net::StopSignal& stop_;
  std::string token_;
  Deadline good_until_ = Deadline::max();
};

/// A token and for how long it is good (0: not told), from what a program said: {"access_token": ..., "expires_in":
/// 3599}, or the token alone. invalid_input says what is wrong, without repeating it.
struct SaidToken {
  std::string token;
  std::chrono::seconds expires_in{0};
};
Result<SaidToken> parse_token(std::string_view output);

}  // namespace orgo::mailbox
