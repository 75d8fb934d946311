#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapter/broker/broker_url.h"
#include "adapter/net/socket.h"
#include "adapter/net/stop_signal.h"
#include "base/result.h"
#include "base/time.h"

struct redisReader;

namespace orgo {

/// What Redis answers to one command (RESP2).
struct RedisReply {
  enum class Kind : std::uint8_t { nothing, number, text, error, list };
  Kind kind = Kind::nothing;
  std::int64_t number = 0;
  std::string text;  ///< also of an error: "NOAUTH Authentication required."
  std::vector<RedisReply> list;
  [[nodiscard]] bool is_error(std::string_view word) const { return kind == Kind::error && text.starts_with(word); }
};

using RedisCommand = std::vector<std::string>;

/// One connection to one Redis, made by the first question and again by the next one when it was cut. hiredis is the
/// codec, sockets, TLS and deadlines are ours. One thread, but for the stop signal.
class RedisSession {
 public:
  /// `url` is of redis:// or rediss:// (TLS), its path is empty or the number of a database.
  RedisSession(BrokerUrl url, std::string password, const net::StopSignal& stop);
  ~RedisSession();
  RedisSession(const RedisSession&) = delete;
  RedisSession& operator=(const RedisSession&) = delete;

  /// All in one message; the answers in order, and errors of Redis among them. A key that lies on another server of a
  /// cluster is looked for there (MOVED). unavailable: no answer in time, or it was no Redis that answered; what was
  /// asked may have been done. invalid_input: it does not let us in.
  Result<std::vector<RedisReply>> ask(const std::vector<RedisCommand>& commands, Deadline until);
  /// Connects when there is no connection.
  Status open(Deadline until) { return socket_.open() ? Status{} : connect(until); }
  /// Grows with each connection.
  [[nodiscard]] int generation() const { return generation_; }

 private:
  struct ReaderEnd {
    void operator()(redisReader* reader) const;
  };
  Status connect(Deadline until);
  Status log_in(Deadline until);
  Result<std::vector<RedisReply>> exchange(const std::vector<RedisCommand>& commands, Deadline until);
  Status write(std::string_view bytes, Deadline until);
  Status read_some(Deadline until);
  Error lost(const std::string& why);
  /// Goes to where it was said to be. False: it was said nowhere.
  bool follow(const std::vector<RedisReply>& replies);

  const BrokerUrl url_;
  const std::string password_;
  const net::StopSignal& stop_;
  std::string host_;  ///< of the server that has our keys
  std::uint16_t port_ = 0;
  net::Socket socket_;
  std::unique_ptr<redisReader, ReaderEnd> reader_;
  std::size_t received_ = 0;  ///< bytes of these answers
  int generation_ = 0;
};

/// What an error of Redis means to whoever runs Orgo.
Error redis_error(const std::string& text);

}  // namespace orgo
