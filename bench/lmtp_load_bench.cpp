// Load for the LMTP door: sends mails over N connections at a given pace (or as fast as the answers come), and tells
// how long the door took from the end of DATA to its 250. One thread, epoll, so that it takes little from the server
// beside it. Usage: lmtp_load_bench PORT [--count 20000] [--connections 50] [--rate 0] [--size 2048] [--recipient
// office@school.example]
//        [--seed 1] [--senders 1000] [--acknowledged FILE]
// With --rate R the n-th mail is due at n/R seconds, and its latency counts from when it was due, so that a door that
// stalls can't hide it (coordinated omission; Gil Tene). --acknowledged writes the Message-ID of each mail that got its
// 250.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  int port = 0;
  int count = 20'000;
  int connections = 50;
  double rate = 0;
  std::size_t size = 2048;
  std::string recipient = "office@school.example";
  int seed = 1;
  unsigned senders = 1000;
  std::string acknowledged;
};

struct Connection {
  int fd = -1;
  std::string in;
  int mail = -1;         // number of the mail on its way; -1: none
  int replies_left = 0;  // of LHLO, or of MAIL, RCPT and DATA
  bool greeted = false;
  bool in_data = false;
  std::string refusal;  // of MAIL, RCPT or DATA
  Clock::time_point due{};
};

const char* const kSubjects[] = {"Water leak in room",      "Invoice number",        "Broken window in hall",
                                 "Question about exam",     "Printer does not work", "Sick leave for class",
                                 "Urgent: heating in room", "Order of books, list"};
const char* const kWords[] = {"please", "the",    "room",  "today", "is",       "broken", "and",    "we",
                              "need",   "help",   "with",  "water", "students", "urgent", "repair", "tomorrow",
                              "at",     "office", "thank", "you",   "window",   "leak"};

std::string mail_text(const Options& options, int number) {
  unsigned random = static_cast<unsigned>(options.seed) * 2654435761U + static_cast<unsigned>(number);
  const auto next = [&random] { return random = random * 1664525U + 1013904223U; };
  std::string text = "Message-ID: <load-" + std::to_string(options.seed) + "-" + std::to_string(number) +
                     "@load.example>\r\nFrom: Person " + std::to_string(next() % options.senders) + " <person" +
                     std::to_string(random % options.senders) + "@load.example>\r\nTo: " + options.recipient +
                     "\r\nSubject: " + kSubjects[next() % 8] + " " + std::to_string(number % 997) +
                     "\r\nDate: Sun, 22 Nov 2026 01:22:35 +0000\r\nMIME-Version: 1.0\r\n"
                     "Content-Type: text/plain; charset=utf-8\r\n\r\n";
  std::size_t line = 0;
  while (text.size() + 2 < options.size) {
    const std::string_view word = kWords[(next() >> 8) % 22];
    text += word;
    line += word.size() + 1;
    if (line > 66) {
      text += "\r\n";
      line = 0;
    } else {
      text += ' ';
    }
  }
  return text + "\r\n";
}

class Load {
 public:
  explicit Load(Options options) : options_(std::move(options)), epoll_(epoll_create1(0)), begin_(Clock::now()) {}

  int run() {
    connections_.resize(static_cast<std::size_t>(options_.connections));
    for (std::size_t i = 0; i < connections_.size(); ++i)
      if (!open(i)) return 1;
    if (!options_.acknowledged.empty()) {
      acknowledged_ = std::fopen(options_.acknowledged.c_str(), "a");
      if (acknowledged_ == nullptr) return 1;
    }
    epoll_event events[256];
    while (finished_ < options_.count) {
      const int timeout = pace();
      const int n = epoll_wait(epoll_, events, 256, timeout);
      for (int i = 0; i < n; ++i)
        if (!receive(events[i].data.u64)) return report(1);
    }
    return report(0);
  }

 private:
  bool open(std::size_t index) {
    auto& connection = connections_[index];
    connection = Connection();
    connection.fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection.fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      std::perror("lmtp_load_bench: connect");
      return false;
    }
    const int one = 1;
    setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    fcntl(connection.fd, F_SETFL, O_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
    connection.replies_left = 2;  // banner and the answer to LHLO
    send(connection, "LHLO load.example\r\n");
    return true;
  }

  void send(Connection& connection, std::string_view text) {
    while (!text.empty()) {
      const auto n = ::send(connection.fd, text.data(), text.size(), MSG_NOSIGNAL);
      if (n > 0) {
        text.remove_prefix(static_cast<std::size_t>(n));
      } else if (errno != EAGAIN && errno != EINTR) {
        return;  // the next read says that it is closed
      }
    }
  }

