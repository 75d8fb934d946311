#pragma once
// For tests only: the real Dovecot of dovecot.py, from C++. Ends with the test, however that ends: its standard input
// does.
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "base/json.h"
#include "tests/support/source_dir.h"

namespace orgo::tests {

class Dovecot {
 public:
  /// Is it installed? Where it is not, tests skip and say so; scripts/packages-test.txt names the packages.
  static bool available() {
    for (const char* place : {"/usr/sbin/dovecot", "/usr/local/sbin/dovecot"}) {
      if (access(place, X_OK) == 0) return true;
    }
    return false;
  }

  /// With the user "office", password "secret".
  Dovecot() {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-dovecot-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) give_up("no temporary folder");
    folder_ = name;
    int to[2];
    int from[2];
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) give_up("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], 0);
    posix_spawn_file_actions_adddup2(&actions, from[1], 1);
    std::string python = "/usr/bin/python3";
    std::string script = source_dir() + "/tests/support/dovecot.py";
    char* const arguments[] = {python.data(), script.data(), folder_.data(), nullptr};
    if (posix_spawn(&starter_, python.c_str(), &actions, nullptr, arguments, environ) != 0) give_up("no python3");
    posix_spawn_file_actions_destroy(&actions);
    ::close(to[0]);
    ::close(from[1]);
    to_ = to[1];
    from_ = from[0];
    const json::object told = listen();
    for (const char* door : {"imap", "imaps", "pop3", "pop3s", "lmtp"}) {
      ports_[door] = static_cast<std::uint16_t>(told.at(door).as_int64());
    }
    certificate_ = told.at("certificate").as_string().c_str();
    owner_ = static_cast<uid_t>(told.at("owner").as_int64());
    group_ = static_cast<gid_t>(told.at("group").as_int64());
  }
  ~Dovecot() {
    ::close(to_);
    waitpid(starter_, nullptr, 0);
    ::close(from_);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Dovecot(const Dovecot&) = delete;
  Dovecot& operator=(const Dovecot&) = delete;

  [[nodiscard]] std::uint16_t port(const std::string& door) const { return ports_.at(door); }
  [[nodiscard]] const std::string& certificate() const { return certificate_; }  ///< of "localhost"
  [[nodiscard]] const std::string& folder() const { return folder_; }

  void kill() { tell("kill"); }  ///< kill -9 of all its processes
  void stop() { tell("stop"); }
  void start() { tell("start"); }  ///< on the same ports, with the same mails

  /// "{\"token\": \"user\"}"
  void set_tokens(const std::string& text) { replace(folder_ + "/tokens.json", text); }
  /// Adds a user, or changes the password of one.
  void set_password(const std::string& user, const std::string& password) {
    passwords_[user] = password;
    std::string text;
    for (const auto& [name, word] : passwords_) text += name + ":{PLAIN}" + word + "\n";
    replace(folder_ + "/users", text);
  }

  [[nodiscard]] std::string maildir(const std::string& user, const std::string& folder = "INBOX") const {
    const std::string base = folder_ + "/home/" + user + "/Maildir";
    return folder == "INBOX" ? base : base + "/." + folder;
  }
  /// Lays a mail into new/ as a mail server does; returns its file.
  std::string deliver(const std::string& user, std::string_view bytes, const std::string& folder = "INBOX") {
    const std::string place = maildir(user, folder);
    if (made_.insert({place, true}).second) {
      for (const char* sub : {"/tmp", "/new", "/cur"}) std::filesystem::create_directories(place + sub);
      for (std::string path = folder_ + "/home";
           const auto& part : std::filesystem::path(place.substr(path.size() + 1))) {
        path += "/" + part.string();
        own(path);
      }
      for (const char* sub : {"/tmp", "/new", "/cur"}) own(place + sub);
    }
    // Dovecot gives numbers in the order of names when mails arrive together.
    char name[64];
    std::snprintf(name, sizeof name, "%lld.M%09dP%d.test", static_cast<long long>(time(nullptr)), ++delivered_,
                  getpid());
    const std::string temporary = place + "/tmp/" + name;
    std::ofstream(temporary, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    own(temporary);
    std::filesystem::rename(temporary, place + "/new/" + name);
    return place + "/new/" + name;
  }
  [[nodiscard]] std::size_t count(const std::string& user, const std::string& folder = "INBOX") const {
    std::size_t count = 0;
    for (const char* sub : {"/new", "/cur"}) {
      std::error_code error;
      for (const auto& entry : std::filesystem::directory_iterator(maildir(user, folder) + sub, error))
        count += entry.is_regular_file();
    }
    return count;
  }

 private:
  [[noreturn]] static void give_up(const std::string& what) {
    std::fprintf(stderr, "Dovecot for tests: %s\n", what.c_str());
    std::abort();
  }
  void own(const std::string& path) const {
    if (getuid() == 0 && chown(path.c_str(), owner_, group_) != 0) give_up("chown " + path);
  }
  static void replace(const std::string& path, const std::string& text) {
    std::ofstream(path + ".new", std::ios::binary) << text;
    std::filesystem::rename(path + ".new", path);
  }
  void tell(std::string word) {
    word += "\n";
    if (write(to_, word.data(), word.size()) != static_cast<ssize_t>(word.size())) give_up("the starter is gone");
    (void)listen();
  }
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

  std::string folder_;
  pid_t starter_ = -1;
  int to_ = -1;
  int from_ = -1;
  std::map<std::string, std::uint16_t> ports_;
  std::string certificate_;
  uid_t owner_ = 0;
  gid_t group_ = 0;
  std::map<std::string, bool> made_;
  std::map<std::string, std::string> passwords_ = {{"office", "secret"}};
  int delivered_ = 0;
};

}  // namespace orgo::tests
