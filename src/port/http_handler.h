#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"

namespace orgo {

struct HttpHeader {
  std::string name;
  std::string value;
};

/// One request as the driver read it: framing is checked, nothing is decoded.
struct HttpRequest {
  std::string method = "GET";       ///< as sent: "GET", "POST", ...
  std::string target = "/";         ///< path and query as sent, at most 8 KiB
  std::vector<HttpHeader> headers;  ///< in order, at most 16 KiB in all
  std::string body;                 ///< after the transfer coding
  bool cut = false;                 ///< it was longer, and only its beginning is here (HttpHandler::Admission::cut)
  std::string peer;                 ///< address of the peer, for logs and the trace of a message
  bool tls = false;                 ///< came over TLS: cookies may say Secure
  /// Has whoever asked gone? Of slow requests: asked between the steps of long work, which then ends. Cheap, from the
  /// thread that handles it; empty: nobody knows.
  std::function<bool()> left = {};

  /// The first value of a field, by name without case; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const {
    for (const auto& field : headers)
      if (ascii_iequals(field.name, name)) return field.value;
    return {};
  }
};

/// The driver adds Content-Length, Date and Connection.
struct HttpResponse {
  int status = 200;
  std::vector<HttpHeader> headers;
  std::string body;
  std::span<const HttpHeader> shared = {};  ///< headers too: those that many answers have; they outlive all responses

  /// The first value of a field, by name without case; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const {
    for (const auto& field : headers)
      if (ascii_iequals(field.name, name)) return field.value;
    for (const auto& field : shared)
      if (ascii_iequals(field.name, name)) return field.value;
    return {};
  }
};

/// What stands behind an HTTP edge: requests in, responses out, no sockets. The gateway is one.
/// Threads: any method from any thread, many at a time. Calls may block, for a bounded time: the driver runs them where
/// pace() says. No method throws.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;

  virtual HttpResponse handle(const HttpRequest& request) = 0;

  /// How a request is answered, and with which others it shares its threads.
  enum class Pace : std::uint8_t {
    quick,   ///< by a few reads of an index: on the thread of its connection, without a change of threads
    probe,   ///< asked by machines that watch us: on a thread that nothing else uses
    steady,  ///< on a bounded pool
    slow,    ///< may take long for what a stranger sent: on a bounded pool of its own
  };
  /// Looks at the method and the target only, and never blocks.
  [[nodiscard]] virtual Pace pace(const HttpRequest& /*request*/) const { return Pace::steady; }

  /// Asked with the head alone, before a body of more than `kSmallBody` bytes (or of unknown size) is read, so that a
  /// stranger can't make us hold megabytes: either a refusal to send at once, or how much may come.
  struct Admission {
    std::optional<HttpResponse> refusal;
    std::size_t body_max = 0;  ///< bytes
    /// Of a longer one the beginning is kept and the rest read and thrown away, up to kSkippedMost: whoever sent it
    /// gets an answer to what they wrote, which a browser does not hear while it still sends.
    bool cut = false;
  };
  static constexpr std::uint64_t kSkippedMost = 1ULL << 30U;
  static constexpr std::size_t kSmallBody = 64 * 1024;
  virtual Admission admit(const HttpRequest& head) = 0;

  /// The answer to bytes that never became a request (400, 408, 413, 414, 431, 501, 503, 505), in the format of the
  /// others.
  virtual HttpResponse refusal(int status, std::string_view detail) = 0;
};

}  // namespace orgo
