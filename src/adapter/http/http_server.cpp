#include "adapter/http/http_server.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <mutex>
#include <set>
#include <utility>

#include "adapter/http/probe.h"
#include "adapter/http/request_reader.h"
#include "adapter/http/response_head.h"
#include "adapter/net/listener.h"
#include "base/log.h"
#include "base/planted.h"

namespace orgo {

namespace asio = boost::asio;
using boost::system::error_code;
using StreamPointer = std::shared_ptr<net::Stream>;

namespace {

/// No handler may take longer than this; each has a deadline of its own that is shorter.
constexpr Millis kHandlingTime{300'000};
constexpr std::size_t kReadSize = 16 * 1024;
constexpr std::size_t kDrainMax = 1 << 20;

/// One request and its answer while a worker has them; shared with the worker, so that neither outlives the other.
struct Exchange {
  Exchange() = default;
  HttpRequest request;
  HttpResponse response;
  HttpHandler::Admission admission;
  Deadline handed_over{};  ///< when it began to wait for a worker
  bool abandoned = false;  ///< nobody waits for the answer: the connection is to end
};

/// Threads for the requests of one pace, and how many of them are at or before a thread.
struct Workers {
  explicit Workers(int count) : threads(static_cast<std::size_t>(std::max(count, 1))) {}
  asio::thread_pool threads;
  std::atomic<int> busy = 0;
};

}  // namespace

struct HttpServer::State {
  State(HttpServerOptions server_options, HttpHandler& http_handler)
      : options(std::move(server_options)), handler(http_handler), steady(options.workers), slow(options.slow_workers),
        probes(1) {}

  HttpServerOptions options;
  HttpHandler& handler;
  Workers steady, slow, probes;
  std::atomic<std::size_t> body_bytes = 0;  ///< promised to bodies that are being read or handled
  std::atomic<bool> stopping = false;
  std::mutex mutex;
  std::set<StreamPointer> idle;  ///< between two requests: nobody loses anything when they end
  std::unique_ptr<net::Listener> listener;

  static asio::awaitable<void> serve(std::shared_ptr<State> self, StreamPointer stream);
  asio::awaitable<bool> serve_one(StreamPointer stream, std::string& buffer);
  asio::awaitable<bool> respond(StreamPointer stream, std::shared_ptr<Exchange> exchange, bool keep_alive,
                                bool body_left);
  asio::awaitable<bool> read_more(StreamPointer stream, std::string& buffer);
  Workers& workers_for(HttpHandler::Pace pace) {
    return pace == HttpHandler::Pace::slow ? slow : pace == HttpHandler::Pace::probe ? probes : steady;
  }
  void run(const StreamPointer& stream, Exchange& exchange, bool admit);
  asio::awaitable<bool> run_on_worker(StreamPointer stream, std::shared_ptr<Exchange> exchange, Workers& workers,
                                      bool admit);
  asio::awaitable<bool> answer(StreamPointer stream, std::shared_ptr<Exchange> exchange);
  [[nodiscard]] Millis time_for(std::size_t bytes) const {
    return options.body_time + Millis(bytes * 1000 / std::max<std::size_t>(options.bytes_per_second, 1));
  }
  bool begin_idle(const StreamPointer& stream);
  void end_idle(const StreamPointer& stream);
};

/// Bytes promised to one body; given back when the request is over.
class BodyBudget {
 public:
  explicit BodyBudget(std::atomic<std::size_t>& all) : all_(all) {}
  ~BodyBudget() { all_ -= mine_; }
  BodyBudget(const BodyBudget&) = delete;
  BodyBudget& operator=(const BodyBudget&) = delete;
  bool take(std::size_t bytes, std::size_t most) {
    if (all_.fetch_add(bytes) + bytes > most) {
      if (!ORGO_PLANT(refused_body_keeps_its_room)) all_ -= bytes;
      return false;
    }
    mine_ += bytes;
    return true;
  }

