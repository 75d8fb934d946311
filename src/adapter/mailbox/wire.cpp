#include "adapter/mailbox/wire.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "adapter/net/resolve.h"

namespace orgo::mailbox {
namespace {

/// A peer that is gone without a word (a laptop closed, a firewall that forgot us) is found out also while nobody
/// writes.
void watch_peer(int descriptor) {
  const int on = 1;
  const int idle = 60;
  const int interval = 15;
  const int count = 4;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
}

}  // namespace

Status Wire::lost(const std::string& why) const {
  return failure(Errc::unavailable, where() + ": " + why);
}

Status Wire::wait(net::Io what, Deadline until, Deadline deadline, const std::string& late) {
  const short events = what == net::Io::want_write ? POLLOUT : POLLIN;
  switch (stop_.wait(socket_.descriptor(), events, std::min(until, deadline))) {
    case net::StopSignal::Waited::ready:
      return {};
    case net::StopSignal::Waited::stopped:
      return failure(Errc::unavailable, "stopped");
    case net::StopSignal::Waited::late:
      break;
  }
  if (deadline <= until) return failure(Errc::deadline_exceeded, where() + ": the time was up");
  return lost(late);
}

Status Wire::connect(Deadline deadline) {
  held_ = 0;
  const auto resolved = net::resolve(settings_.host, port_, stop_, std::min(deadline, within(settings_.connect_time)));
  if (!resolved) return tl::unexpected(resolved.error().in(where()));
  const net::Addresses& addresses = *resolved;
  std::string cause = "no address";
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    const int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
      cause = std::strerror(errno);
      continue;
    }
    socket_ = net::Socket(descriptor);
    watch_peer(descriptor);
    int error = ::connect(descriptor, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
      if (auto waited = wait(net::Io::want_write, within(settings_.connect_time), deadline, "no connection in time");
          !waited) {
        if (stop_.stopped() || waited.error().code == Errc::deadline_exceeded) return waited;
        cause = "no connection in time";
        continue;
      }
      socklen_t size = sizeof error;
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error == 0) return {};
    cause = std::strerror(error);
  }
  socket_.close();
  return lost(cause);
}

Status Wire::start_tls(Deadline deadline) {
  held_ = 0;
  socket_.begin_client_tls(tls_, settings_.host, settings_.verify_certificate);
  const Deadline until = within(settings_.reply_time);
  for (;;) {
    const net::Io step = socket_.handshake();
    if (step == net::Io::done) return {};
    if (step == net::Io::closed) return lost(socket_.error());
    ORGO_CHECK(wait(step, until, deadline, "TLS handshake: no answer in time"));
  }
}

Status Wire::write(std::string& out, Deadline deadline) {
  std::string_view rest = out;
  while (!rest.empty()) {
    std::size_t count = 0;
    const net::Io step = socket_.write(rest, count);
    rest.remove_prefix(count);
    if (step == net::Io::closed) return lost(socket_.error());
    if (step != net::Io::done)
      ORGO_CHECK(wait(step, within(settings_.reply_time), deadline, "the server takes nothing any more"));
  }
  out.clear();
  return {};
}

Result<bool> Wire::readable(Deadline until) {
  while (held_ == 0) {
    std::size_t count = 0;
    const net::Io step = socket_.read(buffer_.data(), buffer_.size(), count);
    if (step == net::Io::closed) return tl::unexpected(lost(socket_.error()).error());
    if (step == net::Io::done) {
      held_ = count;
      break;
    }
    switch (stop_.wait(socket_.descriptor(), step == net::Io::want_write ? POLLOUT : POLLIN, until)) {
      case net::StopSignal::Waited::ready:
        break;
      case net::StopSignal::Waited::late:
        return false;
      case net::StopSignal::Waited::stopped:
        return failure(Errc::unavailable, "stopped");
    }
  }
  return true;
}

Result<std::string_view> Wire::read(Deadline deadline) {
  const Deadline until = within(settings_.reply_time);
  ORGO_TRY(ready, readable(std::min(until, deadline)));
  if (!ready) {
    if (deadline <= until) return failure(Errc::deadline_exceeded, where() + ": the time was up");
    return tl::unexpected(lost("no answer in " + format_duration(settings_.reply_time)).error());
  }
  return std::string_view(buffer_.data(), std::exchange(held_, 0));
}

void Wire::close() {
  if (!socket_.open()) return;
  socket_.end_sending();
  socket_.close();
}

}  // namespace orgo::mailbox
