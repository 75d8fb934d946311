#pragma once
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
};

struct HttpClientResponse {
  int status = 0;
  std::string content_type;
  std::string body;
};

/// One HTTP call, blocking, on a connection of its own thread that is kept for the next call. Redirects are not followed
/// and only http and https are spoken. Threads: any.
/// unavailable: no connection was made. deadline_exceeded: it went out and no whole answer came: outcome unknown.
/// resource_exhausted: the answer is larger than allowed.
Result<HttpClientResponse> http_call(const HttpClientRequest& request);

}  // namespace orgo
