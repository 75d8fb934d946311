#pragma once
// For tests only: the real PostgreSQL of postgres.py, from C++.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/support/starter.h"

namespace orgo::tests {

/// One server with one empty database; tests that must not meet each other take a schema each.
class Postgres {
 public:
  /// Is it installed? Where it is not, tests skip and say so; scripts/packages-test.txt names the package.
  static bool available() {
    std::error_code error;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", error))
      if (std::filesystem::exists(version.path() / "bin" / "initdb")) return true;
    return false;
  }
  /// Of this test program, started by who asks first.
  static Postgres& shared() {
    static Postgres server;
    return server;
  }

  Postgres() : folder_(make_folder()), starter_(std::make_unique<Starter>("postgres.py", folder_)) {
    port_ = static_cast<std::uint16_t>(starter_->told().at("port").as_int64());
  }
  ~Postgres() {
    starter_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const { return url_at(port_); }
  /// By way of something that listens before it.
  [[nodiscard]] static std::string url_at(std::uint16_t port) {
    return "postgres://orgo@127.0.0.1:" + std::to_string(port) + "/orgo";
  }
  /// Of a superuser, for whom no row is another tenant's.
  [[nodiscard]] std::string owner_url() const {
    return "postgres://postgres@127.0.0.1:" + std::to_string(port_) + "/orgo";
  }
  void kill() { starter_->tell("kill"); }    ///< as a power cut
  void stop() { starter_->tell("stop"); }    ///< at once, with a word to who is connected
  void start() { starter_->tell("start"); }  ///< on the same port, with all that was committed
  /// Of one that was killed: the next transaction has this number; what was written since a checkpoint is gone.
  void renumber(std::int64_t number) { starter_->tell("renumber " + std::to_string(number)); }
  void freeze() { starter_->tell("freeze"); }
  void thaw() { starter_->tell("thaw"); }

 private:
  static std::string make_folder() {
    // In memory where there is room (a container may have 64 MB): every commit is flushed.
    std::error_code error;
    const auto room = std::filesystem::space("/dev/shm", error);
    const bool is_roomy = !error && room.available > (2ULL << 30U);
    std::string name = (is_roomy ? "/dev/shm" : "/tmp") + std::string("/orgo-pg-XXXXXX");
    if (mkdtemp(name.data()) == nullptr) Starter::give_up("no temporary folder");
    return name;
  }

  std::string folder_;
  std::unique_ptr<Starter> starter_;
  std::uint16_t port_ = 0;
};

}  // namespace orgo::tests
