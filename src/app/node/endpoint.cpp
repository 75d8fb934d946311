#include "app/node/endpoint.h"

#include <charconv>

namespace orgo {

Endpoint Endpoint::parse(const std::string& listen) {
  Endpoint endpoint;
  const auto colon = listen.rfind(':');
  if (listen == "off" || colon == std::string::npos) return endpoint;
  endpoint.host = listen.substr(0, colon);
  if (endpoint.host.size() > 2 && endpoint.host.front() == '[' && endpoint.host.back() == ']')
    endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
  std::from_chars(listen.data() + colon + 1, listen.data() + listen.size(), endpoint.port);
  return endpoint;
}

std::string to_string(const Endpoint& endpoint, std::uint16_t port) {
  return (endpoint.host.find(':') != std::string::npos ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
         std::to_string(port);
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host == "::1" || host.starts_with("127.");
}

}  // namespace orgo
