#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocol/smtp/command.h"
#include "protocol/smtp/data_reader.h"
#include "protocol/smtp/server_options.h"

namespace orgo::smtp {

/// A message that was received to its end, before anybody was told that it is ours.
struct Delivery {
  std::string sender;                   ///< without <>; empty is the null sender
  std::vector<std::string> recipients;  ///< accepted ones in RCPT order, 1 to limits.recipients; may repeat
  std::string data;                     ///< dot-unstuffed, otherwise byte for byte as sent; we add no field to it
};

/// The receiving side of LMTP (RFC 2033) and SMTP (RFC 5321) without I/O: fed with what the peer sent, it appends what
/// to answer and says what to do next. Extensions: PIPELINING (2920), SIZE (1870), 8BITMIME (6152), SMTPUTF8 (6531),
/// CHUNKING (3030), ENHANCEDSTATUSCODES (2034), STARTTLS (3207).
///
/// Only CRLF ends a line, and only CRLF.CRLF ends the data. A command that ends with a bare LF is refused with 521 and
/// the connection is closed, since what follows may have been meant as something else by whoever is in between.
/// The bytes can be cut into pieces anywhere; the conversation is the same.
///
/// The driver's loop:
///     session.greet(out);
///     for each read: while ((action = session.consume(bytes, out)) == deliver) {
///       ... store session.take_delivery(); action = session.on_delivered(outcomes, out) ...
///     }
/// A value without threads, clock and I/O. Time limits are the driver's (see adapter/mail_in).
class ServerSession {
 public:
  enum class Action : std::uint8_t {
    read,       ///< write what is in `out`, then read on. All input was taken
    deliver,    ///< make take_delivery() durable, then call on_delivered(). Input may be left: consume() it afterwards
    start_tls,  ///< write `out`, do the handshake, call on_tls_started(). What was read behind STARTTLS is dropped: it
                ///< was sent in the clear and must not count as sent under TLS (CVE-2011-0411)
    close,      ///< write `out` and close
  };

  /// `options` must outlive the session. `tls_active`: implicit TLS, the handshake is done.
  explicit ServerSession(const ServerOptions& options, bool tls_active = false);

  /// Appends the greeting; first of all calls.
  void greet(std::string& out) const;
  /// Takes bytes from the front of `input`, appends replies to `out`. Not between deliver and on_delivered(), asserted.
  Action consume(std::string_view& input, std::string& out);
  /// The message of the last `deliver`; once.
  Delivery take_delivery();
  /// One outcome per recipient of the delivery, in their order. LMTP answers each. SMTP has one reply for all: 250 when
  /// all are stored; else 4xx when one failed for now, because then the peer sends all of it again and the dedup key
  /// keeps the stored ones single; else 5xx, so that the sender hears of the loss.
  Action on_delivered(std::span<const Status> outcomes, std::string& out);
  void on_tls_started();

  /// From now on MAIL and DATA get 452 4.3.1 (memory is short), until it is set back.
  void set_overloaded(bool overloaded) { overloaded_ = overloaded; }
  /// Gives up the text of the message that is being received, to free its memory; its end is answered with 452 4.3.1.
  void shed();
  /// From now on a session without an open transaction gets 421 4.3.2 and is closed. Appends that reply at once and
  /// returns close when it is idle now; otherwise read, and the reply comes with the end of the transaction.
  Action shut_down(std::string& out);

  /// From accepted MAIL to its last reply.
  [[nodiscard]] bool in_transaction() const { return mail_given_ || state_ == State::delivering; }
  /// Between 354 and the end of the text, or in a BDAT chunk: the longer time limit holds.
  [[nodiscard]] bool receiving_text() const { return state_ == State::data || state_ == State::chunk; }
  /// Octets of message text that this session keeps in memory.
  [[nodiscard]] std::size_t held_bytes() const { return text_.capacity() > kSmall ? text_.capacity() : 0; }
  /// Commands that were answered; the driver sees progress by it, so that one octet a minute is not progress.
  [[nodiscard]] std::uint64_t commands() const { return commands_; }

 private:
  enum class State : std::uint8_t { command, data, chunk, delivering, tls, closed };
  static constexpr std::size_t kSmall = 64;

  Action on_line(std::string_view line, std::string& out);
  Action on_command(const Command& command, std::string& out);
  void on_hello(const Command& command, std::string& out);
  std::string_view on_mail(std::string_view argument);
  std::string_view on_rcpt(std::string_view argument);
  std::string_view on_data(std::string_view argument);
  Action on_bdat(std::string_view argument, std::string& out);
  Action on_starttls(std::string_view argument, std::string& out);
  Action end_of_text(std::string& out);
  Action end_of_chunk(std::string& out);
  /// The reply for all recipients when the text itself is refused.
  void refuse_text(std::string_view reply, std::string& out);
  /// Why the text that was read can't be taken; empty when it can.
  [[nodiscard]] std::string_view fault_of_text() const;
  /// Appends the reply, and closes at the last bad command that is forgiven.
  Action answer(std::string_view reply, std::string& out);
  Action close(std::string_view reply, std::string& out);
  void reset();
  Action after_transaction(std::string& out);

  const ServerOptions* options_;
  State state_ = State::command;
  bool tls_ = false;
  bool greeted_ = false;   ///< by LHLO, EHLO or HELO
  bool extended_ = false;  ///< not by HELO
  bool mail_given_ = false;
  bool utf8_ = false;     ///< MAIL had SMTPUTF8
  bool chunked_ = false;  ///< a BDAT was accepted in this transaction
  bool chunk_last_ = false;
  bool chunk_refused_ = false;       ///< the chunk is read only to be dropped; its reply is in chunk_reply_
  bool transaction_failed_ = false;  ///< a chunk was refused: RFC 3030 has all following ones fail
  bool overloaded_ = false;
  bool shed_ = false;
  bool stopping_ = false;
  bool line_too_long_ = false;
  int bad_commands_ = 0;
  std::uint64_t commands_ = 0;
  std::uint64_t chunk_left_ = 0;
  std::uint64_t discarded_ = 0;
  std::size_t delivering_ = 0;  ///< recipients of the delivery that is out
  std::string_view chunk_reply_;
  std::string line_;  ///< the beginning of a command that a read cut
  std::string sender_;
  std::vector<std::string> recipients_;
  std::string text_;
  std::size_t announced_ = 0;  ///< SIZE= of MAIL
  DataReader reader_;
};

}  // namespace orgo::smtp
