#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "protocol/imap/response_reader.h"
#include "protocol/sasl/sasl.h"

namespace orgo::imap {

struct ClientOptions {
  bool starttls = false;  ///< nothing is said before TLS, which must be offered
  std::string username;
  std::string secret;  ///< password or token
  bool secret_is_token = false;
  std::string host;  ///< for OAUTHBEARER
  std::uint16_t port = 0;
  std::string folder = "INBOX";  ///< UTF-8
  bool read_only = false;        ///< EXAMINE: nothing in the folder changes by our looking
};

/// The selected folder, as the server told it.
struct Folder {
  std::uint32_t exists = 0;
  std::uint32_t uid_validity = 0;
  std::uint32_t uid_next = 0;         ///< 0: not told
  std::uint64_t highest_mod_seq = 0;  ///< 0: without CONDSTORE
  bool read_only = false;
};

/// What FETCH said about one mail.
struct Fetched {
  std::uint64_t size = 0;  ///< RFC822.SIZE; some servers only guess it
  bool has_size = false;
  TimePoint received_at{};
  std::string bytes;
  bool has_bytes = false;
  std::uint64_t dropped = 0;  ///< its literal was of this size and beyond the limit
};

/// The client's side of IMAP4rev1 and rev2 (RFC 3501, 9051) without I/O, as far as taking mail needs it: one command at
/// a time. The driver connects (and does TLS first where that is implicit), then: write `out`, read, consume(), until
/// `done`: the folder is selected. Then operations, each to its `done`, whose outcome() says whether the server did it.
/// on_lost() is for the driver to say. A value without threads, clock and I/O.
///
/// Uses what is offered: SASL-IR, LITERAL+, ENABLE UTF8=ACCEPT, CONDSTORE, MOVE, UIDPLUS, IDLE. What the server told
/// before STARTTLS is forgotten, and anything it sent behind its answer to STARTTLS ends the session (CVE-2011-0411 and
/// its kin).
class ClientSession {
 public:
  enum class Want : std::uint8_t {
    read,       ///< write `out`, then read
    start_tls,  ///< do the handshake, then on_tls_started()
    done,       ///< opened, or the operation came to its end
    failed,     ///< the session can't be used any more: failure()
    closed,     ///< after logout()
  };
  enum class Fault : std::uint8_t {
    none,
    login,        ///< the server refused the username or the secret
    folder,       ///< the folder can't be selected
    setup,        ///< server and settings don't fit: no STARTTLS, no known way to log in
    unavailable,  ///< BYE, or not now
    protocol,     ///< the server breaks IMAP
  };
  struct Outcome {
    bool ok = true;
    std::string code;  ///< OVERQUOTA, TRYCREATE ...; may be empty
    std::string said;  ///< for a person
  };

  /// `options` must outlive the session. `tls`: the handshake is done.
  ClientSession(const ClientOptions& options, bool tls);

  /// Takes all of `input`.
  Want consume(std::string_view input, std::string& out);
  Want on_tls_started(std::string& out);

  // Operations; only when the last one is done. UIDs grow.
  /// The lowest `most` numbers that are above `above`: uids().
  Want search(std::uint32_t above, std::size_t most, std::string& out);
  /// The highest number there is: uids().
  Want search_last(std::string& out);
  /// Which of these are still there: uids().
  Want search_these(std::span<const std::uint32_t> uids, std::string& out);
  /// Size and INTERNALDATE: fetched().
  Want fetch_sizes(std::span<const std::uint32_t> uids, std::string& out);
  /// The mails themselves, not marked as read: fetched(). One of more than `size_max` octets, or that would bring all
  /// of them together beyond `budget` (the first may be), is read past and only says its size.
  Want fetch_mails(std::span<const std::uint32_t> uids, std::uint64_t size_max, std::uint64_t budget, std::string& out);
  Want store_flag(std::span<const std::uint32_t> uids, std::string_view flag, std::string& out);
  /// MOVE, or COPY and remove(). A folder that isn't there is made, once.
  Want move(std::span<const std::uint32_t> uids, std::string_view folder, std::string& out);
  /// Without UIDPLUS mails of others that are marked \Deleted would go with ours: then ours are only marked, too.
  Want remove(std::span<const std::uint32_t> uids, std::string& out);
  Want noop(std::string& out);
  Want logout(std::string& out);

