#include "adapter/net/socket.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "adapter/net/quiet_bio.h"

namespace orgo::net {

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = std::exchange(other.descriptor_, -1);
    tls_ = std::exchange(other.tls_, nullptr);
    error_.clear();
  }
  return *this;
}

Io Socket::read(char* buffer, std::size_t size, std::size_t& count) {
  count = 0;
  if (tls_ != nullptr) {
    ERR_clear_error();
    const int returned = SSL_read(tls_, buffer, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
    if (returned <= 0) return tls_outcome(returned, "reading");
    count = static_cast<std::size_t>(returned);
    return Io::done;
  }
  for (;;) {
    const ssize_t returned = recv(descriptor_, buffer, size, 0);
    if (returned > 0) {
      count = static_cast<std::size_t>(returned);
      return Io::done;
    }
    if (returned == 0) {
      error_ = "the peer closed the connection";
      return Io::closed;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Io::want_read;
    if (errno != EINTR) {
      error_ = std::strerror(errno);
      return Io::closed;
    }
  }
}

Io Socket::write(std::string_view bytes, std::size_t& count) {
  count = 0;
  if (bytes.empty()) return Io::done;
  if (tls_ != nullptr) {
    ERR_clear_error();
    const int returned = SSL_write(tls_, bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX)));
    if (returned <= 0) return tls_outcome(returned, "writing");
    count = static_cast<std::size_t>(returned);
    return Io::done;
  }
  for (;;) {
    const ssize_t returned = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (returned >= 0) {
      count = static_cast<std::size_t>(returned);
      return Io::done;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Io::want_write;
    if (errno != EINTR) {
      error_ = std::strerror(errno);
      return Io::closed;
    }
  }
}

void Socket::begin_tls(const TlsContext& context) {
  tls_ = SSL_new(context->native_handle());
  if (tls_ != nullptr && !set_quiet_socket(tls_, descriptor_)) SSL_free(std::exchange(tls_, nullptr));
}

void Socket::begin_server_tls(const TlsContext& context) {
  begin_tls(context);
  if (tls_ != nullptr) SSL_set_accept_state(tls_);
}

void Socket::begin_client_tls(const TlsContext& context, const std::string& host, bool verify) {
  begin_tls(context);
  if (tls_ == nullptr) return;
  unsigned char address[16];
  const bool is_address =
      inet_pton(AF_INET, host.c_str(), address) == 1 || inet_pton(AF_INET6, host.c_str(), address) == 1;
  if (!is_address) SSL_set_tlsext_host_name(tls_, host.c_str());
  if (verify) {
    X509_VERIFY_PARAM* parameters = SSL_get0_param(tls_);
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (is_address) X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str());
    else X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size());
    SSL_set_verify(tls_, SSL_VERIFY_PEER, nullptr);
  } else {
    SSL_set_verify(tls_, SSL_VERIFY_NONE, nullptr);
  }
  SSL_set_connect_state(tls_);
}

Io Socket::handshake() {
  if (tls_ == nullptr) {
    error_ = "TLS handshake: no memory";
    return Io::closed;
  }
  ERR_clear_error();
  const int returned = SSL_do_handshake(tls_);
  return returned == 1 ? Io::done : tls_outcome(returned, "handshake");
}

Io Socket::tls_outcome(int returned, std::string_view doing) {
  const int saved = errno;
  switch (SSL_get_error(tls_, returned)) {
    case SSL_ERROR_WANT_READ:
      return Io::want_read;
    case SSL_ERROR_WANT_WRITE:
      return Io::want_write;
    case SSL_ERROR_ZERO_RETURN:
      error_ = "the peer closed the connection";
      return Io::closed;
    case SSL_ERROR_SYSCALL:
      if (ERR_peek_error() == 0) {
        error_ = saved == 0 ? "the peer closed the connection" : std::strerror(saved);
        return Io::closed;
      }
      [[fallthrough]];
    default:
      break;
  }
  error_ = "TLS " + std::string(doing) + ": ";
  const long verified = SSL_get_verify_result(tls_);
  if (verified != X509_V_OK && SSL_get_verify_mode(tls_) != SSL_VERIFY_NONE) {
    error_ += X509_verify_cert_error_string(verified);
    ERR_clear_error();
  } else {
    error_ += last_tls_error();
  }
  return Io::closed;
}

std::string Socket::tls_version() const {
  return tls_ == nullptr ? "" : SSL_get_version(tls_);
}

void Socket::end_sending() {
  if (tls_ != nullptr && SSL_is_init_finished(tls_)) {
    ERR_clear_error();
    SSL_shutdown(tls_);
  }
  ::shutdown(descriptor_, SHUT_WR);
}

void Socket::close() {
  if (tls_ != nullptr) SSL_free(std::exchange(tls_, nullptr));
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

}  // namespace orgo::net
