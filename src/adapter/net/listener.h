#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "adapter/net/io_threads.h"
#include "adapter/net/stream.h"
#include "base/result.h"

namespace orgo::net {

struct ListenerOptions {
  std::string host = "127.0.0.1";  ///< an address, or a name that resolves to one
  std::uint16_t port = 0;          ///< 0: a spare one, see Listener::port()
  TlsFiles tls;                    ///< not empty: TLS from the first octet
  int connections = 1000;          ///< past it, and past PeerCounts, a new connection is closed at once
  Millis handshake_time{10'000};
};

/// Accepts connections and runs a coroutine for each, on a strand of its own. stop() is complete when it returns.
class Listener {
 public:
  /// Serves one connection until it returns; it must not throw (what it throws ends the connection). Runs on
  /// the stream's executor. Ends soon once Listener::stopping().
  using Serve = std::function<boost::asio::awaitable<void>(std::shared_ptr<Stream> stream)>;

  /// Binds and begins. Errors, with address and cause: invalid_input (no such host, bad certificate),
  /// conflict (the port is in use), not_permitted, unavailable. `io` must outlive the listener.
  static Result<std::unique_ptr<Listener>> open(IoThreads& io, ListenerOptions options, Serve serve);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// The bound one, also when 0 was asked for.
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] bool stopping() const;
  /// Accepts no more, gives what runs `grace` to end by itself, then closes it. Again is harmless. Not from a thread
  /// of `io`.
  void stop(Millis grace = Millis{5000});

 private:
  struct State;
  explicit Listener(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

/// Resolves `host`, opens, binds and listens; for doors that have their own loop, too. Errors as Listener::open.
/// Returns the file descriptor, non-blocking and close-on-exec.
Result<int> listen_on(const std::string& host, std::uint16_t port);
/// The port a listening socket got.
std::uint16_t port_of(int descriptor);

}  // namespace orgo::net
