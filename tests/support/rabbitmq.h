#pragma once
// For tests only: the real RabbitMQ of rabbitmq.py, from C++.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/support/starter.h"

namespace orgo::tests {

class RabbitMq {
 public:
  /// Is it installed? Where it is not, tests skip and say so; scripts/packages-test.txt names the package.
  static bool available() { return std::filesystem::exists("/usr/lib/rabbitmq/lib"); }
  /// Of this test program, started by who asks first.
  static RabbitMq& shared() {
    static RabbitMq server;
    return server;
  }

  RabbitMq() : folder_(make_folder()), starter_(std::make_unique<Starter>("rabbitmq.py", folder_)) {
    port_ = static_cast<std::uint16_t>(starter_->told().at("port").as_int64());
  }
  ~RabbitMq() {
    starter_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  RabbitMq(const RabbitMq&) = delete;
  RabbitMq& operator=(const RabbitMq&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const { return "amqp://127.0.0.1:" + std::to_string(port_); }
  void tell(const std::string& word) { starter_->tell(word); }  ///< kill, stop, start, freeze, thaw, wipe, alarm, calm

 private:
  static std::string make_folder() {
    std::string name = "/tmp/orgo-rabbit-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) Starter::give_up("no temporary folder");
    return name;
  }

  std::string folder_;
  std::unique_ptr<Starter> starter_;
  std::uint16_t port_ = 0;
};

}  // namespace orgo::tests
