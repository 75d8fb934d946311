#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "adapter/net/io_threads.h"
#include "adapter/net/tls.h"
#include "base/result.h"
#include "base/time.h"
#include "port/http_handler.h"

namespace orgo {

struct HttpServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;               ///< 0: a spare one, see HttpServer::port()
  net::TlsFiles tls;                    ///< not empty: HTTPS
  int connections = 1000;               ///< past it a new connection is closed at once; of one peer: net::PeerCounts
  int workers = 4;                      ///< threads for requests of a steady pace (HttpHandler), 1 or more
  int slow_workers = 2;                 ///< and for slow ones
  bool quick_reads = true;              ///< false: what quick requests read may hang, so they are of a steady pace
  int requests = 256;                   ///< of each pace being handled or waiting for a worker; past it 503
  std::size_t target_max = 8 * 1024;    ///< bytes of path and query; past it 414
  std::size_t header_max = 16 * 1024;   ///< bytes of all header fields; past it 431
  int header_fields = 100;              ///< past it 431
  std::size_t bodies_max = 256u << 20;  ///< bytes of all large bodies and answers at a time; past it 503
  Millis idle_time{60'000};             ///< until the first byte of a request
  Millis head_time{10'000};             ///< from then to the end of the head
  Millis body_time{30'000};             ///< for a body or an answer, beside what its size allows:
  std::size_t bytes_per_second = 64 * 1024;  ///< slower peers lose their connection
  Millis patience{1'000};                    ///< what has waited longer for a worker is begun only for a client who is
                                             ///< still there, and slow work that takes longer ends when he leaves
};

/// HTTP/1.1 (RFC 9112) on the shared network threads: reads requests one after the other from each connection, lets the
/// handler answer them on its own bounded threads, and writes the answers. Keep-alive; pipelined requests wait their
/// turn. Framing is strict, since a request that two programs cut differently is an attack: no Content-Length beside
/// Transfer-Encoding, no coding but `chunked`, exactly one Host.
class HttpServer {
 public:
  /// Binds and begins. Errors as net::Listener::open. `io` and `handler` outlive the server.
  static Result<std::unique_ptr<HttpServer>> open(net::IoThreads& io, HttpServerOptions options, HttpHandler& handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// Accepts no more, ends idle connections, lets what runs end within `grace`, then closes it and joins the workers.
  /// Complete when it returns; again is harmless.
  void stop(Millis grace = Millis{5000});

 private:
  struct State;
  explicit HttpServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  ///< shared with the connections, of which one may still wait for its worker
};

}  // namespace orgo
