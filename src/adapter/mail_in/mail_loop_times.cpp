// How long a door waits for whom, and how it ends.
#include <sys/epoll.h>

#include <algorithm>

#include "adapter/mail_in/mail_loop.h"

namespace orgo::mail_in {
namespace {

using Action = smtp::ServerSession::Action;

constexpr Millis kLook{1000};
constexpr Millis kHandshakeTime{60'000};
constexpr Millis kLingerTime{2000};

}  // namespace

/// Who says NOOP for ever is as slow as who says nothing.
bool MailLoop::is_too_slow(const Connection& connection, bool crowded) const {
  const auto& options = shared_.options;
  const auto patience = [&](Millis usual) { return crowded ? std::min(usual, options.crowded_time) : usual; };
  const auto silent = now_ - connection.progress;
  if (connection.in_text) {
    if (silent > options.data_time) return true;
  } else if (silent > patience(options.command_time)) {
    return true;
  }
  if (connection.in_transaction) return now_ - connection.transaction > options.transaction_time;
  return now_ - connection.fruit > patience(options.fruitless_time);
}

void MailLoop::look_at_times() {
  next_look_ = now_ + kLook;
  if (!accepting_ && !told_to_stop_) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLEXCLUSIVE;
    event.data.u64 = kListenerId;
    accepting_ = epoll_ctl(epoll_, EPOLL_CTL_ADD, shared_.listener, &event) == 0;
  }
  const MailDoorOptions& options = shared_.options;
  for (auto& pointer : connections_) {
    Connection& connection = *pointer;
    const auto silent = now_ - connection.progress;
    switch (connection.phase) {
      case Phase::free:
      case Phase::delivering:
        break;
      case Phase::handshake:
        if (silent > std::min(options.command_time, kHandshakeTime)) {
          ++shared_.counters.timeouts;
          release(connection);
        }
        break;
      case Phase::lingering:
        if (silent > kLingerTime) release(connection);
        break;
      case Phase::talking:
        if (is_too_slow(connection, shared_.connections.load() > options.connections / 4 * 3)) {
          ++shared_.counters.timeouts;
          if (!connection.closing) connection.out.append("421 4.4.2 That took too long, closing\r\n");
          connection.closing = true;
          connection.linger = false;
          flush(connection);
          if (connection.phase != Phase::free) release(connection);  // it doesn't even read
        }
        break;
    }
  }
}

void MailLoop::begin_stop() {
  told_to_stop_ = true;
  epoll_ctl(epoll_, EPOLL_CTL_DEL, shared_.listener, nullptr);
  accepting_ = false;
  for (auto& pointer : connections_) {
    Connection& connection = *pointer;
    if (connection.phase == Phase::handshake) release(connection);
    if (connection.phase == Phase::delivering) (void)connection.session->shut_down(connection.out);
    if (connection.phase == Phase::talking && !connection.closing) {
      const Action action = connection.session->shut_down(connection.out);
      if (action == Action::close) {
        act(connection, action, {});
        connection.linger = false;
        connection.held.clear();
        flush(connection);
      }
    }
  }
}

}  // namespace orgo::mail_in
