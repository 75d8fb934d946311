#include "adapter/mail_in/mail_loop.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "adapter/mail_in/envelopes.h"
#include "base/log.h"
#include "base/planted.h"

namespace orgo::mail_in {
namespace {

using Action = smtp::ServerSession::Action;

constexpr std::uint64_t kOutcomeQueueId = kListenerId - 1;
constexpr std::size_t kReadSize = 64U * 1024;
/// Commands are taken in slices, so that a flood of them can't make more replies than this before the peer reads some.
constexpr std::size_t kCommandSlice = 4096;
constexpr std::size_t kUnreadRepliesMost = 32U * 1024;
/// A message that holds less is never given up for lack of memory.
constexpr std::size_t kNeverShed = 64U * 1024;
constexpr Millis kLookWhenStopping{20};
constexpr std::uint32_t kNotWatched = ~std::uint32_t{0};  ///< removed from epoll, since only its end was left to hear

std::string_view name_of(smtp::Protocol protocol) {
  return protocol == smtp::Protocol::lmtp ? "lmtp" : "smtp";
}

std::string address_of(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr, text, sizeof text);
  }
  return text;
}

const DoorProbe& probe() {
  static const DoorProbe counts;
  return counts;
}

}  // namespace

DoorCounters::DoorCounters(smtp::Protocol protocol)
    : connections(probe().connections.with({name_of(protocol)})),
      turned_away(probe().turned_away.with({name_of(protocol)})),
      stored(probe().recipients.with({name_of(protocol), "stored"})),
      deferred(probe().recipients.with({name_of(protocol), "deferred"})),
      refused(probe().recipients.with({name_of(protocol), "refused"})), bytes(probe().bytes.with({name_of(protocol)})),
      timeouts(probe().timeouts.with({name_of(protocol)})), shed(probe().shed.with({name_of(protocol)})) {}

DoorShared::DoorShared(MailDoorOptions door_options, MailSink& door_sink, Clock& door_clock, net::TlsContext context,
                       int descriptor)
    : options(std::move(door_options)), session(options.session), sink(door_sink), clock(door_clock),
      tls(std::move(context)), peers(options.connections), listener(descriptor), port(0),
      counters(options.session.protocol) {
  session.offers_starttls = tls != nullptr && !options.implicit_tls;
  session.recipient_policy = recipient_policy(options.tenant_of);
}
DoorShared::~DoorShared() {
  ::close(listener);
}

MailLoop::MailLoop(DoorShared& shared)
    : shared_(shared), outcome_queue_(std::make_shared<OutcomeQueue>()), epoll_(epoll_create1(EPOLL_CLOEXEC)),
      buffer_(std::make_unique<char[]>(kReadSize)) {}

MailLoop::~MailLoop() {
  join();
  ::close(epoll_);
}

void MailLoop::start() {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kOutcomeQueueId;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, outcome_queue_->descriptor(), &event);
  event.events = EPOLLIN | EPOLLEXCLUSIVE;
  event.data.u64 = kListenerId;
  accepting_ = epoll_ctl(epoll_, EPOLL_CTL_ADD, shared_.listener, &event) == 0;
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "orgo-mail-in");
    run();
  });
}

void MailLoop::join() {
  if (thread_.joinable()) thread_.join();
}

