#include "adapter/signature/restricted_child.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace orgo {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() { reset(); }
  void reset() {
    if (value_ >= 0) ::close(std::exchange(value_, -1));
  }
  [[nodiscard]] int get() const { return value_; }

 private:
  int value_;
};

Result<Descriptor> memory_file(std::string_view bytes) {
  Descriptor file(memfd_create("orgo", MFD_CLOEXEC));
  if (file.get() < 0) return failure(Errc::unavailable, std::string("no file in memory: ") + std::strerror(errno));
  while (!bytes.empty()) {
    const auto written = write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return failure(Errc::unavailable, std::string("writing to memory: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (lseek(file.get(), 0, SEEK_SET) != 0) return failure(Errc::unavailable, "a file in memory can't be read");
  return file;
}

void limit(int what, rlim_t value) {
  const rlimit both{value, value};
  setrlimit(static_cast<__rlimit_resource_t>(what), &both);
}

/// Between fork() and exec(): only calls that are safe there, since other threads may have held any lock.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment, int output,
                         const int* inputs, int input_count, const ChildLimits& limits, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  // High numbers first, so that none is overwritten before it was copied.
  const int base = 100;
  for (int i = 0; i < input_count; ++i)
    if (dup2(inputs[i], base + i) < 0) _exit(127);
  if (dup2(output, base + input_count) < 0) _exit(127);
  const int null = open("/dev/null", O_RDWR);
  if (null < 0 || dup2(null, 0) < 0 || dup2(base + input_count, 1) < 0 || dup2(null, 2) < 0) _exit(127);
  for (int i = 0; i < input_count; ++i)
    if (dup2(base + i, 3 + i) < 0) _exit(127);
  syscall(SYS_close_range, static_cast<unsigned>(3 + input_count), ~0U, 0U);
  unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC);  // not everywhere allowed; the limits below are
  limit(RLIMIT_CPU, static_cast<rlim_t>(limits.cpu_seconds));
  limit(RLIMIT_AS, limits.memory_bytes);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, 32);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  execve(program, arguments, environment);
  _exit(127);
}

int wait_for(pid_t child) {
  kill(-child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

Result<ChildResult> run_restricted(const std::string& program, const std::vector<std::string>& arguments,
                                   const std::vector<std::string_view>& inputs, Deadline deadline,
                                   const ChildLimits& limits) {
  if (std::chrono::steady_clock::now() >= deadline)
    return failure(Errc::deadline_exceeded, "there was no time left for " + program);
  std::vector<Descriptor> files;
  std::vector<int> numbers;
  for (const auto input : inputs) {
    ORGO_TRY(file, memory_file(input));
    numbers.push_back(file.get());
    files.push_back(std::move(file));
  }
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0)
    return failure(Errc::unavailable, std::string("no pipe: ") + std::strerror(errno));
  Descriptor from_child(pipe_ends[0]), to_parent(pipe_ends[1]);
  std::vector<char*> words;
  words.push_back(const_cast<char*>(program.c_str()));
  for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  char locale[] = "LC_ALL=C";
  char* const environment[] = {locale, nullptr};
  const auto parent = getpid();
  const auto child = fork();
  if (child < 0) return failure(Errc::unavailable, program + " can't be started: " + std::strerror(errno));
  if (child == 0)
    become(program.c_str(), words.data(), environment, to_parent.get(), numbers.data(),
           static_cast<int>(numbers.size()), limits, parent);
  setpgid(child, child);  // also here, so that it is one before anybody kills it
  to_parent.reset();

  ChildResult result;
  bool late = false;
  char buffer[4096];
  for (;;) {
    const auto left = std::chrono::duration_cast<Millis>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0) {
      late = true;
      break;
    }
    pollfd waiting{from_child.get(), POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(std::min<long>(left, 60'000)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) continue;
    const auto got = read(from_child.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    const auto room = limits.output_bytes - std::min(limits.output_bytes, result.output.size());
    result.output.append(buffer, std::min(static_cast<std::size_t>(got), room));
    if (room == 0) break;
  }
  if (!late) {
    // It closed its output; it may take a moment to end.
    for (;;) {
      int status = 0;
      const auto ended = waitpid(child, &status, WNOHANG);
      if (ended == child) {
        kill(-child, SIGKILL);  // what it left behind
        result.status = status;
        return result;
      }
      if (std::chrono::steady_clock::now() >= deadline || result.output.size() >= limits.output_bytes) break;
      poll(nullptr, 0, 2);
    }
  }
  result.status = wait_for(child);
  if (late) return failure(Errc::deadline_exceeded, program + " took too long");
  return result;
}

}  // namespace orgo
