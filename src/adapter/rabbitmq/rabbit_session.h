#pragma once
#include <amqp.h>

#include <memory>
#include <string>

#include "adapter/broker/broker_url.h"
#include "base/result.h"
#include "base/time.h"

namespace orgo {

/// One connection to RabbitMQ with one channel (AMQP 0-9-1), by rabbitmq-c, which blocks: each call has an end by the
/// library's own limits. Made by open(); any trouble of the connection is the end of it. One thread.
class RabbitSession {
 public:
  /// `url` is of amqp:// or amqps:// (TLS), its path the virtual host; empty: "/".
  RabbitSession(BrokerUrl url, std::string password);
  RabbitSession(RabbitSession&&) = default;

  /// Connects when there is no connection. unavailable; invalid_input: we are not let in, or there is no such virtual
  /// host.
  Status open();
  void close() { connection_.reset(); }
  [[nodiscard]] bool is_open() const { return connection_ != nullptr; }
  /// Grows with each channel: delivery tags are of one.
  [[nodiscard]] int generation() const { return generation_; }

  amqp_connection_state_t operator*() { return connection_.get(); }
  static constexpr amqp_channel_t kChannel = 1;

  /// What the last question came to. An error of the channel (it is closed then) opens a new one; any other ends the
  /// connection. `code` is AMQP's: 404, 406, ...; 0: none.
  Status check(const amqp_rpc_reply_t& reply, int* code = nullptr);
  /// As check(), for what libraries of C answer: 0 is well.
  Status check(int status);
  Error lost(const std::string& why);

 private:
  struct End {
    void operator()(amqp_connection_state_t connection) const;
  };
  using Connection = std::unique_ptr<amqp_connection_state_t_, End>;

  Status connect();
  Status log_in();
  Status open_channel();

  BrokerUrl url_;
  std::string password_;
  Connection connection_;
  int generation_ = 0;
};

}  // namespace orgo
