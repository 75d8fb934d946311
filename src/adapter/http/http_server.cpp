#include "adapter/http/http_server.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/status.hpp>
#include <cstdio>
#include <ctime>
#include <exception>
#include <functional>
#include <mutex>
#include <set>
#include <utility>

#include "adapter/http/probe.h"
#include "adapter/http/request_reader.h"
#include "adapter/net/listener.h"
#include "base/log.h"

namespace orgo {

namespace asio = boost::asio;
using boost::system::error_code;
using StreamPointer = std::shared_ptr<net::Stream>;

namespace {

constexpr std::size_t kReadSize = 16 * 1024;
constexpr std::size_t kDrainMax = 1 << 20;

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7), without the locale.
std::string http_date(std::time_t now) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  const auto size =
      std::snprintf(text, sizeof text, "%s, %02d %s %d %02d:%02d:%02d GMT", kDays[parts.tm_wday], parts.tm_mday,
                    kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return {text, static_cast<std::size_t>(size)};
}

/// A value with a line break would begin a header of its own (response splitting), so it loses its control characters.
void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) out += c;
  out += "\r\n";
}

std::string head_of(const HttpResponse& response, bool keep_alive) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  out.append(reason.data(), reason.size());
  out += "\r\n";
  for (const auto& header : response.headers) append_header(out, header.name, header.value);
  for (const auto& header : response.shared) append_header(out, header.name, header.value);
  append_header(out, "Date", http_date(std::time(nullptr)));
  if (response.status != 204 && response.status != 304)
    append_header(out, "Content-Length", std::to_string(response.body.size()));
  append_header(out, "Connection", keep_alive ? "keep-alive" : "close");
  out += "\r\n";
  return out;
}

/// One request and its answer while a worker has them; shared with the worker, so that neither outlives the other.
struct Exchange {
  Exchange() = default;
  HttpRequest request;
  HttpResponse response;
  HttpHandler::Admission admission;
};

}  // namespace

struct HttpServer::State {
  State(HttpServerOptions server_options, HttpHandler& http_handler)
      : options(std::move(server_options)), handler(http_handler),
        workers(static_cast<std::size_t>(std::max(options.workers, 1))) {}

  HttpServerOptions options;
  HttpHandler& handler;
  asio::thread_pool workers;
  std::atomic<int> busy = 0;                ///< requests at or before a worker
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
  asio::awaitable<bool> run_on_worker(std::shared_ptr<Exchange> exchange, bool admit);
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
      all_ -= bytes;
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

/// Lets a worker run the handler and comes back to the thread of the connection. False: too many wait already.
asio::awaitable<bool> HttpServer::State::run_on_worker(std::shared_ptr<Exchange> exchange, bool admit) {
  if (++busy > options.requests) {
    --busy;
    co_return false;
  }
  const auto executor = co_await asio::this_coro::executor;
  const auto work = [this, exchange, admit] {
    try {
      if (admit) exchange->admission = handler.admit(exchange->request);
      else exchange->response = handler.handle(exchange->request);
    } catch (const std::exception& broken) {  // handlers don't throw; if one does, it must not end a worker
      log::error("http.handler_threw", {{"cause", broken.what()}});
      exchange->response = HttpResponse{500, {}, {}};
      exchange->admission.refusal = exchange->response;
    }
    --busy;
  };
  const auto initiate = [this, executor, work](auto handler_of_end) {
    asio::post(workers, [executor, work, end = std::move(handler_of_end)]() mutable {
      work();
      asio::post(executor, std::move(end));
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
  co_return true;
}

asio::awaitable<bool> HttpServer::State::respond(StreamPointer stream, std::shared_ptr<Exchange> exchange,
                                                 bool keep_alive, bool body_left) {
  const auto& response = exchange->response;
  keep_alive = keep_alive && !body_left && !stopping;
  std::string bytes = head_of(response, keep_alive);
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
      const bool asked = co_await run_on_worker(exchange, true);
      if (!asked)
        exchange->admission.refusal = handler.refusal(503, "Too many requests are under way; please try again soon.");
      if (exchange->admission.refusal) {
        exchange->response = *std::move(exchange->admission.refusal);
        const bool on = co_await respond(stream, exchange, false, true);
        co_return on;
      }
      body_max = exchange->admission.body_max;
    }
    reader.set_body_max(body_max);
    const auto promised = length ? static_cast<std::size_t>(std::min<std::uint64_t>(*length, body_max)) : body_max;
    if (reader.state() == RequestReader::State::body && !budget.take(promised, options.bodies_max)) {
      exchange->response = handler.refusal(503, "Too many large requests are under way; please try again soon.");
      const bool on = co_await respond(stream, exchange, false, true);
      co_return on;
    }
    stream->expires_after(time_for(promised));
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
  const bool handled = co_await run_on_worker(exchange, false);
  if (!handled) {
    ++http_server_probe().overloaded;
    exchange->response = handler.refusal(503, "Too many requests are under way; please try again soon.");
  }
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
  while (on) on = co_await self->serve_one(stream, buffer);
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
  state_->workers.join();
}

}  // namespace orgo
