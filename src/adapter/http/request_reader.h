#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "port/http_handler.h"

namespace orgo {

struct RequestLimits {
  std::size_t target_max = 8 * 1024;
  std::size_t header_max = 16 * 1024;
  int header_fields = 100;
};

/// Makes requests of bytes, without I/O: feed what came, look at state(). One reader for one request; what it did not
/// consume belongs to the next. Beast parses the head; what it lets pass and we don't is checked here.
class RequestReader {
 public:
  enum class State {
    head,    ///< needs more for the head
    body,    ///< the head is complete, the body is not: head() may be looked at, set_body_max() called
    done,    ///< take() the request
    broken,  ///< refuse with problem() and close: what follows can't be told apart
  };
  struct Problem {
    int status = 400;
    std::string detail;
  };

  explicit RequestReader(RequestLimits limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  /// Consumes a part of `bytes` from its beginning and returns how much; of an incomplete head nothing: keep it, and
  /// call again with more behind it. Stops behind the head, so that the caller can decide about the body.
  std::size_t feed(std::string_view bytes);
  [[nodiscard]] State state() const;
  [[nodiscard]] const Problem& problem() const;

  /// With all but the body; from State::body on.
  [[nodiscard]] const HttpRequest& head() const;
  /// nullopt: chunked, so nobody knows.
  [[nodiscard]] std::optional<std::uint64_t> body_length() const;
  /// Bytes of body that may come, to be set before more is fed: past it the state is broken with 413. At first 64 KiB
  /// for chunks, and no bound for a body with a length, which the caller can look at.
  /// `cut`: of a body with a length so much is kept instead, the rest is read and thrown away, and the request says so
  /// (HttpRequest::cut).
  void set_body_max(std::size_t bytes, bool cut = false);
  [[nodiscard]] bool expects_continue() const;
  [[nodiscard]] bool keep_alive() const;
  HttpRequest take();

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace orgo
