#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapter/http/request_reader.h"
#include "core/calendar/due_text.h"
#include "service/gateway/core/cookies.h"
#include "service/gateway/core/json_body.h"
#include "service/gateway/core/url.h"
#include "service/gateway/pages/html.h"

namespace {

using orgo::RequestReader;

struct Outcome {
  RequestReader::State state;
  orgo::HttpRequest request;
  int problem = 0;
  std::size_t left = 0;  ///< bytes behind the request
};

Outcome read(std::string_view bytes, std::size_t piece) {
  RequestReader reader({});
  std::string buffer;
  while (reader.state() == RequestReader::State::head || reader.state() == RequestReader::State::body) {
    const auto used = reader.feed(buffer);
    if (used > buffer.size()) __builtin_trap();
    buffer.erase(0, used);
    if (used > 0 && !buffer.empty()) continue;
    if (reader.state() == RequestReader::State::done || reader.state() == RequestReader::State::broken || bytes.empty())
      break;
    buffer += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  Outcome outcome{reader.state(), {}, 0, buffer.size() + bytes.size()};
  if (reader.state() == RequestReader::State::broken) outcome.problem = reader.problem().status;
  if (reader.state() == RequestReader::State::done) outcome.request = reader.take();
  return outcome;
}

/// Where a request ends must not depend on how the network cuts it: that would be a way to smuggle one.
void check_reader(std::string_view bytes) {
  const auto whole = read(bytes, bytes.size() + 1);
  const auto pieces = read(bytes, 1 + bytes.size() % 7);
  // What is broken may be seen earlier in one piece; what is a request must be one in every cut.
  if ((whole.state == RequestReader::State::done) != (pieces.state == RequestReader::State::done)) __builtin_trap();
  if (whole.state != RequestReader::State::done) return;
  if (whole.left != pieces.left || whole.request.body != pieces.request.body ||
      whole.request.target != pieces.request.target || whole.request.headers.size() != pieces.request.headers.size())
    __builtin_trap();
}

void check_text(std::string_view text) {
  if (const auto url = orgo::gateway::Url::parse(text))
    for (const auto segment : url->segments())
      if (segment.empty() || segment == ".." || segment.find('/') != std::string_view::npos) __builtin_trap();
  (void)orgo::gateway::parse_form(text);
  if (text.find('\0') == std::string_view::npos && orgo::is_utf8(text)) {
    const auto again = orgo::gateway::parse_form("x=" + orgo::gateway::percent_encoded(text));
    if (!again || again->at("x") != text) __builtin_trap();
  }
  orgo::gateway::page::Html html;
  html.text(text);
  const auto escaped = html.take();
  if (escaped.find_first_of("<>\"'") != std::string::npos || !orgo::is_utf8(escaped)) __builtin_trap();
  (void)orgo::gateway::cookie_value(text, "orgo_session");
}

void check_body(std::string_view text) {
  orgo::HttpRequest request;
  request.headers.push_back({"Content-Type", "application/json"});
  request.body = text;
  orgo::gateway::JsonBody body(request);
  (void)body.text("text", 1000);
  (void)body.optional_text("comment", 1000);
  (void)body.optional_texts("add", 50, 64);
  (void)body.time_or_null("due_at", true, 64, [](std::string_view written) {
    return orgo::parse_due_or_none(written, {}, orgo::Calendar(), orgo::TimeZone());
  });
  if (const auto problem = body.finish()) {
    const auto response = orgo::gateway::to_response(*problem, "/x", "");
    if (!orgo::parse_json(response.body)) __builtin_trap();
  }
}

}  // namespace

/// Requests as they come from the network, addresses, forms, cookies, JSON bodies of the API and text on its way into a
/// page.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_reader(bytes);
  check_reader("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(bytes));
  check_reader("GET / HTTP/1.1\r\nHost: a\r\n" + std::string(bytes));
  check_text(bytes);
  check_body(bytes);
  return 0;
}
