#include "adapter/net/listener.h"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <list>
#include <mutex>
#include <utility>

#include "adapter/net/peer_counts.h"
#include "base/planted.h"

namespace orgo::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct Listener::State : std::enable_shared_from_this<Listener::State> {
  State(asio::io_context& io, int descriptor, bool v6, ListenerOptions listener_options, TlsContext context,
        Serve handler)
      : acceptor(asio::make_strand(io), v6 ? tcp::v6() : tcp::v4(), descriptor), port(port_of(descriptor)),
        io_context(io), options(std::move(listener_options)), tls(std::move(context)), serve(std::move(handler)),
        peers(options.connections) {}

  asio::awaitable<void> accept() {
    for (;;) {
      error_code error;
      tcp::socket socket = co_await acceptor.async_accept(asio::make_strand(io_context),
                                                          asio::redirect_error(asio::use_awaitable, error));
      if (stopping) co_return;
      if (error) {
        // Mostly no descriptors: let some connections end before trying again.
        asio::steady_timer pause(acceptor.get_executor(), Millis{20});
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        continue;
      }
      if (active.load() >= options.connections) continue;  // its destructor closes it
      const auto peer = key_of(socket);
      if (!peers.enter(peer)) continue;
      ++active;
      const auto executor = socket.get_executor();
      asio::co_spawn(executor, run(shared_from_this(), std::move(socket), peer), asio::detached);
    }
  }

  static PeerCounts::Key key_of(tcp::socket& socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    // One that is gone already counts for the unknown address.
    if (getpeername(socket.native_handle(), reinterpret_cast<sockaddr*>(&address), &size) != 0) address = {};
    return PeerCounts::key_of(address);
  }

  static asio::awaitable<void> run(std::shared_ptr<State> self, tcp::socket socket, PeerCounts::Key peer) {
    try {
      error_code error;
      std::shared_ptr<Stream> stream;
      if (self->tls) {
        stream = co_await tls_stream(std::move(socket), self->tls, self->options.handshake_time, error);
      } else {
        stream = plain_stream(std::move(socket));
      }
      if (!stream && ORGO_PLANT(failed_https_handshake_stays_counted)) co_return;
      if (stream) {
        const auto place = self->remember(stream);
        try {
          co_await self->serve(stream);
        } catch (const std::exception&) {
          stream->abort();  // a mistake of ours costs one connection, not the program
        }
        self->forget(place);
      }
    } catch (const std::exception&) {
      // Out of memory or descriptors before anything was served.
    }
    self->peers.leave(peer);
    self->ended();
  }

  using Place = std::list<std::shared_ptr<Stream>>::iterator;
  Place remember(const std::shared_ptr<Stream>& stream) {
    const std::lock_guard lock(mutex);
    return streams.insert(streams.end(), stream);
  }
  void forget(Place place) {
    const std::lock_guard lock(mutex);
    streams.erase(place);
  }
  void ended() {
    const std::lock_guard lock(mutex);
    --active;
    idle.notify_all();
  }
  bool wait_idle(Millis time) {
    std::unique_lock lock(mutex);
    return idle.wait_for(lock, time, [this] { return active.load() == 0; });
  }

  tcp::acceptor acceptor;
  std::uint16_t port;
  asio::io_context& io_context;
  ListenerOptions options;
  TlsContext tls;
  Serve serve;
  PeerCounts peers;
  std::atomic<bool> stopping = false;
  std::atomic<int> active = 0;
  std::mutex mutex;
  std::condition_variable idle;
  std::list<std::shared_ptr<Stream>> streams;
};

Result<std::unique_ptr<Listener>> Listener::open(IoThreads& io, ListenerOptions options, Serve serve) {
  TlsContext tls;
  if (!options.tls.empty()) {
    ORGO_TRY(context, server_tls(options.tls));
    tls = std::move(context);
  }
  ORGO_TRY(descriptor, listen_on(options.host, options.port));
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  auto state = std::make_shared<State>(io.context(), descriptor, address.ss_family == AF_INET6, std::move(options),
                                       std::move(tls), std::move(serve));
  asio::co_spawn(
      state->acceptor.get_executor(), [state]() { return state->accept(); }, asio::detached);
  return std::unique_ptr<Listener>(new Listener(std::move(state)));
}

Listener::Listener(std::shared_ptr<State> state) : state_(std::move(state)) {}
Listener::~Listener() {
  stop();
}

std::uint16_t Listener::port() const {
  return state_->port;
}
bool Listener::stopping() const {
  return state_->stopping;
}

void Listener::stop(Millis grace) {
  if (state_->stopping.exchange(true)) return;
  asio::post(state_->acceptor.get_executor(), [state = state_] {
    error_code ignored;
    state->acceptor.close(ignored);
  });
  if (state_->wait_idle(grace)) return;
  {
    const std::lock_guard lock(state_->mutex);
    for (const auto& stream : state_->streams) asio::post(stream->executor(), [stream] { stream->abort(); });
  }
  state_->wait_idle(Millis{2000});
}

}  // namespace orgo::net
