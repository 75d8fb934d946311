#include "base/json.h"
#include "base/json_writer.h"

#include <array>
#include <boost/json/src.hpp>

#include "base/neutral.h"
#include "base/planted.h"
#include "base/text.h"

namespace orgo {

Result<json::value> parse_json(std::string_view text, std::size_t depth_max) {
  json::parse_options options;
  options.max_depth = depth_max;
  json::stream_parser parser({}, options);
  boost::system::error_code error;
  const auto read = parser.write_some(text.data(), text.size(), error);
  const auto bad = [&](std::size_t at, const std::string& why) {
    return failure(Errc::invalid_input, "not JSON at byte " + std::to_string(at) + ": " + why);
  };
  if (error) return bad(read, error.message());
  if (text.find_first_not_of(" \t\r\n", read) != std::string_view::npos)
    return bad(read, "something stands behind the document");
  parser.finish(error);
  if (error) return bad(text.size(), error.message());
  return parser.release();
}

namespace {

/// Bytes that stand in a JSON string as they are: nearly all of nearly every text.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

/// How many bytes at the start of `text` stand in a JSON string as they are.
std::size_t plain_prefix(std::string_view text) {
  for (std::size_t at = 0;;) {
    while (at < text.size() && kPlain[static_cast<unsigned char>(text[at])]) ++at;
    if (at == text.size() || static_cast<unsigned char>(text[at]) < 0x80) return at;
    const auto length = utf8_length(text, at);
    if (length == 0 || unshowable(text, at) != 0) return at;
    at += length;
  }
}

void append_hex(std::string& out, unsigned code) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[code >> static_cast<unsigned>(shift) & 15U];
}

/// Writes what `text` begins with and can't stand as it is; says how many bytes that were.
std::size_t append_escaped(std::string& out, std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[i])); };
  const auto c = byte(0);
  if (c >= 0x80) {
    const auto length = utf8_length(text, 0);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      return 1;
    }
    // The same character, and nothing that a terminal obeys.
    append_hex(out, length == 2 ? (c & 0x1FU) << 6U | (byte(1) & 0x3FU)
                                : (c & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU));
    return length;
  }
  if (c == '"' || c == '\\') {
    out += '\\';
    out += static_cast<char>(c);
  } else if (c == '\n') {
    out += "\\n";
  } else if (c == '\r') {
    out += "\\r";
  } else if (c == '\t') {
    out += "\\t";
  } else {
    append_hex(out, ORGO_PLANT(control_characters_have_one_digit) ? c & 15U : c);
  }
  return 1;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (;;) {
    const auto plain = plain_prefix(text);
    out += text.substr(0, plain);
    if (plain == text.size()) break;
    text.remove_prefix(plain);
    text.remove_prefix(append_escaped(out, text));
  }
  out += '"';
}

void JsonWriter::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}
JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
  return *this;
}
JsonWriter& JsonWriter::close(char bracket) {
  out_ += bracket;
  first_ = false;
  return *this;
}
JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += ':';
  first_ = true;  // the value that follows needs no comma
  return *this;
}
JsonWriter& JsonWriter::string(std::string_view text) {
  separate();
  append_json_string(out_, text);
  return *this;
}
JsonWriter& JsonWriter::number(std::int64_t value) {
  return raw(std::to_string(value));
}
JsonWriter& JsonWriter::boolean(bool value) {
  return raw(value ? "true" : "false");
}
JsonWriter& JsonWriter::null() {
  return raw("null");
}
JsonWriter& JsonWriter::raw(std::string_view text) {
  separate();
  out_ += text;
  return *this;
}

}  // namespace orgo