void MailLoop::run() {
  std::vector<epoll_event> events(256);
  for (;;) {
    now_ = std::chrono::steady_clock::now();
    if (shared_.stopping.load(std::memory_order_acquire)) {
      if (!told_to_stop_) begin_stop();
      const bool late = now_.time_since_epoch().count() >= shared_.stop_by.load();
      if (late || free_.size() == connections_.size()) break;
    }
    if (now_ >= next_look_) look_at_times();
    const bool nothing = outcome_queue_->take(outcomes_, true);
    int timeout = 0;
    if (nothing) {
      // A second's look at the times is enough for limits of minutes; without connections there is nothing to look at.
      if (told_to_stop_) timeout = static_cast<int>(kLookWhenStopping.count());
      else if (free_.size() == connections_.size() && accepting_) timeout = -1;
      else timeout = static_cast<int>(std::chrono::ceil<Millis>(next_look_ - now_).count());
    }
    for (auto& outcome : outcomes_) on_outcome(outcome);
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout);
    now_ = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) {
      const std::uint64_t id = events[static_cast<std::size_t>(i)].data.u64;
      if (id == kListenerId) accept_some();
      else if (id == kOutcomeQueueId) outcome_queue_->drain_wakeup();
      else if (Connection* connection = find(id)) on_event(*connection, events[static_cast<std::size_t>(i)].events);
    }
  }
  for (auto& connection : connections_) {
    if (connection->phase != Phase::free) release(*connection);
  }
}

void MailLoop::accept_some() {
  if (told_to_stop_) return;
  for (int i = 0; i < 32; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int descriptor =
        accept4(shared_.listener, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        // The waiting peer would wake us again and again; ask anew at the next look at the times.
        epoll_ctl(epoll_, EPOLL_CTL_DEL, shared_.listener, nullptr);
        accepting_ = false;
        log::warn("mail_in.accept_failed",
                  {{"cause", errno == EMFILE ? "no file descriptors left" : "no memory left"}});
      }
      return;
    }
    net::Socket socket(descriptor);
    const auto peer_key = net::PeerCounts::key_of(address);
    const bool room = shared_.connections.fetch_add(1) < shared_.options.connections;
    if (!room || !shared_.peers.enter(peer_key)) {
      if (!room || !ORGO_PLANT(peer_turned_away_stays_counted)) --shared_.connections;
      ++shared_.counters.turned_away;
      std::size_t count = 0;
      if (!shared_.options.implicit_tls)
        socket.write("421 4.7.0 Too many connections, please try again later\r\n", count);
      continue;
    }
    ++shared_.counters.connections;
    std::uint32_t index = 0;
    if (free_.empty()) {
      index = static_cast<std::uint32_t>(connections_.size());
      connections_.push_back(std::make_unique<Connection>());
      connections_.back()->index = index;
    } else {
      index = free_.back();
      free_.pop_back();
    }
    Connection& connection = *connections_[index];
    connection.socket = std::move(socket);
    connection.session.emplace(shared_.session, shared_.options.implicit_tls);
    connection.peer = address_of(address);
    connection.peer_key = peer_key;
    connection.progress = connection.fruit = now_;
    epoll_event event{};
    event.events = connection.watched = EPOLLIN;
    event.data.u64 = id_of(connection);
    epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
    if (shared_.options.implicit_tls) {
      connection.phase = Phase::handshake;
      connection.socket.begin_server_tls(shared_.tls);
    } else {
      connection.phase = Phase::talking;
      connection.session->greet(connection.out);
      flush(connection);
    }
  }
}

void MailLoop::on_event(Connection& connection, std::uint32_t events) {
  switch (connection.phase) {
    case Phase::free:
      return;
    case Phase::handshake:
      return handshake(connection);
    case Phase::delivering:
      // The outcome comes first. Till then only don't be woken again by what can wait.
      if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
        if (ORGO_PLANT(answer_reaches_the_next_peer)) return release(connection);
        connection.peer_gone = true;
        epoll_ctl(epoll_, EPOLL_CTL_DEL, connection.socket.descriptor(), nullptr);
        connection.watched = kNotWatched;
      } else {
        watch(connection, 0);
      }
      return;
    case Phase::lingering: {
      std::size_t count = 0;
      if (connection.socket.read(buffer_.get(), kReadSize, count) == net::Io::closed) release(connection);
      return;
    }
    case Phase::talking:
      break;
  }
  if (!connection.out.empty()) {
    flush(connection);
    if (connection.phase != Phase::talking || !connection.out.empty()) return;
  }
  if (!connection.held.empty()) {
    resume(connection);
  } else if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) {
    read(connection);
  }
}

