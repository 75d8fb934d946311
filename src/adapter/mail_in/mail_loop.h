#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "adapter/mail_in/mail_door.h"
#include "adapter/mail_in/outcome_queue.h"
#include "adapter/net/peer_counts.h"
#include "adapter/net/socket.h"
#include "base/metrics.h"
#include "protocol/smtp/server_session.h"

namespace orgo::mail_in {

/// What doors count. Shared by all doors of the process.
struct DoorProbe {
  metrics::Counter connections{"orgo_mail_in_connections_total", "Connections that were accepted.", {"protocol"}};
  metrics::Counter turned_away{
      "orgo_mail_in_turned_away_total", "Connections past the limit, answered with 421.", {"protocol"}};
  metrics::Counter recipients{"orgo_mail_in_recipients_total",
                              "Recipients of complete messages, by the sink's outcome.",
                              {"protocol", "outcome"}};
  metrics::Counter bytes{"orgo_mail_in_received_bytes_total", "Octets of complete messages.", {"protocol"}};
  metrics::Counter timeouts{
      "orgo_mail_in_timeouts_total", "Connections closed because the peer was too slow.", {"protocol"}};
  metrics::Counter shed{"orgo_mail_in_shed_total", "Messages given up because memory was short.", {"protocol"}};
};

/// The series of one door, looked up once.
struct DoorCounters {
  explicit DoorCounters(smtp::Protocol protocol);
  metrics::Value& connections;
  metrics::Value& turned_away;
  metrics::Value& stored;
  metrics::Value& deferred;
  metrics::Value& refused;
  metrics::Value& bytes;
  metrics::Value& timeouts;
  metrics::Value& shed;
};

/// What the loops of one door share.
struct DoorShared {
  DoorShared(MailDoorOptions door_options, MailSink& door_sink, Clock& door_clock, net::TlsContext context,
             int descriptor);
  ~DoorShared();
  MailDoorOptions options;
  smtp::ServerOptions session;  ///< the same with what the door adds; sessions point to it
  MailSink& sink;
  Clock& clock;
  net::TlsContext tls;
  net::PeerCounts peers;
  int listener;
  std::uint16_t port;
  DoorCounters counters;
  std::atomic<int> connections = 0;
  std::atomic<std::size_t> in_flight = 0;  ///< octets
  std::atomic<bool> stopping = false;
  std::atomic<Deadline::rep> stop_by = 0;
};

/// What epoll calls the listening socket; connections have smaller numbers.
inline constexpr std::uint64_t kListenerId = ~std::uint64_t{0};

/// One thread with one epoll over a share of the connections.
class MailLoop {
 public:
  explicit MailLoop(DoorShared& shared);
  ~MailLoop();
  MailLoop(const MailLoop&) = delete;
  MailLoop& operator=(const MailLoop&) = delete;
  void start();
  void wake() { outcome_queue_->wake(); }
  void join();

 private:
  enum class Phase : std::uint8_t { free, handshake, talking, delivering, lingering };
  struct Connection {
    Phase phase = Phase::free;
    bool starting_tls = false;  ///< STARTTLS was answered; the handshake begins when that is written
    bool closing = false;       ///< close when all is written
    bool linger = false;        ///< ... and read on for a while, so that the last reply is not lost by a reset
    bool peer_gone = false;
    bool in_text = false;
    bool in_transaction = false;
    std::uint32_t index = 0;       ///< in connections_
    std::uint32_t generation = 0;  ///< of the use of this place, so that late events and outcomes find nobody
    std::uint32_t watched = 0;     ///< epoll events that are asked for
    net::Socket socket;
    std::optional<smtp::ServerSession> session;
    std::string out;  ///< replies not yet written, from `written` on
    std::size_t written = 0;
    std::string held;  ///< input that waits for the outcome of a delivery, or for the peer to read replies
    std::string peer;
    net::PeerCounts::Key peer_key;
    std::size_t accounted = 0;   ///< its share of DoorShared::in_flight
    std::size_t delivering = 0;  ///< octets at the sink
    std::uint64_t commands = 0;
    Deadline progress{};     ///< last complete command, or begin of the text
    Deadline transaction{};  ///< begin of the transaction
    Deadline fruit{};        ///< when it last handed over a mail, or came
  };

  void run();
  void accept_some();
  void on_event(Connection& connection, std::uint32_t events);
  void handshake(Connection& connection);
  void read(Connection& connection);
  void take_input(Connection& connection, std::string_view input);
  void deliver(Connection& connection, std::string_view rest);
  void on_outcome(OutcomeQueue::Outcome& outcome);
  /// Goes on with held input after an outcome, or after replies were written.
  void resume(Connection& connection);
  /// Acts on what the session said; false: nothing more is to be read now.
  bool act(Connection& connection, smtp::ServerSession::Action action, std::string_view rest);
  /// Writes what there is, and then does what waited for it: closing, the handshake, reading on. May release.
  void flush(Connection& connection);
  void watch(Connection& connection, std::uint32_t events);
  void account(Connection& connection);
  void look_at_times();
  [[nodiscard]] bool is_too_slow(const Connection& connection) const;
  void end_slow(Connection& connection);
  /// Counts them; what was stored is the fruit of a connection.
  void note_outcomes(Connection& connection, const std::vector<Status>& statuses);
  void begin_stop();
  void release(Connection& connection);
  static std::uint64_t id_of(const Connection& connection);
  Connection* find(std::uint64_t id);

  DoorShared& shared_;
  std::shared_ptr<OutcomeQueue> outcome_queue_;
  int epoll_ = -1;
  bool accepting_ = false;
  bool told_to_stop_ = false;
  Deadline now_{};
  Deadline next_look_{};
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::uint32_t> free_;
  std::vector<OutcomeQueue::Outcome> outcomes_;
  std::unique_ptr<char[]> buffer_;
  std::thread thread_;
};

}  // namespace orgo::mail_in