  /// Starts what is due; returns for how long to sleep, in ms.
  int pace() {
    if (options_.rate <= 0) {
      while (started_ < options_.count && !free_.empty()) start(Clock::now());
      return 1000;
    }
    for (;;) {
      if (started_ >= options_.count) return 1000;
      const auto due =
          begin_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(started_ / options_.rate));
      const auto now = Clock::now();
      if (due > now) return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(due - now).count());
      if (free_.empty()) return 1;
      start(due);
    }
  }

  void start(Clock::time_point due) {
    auto& connection = connections_[free_.front()];
    free_.pop_front();
    connection.mail = started_++;
    connection.due = due;
    connection.replies_left = 3;
    connection.in_data = false;
    send(connection, "MAIL FROM:<person@load.example>\r\nRCPT TO:<" + options_.recipient + ">\r\nDATA\r\n");
  }

  bool receive(std::size_t index) {
    auto& connection = connections_[index];
    char buffer[4096];
    const auto n = recv(connection.fd, buffer, sizeof(buffer), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (n <= 0) {
      std::fprintf(stderr, "lmtp_load_bench: the door closed a connection\n");
      return false;
    }
    connection.in.append(buffer, static_cast<std::size_t>(n));
    std::size_t end = 0;
    while ((end = connection.in.find("\r\n")) != std::string::npos) {
      const std::string line = connection.in.substr(0, end);
      connection.in.erase(0, end + 2);
      if (line.size() > 3 && line[3] == '-') continue;
      on_reply(index, line);
    }
    return true;
  }

  void on_reply(std::size_t index, const std::string& line) {
    auto& connection = connections_[index];
    if (!connection.greeted) {
      if (--connection.replies_left == 0) {
        connection.greeted = true;
        free_.push_back(index);
      }
      return;
    }
    if (!connection.in_data) {
      if (line[0] != '2' && line[0] != '3' && connection.refusal.empty()) connection.refusal = line;
      if (--connection.replies_left > 0) return;
      if (!connection.refusal.empty()) {
        finish(index, false, connection.refusal);
        connection.refusal.clear();
        free_.pop_back();  // free again when RSET is answered
        connection.greeted = false;
        connection.replies_left = 1;
        send(connection, "RSET\r\n");
      } else {
        connection.in_data = true;
        send(connection, mail_text(options_, connection.mail) + ".\r\n");
        if (options_.rate <= 0) connection.due = Clock::now();
      }
      return;
    }
    finish(index, line[0] == '2', line);
  }

  void finish(std::size_t index, bool ok, const std::string& line) {
    auto& connection = connections_[index];
    ++finished_;
    if (ok) {
      latencies_.push_back(std::chrono::duration<double, std::milli>(Clock::now() - connection.due).count());
      if (acknowledged_ != nullptr)
        std::fprintf(acknowledged_, "load-%d-%d@load.example\n", options_.seed, connection.mail);
    } else {
      ++refused_;
      if (refused_ <= 3) std::fprintf(stderr, "lmtp_load_bench: %s\n", line.c_str());
    }
    connection.mail = -1;
    free_.push_back(index);
  }

  int report(int status) {
    const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
    std::sort(latencies_.begin(), latencies_.end());
    const auto quantile = [&](double q) {
      return latencies_.empty() ? 0
                                : latencies_[static_cast<std::size_t>(q * static_cast<double>(latencies_.size() - 1))];
    };
    std::printf(
        "{\"bench\":\"lmtp_load\",\"sent\":%zu,\"refused\":%d,\"seconds\":%.2f,\"per_second\":%.0f,\"p50_ms\":%.2f,"
        "\"p95_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}\n",
        latencies_.size(), refused_, seconds, static_cast<double>(latencies_.size()) / seconds, quantile(0.5),
        quantile(0.95), quantile(0.99), quantile(1));
    if (acknowledged_ != nullptr) std::fclose(acknowledged_);
    return status;
  }

  Options options_;
  int epoll_;
  Clock::time_point begin_;
  std::vector<Connection> connections_;
  std::deque<std::size_t> free_;
  int started_ = 0;
  int finished_ = 0;
  int refused_ = 0;
  std::vector<double> latencies_;
  std::FILE* acknowledged_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    const auto value = [&] { return i + 1 < argc ? argv[++i] : ""; };
    if (name == "--count") options.count = std::atoi(value());
    else if (name == "--connections") options.connections = std::atoi(value());
    else if (name == "--rate") options.rate = std::atof(value());
    else if (name == "--size") options.size = static_cast<std::size_t>(std::atoi(value()));
    else if (name == "--recipient") options.recipient = value();
    else if (name == "--seed") options.seed = std::atoi(value());
    else if (name == "--senders") options.senders = static_cast<unsigned>(std::max(std::atoi(value()), 1));
    else if (name == "--acknowledged") options.acknowledged = value();
    else options.port = std::atoi(argv[i]);
  }
  if (options.port == 0) {
    std::fprintf(stderr,
                 "usage: lmtp_load_bench PORT [--count N] [--connections N] [--rate R] [--size BYTES] [--recipient A] "
                 "[--seed N] [--senders N] [--acknowledged FILE]\n");
    return 2;
  }
  return Load(std::move(options)).run();
}