void MailLoop::handshake(Connection& connection) {
  switch (connection.socket.handshake()) {
    case net::Io::want_read:
      return watch(connection, EPOLLIN);
    case net::Io::want_write:
      return watch(connection, EPOLLOUT);
    case net::Io::closed:
      log::debug("mail_in.tls_failed", {{"peer", connection.peer}, {"cause", connection.socket.error()}});
      return release(connection);
    case net::Io::done:
      break;
  }
  connection.phase = Phase::talking;
  connection.progress = now_;
  if (shared_.options.implicit_tls) connection.session->greet(connection.out);
  else connection.session->on_tls_started();
  watch(connection, EPOLLIN);
  flush(connection);
}

void MailLoop::read(Connection& connection) {
  std::size_t count = 0;
  switch (connection.socket.read(buffer_.get(), kReadSize, count)) {
    case net::Io::done:
      return take_input(connection, {buffer_.get(), count});
    case net::Io::want_read:
      return watch(connection, EPOLLIN);
    case net::Io::want_write:
      return watch(connection, EPOLLOUT);
    case net::Io::closed:
      return release(connection);
  }
}

void MailLoop::take_input(Connection& connection, std::string_view input) {
  smtp::ServerSession& session = *connection.session;
  session.set_overloaded(shared_.in_flight.load(std::memory_order_relaxed) > shared_.options.in_flight_bytes);
  bool more = true;
  while (more && !input.empty()) {
    std::string_view slice = session.receiving_text() ? input : input.substr(0, kCommandSlice);
    const std::size_t size = slice.size();
    const Action action = session.consume(slice, connection.out);
    input.remove_prefix(size - slice.size());
    more = act(connection, action, input);
    if (more && connection.out.size() > kUnreadRepliesMost) {
      flush(connection);
      if (connection.phase != Phase::talking) return;
      if (!connection.out.empty()) {
        connection.held.assign(input);
        more = false;
      }
    }
  }
  if (connection.phase == Phase::free) return;
  if (session.commands() != connection.commands || session.receiving_text() != connection.in_text ||
      ORGO_PLANT(each_byte_is_progress)) {
    connection.commands = session.commands();
    connection.in_text = session.receiving_text();
    connection.progress = now_;
  }
  if (session.in_transaction() != connection.in_transaction || ORGO_PLANT(transaction_time_begins_anew)) {
    connection.in_transaction = session.in_transaction();
    connection.transaction = now_;
  }
  account(connection);
  if (connection.phase == Phase::talking) flush(connection);
}

bool MailLoop::act(Connection& connection, Action action, std::string_view rest) {
  switch (action) {
    case Action::read:
      return true;
    case Action::deliver:
      deliver(connection, rest);
      return false;
    case Action::start_tls:
      connection.starting_tls = true;
      return false;
    case Action::close:
      connection.closing = true;
      connection.linger = !connection.out.ends_with("221 2.0.0 Bye\r\n");
      return false;
  }
  return false;
}

void MailLoop::deliver(Connection& connection, std::string_view rest) {
  connection.held.assign(rest);
  connection.phase = Phase::delivering;
  smtp::Delivery delivery = connection.session->take_delivery();
  const Channel channel = shared_.session.protocol == smtp::Protocol::lmtp ? Channel::lmtp : Channel::smtp;
  auto envelopes = envelopes_of(delivery, shared_.options.tenant_of, channel, connection.peer, shared_.clock.now());
  connection.delivering = delivery.data.capacity();
  shared_.counters.bytes.add(static_cast<double>(delivery.data.size()));
  account(connection);
  if (!envelopes) {
    outcome_queue_->post({id_of(connection), {delivery.recipients.size(), tl::unexpected(envelopes.error())}});
    return;
  }
  auto bytes = std::make_shared<const std::string>(std::move(delivery.data));
  shared_.sink.submit(*std::move(envelopes), std::move(bytes),
                      [mailbox = outcome_queue_, id = id_of(connection)](std::vector<Status> statuses) {
                        mailbox->post({id, std::move(statuses)});
                      });
}

