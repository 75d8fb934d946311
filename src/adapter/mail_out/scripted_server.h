#pragma once
// For tests only: a server that plays one script per connection.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace orgo::mail_out {

/// Lines of a script: "<WORD" reads to a line that begins with WORD; "!hang" says nothing until the peer leaves;
/// anything else is sent, with CRLF. At its end the connection is closed. Connections past the scripts are closed at
/// once.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<std::string> scripts) : scripts_(std::move(scripts)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 16) != 0) std::abort();
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void serve() {
    for (std::size_t next = 0; !stopping_; ++next) {
      const int peer = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (peer < 0) return;
      ++connections_;
      if (next < scripts_.size()) play(peer, scripts_[next]);
      ::close(peer);
    }
  }
  void play(int peer, std::string_view script) {
    std::string read;
    while (!script.empty()) {
      const std::size_t end = script.find('\n');
      const std::string_view line = script.substr(0, end);
      script.remove_prefix(end + 1);
      if (line.starts_with('<')) {
        if (!read_line(peer, read, line.substr(1))) return;
      } else if (line == "!hang") {
        read_line(peer, read, "no such line");
      } else {
        const std::string text = std::string(line) + "\r\n";
        if (::send(peer, text.data(), text.size(), MSG_NOSIGNAL) < 0) return;
      }
    }
  }
  bool read_line(int peer, std::string& read, std::string_view word) {
    for (;;) {
      for (std::size_t end = 0; (end = read.find('\n')) != std::string::npos;) {
        const bool found = std::string_view(read).starts_with(word);
        read.erase(0, end + 1);
        if (found) return true;
      }
      pollfd event{peer, POLLIN, 0};
      while (poll(&event, 1, 20) == 0) {
        if (stopping_) return false;
      }
      char buffer[4096];
      const ssize_t count = recv(peer, buffer, sizeof buffer, 0);
      if (count <= 0) return false;
      read.append(buffer, static_cast<std::size_t>(count));
    }
  }

  std::vector<std::string> scripts_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

}  // namespace orgo::mail_out
