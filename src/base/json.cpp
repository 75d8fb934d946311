#include "base/json.h"
#include "base/json_writer.h"

#include <array>
#include <boost/json/src.hpp>

#include "base/neutral.h"
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

void append_json_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;  // start of what can be copied as it is
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++i;
      continue;
    }
    if (c >= 0x80) {
      if (const auto length = utf8_length(text, i); length != 0) {
        if (const auto odd = unshowable(text, i); odd != 0) {
          // The same character, and nothing that a terminal obeys.
          out.append(text, plain, i - plain);
          const unsigned code = odd == 2
                                    ? (c & 0x1FU) << 6U | (static_cast<unsigned char>(text[i + 1]) & 0x3FU)
                                    : (c & 0x0FU) << 12U | (static_cast<unsigned char>(text[i + 1]) & 0x3FU) << 6U |
                                          (static_cast<unsigned char>(text[i + 2]) & 0x3FU);
          out += "\\u";
          for (int shift = 12; shift >= 0; shift -= 4) out += kHex[code >> static_cast<unsigned>(shift) & 15U];
          plain = i + length;
        }
        i += length;
        continue;
      }
    }
    out.append(text, plain, i - plain);
    if (c >= 0x80) {
      out += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    }
    plain = ++i;
  }
  out.append(text, plain, text.size() - plain);
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
