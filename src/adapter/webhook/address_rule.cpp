#include "adapter/webhook/address_rule.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/planted.h"

namespace orgo {
namespace {

struct Range4 {
  std::uint32_t network;
  int bits;
};
constexpr std::uint32_t ip4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24U | b << 16U | c << 8U | d;
}
constexpr std::array<Range4, 15> kNotPublic4{{
    {ip4(0, 0, 0, 0), 8},
    {ip4(10, 0, 0, 0), 8},
    {ip4(100, 64, 0, 0), 10},
    {ip4(127, 0, 0, 0), 8},
    {ip4(169, 254, 0, 0), 16},
    {ip4(172, 16, 0, 0), 12},
    {ip4(192, 0, 0, 0), 24},
    {ip4(192, 0, 2, 0), 24},
    {ip4(192, 88, 99, 0), 24},
    {ip4(192, 168, 0, 0), 16},
    {ip4(198, 18, 0, 0), 15},
    {ip4(198, 51, 100, 0), 24},
    {ip4(203, 0, 113, 0), 24},
    {ip4(224, 0, 0, 0), 4},
    {ip4(240, 0, 0, 0), 4},
}};

bool is_public4(std::uint32_t address) {
  return std::ranges::none_of(kNotPublic4, [&](const Range4& range) {
    return (address ^ range.network) >> static_cast<unsigned>(32 - range.bits) == 0;
  });
}

bool is_public6(const std::array<std::uint8_t, 16>& a) {
  const auto inner = [&](std::size_t at) { return is_public4(ip4(a[at], a[at + 1], a[at + 2], a[at + 3])); };
  const auto starts = [&](std::initializer_list<std::uint8_t> prefix) {
    return std::equal(prefix.begin(), prefix.end(), a.begin());
  };
  if (starts({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) return inner(12);     // ::ffff:0:0/96, IPv4-mapped
  if (starts({0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) return inner(12);  // 64:ff9b::/96, NAT64
  if (starts({0x20, 0x02}) && !ORGO_PLANT(private_behind_6to4_is_called)) return inner(2);  // 2002::/16, 6to4
  if (starts({0x20, 0x01, 0x0d, 0xb8}) || starts({0x20, 0x01, 0x00}) ||  // documentation, Teredo and others
      starts({0x20, 0x01, 0x01}))
    return false;
  return (a[0] & 0xe0U) ==
         0x20;  // 2000::/3 is all of the global unicast space; the rest is local, multicast or reserved
}

}  // namespace

bool is_public_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    return is_public4(ntohl(in.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &address, sizeof in);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    return is_public6(bytes);
  }
  return false;
}

Result<Network> Network::parse(std::string_view text) {
  const auto wrong = [&](const std::string& why) {
    return failure(Errc::invalid_input, "'" + std::string(text.substr(0, 60)) + "' is no network: " + why +
                                            "; write it as in 10.0.0.0/8 or fd00::/8");
  };
  const auto slash = text.find('/');
  const std::string host(text.substr(0, slash));
  Network network;
  int most = 128;
  in_addr four{};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) {
    most = 32;
    network.bytes_[10] = network.bytes_[11] = 0xff;
    std::memcpy(network.bytes_.data() + 12, &four, 4);
  } else if (inet_pton(AF_INET6, host.c_str(), network.bytes_.data()) != 1) {
    return wrong("it begins with no address");
  }
  int bits = most;
  if (slash != std::string_view::npos) {
    const auto length = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
    if (error != std::errc{} || end != length.data() + length.size() || bits < 0 || bits > most)
      return wrong("behind the / stands no number from 0 to " + std::to_string(most));
  }
  network.bits_ = bits + 128 - most;
  for (int bit = network.bits_; bit < 128; ++bit)
    if ((network.bytes_.at(static_cast<std::size_t>(bit / 8)) & (0x80U >> static_cast<unsigned>(bit % 8))) != 0)
      return wrong("bits are set behind its first " + std::to_string(bits));
  return network;
}

bool Network::contains(const sockaddr& address) const {
  std::array<std::uint8_t, 16> bytes{};
  if (address.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    bytes[10] = bytes[11] = 0xff;
    std::memcpy(bytes.data() + 12, &in.sin_addr, 4);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &address, sizeof in);
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
  } else {
    return false;
  }
  for (int bit = 0; bit < bits_; bit += 8) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int here = std::min(8, bits_ - bit);
    const auto mask = static_cast<std::uint8_t>(0xff00U >> static_cast<unsigned>(here));
    if (((bytes.at(at) ^ bytes_.at(at)) & mask) != 0) return false;
  }
  return true;
}

}  // namespace orgo
