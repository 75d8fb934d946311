#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include "adapter/net/tls.h"
#include "base/time.h"

namespace orgo::net {

/// One connection, plain or TLS, behind one virtual interface, so that protocols are compiled once and not once per
/// transport. All methods run on the executor of the socket; one read and one write may be under way at a time.
class Stream {
 public:
  virtual ~Stream() = default;

  /// Reads at least one octet. At the peer's orderly end: 0 and asio::error::eof. After the time of expires_after:
  /// asio::error::timed_out.
  virtual boost::asio::awaitable<std::size_t> read(boost::asio::mutable_buffer buffer,
                                                   boost::system::error_code& error) = 0;
  /// Writes all of it, or `error` is set.
  virtual boost::asio::awaitable<void> write(boost::asio::const_buffer bytes, boost::system::error_code& error) = 0;
  /// Says goodbye (TLS: close_notify, at most 1 s) and closes.
  virtual boost::asio::awaitable<void> close() = 0;
  /// Closes at once; what is under way ends with an error.
  virtual void abort() = 0;

  /// Everything must be done within `time` from now, until the next call; a peer that is slower loses the connection.
  /// Cheap: moves a deadline, the timer behind it isn't touched.
  virtual void expires_after(Millis time) = 0;
  [[nodiscard]] virtual bool encrypted() const = 0;
  /// Has the peer ended its side, so that nobody is likely to wait for an answer? Looks without taking anything; from
  /// any thread, for as long as nothing closes the stream.
  [[nodiscard]] virtual bool peer_left() const = 0;
  /// "127.0.0.1:4711"
  [[nodiscard]] virtual const std::string& peer() const = 0;
  virtual boost::asio::any_io_executor executor() = 0;
};

/// Around an accepted socket. TLS when `tls` is set, and then the handshake comes first (see accept_tls).
std::shared_ptr<Stream> plain_stream(boost::asio::ip::tcp::socket socket);
/// Does the server's handshake within `time`; null and `error` when it fails.
boost::asio::awaitable<std::shared_ptr<Stream>> tls_stream(boost::asio::ip::tcp::socket socket, TlsContext tls,
                                                           Millis time, boost::system::error_code& error);

/// "HOST:PORT" of an endpoint, with [] around IPv6.
std::string to_string(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace orgo::net
