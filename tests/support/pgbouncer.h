#pragma once
// For tests only: the real PgBouncer of pgbouncer.py, from C++.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/support/postgres.h"
#include "tests/support/starter.h"

namespace orgo::tests {

/// In front of a server, with fewer sessions there than we ask it for: each transaction gets another one.
class PgBouncer {
 public:
  /// Is it installed? Where it is not, tests skip and say so; scripts/packages-test.txt names the package.
  static bool available() { return Postgres::available() && std::filesystem::exists("/usr/sbin/pgbouncer"); }
  /// Of this test program, in front of the shared server.
  static PgBouncer& shared() {
    static PgBouncer pool(Postgres::shared().port());
    return pool;
  }

  explicit PgBouncer(std::uint16_t server)
      : folder_(make_folder(server)), starter_(std::make_unique<Starter>("pgbouncer.py", folder_)) {
    port_ = static_cast<std::uint16_t>(starter_->told().at("port").as_int64());
  }
  ~PgBouncer() {
    starter_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  PgBouncer(const PgBouncer&) = delete;
  PgBouncer& operator=(const PgBouncer&) = delete;

  [[nodiscard]] std::string url() const { return Postgres::url_at(port_); }
  void tell(const std::string& word) { starter_->tell(word); }  ///< kill, start, freeze, thaw, "lead PORT"

 private:
  static std::string make_folder(std::uint16_t server) {
    std::string name = "/tmp/orgo-pgbouncer-" + std::to_string(server) + "-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) Starter::give_up("no temporary folder");
    return name;
  }

  std::string folder_;
  std::unique_ptr<Starter> starter_;
  std::uint16_t port_ = 0;
};

}  // namespace orgo::tests
