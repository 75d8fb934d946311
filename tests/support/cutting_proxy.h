#pragma once
// For tests only: a TCP proxy on the loopback that breaks what goes through it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <thread>

namespace orgo::tests {

class CuttingProxy {
 public:
  explicit CuttingProxy(std::uint16_t to) : to_(to) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 16) != 0) std::abort();
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~CuttingProxy() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
  }
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int connections() const { return connections_; }
  /// Octets of the server that came through on the last connection.
  [[nodiscard]] std::int64_t passed() const { return passed_; }

  /// The next connections end once so many octets of the server went through; -1: they live.
  void cut_after(std::int64_t octets) { cut_after_ = octets; }
  /// The same, but the connection stays and nothing comes any more.
  void stall_after(std::int64_t octets) { stall_after_ = octets; }
  /// The present connection ends once so many more octets of the server went through; those after it live.
  void cut_once_after(std::int64_t octets) { cut_once_at_ = passed_ + octets; }
  /// The present connection ends now.
  void cut_now() { cut_now_ = true; }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  void serve() {
    while (!stopping_) {
      pollfd event{listener_, POLLIN, 0};
      if (poll(&event, 1, 20) <= 0) continue;
      const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) continue;
      ++connections_;
      passed_ = 0;
      cut_now_ = false;
      const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const sockaddr_in address = loopback(to_);
      if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) join(client, server);
      const linger hard{1, 0};  // a reset, as from a machine that is gone
      setsockopt(client, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
      ::close(client);
      ::close(server);
    }
  }
  void join(int client, int server) {
    char buffer[16'384];
    while (!stopping_ && !cut_now_) {
      const bool stalled = stall_after_ >= 0 && passed_ >= stall_after_;
      pollfd events[2] = {{client, POLLIN, 0}, {stalled ? -1 : server, POLLIN, 0}};
      if (poll(events, 2, 20) <= 0) continue;
      if (events[0].revents != 0) {
        const ssize_t count = recv(client, buffer, sizeof buffer, 0);
        if (count <= 0 || !pass(server, buffer, count)) return;
      }
      if (events[1].revents != 0) {
        std::int64_t most = sizeof buffer;
        for (const std::int64_t limit : {cut_after_.load(), stall_after_.load(), cut_once_at_.load()}) {
          if (limit >= 0) most = std::min(most, std::max<std::int64_t>(limit - passed_, 0));
        }
        if (most == 0) {
          cut_once_at_ = -1;
          return;
        }
        const ssize_t count = recv(server, buffer, static_cast<std::size_t>(most), 0);
        if (count <= 0 || !pass(client, buffer, count)) return;
        passed_ += count;
        if (cut_after_ >= 0 && passed_ >= cut_after_) return;
        if (cut_once_at_ >= 0 && passed_ >= cut_once_at_) {
          cut_once_at_ = -1;
          return;
        }
      }
    }
  }
  static bool pass(int to, const char* bytes, ssize_t count) {
    while (count > 0) {
      const ssize_t sent = send(to, bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes += sent;
      count -= sent;
    }
    return true;
  }

  std::uint16_t to_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> cut_now_ = false;
  std::atomic<int> connections_ = 0;
  std::atomic<std::int64_t> passed_ = 0;
  std::atomic<std::int64_t> cut_after_ = -1;
  std::atomic<std::int64_t> stall_after_ = -1;
  std::atomic<std::int64_t> cut_once_at_ = -1;
  std::thread thread_;
};

}  // namespace orgo::tests
