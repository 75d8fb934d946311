#pragma once
// For tests only: an IMAP server of one folder that can't hand out some of its mails whole.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace orgo::mailbox {

class LiteralServer {
 public:
  enum class Break {
    too_large,    ///< the size of the literal, by 300
    too_small,    ///< by 100
    seems_whole,  ///< too small, and what follows it looks like the end of a response
    cut,          ///< in the middle the connection ends
    stall,        ///< in the middle nothing comes any more
  };

  explicit LiteralServer(int mails) {
    for (int i = 0; i < mails; ++i) add();
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
  ~LiteralServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  LiteralServer(const LiteralServer&) = delete;
  LiteralServer& operator=(const LiteralServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int connections() const { return connections_; }
  /// Mail 1, 2 ..., of 30 lines.
  static std::string mail(std::uint32_t uid) {
    std::string text = "Subject: " + std::to_string(uid) + "\r\n\r\n";
    for (int i = 0; i < 30; ++i) text += "the leak is in room seven)\r\n";
    return text;
  }
  void add() {
    const std::lock_guard lock(mutex_);
    there_.insert(++last_);
  }
  void break_at(std::uint32_t uid, Break how, int times = 1'000'000) {
    const std::lock_guard lock(mutex_);
    broken_[uid] = {how, times};
  }
  void mend() {
    const std::lock_guard lock(mutex_);
    broken_.clear();
  }
  /// The next connections are closed without a word.
  void refuse(int connections) { refuse_ = connections; }
  /// Which were moved, flagged or deleted.
  std::vector<std::uint32_t> finished() {
    const std::lock_guard lock(mutex_);
    return {finished_.begin(), finished_.end()};
  }

 private:
  struct Broken {
    Break how;
    int times;
  };

  void serve() {
    while (!stopping_) {
      const int peer = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (peer < 0) return;
      ++connections_;
      if (refuse_ > 0) --refuse_;
      else talk(peer);
      ::close(peer);
    }
  }
  void talk(int peer) {
    std::string read;
    say(peer, "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN MOVE UIDPLUS] hello\r\n");
    for (std::string line; read_line(peer, read, line);) {
      const std::lock_guard lock(mutex_);
      if (!answer(peer, line)) return;
    }
  }
  /// False: the connection is at its end.
  bool answer(int peer, const std::string& line) {
    std::istringstream words(line);
    std::string tag, command, what, set, rest;
    words >> tag >> command;
    if (command == "UID") words >> what >> set;
    std::getline(words, rest);
    std::string told;
    if (command == "AUTHENTICATE") tag += " OK [CAPABILITY IMAP4rev1 MOVE UIDPLUS] in\r\n";
    else tag += " OK done\r\n";
    if (command == "SELECT" || command == "EXAMINE") {
      told = "* " + std::to_string(there_.size()) + " EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT " +
             std::to_string(last_ + 1) + "] x\r\n";
    } else if (command == "NOOP") {
      told = "* " + std::to_string(there_.size()) + " EXISTS\r\n";
    } else if (what == "SEARCH") {
      told = "* SEARCH";
      for (const auto uid : these(rest)) told += " " + std::to_string(uid);
      told += "\r\n";
    } else if (what == "FETCH") {
      for (const auto uid : these(set))
        if (!fetch(uid, rest.find("BODY") != std::string::npos, told)) {
          say(peer, told);
          return end(peer, uid);
        }
    } else if (what == "STORE" || what == "MOVE") {
      for (const auto uid : these(set)) {
        finished_.insert(uid);
        if (what == "MOVE") there_.erase(uid);
      }
    } else if (what == "EXPUNGE") {
      for (const auto uid : these(set)) there_.erase(uid);
    }
    say(peer, told + tag);
    return command != "LOGOUT";
  }
  bool fetch(std::uint32_t uid, bool body, std::string& told) {
    const std::string bytes = mail(uid);
    const auto broken = broken_.find(uid);
    const bool breaks = body && broken != broken_.end() && broken->second.times > 0;
    if (breaks) --broken->second.times;
    told += "* " + std::to_string(uid) + " FETCH (UID " + std::to_string(uid);
    if (!body) {
      told += " RFC822.SIZE " + std::to_string(bytes.size()) + ")\r\n";
      return true;
    }
    std::size_t size = bytes.size();
    if (breaks && broken->second.how == Break::too_large) size += 300;
    if (breaks && broken->second.how == Break::too_small) size -= 100;
    if (breaks && broken->second.how == Break::seems_whole) size -= 84 + std::string_view("room seven)\r\n").size();
    told += " BODY[] {" + std::to_string(size) + "}\r\n";
    const bool stops = breaks && (broken->second.how == Break::cut || broken->second.how == Break::stall);
    told += stops ? bytes.substr(0, size / 2) : bytes + ")\r\n";
    return !stops;
  }
  bool end(int peer, std::uint32_t uid) {
    if (broken_[uid].how == Break::stall) {
      for (pollfd event{peer, POLLIN, 0}; poll(&event, 1, 20) == 0 && !stopping_;) {
      }
    }
    return false;
  }
  /// Those of a set like "1:3,5" or "UID 4:*" that are there.
  [[nodiscard]] std::vector<std::uint32_t> these(const std::string& set) const {
    std::vector<std::uint32_t> uids;
    std::istringstream parts(set.substr(set.find_first_of("0123456789*")));
    for (std::string part; std::getline(parts, part, ',');) {
      const auto number = [&](const std::string& text) {
        return text == "*" ? last_ : static_cast<std::uint32_t>(std::strtoul(text.c_str(), nullptr, 10));
      };
      const auto colon = part.find(':');
      const auto low = number(part.substr(0, colon));
      const auto high = colon == std::string::npos ? low : number(part.substr(colon + 1));
      for (const auto uid : there_)
        if (uid >= std::min(low, high) && uid <= std::max(low, high)) uids.push_back(uid);
    }
    return uids;
  }
  static void say(int peer, const std::string& text) { (void)::send(peer, text.data(), text.size(), MSG_NOSIGNAL); }
  bool read_line(int peer, std::string& read, std::string& line) {
    for (;;) {
      if (const auto end = read.find("\r\n"); end != std::string::npos) {
        line = read.substr(0, end);
        read.erase(0, end + 2);
        return true;
      }
      pollfd event{peer, POLLIN, 0};
      while (poll(&event, 1, 20) == 0)
        if (stopping_) return false;
      char buffer[4096];
      const auto count = recv(peer, buffer, sizeof buffer, 0);
      if (count <= 0) return false;
      read.append(buffer, static_cast<std::size_t>(count));
    }
  }

  std::mutex mutex_;
  std::set<std::uint32_t> there_, finished_;
  std::uint32_t last_ = 0;
  std::map<std::uint32_t, Broken> broken_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0, refuse_ = 0;
  std::thread thread_;
};

}  // namespace orgo::mailbox
