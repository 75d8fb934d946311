#include "app/command_line/neutral_output.h"

#include <iostream>

#include "app/output.h"
#include "app/table.h"
#include "base/neutral.h"

namespace orgo {
namespace {

bool lines_stay_whole = false;

std::size_t width_of_text() {
  return lines_stay_whole || speaks_json() ? 0 : terminal_width();
}

}  // namespace

bool NeutralBuffer::pass() {
  const auto size = static_cast<std::streamsize>(held_.size());
  const bool written = to_.sputn(held_.data(), size) == size;
  held_.clear();
  return written;
}

bool NeutralBuffer::put(char c) {
  const auto byte = static_cast<unsigned char>(c);
  const bool continues = (byte & 0xC0U) == 0x80;
  if (!held_.empty() && !continues && !pass()) return false;
  if (held_.empty()) {
    if ((byte < 0x20 && c != '\n' && c != '\t' && c != '\r') || byte == 0x7F) return true;
    if (byte != 0xC2 && byte != 0xD8 && byte != 0xE2)
      return !traits_type::eq_int_type(to_.sputc(c), traits_type::eof());
    held_ += c;
    return true;
  }
  held_ += c;
  if (unshowable(held_, 0) == held_.size()) {
    held_.clear();
    return true;
  }
  return held_.size() < (held_[0] == '\xE2' ? 3U : 2U) || pass();
}

void NeutralBuffer::lift(bool lifted) {
  if (!held_.empty()) pass();
  lifted_ = lifted;
}

NeutralBuffer::int_type NeutralBuffer::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  if (lifted_) return to_.sputc(traits_type::to_char_type(c));
  return put(traits_type::to_char_type(c)) ? c : traits_type::eof();
}

std::streamsize NeutralBuffer::xsputn(const char* text, std::streamsize count) {
  if (lifted_) return to_.sputn(text, count);
  for (std::streamsize i = 0; i < count; ++i)
    if (!put(text[i])) return i;
  return count;
}

int NeutralBuffer::sync() {
  const bool passed = held_.empty() || pass();
  return to_.pubsync() == 0 && passed ? 0 : -1;
}

NeutralOutput::NeutralOutput()
    : fold_(*std::cout.rdbuf(), width_of_text), out_(fold_), error_(*std::cerr.rdbuf()),
      before_out_(std::cout.rdbuf(&out_)), before_error_(std::cerr.rdbuf(&error_)) {}

NeutralOutput::~NeutralOutput() {
  std::cout.flush();
  std::cerr.flush();
  std::cout.rdbuf(before_out_);
  std::cerr.rdbuf(before_error_);
}

bool NeutralOutput::flush() {
  std::cout.flush();
  return static_cast<bool>(std::cout);
}

void raw_output() {
  if (auto* const buffer = dynamic_cast<NeutralBuffer*>(std::cout.rdbuf())) buffer->lift(true);
  whole_lines();
}

void whole_lines() {
  lines_stay_whole = true;
}

void write_marked(std::ostream& to, std::string_view text) {
  auto* const buffer = dynamic_cast<NeutralBuffer*>(to.rdbuf());
  if (buffer != nullptr) buffer->lift(true);
  to << text;
  if (buffer != nullptr) buffer->lift(false);
}

}  // namespace orgo
