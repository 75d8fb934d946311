#include "adapter/mail_load/lmtp_load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>
#include <string_view>
#include <thread>

#include "protocol/smtp/data_writer.h"
#include "protocol/smtp/reply_reader.h"

namespace orgo {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPatienceSeconds = 60;  ///< for one reply
constexpr std::size_t kReadBytes = 4'096;

double ms_since(Clock::time_point then) {
  return std::chrono::duration<double, std::milli>(Clock::now() - then).count();
}

/// One connection to the door, blocking, with a limit to each wait.
class Session {
 public:
  explicit Session(const LmtpLoad& load) : load_(load) {}
  ~Session() { close(); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Status open() {
    if (descriptor_ >= 0) return {};
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(load_.port));
    const timeval patience{.tv_sec = kPatienceSeconds, .tv_usec = 0};
    const int one = 1;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (::inet_pton(AF_INET, load_.host.c_str(), &address.sin_addr) != 1)
      return failure(Errc::invalid_input, "'" + load_.host + "' is no IPv4 address");
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
      const auto why = std::string(std::strerror(errno));
      close();
      return failure(Errc::unavailable, "the door of " + load_.host + ":" + std::to_string(load_.port) + ": " + why);
    }
    ORGO_CHECK(expect(2));
    ORGO_CHECK(write("LHLO bench.example\r\n"));
    return expect(2);
  }

  /// A refusal of one mail leaves the connection as it was; all else closes it.
  Status deliver(std::string_view mail) {
    ORGO_CHECK(write("MAIL FROM:<person@bench.example>\r\nRCPT TO:<" + load_.recipient + ">\r\nDATA\r\n"));
    Status refused;
    for (const int wanted : {2, 2, 3})
      if (auto said = expect(wanted); !said && refused) refused = std::move(said);
    if (descriptor_ < 0 || !refused) {
      close();  // after a refused DATA, nobody knows what the door waits for
      return refused;
    }
    std::string wire;
    smtp::append_data(mail, wire);
    ORGO_CHECK(write(wire));
    return expect(2);
  }

  void close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
    replies_ = {};
    waiting_.clear();
  }

 private:
  Status write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return broken();
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
  }
  Status broken() {
    const auto why = std::string(std::strerror(errno));
    close();
    return failure(Errc::unavailable, "the connection broke: " + why);
  }
  Status expect(int hundreds) {
    if (descriptor_ < 0) return failure(Errc::unavailable, "the connection is closed");
    for (;;) {
      std::string_view rest = waiting_;
      const auto state = replies_.read(rest);
      waiting_.erase(0, waiting_.size() - rest.size());
      if (state == smtp::ReplyReader::State::garbage) {
        close();
        return failure(Errc::corrupt, "what answers is no mail server");
      }
      if (state == smtp::ReplyReader::State::reply) {
        const auto reply = replies_.take();
        if (reply.is(hundreds)) return {};
        return failure(Errc::conflict, reply.text());
      }
      char buffer[kReadBytes];
      errno = 0;
      const auto came = ::recv(descriptor_, buffer, sizeof(buffer), 0);
      if (came == 0) {
        close();
        return failure(Errc::unavailable, "the door closed the connection");
      }
      if (came < 0) return broken();
      waiting_.append(buffer, static_cast<std::size_t>(came));
    }
  }

  const LmtpLoad& load_;
  int descriptor_ = -1;
  smtp::ReplyReader replies_;
  std::string waiting_;
};

class Run {
 public:
  explicit Run(const LmtpLoad& load) : load_(load) {}

  LmtpLoadResult all() {
    begun_ = Clock::now();
    std::vector<std::thread> threads;
    for (int i = 0; i < load_.connections; ++i) threads.emplace_back([this] { work(); });
    for (auto& thread : threads) thread.join();
    result_.seconds = ms_since(begun_) / 1'000;
    return std::move(result_);
  }

 private:
  void work() {
    Session session(load_);
    for (;;) {
      const int number = next_++;
      if (number >= load_.count || (load_.go_on && !load_.go_on(taken_))) return;
      const auto mail = load_.mail(number);
      const auto due = wait_until_due(number);
      auto done = session.open();
      if (done) done = session.deliver(mail);
      note(done, ms_since(due));
    }
  }
  Clock::time_point wait_until_due(int number) const {
    if (load_.per_second <= 0) return Clock::now();
    const auto due =
        begun_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(number / load_.per_second));
    std::this_thread::sleep_until(due);
    return due;
  }
  void note(const Status& done, double waited) {
    const std::lock_guard lock(mutex_);
    if (done) {
      ++taken_;
      result_.taken = taken_;
      result_.waits_ms.push_back(static_cast<float>(waited));
      return;
    }
    ++result_.failed;
    const auto& why = done.error().message;
    if (const auto known = result_.errors.find(why); known != result_.errors.end()) ++known->second;
    else if (result_.errors.size() < LmtpLoadResult::kErrorsNamed) result_.errors.emplace(why, 1);
  }

  const LmtpLoad& load_;
  Clock::time_point begun_;
  std::atomic<int> next_{0}, taken_{0};
  std::mutex mutex_;
  LmtpLoadResult result_;
};

}  // namespace

Result<LmtpLoadResult> run_lmtp_load(const LmtpLoad& load) {
  {
    Session first(load);
    ORGO_CHECK(first.open());
  }
  return Run(load).all();
}

}  // namespace orgo
