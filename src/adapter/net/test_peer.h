#pragma once
// For tests only: a blocking client of a door on the loopback, plain or TLS, with a deadline for each step.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "adapter/net/quiet_bio.h"

namespace orgo::net {

class TestPeer {
 public:
  /// From 127.0.0.1, or from another address of the loopback.
  explicit TestPeer(std::uint16_t port, const char* from = nullptr) {
    descriptor_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (from != nullptr) {
      inet_pton(AF_INET, from, &address.sin_addr);
      if (bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    }
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected = connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~TestPeer() { hang_up(); }
  TestPeer(const TestPeer&) = delete;
  TestPeer& operator=(const TestPeer&) = delete;

  /// TLS without a check of the name; false when the handshake fails.
  bool start_tls(int version_max = TLS1_3_VERSION) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context, 0);
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_max_proto_version(context, version_max);
    tls_ = SSL_new(context);
    SSL_CTX_free(context);
    return set_quiet_socket(tls_, descriptor_) && SSL_connect(tls_) == 1;
  }
  void send(std::string_view text) {
    while (!text.empty()) {
      const auto count = tls_ != nullptr ? SSL_write(tls_, text.data(), static_cast<int>(text.size()))
                                         : ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  /// What came up to and with `end`, or all that came when the peer closed or 10 s have passed.
  std::string read_until(std::string_view end) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    for (;;) {
      const std::size_t found = received_.find(end);
      if (found != std::string::npos) {
        const std::string text = received_.substr(0, found + end.size());
        received_.erase(0, found + end.size());
        return text;
      }
      if (!read_some(deadline)) return std::exchange(received_, {});
    }
  }
  /// All that comes before the peer closes; `closed` tells whether it did within 10 s.
  std::string read_to_end() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (read_some(deadline)) {
    }
    return std::exchange(received_, {});
  }
  void hang_up() {
    if (tls_ != nullptr) SSL_free(tls_);
    tls_ = nullptr;
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

  bool connected = false;
  bool closed = false;

 private:
  bool read_some(std::chrono::steady_clock::time_point deadline) {
    if (tls_ == nullptr || SSL_pending(tls_) == 0) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      pollfd wait{descriptor_, POLLIN, 0};
      if (left.count() <= 0 || poll(&wait, 1, static_cast<int>(left.count())) <= 0) return false;
    }
    char buffer[65536];
    const auto count =
        tls_ != nullptr ? SSL_read(tls_, buffer, sizeof buffer) : ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (count <= 0) {
      closed = true;
      return false;
    }
    received_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  int descriptor_ = -1;
  SSL* tls_ = nullptr;
  std::string received_;
};

/// A folder under the system's place for temporary files, gone with its owner.
class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-net-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  std::string path;
};

}  // namespace orgo::net