void MailLoop::on_outcome(OutcomeQueue::Outcome& outcome) {
  Connection* found = find(outcome.connection);
  if (found == nullptr || found->phase != Phase::delivering) return;
  Connection& connection = *found;
  note_outcomes(connection, outcome.statuses);
  connection.delivering = 0;
  connection.in_transaction = connection.in_text = false;
  connection.progress = now_;
  account(connection);
  if (connection.peer_gone) return release(connection);
  connection.phase = Phase::talking;
  const Action action = connection.session->on_delivered(outcome.statuses, connection.out);
  if (action != Action::close && is_too_slow(connection)) return end_slow(connection);
  if (act(connection, action, {}) && !connection.held.empty()) return resume(connection);
  connection.held.clear();
  flush(connection);
}

void MailLoop::resume(Connection& connection) {
  const std::string held = std::exchange(connection.held, {});
  take_input(connection, held);
}

void MailLoop::flush(Connection& connection) {
  while (connection.written < connection.out.size()) {
    std::size_t count = 0;
    const auto outcome = connection.socket.write(std::string_view(connection.out).substr(connection.written), count);
    connection.written += count;
    if (outcome == net::Io::closed) return release(connection);
    // Nothing is read before this is written: a peer that doesn't read replies can't send commands.
    if (outcome == net::Io::want_write) return watch(connection, EPOLLOUT);
    if (outcome == net::Io::want_read) return watch(connection, EPOLLIN);
  }
  connection.out.clear();
  connection.written = 0;
  if (connection.closing) {
    if (!connection.linger) return release(connection);
    connection.socket.end_sending();
    connection.phase = Phase::lingering;
    connection.progress = now_;
  } else if (connection.starting_tls) {
    connection.starting_tls = false;
    connection.phase = Phase::handshake;
    connection.progress = now_;
    connection.socket.begin_server_tls(shared_.tls);
  }
  // Held input goes on when the socket is writable, which it is: no recursion, and others get their turn.
  watch(connection, connection.held.empty() ? EPOLLIN : EPOLLOUT);
}

void MailLoop::watch(Connection& connection, std::uint32_t events) {
  if (connection.watched == events || connection.watched == kNotWatched) return;
  connection.watched = events;
  epoll_event event{};
  event.events = events;
  event.data.u64 = id_of(connection);
  epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.socket.descriptor(), &event);
}

void MailLoop::account(Connection& connection) {
  smtp::ServerSession& session = *connection.session;
  std::size_t holds = session.held_bytes() + (ORGO_PLANT(mail_under_way_takes_no_room) ? 0 : connection.delivering);
  const std::size_t others = shared_.in_flight.load(std::memory_order_relaxed) - connection.accounted;
  if (session.held_bytes() > kNeverShed && others + holds > shared_.options.in_flight_bytes) {
    session.shed();
    ++shared_.counters.shed;
    holds = session.held_bytes() + connection.delivering;
  }
  if (holds == connection.accounted) return;
  shared_.in_flight.fetch_add(holds - connection.accounted, std::memory_order_relaxed);
  connection.accounted = holds;
}

std::uint64_t MailLoop::id_of(const Connection& connection) {
  return std::uint64_t{connection.generation} << 32U | connection.index;
}

MailLoop::Connection* MailLoop::find(std::uint64_t id) {
  const auto index = static_cast<std::uint32_t>(id);
  if (index >= connections_.size()) return nullptr;
  Connection& connection = *connections_[index];
  const bool same = connection.generation == id >> 32U || ORGO_PLANT(answer_reaches_the_next_peer);
  return same ? &connection : nullptr;
}

}  // namespace orgo::mail_in
