#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "protocol/smtp/reply_reader.h"

namespace orgo::smtp {

enum class TlsPolicy : std::uint8_t {
  none,           ///< in the clear, also when the server offers STARTTLS
  opportunistic,  ///< TLS when it is offered; keeps listeners out, not forgers (RFC 7435)
  required,       ///< nothing is said without TLS
};

struct ClientOptions {
  std::string host_name = "localhost";  ///< what we call ourselves in EHLO
  TlsPolicy tls = TlsPolicy::opportunistic;
  std::string username;  ///< not empty: log in by AUTH PLAIN or LOGIN (RFC 4954)
  std::string password;
  bool login_in_the_clear = false;  ///< else the password is only sent under TLS
};

/// One mail to one recipient. The text must stay where it is until its outcome.
struct ClientMail {
  std::string_view sender;  ///< without <>; empty is the null sender
  std::string_view recipient;
  std::string_view message;
};

struct MailOutcome {
  enum class Kind : std::uint8_t { delivered, temporary, permanent, unknown };  ///< as in port/outbound_channel.h
  /// At which command the server said it; none: it said nothing about this mail.
  enum class Stage : std::uint8_t { none, sender, recipient, data, text };
  Kind kind = Kind::temporary;
  std::string detail;
  /// Surely not taken, and the fault is the connection's, not the mail's: worth another try at once on a new
  /// connection.
  bool connection_fault = false;
  Stage stage = Stage::none;
};

/// The sending side of SMTP (RFC 5321) without I/O. Uses what the server offers: PIPELINING, SIZE, 8BITMIME, SMTPUTF8,
/// STARTTLS, AUTH. Falls back to HELO. Text with 8-bit characters is sent as it is also where 8BITMIME is missing: such
/// servers are rare and pass it, and a mail that arrives with a damaged letter is better than none.
///
/// The driver connects, then: write `out`, read, consume(), until `idle`; send(), consume() until `mail_done`;
/// take_outcome(); the next send() when usable(); quit() at the end. on_lost() whenever the connection breaks or time
/// is up. A value without threads, clock and I/O.
class ClientSession {
 public:
  enum class Want : std::uint8_t {
    read,       ///< write `out`, then read
    start_tls,  ///< do the handshake, then on_tls_started()
    idle,       ///< greeted, under TLS and logged in as told: send() or quit()
    mail_done,  ///< take_outcome()
    failed,     ///< the session can't be used, see failure(); no mail was sent
    closed,     ///< after quit(): the server said goodbye
  };

  /// `options` must outlive the session. `tls_active`: implicit TLS, the handshake is done.
  explicit ClientSession(const ClientOptions& options, bool tls_active = false);

  /// Takes all of `input`. Replies that nobody asked for end the session.
  Want consume(std::string_view input, std::string& out);
  Want on_tls_started(std::string& out);
  /// Only when idle or, after an outcome, usable(). `mail_done` at once when this can't be sent to this server at all.
  Want send(const ClientMail& mail, std::string& out);
  MailOutcome take_outcome();
  /// May the next mail go over this connection?
  [[nodiscard]] bool usable() const { return state_ == State::idle; }
  void quit(std::string& out);

  /// The connection broke, or the time was up, while a mail was under way. `all_written`: everything that was appended
  /// to `out` went to the network. Then, if the final dot was among it, the mail may have been taken: `unknown`.
  MailOutcome on_lost(std::string_view cause, bool all_written);

  /// Why the session failed, in words; a temporary condition of the server or of the configuration.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  /// Will it be the same for each mail until somebody mends it: a login or greeting answered with 5xx, no TLS where it
  /// must be? False: a passing failure.
  [[nodiscard]] bool refused() const { return refused_; }
  /// Waiting for the answer to the final dot: the long time limit holds (10 minutes, RFC 5321, section 4.5.3.2.6).
  [[nodiscard]] bool awaits_acceptance() const { return state_ == State::busy && dot_sent_; }

 private:
  enum class State : std::uint8_t { opening, tls, idle, busy, quitting, dead };
  enum class Step : std::uint8_t {
    greeting,
    ehlo,
    helo,
    starttls,
    auth_plain,
    auth_login,
    auth_user,
    auth_password,
    rset,
    mail,
    rcpt,
    data,
    text,
    quit,
  };
  struct Extensions {
    bool pipelining = false;
    bool eight_bit = false;
    bool utf8 = false;
    bool size = false;
    bool starttls = false;
    bool auth_plain = false;
    bool auth_login = false;
    std::uint64_t size_max = 0;  ///< 0: not told
  };

  Want on_reply(const Reply& reply, std::string& out);
  Want on_opening_reply(Step step, const Reply& reply, std::string& out);
  Want on_mail_reply(Step step, const Reply& reply, std::string& out);
  void say(Step step, std::string_view command, std::string& out);
  void read_extensions(const Reply& reply);
  /// After EHLO: TLS, then login, then idle.
  Want go_on(std::string& out);
  Want log_in(std::string& out);
  /// Sends the next commands of the mail: all at once with PIPELINING, else one.
  void push_commands(std::string& out);
  /// The first thing that went wrong decides; what comes after is only read.
  void note(MailOutcome::Kind kind, std::string detail, bool connection_fault = false,
            MailOutcome::Stage stage = MailOutcome::Stage::none);
  static MailOutcome::Stage stage_of(Step step);
  Want finish_mail();
  Want fail(std::string why);
  Want refuse(std::string why);
  /// An opening step was answered otherwise than it should: for good when by 5xx.
  Want fail_by(const Reply& reply, std::string what);

  const ClientOptions* options_;
  State state_ = State::opening;
  bool tls_ = false;
  bool starttls_refused_ = false;
  bool needs_rset_ = false;
  bool dot_sent_ = false;
  bool decided_ = false;  ///< outcome_ is set
  Extensions extensions_;
  ReplyReader reader_;
  std::deque<Step> awaited_;
  struct Command {
    Step step;
    std::string text;
  };
  std::deque<Command> commands_;  ///< of the mail, not yet sent
  std::string_view message_;
  MailOutcome outcome_;
  std::string failure_;
  bool refused_ = false;
};

}  // namespace orgo::smtp