  /// IDLE (RFC 2177) until end_idle(); then `done`. In between consume() answers `read`, and has_news() says what came.
  Want idle(std::string& out);
  void end_idle(std::string& out);
  [[nodiscard]] bool is_idling() const { return idling_; }

  [[nodiscard]] const Outcome& outcome() const { return outcome_; }
  [[nodiscard]] const Folder& folder() const { return folder_; }
  [[nodiscard]] const std::vector<std::uint32_t>& uids() const { return uids_; }
  [[nodiscard]] std::map<std::uint32_t, Fetched>& fetched() { return fetched_; }
  /// Whose octets came last, whole or not, since fetch_mails(); 0: nobody's. When the session breaks off with
  /// Fault::protocol, it is this one's size that may have been wrong.
  [[nodiscard]] std::uint32_t last_mail() const { return last_mail_; }
  /// More mails than when this was last forgotten. Told by the server in passing, at any time.
  [[nodiscard]] bool has_news() const { return news_; }
  void forget_news() { news_ = false; }

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
    capability,
    starttls,
    login,
    authenticate,
    enable,
    select,
    search,
    fetch,
    store,
    copy,
    create,
    expunge,
    find_deleted,
    noop,
    idle,
    logout,
  };
  /// A command; where it has literals that must wait for "+", in several parts.
  struct Command {
    Step step = Step::none;
    std::deque<std::string> parts;
  };
  class Text;

  Want on_response(Response response, std::string& out);
  Want on_greeting(const Response& response, std::string& out);
  Want on_untagged(Response& response);
  Want on_continuation(const Response& response, std::string& out);
  Want on_tagged(const Response& response, std::string& out);
  Want on_opened(Step step, const Response& response, std::string& out);
  void on_code(const Response& response);
  void on_fetch(Response& response);
  void read_capabilities(const std::vector<Value>& values);
  void found(std::uint32_t uid);

  Want after_greeting(std::string& out);
  Want log_in(std::string& out);
  Want after_login(std::string& out);
  Want select(std::string& out);
  Want start(std::string& out);  ///< the first command of plan_
  void send(Command command, std::string& out);
  void plan(Step step, std::string text);
  void plan_remove(std::span<const std::uint32_t> uids);
  Want fail(Fault fault, std::string why);

  const ClientOptions* options_;
  bool tls_;
  bool dead_ = false;
  bool logged_in_ = false;
  bool opened_ = false;
  ResponseReader reader_;
  std::set<std::string> capabilities_;
  bool capabilities_known_ = false;
  bool utf8_names_ = false;
  bool with_condstore_ = false;
  Folder folder_;

  unsigned counter_ = 0;
  std::string tag_;
  Step step_ = Step::none;         ///< what is waited for
  std::deque<std::string> parts_;  ///< of the command under way, not yet sent
  std::deque<Command> plan_;       ///< of the operation, not yet begun
  std::optional<Command> again_;   ///< the COPY or MOVE under way, for when its folder must be made first
  std::string create_;             ///< the folder that may be made, as an argument
  std::optional<sasl::Mechanism> mechanism_;
  bool message_sent_ = false;  ///< of the mechanism
  bool plain_failed_ = false;
  std::string challenge_;  ///< what it said of a refused token
  bool idling_ = false;
  bool end_idle_wanted_ = false;
  bool bye_expected_ = false;

  Outcome outcome_;
  bool news_ = false;
  std::uint32_t search_above_ = 0;
  std::size_t search_most_ = 0;
  std::vector<std::uint32_t> uids_;    ///< a heap while more than search_most_ were found
  std::vector<std::uint32_t> wanted_;  ///< of FETCH
  std::map<std::uint32_t, Fetched> fetched_;
  std::uint32_t last_mail_ = 0;
  std::uint64_t size_max_ = 0;
  std::uint64_t budget_ = 0;
  std::vector<std::uint32_t> removing_;
  Fault fault_ = Fault::none;
  std::string failure_;
};

}  // namespace orgo::imap
