#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "adapter/net/tls.h"

struct ssl_st;

namespace orgo::net {

/// What a non-blocking step came to.
enum class Io : std::uint8_t {
  done,
  want_read,   ///< call again when the socket is readable
  want_write,  ///< call again when the socket is writable
  closed,      ///< the peer ended, or the connection broke; error() says more
};

/// A connected TCP socket, plain or TLS, that never blocks: for loops that wait for many sockets by epoll or for one by
/// poll. Owns the descriptor. One thread at a time. A peer that has gone is an outcome, never a SIGPIPE.
class Socket {
 public:
  Socket() = default;
  /// `descriptor` is non-blocking already.
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), tls_(std::exchange(other.tls_, nullptr)) {}
  Socket& operator=(Socket&& other) noexcept;

  /// At most `size` octets, `count` of them came. TLS: call until want_read, since some may wait inside of it.
  Io read(char* buffer, std::size_t size, std::size_t& count);
  /// Writes what fits now: `count` octets from the front.
  Io write(std::string_view bytes, std::size_t& count);

  /// Makes the connection TLS as the server; then handshake() until it is done.
  void begin_server_tls(const TlsContext& context);
  /// As the client; `host` goes out as SNI and, when `verify`, must be in the certificate.
  void begin_client_tls(const TlsContext& context, const std::string& host, bool verify);
  Io handshake();

  /// No more will be sent: close_notify for TLS, FIN for TCP. Reading goes on.
  void end_sending();
  void close();
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] bool open() const { return descriptor_ >= 0; }
  [[nodiscard]] bool tls() const { return tls_ != nullptr; }
  /// "TLSv1.3"; "" without TLS.
  [[nodiscard]] std::string tls_version() const;
  /// Why the last step came to `closed`.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  /// Leaves tls_ null where there is no memory; handshake() tells it.
  void begin_tls(const TlsContext& context);
  Io tls_outcome(int returned, std::string_view doing);

  int descriptor_ = -1;
  ssl_st* tls_ = nullptr;
  std::string error_;
};

}  // namespace orgo::net
