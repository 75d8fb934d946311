// How many messages a second the mail door takes in, and what each costs the server, with a sink that stores nothing.
//   mail_door_bench [--messages N] [--sessions N] [--size OCTETS] [--threads N] [--delay-us N]
// Drives itself with Postfix's smtp-source (package postfix) on the same cores and prints one line of JSON. By hand:
//   mail_door_bench --serve      then      smtp-source -L -s 50 -m 20000 -l 2048 -c inet:127.0.0.1:PORT
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapter/clock/system_clock.h"
#include "adapter/mail_in/mail_door.h"

namespace {

constexpr orgo::TenantId kTenant{1};  ///< as the first migration makes it

using namespace orgo;

/// Answers at once, or from another thread in batches every `delay`, as a group commit does.
class NullSink final : public MailSink {
 public:
  explicit NullSink(std::chrono::microseconds delay) : delay_(delay) {
    if (delay_.count() > 0) thread_ = std::thread([this] { answer(); });
  }
  ~NullSink() override {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
  }
  void submit(std::vector<Envelope> envelopes, std::shared_ptr<const std::string> bytes, Done done) override {
    ++messages;
    octets += bytes->size();
    if (delay_.count() == 0) return done(std::vector<Status>(envelopes.size()));
    const std::lock_guard lock(mutex_);
    waiting_.emplace_back(envelopes.size(), std::move(done));
    wake_.notify_one();
  }
  std::atomic<std::uint64_t> messages = 0;
  std::atomic<std::uint64_t> octets = 0;

 private:
  void answer() {
    std::vector<std::pair<std::size_t, Done>> batch;
    std::unique_lock lock(mutex_);
    while (!ended_) {
      wake_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
      batch.clear();
      batch.swap(waiting_);
      lock.unlock();
      std::this_thread::sleep_for(delay_);
      for (auto& [count, done] : batch) done(std::vector<Status>(count));
      lock.lock();
    }
  }
  std::chrono::microseconds delay_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::pair<std::size_t, Done>> waiting_;
  bool ended_ = false;
  std::thread thread_;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long number(int argc, char** argv, const char* name, long fallback) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], name) == 0) return std::atol(argv[i + 1]);
  }
  return fallback;
}

}  // namespace

int main(int argc, char** argv) {
  const long messages = number(argc, argv, "--messages", 20'000);
  const long sessions = number(argc, argv, "--sessions", 50);
  const long size = number(argc, argv, "--size", 2048);
  const long delay = number(argc, argv, "--delay-us", 0);
  MailDoorOptions options{.tenant_of = [](std::string_view) { return Result<TenantId>(kTenant); }};
  options.threads = static_cast<int>(number(argc, argv, "--threads", 1));
  NullSink sink{std::chrono::microseconds(delay)};
  SystemClock clock;
  auto door = MailDoor::open(options, sink, clock);
  if (!door) {
    std::fprintf(stderr, "%s\n", door.error().message.c_str());
    return 1;
  }
  if (std::any_of(argv + 1, argv + argc, [](const char* word) { return std::strcmp(word, "--serve") == 0; })) {
    std::printf("inet:127.0.0.1:%d\n", (*door)->port());
    std::fflush(stdout);
    pause();
    return 0;
  }
  std::vector<std::string> words = {
      "smtp-source", "-L", "-s", std::to_string(sessions), "-m", std::to_string(messages), "-l", std::to_string(size)};
  if (number(argc, argv, "--keep", 0) != 0) words.push_back("-d");  // do not disconnect after each message
  words.push_back("inet:127.0.0.1:" + std::to_string((*door)->port()));
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const double cpu = cpu_seconds();
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    execvp(arguments[0], arguments.data());
    std::fprintf(stderr, "smtp-source is missing; install the package postfix\n");
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const double used = cpu_seconds() - cpu;
  const auto got = static_cast<double>(sink.messages.load());
  std::printf(
      "{\"bench\":\"mail_door\",\"messages\":%.0f,\"sessions\":%ld,\"octets\":%ld,\"sink_delay_us\":%ld,"
      "\"messages_per_s\":%.0f,\"server_cpu_us_per_message\":%.1f}\n",
      got, sessions, size, delay, got / seconds, used * 1e6 / std::max(got, 1.0));
  return status == 0 && got == static_cast<double>(messages) ? 0 : 1;
}
