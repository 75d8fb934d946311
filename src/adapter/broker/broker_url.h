#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace orgo {

/// The address of a broker: scheme://[user@]host[:port][/path].
struct BrokerUrl {
  std::string scheme;      ///< "redis", "rediss", "amqp", "amqps"
  std::string user;        ///< empty: none
  std::string host;        ///< without the [] of IPv6
  std::uint16_t port = 0;  ///< 0: the one of the scheme
  std::string path;        ///< behind the "/", decoded; empty: none
};

/// invalid_input: it is none, or holds a password, which all would see who read the configuration. The sentence goes on
/// behind the address ("redis://a:b@c" + " holds ...").
Result<BrokerUrl> parse_broker_url(std::string_view url);

}  // namespace orgo
