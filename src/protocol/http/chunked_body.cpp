#include "protocol/http/chunked_body.h"

#include <algorithm>

namespace orgo::http {
namespace {

constexpr int kDigitsMax = 15;  // less than 2^60: sums of sizes don't overflow

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// What may stand in an extension or a trailer field: everything but control characters (a bare LF above all).
bool is_text(char c) {
  return static_cast<unsigned char>(c) >= 0x20 ? c != 0x7F : c == '\t';
}

}  // namespace

std::size_t ChunkedBody::feed(std::string_view bytes, std::string& body, std::size_t body_max) {
  std::size_t used = 0;
  while (state_ == State::reading && used < bytes.size()) {
    if (step_ == Step::data) {
      const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - used));
      body.append(bytes, used, now);
      used += now;
      left_ -= now;
      if (left_ == 0) step_ = Step::data_cr;
      continue;
    }
    take(bytes[used++]);
    if (step_ == Step::data && left_ > body_max - std::min(body.size(), body_max)) state_ = State::too_large;
  }
  return used;
}

void ChunkedBody::take(char c) {
  const auto expect = [&](char wanted, Step next) {
    if (c == wanted) step_ = next;
    else state_ = State::broken;
  };
  switch (step_) {
    case Step::size:
      if (const int digit = hex_digit(c); digit >= 0) {
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        if (++digits_ > kDigitsMax) state_ = State::broken;
      } else if (digits_ > 0 && (c == ';' || c == '\r')) {
        step_ = c == ';' ? Step::extension : Step::size_lf;
      } else {
        state_ = State::broken;
      }
      return;
    case Step::extension:
      if (c == '\r') step_ = Step::size_lf;
      else if (!is_text(c) || ++extensions_ > kExtensionsMax) state_ = State::broken;
      return;
    case Step::size_lf:
      digits_ = 0;
      return expect('\n', left_ == 0 ? Step::trailer_begin : Step::data);
    case Step::data:
      return;  // feed() takes it in one piece
    case Step::data_cr:
      return expect('\r', Step::data_lf);
    case Step::data_lf:
      return expect('\n', Step::size);
    case Step::trailer_begin:
      if (c == '\r') {
        step_ = Step::end_lf;
        return;
      }
      step_ = Step::trailer;
      [[fallthrough]];
    case Step::trailer:
      if (c == '\r') step_ = Step::trailer_lf;
      else if (!is_text(c) || ++trailer_ > kTrailerMax) state_ = State::broken;
      return;
    case Step::trailer_lf:
      return expect('\n', Step::trailer_begin);
    case Step::end_lf:
      state_ = c == '\n' ? State::done : State::broken;
      return;
  }
}

}  // namespace orgo::http
