#pragma once
// For tests only: a real server that a script of this folder runs, from C++. It ends with the test, however that ends:
// its standard input does.
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/json.h"
#include "tests/support/source_dir.h"

namespace orgo::tests {

/// Runs `SCRIPT FOLDER`, which writes a line of JSON when its server runs and after each word that it is told;
/// {"problem": "..."} ends the test program.
class Starter {
 public:
  Starter(const std::string& script, std::string folder) {
    int to[2];
    int from[2];
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) give_up("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], 0);
    posix_spawn_file_actions_adddup2(&actions, from[1], 1);
    std::string python = "/usr/bin/python3";
    std::string path = source_dir() + "/tests/support/" + script;
    char* const arguments[] = {python.data(), path.data(), folder.data(), nullptr};
    if (posix_spawn(&process_, python.c_str(), &actions, nullptr, arguments, environ) != 0) give_up("no python3");
    posix_spawn_file_actions_destroy(&actions);
    ::close(to[0]);
    ::close(from[1]);
    to_ = to[1];
    from_ = from[0];
    told_ = listen();
  }
  ~Starter() {
    ::close(to_);
    waitpid(process_, nullptr, 0);
    ::close(from_);
  }
  Starter(const Starter&) = delete;
  Starter& operator=(const Starter&) = delete;

  /// What it said first: ports and the like.
  [[nodiscard]] const json::object& told() const { return told_; }
  json::object tell(std::string word) {
    word += "\n";
    if (write(to_, word.data(), word.size()) != static_cast<ssize_t>(word.size())) give_up("the starter is gone");
    return listen();
  }
  [[noreturn]] static void give_up(const std::string& what) {
    std::fprintf(stderr, "a server for tests: %s\n", what.c_str());
    std::abort();
  }

 private:
  json::object listen() {
    std::string line;
    while (!line.ends_with('\n')) {
      pollfd event{from_, POLLIN, 0};
      if (poll(&event, 1, 120'000) != 1) give_up("no word from the starter");
      char letter = 0;
      if (read(from_, &letter, 1) != 1) give_up("the starter ended");
      line += letter;
    }
    auto value = parse_json(line);
    if (!value || !value->is_object()) give_up("the starter said " + line);
    if (const json::value* problem = value->as_object().if_contains("problem")) give_up(problem->as_string().c_str());
    return value->as_object();
  }

  pid_t process_ = -1;
  int to_ = -1;
  int from_ = -1;
  json::object told_;
};

}  // namespace orgo::tests
