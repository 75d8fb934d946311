// How long a door waits for whom, and how it ends.
#include <sys/epoll.h>

#include <algorithm>

#include "adapter/mail_in/mail_loop.h"
#include "base/planted.h"

namespace orgo::mail_in {
namespace {

using Action = smtp::ServerSession::Action;

constexpr Millis kLook{1000};
constexpr Millis kHandshakeTime{60'000};
constexpr Millis kLingerTime{2000};
constexpr std::size_t kKeptRoom = 4096;  ///< of the replies of a connection that has ended

}  // namespace

/// Who says NOOP for ever is as slow as who says nothing.
bool MailLoop::is_too_slow(const Connection& connection) const {
  const auto& options = shared_.options;
  const bool crowded = shared_.connections.load() > options.connections / 4 * 3;
  const auto patience = [&](Millis usual) { return crowded ? std::min(usual, options.crowded_time) : usual; };
  const auto silent = now_ - connection.progress;
  if (connection.in_text) {
    if (silent > options.data_time) return true;
  } else if (silent > patience(options.command_time)) {
    return true;
  }
  const auto fruitless = now_ - connection.fruit;
  if (!connection.in_transaction) return fruitless > patience(options.fruitless_time);
  // One transaction may still bear fruit; one after the other that bears none keeps no place for ever.
  return now_ - connection.transaction > options.transaction_time ||
         fruitless > patience(options.fruitless_time) + options.transaction_time;
}

void MailLoop::end_slow(Connection& connection) {
  ++shared_.counters.timeouts;
  if (!connection.closing) connection.out.append("421 4.4.2 That took too long, closing\r\n");
  connection.closing = true;
  connection.linger = false;
  connection.held.clear();
  flush(connection);
  if (connection.phase != Phase::free) release(connection);  // it doesn't even read
}

void MailLoop::note_outcomes(Connection& connection, const std::vector<Status>& statuses) {
  for (const Status& status : statuses) {
    if (status) ++shared_.counters.stored, connection.fruit = now_;
    else if (status.error().code == Errc::invalid_input || status.error().code == Errc::not_permitted ||
             status.error().code == Errc::not_found)
      ++shared_.counters.refused, connection.fruit = ORGO_PLANT(refused_mail_is_fruit) ? now_ : connection.fruit;
    else ++shared_.counters.deferred;
  }
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
        if (is_too_slow(connection)) end_slow(connection);
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

void MailLoop::release(Connection& connection) {
  const std::uint32_t index = connection.index;
  if (!ORGO_PLANT(cut_mail_keeps_its_bytes))
    shared_.in_flight.fetch_sub(connection.accounted, std::memory_order_relaxed);
  const bool kept = ORGO_PLANT(failed_handshake_stays_counted) && connection.phase == Phase::handshake;
  if (!kept) --shared_.connections;
  if (!kept && !ORGO_PLANT(peer_of_an_ended_connection_counts)) shared_.peers.leave(connection.peer_key);
  const std::uint32_t generation = connection.generation + 1;
  std::string out = std::move(connection.out);  // keeps its room for the next one
  out.clear();
  if (out.capacity() > kKeptRoom) std::string().swap(out);
  connection = Connection{};
  connection.out = std::move(out);
  connection.generation = generation;
  connection.index = index;
  free_.push_back(index);
}

}  // namespace orgo::mail_in
