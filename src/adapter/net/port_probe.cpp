#include "adapter/net/port_probe.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace orgo {

Status port_is_free(const std::string& host, std::uint16_t port) {
  const auto address = host + ":" + std::to_string(port);
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); error != 0)
    return failure(Errc::unavailable, address + ": " + ::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  const int socket = ::socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol);
  if (socket < 0) return failure(Errc::unavailable, address + ": " + std::strerror(errno));
  // As the server's own listeners do: what is only left of an earlier connection does not hold a port.
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  const int error = ::bind(socket, found->ai_addr, found->ai_addrlen) == 0 && ::listen(socket, 1) == 0 ? 0 : errno;
  ::close(socket);
  if (error != 0) return failure(Errc::unavailable, address + ": " + std::strerror(error));
  return {};
}

Status port_answers(const std::string& host, std::uint16_t port, Millis time, std::string& address) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); error != 0)
    return failure(Errc::invalid_input, host + ": " + ::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  std::string last;
  for (const auto* one = found; one != nullptr; one = one->ai_next) {
    char text[NI_MAXHOST] = "";
    ::getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof(text), nullptr, 0, NI_NUMERICHOST);
    if (address.empty()) address = text;
    const int socket = ::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, one->ai_protocol);
    if (socket < 0) continue;
    int error = ::connect(socket, one->ai_addr, one->ai_addrlen) == 0 ? 0 : errno;
    bool late = false;
    if (error == EINPROGRESS) {
      pollfd waiting{socket, POLLOUT, 0};
      late = ::poll(&waiting, 1, static_cast<int>(time.count())) == 0;
      socklen_t size = sizeof(error);
      ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    ::close(socket);
    if (error == 0 && !late) {
      address = text;
      return {};
    }
    last = std::string(text) + " port " + std::to_string(port) + ": " + (late ? "no answer" : std::strerror(error));
  }
  return failure(Errc::unavailable, last);
}

}  // namespace orgo
