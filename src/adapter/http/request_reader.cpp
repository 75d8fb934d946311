#include "adapter/http/request_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "base/planted.h"
#include "base/text.h"
#include "protocol/http/chunked_body.h"

namespace orgo {

namespace beast_http = boost::beast::http;

struct RequestReader::Parser {
  RequestLimits limits;
  beast_http::request_parser<beast_http::empty_body> beast;
  http::ChunkedBody chunks;
  std::uint64_t left = 0;  ///< bytes of a body with a length that are still to come
  State state = State::head;
  Problem problem;
  HttpRequest request;
  std::size_t body_max = HttpHandler::kSmallBody;
  std::size_t body_cut = SIZE_MAX;  ///< of a body with a length so much is kept
  std::size_t scanned = 0;          ///< of an incomplete head
  bool blank_line_seen = false;
  bool expects_continue = false;
  bool keep_alive = false;

  [[nodiscard]] std::size_t head_max() const { return limits.target_max + limits.header_max + 1024; }
  void refuse(int status, std::string detail) {
    state = State::broken;
    problem = {status, std::move(detail)};
  }

  /// Beast's words are about its own parsing; ours are for the sender.
  void refuse_as(const boost::system::error_code& error) {
    if (error == beast_http::error::header_limit) return refuse(431, "The head of the request is too large.");
    if (error == beast_http::error::bad_version) return refuse(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    if (error == beast_http::error::multiple_content_length || error == beast_http::error::bad_content_length ||
        error == beast_http::error::bad_transfer_encoding)
      return refuse(400,
                    "Where the body ends can't be told: Content-Length and Transfer-Encoding are wrong or contradict.");
    refuse(400, "This is not a request that HTTP knows: " + error.message() + ".");
  }

  /// Size of the head at the begin of `bytes`; 0: it is not complete. Lines must end in CRLF and may not be folded (RFC
  /// 9112, sections 2.2 and 5.2): what programs make of the rest differs.
  std::size_t find_head(std::string_view bytes) {
    for (; scanned < bytes.size(); ++scanned) {
      const char c = bytes[scanned];
      const char before = scanned > 0 ? bytes[scanned - 1] : '\0';
      if (scanned >= head_max()) refuse(431, "The head of the request is too large.");
      else if ((c == '\n') != (before == '\r')) refuse(400, "A line of the head does not end in CRLF.");
      else if (before == '\n' && (c == ' ' || c == '\t')) refuse(400, "A header field is folded into a second line.");
      else if (scanned == 0 && (c < 'A' || c > 'Z'))
        refuse(400, "This is not a request that HTTP knows; a method is written in capitals.");
      if (state == State::broken) return 0;
      if (c == '\n' && scanned >= 3 && bytes[scanned - 2] == '\n') return scanned + 1;
    }
    return 0;
  }

  void take_head() {
    const auto& message = beast.get();
    const auto target = message.target();
    if (target.size() > limits.target_max)
      return refuse(414, "The address is longer than " + std::to_string(limits.target_max) + " bytes.");
    std::size_t header_bytes = 0;
    int fields = 0;
    int hosts = 0;
    int codings = 0;
    int lengths = 0;
    std::string_view coding;
    std::string_view expect;
    for (const auto& field : message) {
      const std::string_view name(field.name_string().data(), field.name_string().size());
      const std::string_view value(field.value().data(), field.value().size());
      header_bytes += name.size() + value.size() + 4;
      if (++fields > limits.header_fields || header_bytes > limits.header_max)
        return refuse(431, "The header has more than " + std::to_string(limits.header_fields) + " fields or " +
                               std::to_string(limits.header_max) + " bytes.");
      for (const unsigned char c : value)
        if ((c < 0x20 && c != '\t') || c == 0x7F) return refuse(400, "A header field has control characters.");
      hosts += field.name() == beast_http::field::host ? 1 : 0;
      if (field.name() == beast_http::field::transfer_encoding) {
        ++codings;
        coding = value;
      }
      // A list of equal lengths ("5, 5") may be read as one (RFC 9110, section 8.6); refusing it leaves no doubt.
      if (field.name() == beast_http::field::content_length &&
          (++lengths > 1 || value.empty() || value.find_first_not_of("0123456789") != std::string_view::npos))
        return refuse(400, "Where the body ends can't be told: Content-Length must be one number.");
      if (field.name() == beast_http::field::expect) expect = value;
      request.headers.push_back({std::string(name), std::string(value)});
    }
    if (message.version() >= 11 && hosts != 1) return refuse(400, "The request needs one Host field.");
    if (hosts > 1 && !ORGO_PLANT(second_host_is_taken)) return refuse(400, "The request has more than one Host field.");
    if (codings > 0) {
      if (message.version() < 11) return refuse(400, "HTTP/1.0 knows no Transfer-Encoding.");
      if (codings > 1 || !ascii_iequals(trim(coding), "chunked"))
        return refuse(501, "Only the transfer coding 'chunked' is known here.");
      if (message.find(beast_http::field::content_length) != message.end())
        return refuse(400, "Where the body ends can't be told: Content-Length and Transfer-Encoding contradict.");
    }
    if (!expect.empty()) {
      if (!ascii_iequals(expect, "100-continue")) return refuse(417, "Only 'Expect: 100-continue' is known here.");
      expects_continue = message.version() >= 11;
    }
    request.method = std::string(message.method_string());
    request.target = std::string(target);
    keep_alive = beast.keep_alive();
    if (!beast.chunked()) left = beast.content_length().value_or(0);
    state = beast.chunked() || left > 0 ? State::body : State::done;
  }
};

RequestReader::RequestReader(RequestLimits limits) : parser_(std::make_unique<Parser>()) {
  parser_->limits = limits;
  parser_->beast.header_limit(static_cast<std::uint32_t>(parser_->head_max()));
  // Beast reads the head only: its bound for the body would have to be known before, and its reader of chunks asserts
  // that a cut through the last chunk never happens (found by fuzzing; a peer could have ended the program).
  parser_->beast.body_limit(boost::none);
  parser_->beast.eager(false);
}
RequestReader::~RequestReader() = default;

std::size_t RequestReader::feed(std::string_view bytes) {
  auto& the = *parser_;
  if (the.state == State::done || the.state == State::broken || bytes.empty()) return 0;
  boost::system::error_code error;
  if (the.state == State::head) {
    // One empty line before a request is to be ignored (RFC 9112, section 2.2): old clients send it behind a body.
    if (the.scanned == 0 && !the.blank_line_seen && bytes[0] == '\r') {
      if (bytes.size() == 1) return 0;
      the.blank_line_seen = true;
      if (bytes[1] == '\n') return 2;
    }
    const auto size = the.find_head(bytes);
    if (the.state == State::broken || size == 0) return 0;
    const auto used = the.beast.put(boost::asio::buffer(bytes.data(), size), error);
    if (error) the.refuse_as(error);
    else if (used != size || !the.beast.is_header_done()) the.refuse(400, "This is not a request that HTTP knows.");
    else the.take_head();
    return size;
  }
  auto& body = the.request.body;
  if (!the.beast.chunked()) {
    const auto used = static_cast<std::size_t>(std::min<std::uint64_t>(the.left, bytes.size()));
    const auto room = the.body_cut - std::min(the.body_cut, body.size());
    the.request.cut = the.request.cut || used > room;
    body.append(bytes, 0, std::min(used, room));
    the.left -= used;
    if (the.left == 0) the.state = State::done;
    return used;
  }
  const auto used = the.chunks.feed(bytes, body, the.body_max);
  switch (the.chunks.state()) {
    case http::ChunkedBody::State::reading:
      break;
    case http::ChunkedBody::State::done:
      the.state = State::done;
      break;
    case http::ChunkedBody::State::broken:
      the.refuse(400, "The chunks of the body are broken.");
      break;
    case http::ChunkedBody::State::too_large:
      the.refuse(413, "The body is larger than " + std::to_string(the.body_max) + " bytes.");
      break;
  }
  return used;
}

RequestReader::State RequestReader::state() const {
  return parser_->state;
}
const RequestReader::Problem& RequestReader::problem() const {
  return parser_->problem;
}
const HttpRequest& RequestReader::head() const {
  return parser_->request;
}

std::optional<std::uint64_t> RequestReader::body_length() const {
  if (parser_->beast.chunked()) return std::nullopt;
  return parser_->beast.content_length().value_or(0);
}

void RequestReader::set_body_max(std::size_t bytes, bool cut) {
  parser_->body_max = bytes;
  if (cut && body_length()) {
    parser_->body_cut = bytes;
    return;
  }
  if (const auto length = body_length(); length && *length > bytes && parser_->state == State::body)
    parser_->refuse(413, "The body has " + std::to_string(*length) + " bytes; at most " + std::to_string(bytes) +
                             " are taken here.");
}

bool RequestReader::expects_continue() const {
  return parser_->expects_continue;
}
bool RequestReader::keep_alive() const {
  return parser_->keep_alive;
}

HttpRequest RequestReader::take() {
  return std::move(parser_->request);
}

}  // namespace orgo
