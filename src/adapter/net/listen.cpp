#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "adapter/net/listener.h"

namespace orgo::net {
namespace {

Errc code_of(int error) {
  switch (error) {
    case EADDRINUSE:
      return Errc::conflict;
    case EACCES:
    case EPERM:
      return Errc::not_permitted;
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      return Errc::invalid_input;
    default:
      return Errc::unavailable;
  }
}

}  // namespace

Result<int> listen_on(const std::string& host, std::uint16_t port) {
  const std::string where = "listening on " + host + ":" + std::to_string(port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); error != 0) {
    return failure(Errc::invalid_input, where + ": " + gai_strerror(error));
  }
  const int descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  int error = 0;
  if (descriptor < 0) {
    error = errno;
  } else {
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    // Accepted sockets inherit it; replies must not wait for the peer's delayed ACK.
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(descriptor, found->ai_addr, found->ai_addrlen) != 0 || listen(descriptor, 1024) != 0) error = errno;
  }
  freeaddrinfo(found);
  if (error != 0) {
    if (descriptor >= 0) ::close(descriptor);
    std::string advice;
    if (error == EADDRINUSE) advice = "; is another one running? Stop it, or choose another port";
    if (error == EACCES) advice = "; ports below 1024 need CAP_NET_BIND_SERVICE";
    return failure(code_of(error), where + ": " + std::strerror(error) + advice);
  }
  return descriptor;
}

std::uint16_t port_of(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                                             : reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

}  // namespace orgo::net
