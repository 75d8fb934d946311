#pragma once
// For tests only: the real Redis of redis.py, from C++.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/starter.h"

namespace orgo::tests {

class Redis {
 public:
  /// Is it installed? Where it is not, tests skip and say so; scripts/packages-test.txt names the package.
  static bool available() { return std::filesystem::exists("/usr/bin/redis-server"); }
  /// Of this test program, started by who asks first.
  static Redis& shared() {
    static Redis server;
    return server;
  }

  /// `kind`: "server", or "cluster" of three that each have a third of the keys.
  explicit Redis(const std::string& kind = "server")
      : folder_(make_folder(kind)), starter_(std::make_unique<Starter>("redis.py", folder_)) {
    for (const auto& port : starter_->told().at("ports").as_array())
      ports_.push_back(static_cast<std::uint16_t>(port.as_int64()));
    port_ = ports_.front();
  }
  ~Redis() {
    starter_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Redis(const Redis&) = delete;
  Redis& operator=(const Redis&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] const std::vector<std::uint16_t>& cluster_ports() const { return ports_; }
  void tell(const std::string& word) { starter_->tell(word); }  ///< kill, stop, start, freeze, thaw, wipe

 private:
  static std::string make_folder(const std::string& kind) {
    std::string name = "/tmp/orgo-redis-" + kind + "-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) Starter::give_up("no temporary folder");
    return name;
  }

  std::string folder_;
  std::unique_ptr<Starter> starter_;
  std::vector<std::uint16_t> ports_;
  std::uint16_t port_ = 0;
};

}  // namespace orgo::tests
