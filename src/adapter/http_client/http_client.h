#pragma once
#include <sys/socket.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace orgo {

struct HttpClientRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  Millis timeout{30'000};              ///< for all of it
  std::size_t answer_max = 64U << 20;  ///< bytes; past it the call fails
  std::string ca_file;                 ///< PEM of the authorities that count; empty: those of the system
  /// Judges each address that is to be dialled, after its name was resolved, so that no spelling and no changing of DNS
  /// entries leads around it. With one, no proxy is used and no connection is shared with other calls. Empty: all may
  /// be.
  std::function<bool(const sockaddr&)> may_dial;
  std::function<bool()> cancelled;  ///< asked about every second; true ends the call (deadline_exceeded)
};

struct HttpClientResponse {
  int status = 0;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in small letters; at most 64 KiB
  std::string redirect_url;                                  ///< where a redirect leads, whole; empty: it is none

  /// The last one of that name; empty: there is none.
  [[nodiscard]] std::string header(std::string_view name) const {
    for (auto one = headers.rbegin(); one != headers.rend(); ++one)
      if (one->first == name) return one->second;
    return {};
  }
};

/// One HTTP call, blocking, on a connection of its own thread that is kept for the next call. Redirects are not
/// followed and only http and https are spoken. Threads: any. unavailable: no connection was made. deadline_exceeded:
/// it went out and no whole answer came: outcome unknown. resource_exhausted: the answer is larger than allowed.
/// not_permitted: may_dial refused every address.
Result<HttpClientResponse> http_call(const HttpClientRequest& request);

}  // namespace orgo
