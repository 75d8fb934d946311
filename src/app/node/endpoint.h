#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace orgo {

/// HOST:PORT to listen on; "off" in the file makes an empty one: not at all.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  [[nodiscard]] bool off() const { return host.empty(); }
  /// Of a text that was checked when the configuration was loaded.
  static Endpoint parse(const std::string& listen);
};

/// "127.0.0.1:5000", "[::1]:5000"; `port` is the one that was bound.
std::string to_string(const Endpoint& endpoint, std::uint16_t port);
/// Only this machine can be meant by it.
bool is_loopback(std::string_view host);

}  // namespace orgo
