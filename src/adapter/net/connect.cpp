#include "adapter/net/connect.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "adapter/net/resolve.h"

namespace orgo::net {
namespace {

constexpr Millis kOneAddress{3'000};

/// Errno; 0: connected.
int connect_one(const addrinfo& address, Socket& socket, const StopSignal& stop, Deadline until) {
  const int descriptor = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno;
  socket = Socket(descriptor);
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  if (::connect(descriptor, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (stop.wait(descriptor, POLLOUT, until) != StopSignal::Waited::ready) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

}  // namespace

Result<Socket> connect_to(const std::string& host, std::uint16_t port, const StopSignal& stop, Deadline until) {
  ORGO_TRY(addresses, resolve(host, port, stop, until));
  std::string cause = "no address";
  for (const addrinfo* address = addresses.get(); address != nullptr && !stop.stopped(); address = address->ai_next) {
    Socket socket;
    const int error = connect_one(*address, socket, stop, std::min(until, within(kOneAddress)));
    if (error == 0) return socket;
    cause = std::strerror(error);
  }
  return failure(Errc::unavailable, cause);
}

Status begin_tls(Socket& socket, const TlsContext& context, const std::string& host, const StopSignal& stop,
                 Deadline until) {
  socket.begin_client_tls(context, host, /*verify=*/true);
  for (;;) {
    const auto came_to = socket.handshake();
    if (came_to == Io::done) return {};
    if (came_to == Io::closed) return failure(Errc::unavailable, "no TLS: " + socket.error());
    const short events = came_to == Io::want_write ? POLLOUT : POLLIN;
    if (stop.wait(socket.descriptor(), events, until) != StopSignal::Waited::ready)
      return failure(Errc::unavailable, "no TLS in time");
  }
}

}  // namespace orgo::net