 private:
  std::atomic<std::size_t>& all_;
  std::size_t mine_ = 0;
};

bool HttpServer::State::begin_idle(const StreamPointer& stream) {
  const std::lock_guard lock(mutex);
  if (stopping) return false;
  idle.insert(stream);
  return true;
}

void HttpServer::State::end_idle(const StreamPointer& stream) {
  const std::lock_guard lock(mutex);
  idle.erase(stream);
}

asio::awaitable<bool> HttpServer::State::read_more(StreamPointer stream, std::string& buffer) {
  const auto before = buffer.size();
  buffer.resize(before + kReadSize);
  error_code error;
  const auto place = asio::buffer(buffer.data() + before, kReadSize);
  const auto count = co_await stream->read(place, error);
  buffer.resize(before + (error ? 0 : count));
  co_return !error && count > 0;
}

void HttpServer::State::run(const StreamPointer& stream, Exchange& exchange, bool admit) {
  // Work for nobody would only keep others waiting. Who half-closes and waits on is answered while there is no queue.
  if (std::chrono::steady_clock::now() - exchange.handed_over > options.patience && stream->peer_left()) {
    exchange.abandoned = true;
    ++http_server_probe().abandoned;
    return;
  }
  try {
    if (admit) exchange.admission = handler.admit(exchange.request);
    else exchange.response = handler.handle(exchange.request);
  } catch (const std::exception& broken) {  // handlers don't throw; if one does, it must not end a worker
    log::error("http.handler_threw", {{"cause", broken.what()}});
    exchange.response = HttpResponse{500, {}, {}};
    exchange.admission.refusal = exchange.response;
  }
  if (!admit && exchange.request.left && exchange.request.left()) ++http_server_probe().abandoned;
}

/// Lets a worker run the handler and comes back to the thread of the connection. False: too many wait already.
asio::awaitable<bool> HttpServer::State::run_on_worker(StreamPointer stream, std::shared_ptr<Exchange> exchange,
                                                       Workers& workers, bool admit) {
  if (++workers.busy > options.requests) {
    if (!ORGO_PLANT(refused_request_keeps_its_place)) --workers.busy;
    co_return false;
  }
  const auto executor = co_await asio::this_coro::executor;
  exchange->handed_over = std::chrono::steady_clock::now();
  const auto work = [this, stream, exchange, &workers, admit] {
    run(stream, *exchange, admit);
    --workers.busy;
  };
  const auto initiate = [&workers, executor, work](auto handler_of_end) {
    asio::post(workers.threads, [executor, work, end = std::move(handler_of_end)]() mutable {
      work();
      asio::post(executor, std::move(end));
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
  co_return true;
}

/// Puts the answer into the exchange, here or on a worker. False: the connection is to end without one.
asio::awaitable<bool> HttpServer::State::answer(StreamPointer stream, std::shared_ptr<Exchange> exchange) {
  stream->expires_after(kHandlingTime);  // the request is here: the time for its head must not cut off the answer
  const auto pace = handler.pace(exchange->request);
  if (pace == HttpHandler::Pace::quick && (options.quick_reads || ORGO_PLANT(hanging_read_stops_the_door))) {
    exchange->handed_over = std::chrono::steady_clock::now();
    run(stream, *exchange, false);
    co_return true;
  }
  if (pace == HttpHandler::Pace::slow)
    exchange->request.left = [stream, patience = options.patience, since = std::chrono::steady_clock::now()] {
      return std::chrono::steady_clock::now() - since > patience && stream->peer_left();
    };
  const bool handled = co_await run_on_worker(stream, exchange, workers_for(pace), false);
  if (!handled) {
    ++http_server_probe().overloaded;
    exchange->response = handler.refusal(503, "Too many requests are under way; please try again soon.");
  }
  co_return !exchange->abandoned;
}

asio::awaitable<bool> HttpServer::State::respond(StreamPointer stream, std::shared_ptr<Exchange> exchange,
                                                 bool keep_alive, bool body_left) {
  const auto& response = exchange->response;
  keep_alive = keep_alive && !body_left && !stopping;
  std::string bytes = response_head(response, keep_alive);
  const bool with_body = exchange->request.method != "HEAD" && response.status != 204 && response.status != 304;
  const bool together =
      with_body && response.body.size() <= kReadSize;  // one packet for most answers, no copy of large ones
  if (together) bytes += response.body;
  stream->expires_after(time_for(response.body.size()));
  error_code error;
  const auto head = asio::buffer(bytes.data(), bytes.size());
  co_await stream->write(head, error);
  if (!error && with_body && !together) {
    const auto body = asio::buffer(response.body.data(), response.body.size());
    co_await stream->write(body, error);
  }
  if (!error && body_left) {
    // Closing with unread bytes resets the connection and may take our answer with it: read on for a moment.
    stream->expires_after(Millis{1000});
    std::string rest;
    std::size_t drained = 0;
    bool more = true;
    while (more && drained < kDrainMax) {
      rest.clear();
      more = co_await read_more(stream, rest);
      drained += rest.size();
    }
  }
  co_return !error && keep_alive;
}

/// One request from `buffer` and the stream; what it doesn't use stays in `buffer`. False: the connection is to end.
asio::awaitable<bool> HttpServer::State::serve_one(StreamPointer stream, std::string& buffer) {
  RequestLimits limits;
  limits.target_max = options.target_max;
  limits.header_max = options.header_max;
  limits.header_fields = options.header_fields;
  RequestReader reader(limits);
  BodyBudget budget(body_bytes);
  auto exchange = std::make_shared<Exchange>();

  if (buffer.empty()) {
    stream->expires_after(options.idle_time);
    if (!begin_idle(stream)) co_return false;
    const bool came = co_await read_more(stream, buffer);
    end_idle(stream);
    if (!came) co_return false;
  }
  stream->expires_after(options.head_time);
  while (reader.state() == RequestReader::State::head) {
    const auto used = reader.feed(buffer);
    buffer.erase(0, used);
    if (reader.state() != RequestReader::State::head) break;
    if (used > 0 && !buffer.empty()) continue;
    const bool came = co_await read_more(stream, buffer);
    if (!came) co_return false;
  }

  if (reader.state() == RequestReader::State::body) {
    const auto length = reader.body_length();
    std::size_t body_max = HttpHandler::kSmallBody;
    if (!length || *length > body_max) {
      exchange->request = reader.head();
      exchange->request.peer = stream->peer();
      exchange->request.tls = stream->encrypted();
      const bool asked = co_await run_on_worker(stream, exchange, steady, true);
      if (!asked)
        exchange->admission.refusal = handler.refusal(503, "Too many requests are under way; please try again soon.");
      if (exchange->abandoned) co_return false;
      if (exchange->admission.refusal) {
        exchange->response = *std::move(exchange->admission.refusal);
        const bool on = co_await respond(stream, exchange, false, true);
        co_return on;
      }
      body_max = exchange->admission.body_max;
    }
    reader.set_body_max(body_max, exchange->admission.cut);
    const auto promised = length ? static_cast<std::size_t>(std::min<std::uint64_t>(*length, body_max)) : body_max;
    if (reader.state() == RequestReader::State::body && !budget.take(promised, options.bodies_max)) {
      exchange->response = handler.refusal(503, "Too many large requests are under way; please try again soon.");
      const bool on = co_await respond(stream, exchange, false, true);
      co_return on;
    }
    stream->expires_after(time_for(exchange->admission.cut ? length.value_or(promised) : promised));
    if (reader.state() == RequestReader::State::body && reader.expects_continue() && buffer.empty()) {
      error_code error;
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto bytes = asio::buffer(kContinue.data(), kContinue.size());
      co_await stream->write(bytes, error);
      if (error) co_return false;
    }
    while (reader.state() == RequestReader::State::body) {
      const auto used = reader.feed(buffer);
      buffer.erase(0, used);
      if (reader.state() != RequestReader::State::body) break;
      if (used > 0 && !buffer.empty()) continue;
      const bool came = co_await read_more(stream, buffer);
      if (!came) co_return false;
    }
  }

  if (reader.state() == RequestReader::State::broken) {
    const auto& problem = reader.problem();
    ++http_server_probe().broken;
    exchange->response = handler.refusal(problem.status, problem.detail);
    const bool on = co_await respond(stream, exchange, false, true);
    co_return on;
  }
  exchange->request = reader.take();
  exchange->request.peer = stream->peer();
  exchange->request.tls = stream->encrypted();
  const bool wanted = co_await answer(stream, exchange);
  if (!wanted) co_return false;
  if (exchange->response.body.size() > HttpHandler::kSmallBody &&
      !budget.take(exchange->response.body.size(), options.bodies_max)) {
    ++http_server_probe().overloaded;
    exchange->response = handler.refusal(503, "Too many large answers are under way; please try again soon.");
  }
  const bool on = co_await respond(stream, exchange, reader.keep_alive(), false);
  co_return on;
}

asio::awaitable<void> HttpServer::State::serve(std::shared_ptr<State> self, StreamPointer stream) {
  if (!self) co_return;  // stopped while the TLS handshake went on
  http_server_probe().connections.add(1);
  std::string buffer;
  bool on = true;
  while (on) {
    on = co_await self->serve_one(stream, buffer);
    if (ORGO_PLANT(pipelined_request_is_lost)) buffer.clear();
  }
  http_server_probe().connections.add(-1);
  co_await stream->close();
}

Result<std::unique_ptr<HttpServer>> HttpServer::open(net::IoThreads& io, HttpServerOptions options,
                                                     HttpHandler& handler) {
  net::ListenerOptions listener_options;
  listener_options.host = options.host;
  listener_options.port = options.port;
  listener_options.tls = options.tls;
  listener_options.connections = options.connections;
  auto state = std::make_shared<State>(std::move(options), handler);
  const auto serve = [weak = std::weak_ptr<State>(state)](StreamPointer stream) {
    return State::serve(weak.lock(), std::move(stream));
  };
  ORGO_TRY(listener, net::Listener::open(io, std::move(listener_options), serve));
  state->listener = std::move(listener);
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
HttpServer::~HttpServer() {
  stop();
}

std::uint16_t HttpServer::port() const {
  return state_->listener->port();
}

void HttpServer::stop(Millis grace) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping.exchange(true)) return;
    for (const auto& stream : state_->idle) asio::post(stream->executor(), [stream] { stream->abort(); });
  }
  state_->listener->stop(grace);
  for (auto* workers : {&state_->steady, &state_->slow, &state_->probes}) workers->threads.join();
}

}  // namespace orgo
