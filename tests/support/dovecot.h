#pragma once
// For tests only: the real Dovecot of dovecot.py, from C++.
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/starter.h"

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
    if (mkdtemp(name.data()) == nullptr) Starter::give_up("no temporary folder");
    folder_ = name;
    starter_ = std::make_unique<Starter>("dovecot.py", folder_);
    const json::object& told = starter_->told();
    for (const char* door : {"imap", "imaps", "pop3", "pop3s", "lmtp"}) {
      ports_[door] = static_cast<std::uint16_t>(told.at(door).as_int64());
    }
    certificate_ = told.at("certificate").as_string().c_str();
    owner_ = static_cast<uid_t>(told.at("owner").as_int64());
    group_ = static_cast<gid_t>(told.at("group").as_int64());
  }
  ~Dovecot() {
    starter_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Dovecot(const Dovecot&) = delete;
  Dovecot& operator=(const Dovecot&) = delete;

  [[nodiscard]] std::uint16_t port(const std::string& door) const { return ports_.at(door); }
  [[nodiscard]] const std::string& certificate() const { return certificate_; }  ///< of "localhost"
  [[nodiscard]] const std::string& folder() const { return folder_; }

  void kill() { starter_->tell("kill"); }  ///< kill -9 of all its processes
  void stop() { starter_->tell("stop"); }
  void start() { starter_->tell("start"); }  ///< on the same ports, with the same mails

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
  void own(const std::string& path) const {
    if (getuid() == 0 && chown(path.c_str(), owner_, group_) != 0) Starter::give_up("chown " + path);
  }
  static void replace(const std::string& path, const std::string& text) {
    std::ofstream(path + ".new", std::ios::binary) << text;
    std::filesystem::rename(path + ".new", path);
  }

  std::string folder_;
  std::unique_ptr<Starter> starter_;
  std::map<std::string, std::uint16_t> ports_;
  std::string certificate_;
  uid_t owner_ = 0;
  gid_t group_ = 0;
  std::map<std::string, bool> made_;
  std::map<std::string, std::string> passwords_ = {{"office", "secret"}};
  int delivered_ = 0;
};

}  // namespace orgo::tests
