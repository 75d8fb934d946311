#pragma once
// For tests and fuzz targets only: a session together with a driver that stores everything in memory.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/smtp/server_session.h"

namespace orgo::smtp {

/// Talks to a ServerSession as a driver would, in pieces of `piece` octets (0: all at once).
class Conversation {
 public:
  explicit Conversation(ServerOptions options, std::size_t piece = 0)
      : options_(std::move(options)), session_(options_), piece_(piece) {
    session_.greet(said_);
  }
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  /// Sends `bytes`, and returns what the session answered since the last call.
  std::string say(std::string_view bytes) {
    while (!bytes.empty() && !closed) {
      std::string_view input = bytes.substr(0, piece_ == 0 ? bytes.size() : piece_);
      bytes.remove_prefix(input.size());
      feed(input);
    }
    return std::exchange(said_, {});
  }
  /// The handshake that start_tls asked for succeeded.
  void tls_done() {
    session_.on_tls_started();
    wants_tls = false;
  }
  ServerSession& session() { return session_; }

  std::vector<Delivery> deliveries;
  /// The outcomes of the next deliveries, by recipient; OK for those that are not named.
  std::vector<Status> outcomes;
  bool closed = false;
  bool wants_tls = false;

 private:
  void feed(std::string_view input) {
    for (;;) {
      auto action = session_.consume(input, said_);
      if (action == ServerSession::Action::deliver) {
        deliveries.push_back(session_.take_delivery());
        std::vector<Status> result = outcomes;
        result.resize(deliveries.back().recipients.size());
        action = session_.on_delivered(result, said_);
        if (action == ServerSession::Action::read) continue;
      }
      closed = closed || action == ServerSession::Action::close;
      wants_tls = wants_tls || action == ServerSession::Action::start_tls;
      return;
    }
  }

  ServerOptions options_;
  ServerSession session_;
  std::size_t piece_;
  std::string said_;
};

}  // namespace orgo::smtp
