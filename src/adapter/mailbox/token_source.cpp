#include "adapter/mailbox/token_source.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <utility>

#include "base/json.h"
#include "base/text.h"

extern char** environ;

namespace orgo::mailbox {
namespace {

constexpr std::size_t kOutputMost = 64U << 10U;
constexpr std::size_t kTokenMost = 16'000;
constexpr std::int64_t kExpiresMost = 10LL * 365 * 86'400;

class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void close() {
    if (value_ >= 0) ::close(std::exchange(value_, -1));
  }
  [[nodiscard]] int get() const { return value_; }

 private:
  int value_;
};

/// A child with a process group of its own that surely ends and is waited for.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  ~Child() {
    if (id_ > 0) end();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Its status as of waitpid(). What it started and left behind ends, too.
  int end() {
    kill(-id_, SIGKILL);
    int status = 0;
    while (waitpid(id_, &status, 0) < 0 && errno == EINTR) {
    }
    id_ = -1;
    return status;
  }

 private:
  pid_t id_;
};

std::vector<char*> environment_without_settings() {
  std::vector<char*> kept;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, "ORGO_", 5) != 0) kept.push_back(*entry);
  }
  kept.push_back(nullptr);
  return kept;
}

Result<pid_t> spawn(const std::vector<std::string>& program, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  sigset_t usual;
  sigfillset(&usual);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  std::vector<std::string> words = program;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  auto environment = environment_without_settings();
  pid_t child = -1;
  const int error =
      posix_spawnp(&child, words.front().c_str(), &actions, &attributes, arguments.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    return failure(Errc::unavailable,
                   "the token command '" + program.front() + "' can't be run: " + std::strerror(error));
  return child;
}

bool is_token(std::string_view text) {
  if (text.empty() || text.size() > kTokenMost) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

Result<SaidToken> parse_token(std::string_view output) {
  output = trim(output);
  SaidToken said;
  if (!output.starts_with('{')) {
    if (!is_token(output))
      return failure(Errc::invalid_input,
                     output.empty() ? "it said nothing"
                                    : "what it said is no token: one word is expected, or JSON with access_token");
    said.token = output;
    return said;
  }
  const auto value = parse_json(output, 8);
  const json::object* object = value ? value->if_object() : nullptr;
  if (object == nullptr) return failure(Errc::invalid_input, "what it said begins like JSON and is none");
  const json::value* token = object->if_contains("access_token");
  if (token == nullptr || token->if_string() == nullptr || !is_token(std::string_view(*token->if_string()))) {
    return failure(Errc::invalid_input, object->contains("error") ? "its JSON has an error instead of access_token"
                                                                  : "its JSON has no access_token");
  }
  said.token = *token->if_string();
  if (const json::value* expires = object->if_contains("expires_in")) {
    std::int64_t seconds = 0;
    if (expires->is_number()) {
      boost::system::error_code error;
      seconds = expires->to_number<std::int64_t>(error);
    } else if (const json::string* text = expires->if_string()) {  // as some services write it
      for (const char c : std::string_view(*text).substr(0, 10)) {
        if (c < '0' || c > '9') break;
        seconds = seconds * 10 + (c - '0');
      }
    }
    said.expires_in = std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kExpiresMost));
  }
  return said;
}

Result<std::string> TokenSource::run(Deadline deadline) const {
  const std::vector<std::string> program =
      command_.shell.empty() ? command_.program : std::vector<std::string>{"/bin/sh", "-c", command_.shell};
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return failure(Errc::unavailable, std::string("the token command: ") + std::strerror(errno));
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  fcntl(reading.get(), F_SETFL, O_NONBLOCK);
  ORGO_TRY(id, spawn(program, writing.get()));
  Child child(id);
  writing.close();
  const Descriptor ended(static_cast<int>(syscall(SYS_pidfd_open, id, 0)));
  if (ended.get() < 0) return failure(Errc::unavailable, std::string("the token command: ") + std::strerror(errno));
  const Deadline own = within(command_.time);
  std::string output;
  const auto too_late = [&]() -> Error {
    if (deadline < own) return {Errc::deadline_exceeded, "the token command: the time was up"};
    return {Errc::unavailable, "the token command took more than " + format_duration(command_.time)};
  };
  for (;;) {
    switch (stop_.wait(reading.get(), POLLIN, std::min(own, deadline))) {
      case net::StopSignal::Waited::stopped:
        return failure(Errc::unavailable, "stopped");
      case net::StopSignal::Waited::late:
        return tl::unexpected(too_late());
      case net::StopSignal::Waited::ready:
        break;
    }
    char buffer[4096];
    const ssize_t count = read(reading.get(), buffer, sizeof buffer);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) break;
    output.append(buffer, static_cast<std::size_t>(count));
    if (output.size() > kOutputMost) return failure(Errc::unavailable, "the token command says more than 64 KB");
  }
  // Its output has ended, so it is about to: end() would kill it.
  switch (stop_.wait(ended.get(), POLLIN, std::min(own, deadline))) {
    case net::StopSignal::Waited::stopped:
      return failure(Errc::unavailable, "stopped");
    case net::StopSignal::Waited::late:
      return tl::unexpected(too_late());
    case net::StopSignal::Waited::ready:
      break;
  }
  const int status = child.end();
  if (WIFSIGNALED(status))
    return failure(Errc::unavailable, "the token command was ended by signal " + std::to_string(WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0)
    return failure(Errc::unavailable, "the token command ended with " + std::to_string(WEXITSTATUS(status)));
  return output;
}

Result<std::string> TokenSource::token(Deadline deadline) {
  if (!token_.empty() && std::chrono::steady_clock::now() < good_until_) return token_;
  token_.clear();
  ORGO_TRY(output, run(deadline));
  const auto said = parse_token(output);
  if (!said) return failure(Errc::unavailable, "the token command: " + said.error().message);
  token_ = said->token;
  good_until_ = Deadline::max();
  if (said->expires_in.count() > 0) {
    // A token that lives shorter than that is used all the same, once.
    good_until_ = std::chrono::steady_clock::now() + said->expires_in - command_.renew_before;
  }
  return token_;
}

}  // namespace orgo::mailbox
