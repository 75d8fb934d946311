#pragma once
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/sasl/sasl.h"

namespace orgo::pop3 {

struct ClientOptions {
  bool stls = false;  ///< nothing is said before TLS, which must be offered
  std::string username;
  std::string secret;  ///< password or token
  bool secret_is_token = false;
  std::string host;  ///< for OAUTHBEARER
  std::uint16_t port = 0;
};

/// A mail of the list: its number holds for this session only.
struct Listed {
  std::uint32_t number = 0;
  std::uint64_t size = 0;  ///< some servers only guess it
  std::string uidl;        ///< empty: the server doesn't know UIDL
};

/// The client's side of POP3 (RFC 1939, 2449, 2595, 5034) without I/O, one command at a time. The driver connects (and
/// does TLS first where that is implicit), then: write `out`, read, consume(), until `done`: logged in. Then
/// operations, each to its `done`. What is deleted is gone once quit() has come to `closed` with ok(): else the server
/// keeps it all. A value without threads, clock and I/O.
class ClientSession {
 public:
  enum class Want : std::uint8_t {
    read,       ///< write `out`, then read
    start_tls,  ///< do the handshake, then on_tls_started()
    done,       ///< logged in, or the operation came to its end; ok() says whether the server did it
    failed,     ///< the session can't be used any more: failure()
    closed,     ///< after quit()
  };
  enum class Fault : std::uint8_t {
    none,
    login,        ///< the server refused the username or the secret
    setup,        ///< server and settings don't fit: no STLS, no known way to log in
    unavailable,  ///< not now: in use by another, too often, a fault of its own
    protocol,     ///< the server breaks POP3
  };
  static constexpr std::size_t kListMost = 1'000'000;

  ClientSession(const ClientOptions& options, bool tls);

  /// Takes all of `input`.
  Want consume(std::string_view input, std::string& out);
  Want on_tls_started(std::string& out);

  // Operations; only when the last one is done.
  /// Sizes, and UIDLs where the server knows them: listed(), by growing number.
  Want list(std::string& out);
  /// The whole mail: take_text(). It ends by CRLF "." CRLF, never by bare line feeds. One of more than `size_max`
  /// octets is read past: size() is then larger than text().
  Want retrieve(std::uint32_t number, std::uint64_t size_max, std::string& out);
  /// Its header: text(), at most 256 KB of it. Not ok(): the server doesn't know TOP, or the mail is gone.
  Want top(std::uint32_t number, std::string& out);
  Want remove(std::uint32_t number, std::string& out);
  Want quit(std::string& out);

  [[nodiscard]] bool ok() const { return ok_; }
  /// What it said to the last command, for a person.
  [[nodiscard]] const std::string& said() const { return said_; }
  [[nodiscard]] const std::vector<Listed>& listed() const { return listed_; }
  [[nodiscard]] bool knows_uidl() const { return knows_uidl_; }
  [[nodiscard]] std::string take_text() { return std::move(text_); }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] bool offers(std::string_view capability) const {
    return capabilities_.contains(std::string(capability));
  }
  [[nodiscard]] Fault fault() const { return fault_; }
  /// In words, without secrets.
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  enum class Step : std::uint8_t {
    none,
    greeting,
    capa,
    stls,
    user,
    pass,
    auth,
    list,
    uidl,
    retr,
    top,
    dele,
    quit,
  };
  Want on_line(std::string_view line, std::string& out);
  Want on_status(std::string_view line, std::string& out);
  [[nodiscard]] bool is_end(std::string_view line, bool mail) const;
  [[nodiscard]] std::vector<Listed>::iterator find_listed(std::uint32_t number);
  /// One line of a multi-line answer, its dot taken off.
  Want on_text(std::string_view line);
  Want on_end(std::string& out);
  Want after_capa(std::string& out);
  Want log_in(std::string& out);
  Want login_failed(std::string_view answer);
  void say(Step step, std::string_view command, std::string& out);
  [[nodiscard]] std::string without_secret(std::string_view text) const;
  Want fail(Fault fault, std::string why);

  const ClientOptions* options_;
  bool tls_;
  bool dead_ = false;
  std::string line_;
  bool line_begun_ = false;  ///< some of it went into text_ already
  Step step_ = Step::greeting;
  bool in_text_ = false;     ///< of a multi-line answer
  bool behind_crlf_ = true;  ///< the line of it before ended in CRLF
  std::set<std::string> capabilities_;
  std::set<std::string> sasl_;
  sasl::Mechanism mechanism_ = sasl::Mechanism::plain;
  bool message_sent_ = false;
  std::string challenge_;
  std::vector<Listed> listed_;
  bool knows_uidl_ = false;
  std::string text_;
  std::uint64_t size_ = 0;
  std::uint64_t size_max_ = 0;
  std::uint64_t size_expected_ = 0;  ///< what LIST said of it; 0: nothing
  bool ok_ = true;
  std::string said_;
  Fault fault_ = Fault::none;
  std::string failure_;
};

}  // namespace orgo::pop3
