#include "adapter/net/stream.h"

#include <sys/socket.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace orgo::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Closes a socket when its deadline has passed. The deadline moves often and the timer rarely: it looks again when it
/// fires, instead of being cancelled and started with each read.
class Watch : public std::enable_shared_from_this<Watch> {
 public:
  explicit Watch(tcp::socket& socket) : socket_(&socket), timer_(socket.get_executor()) {}

  void expires_after(Millis time) {
    deadline_ = std::chrono::steady_clock::now() + time;
    if (!armed_ || timer_.expiry() > deadline_) arm();
  }
  void end() {
    socket_ = nullptr;
    timer_.cancel();
  }
  [[nodiscard]] bool expired() const { return expired_; }

 private:
  void arm() {
    armed_ = true;
    timer_.expires_at(deadline_);
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (error || self->socket_ == nullptr) return;
      if (std::chrono::steady_clock::now() < self->deadline_) return self->arm();
      self->expired_ = true;
      error_code ignored;
      self->socket_->close(ignored);
    });
  }

  tcp::socket* socket_;
  asio::steady_timer timer_;
  Deadline deadline_{};
  bool armed_ = false;
  bool expired_ = false;
};

std::string peer_of(const tcp::socket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  return error ? std::string("unknown") : to_string(endpoint);
}

/// Bytes that wait hide the end behind them: a peer that goes on talking is there.
bool has_ended(int descriptor) {
  char byte = 0;
  return ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

class PlainStream final : public Stream {
 public:
  explicit PlainStream(tcp::socket socket)
      : socket_(std::move(socket)), watch_(std::make_shared<Watch>(socket_)), peer_(peer_of(socket_)),
        descriptor_(socket_.native_handle()) {}
  ~PlainStream() override { watch_->end(); }

  asio::awaitable<std::size_t> read(asio::mutable_buffer buffer, error_code& error) override {
    const std::size_t count =
        co_await socket_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, error));
    if (watch_->expired()) error = asio::error::timed_out;
    co_return count;
  }
  asio::awaitable<void> write(asio::const_buffer bytes, error_code& error) override {
    co_await asio::async_write(socket_, bytes, asio::redirect_error(asio::use_awaitable, error));
    if (watch_->expired()) error = asio::error::timed_out;
  }
  asio::awaitable<void> close() override {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    socket_.close(ignored);
    co_return;
  }
  void abort() override {
    error_code ignored;
    socket_.close(ignored);
  }
  void expires_after(Millis time) override { watch_->expires_after(time); }
  bool encrypted() const override { return false; }
  bool peer_left() const override { return has_ended(descriptor_); }
  const std::string& peer() const override { return peer_; }
  asio::any_io_executor executor() override { return socket_.get_executor(); }

 private:
  tcp::socket socket_;
  std::shared_ptr<Watch> watch_;
  std::string peer_;
  const int descriptor_;  ///< of the socket, for other threads
};

class TlsStream final : public Stream {
 public:
  TlsStream(tcp::socket socket, TlsContext tls)
      : tls_(std::move(tls)), stream_(std::move(socket), *tls_), watch_(std::make_shared<Watch>(stream_.next_layer())),
        peer_(peer_of(stream_.next_layer())), descriptor_(stream_.next_layer().native_handle()) {}
  ~TlsStream() override { watch_->end(); }

  asio::awaitable<void> handshake(error_code& error) {
    co_await stream_.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, error));
    if (watch_->expired()) error = asio::error::timed_out;
  }
  asio::awaitable<std::size_t> read(asio::mutable_buffer buffer, error_code& error) override {
    const std::size_t count =
        co_await stream_.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, error));
    if (watch_->expired()) error = asio::error::timed_out;
    co_return count;
  }
  asio::awaitable<void> write(asio::const_buffer bytes, error_code& error) override {
    co_await asio::async_write(stream_, bytes, asio::redirect_error(asio::use_awaitable, error));
    if (watch_->expired()) error = asio::error::timed_out;
  }
  asio::awaitable<void> close() override {
    watch_->expires_after(Millis{1000});
    error_code ignored;
    co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
    stream_.next_layer().close(ignored);
  }
  void abort() override {
    error_code ignored;
    stream_.next_layer().close(ignored);
  }
  void expires_after(Millis time) override { watch_->expires_after(time); }
  bool encrypted() const override { return true; }
  bool peer_left() const override { return has_ended(descriptor_); }
  const std::string& peer() const override { return peer_; }
  asio::any_io_executor executor() override { return stream_.get_executor(); }

 private:
  TlsContext tls_;
  asio::ssl::stream<tcp::socket> stream_;
  std::shared_ptr<Watch> watch_;
  std::string peer_;
  const int descriptor_;  ///< of the socket, for other threads
};

}  // namespace

std::shared_ptr<Stream> plain_stream(tcp::socket socket) {
  return std::make_shared<PlainStream>(std::move(socket));
}

asio::awaitable<std::shared_ptr<Stream>> tls_stream(tcp::socket socket, TlsContext tls, Millis time,
                                                    error_code& error) {
  auto stream = std::make_shared<TlsStream>(std::move(socket), std::move(tls));
  stream->expires_after(time);
  co_await stream->handshake(error);
  if (error) co_return nullptr;
  co_return stream;
}

std::string to_string(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

}  // namespace orgo::net
