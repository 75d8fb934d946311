#include "core/delivery/compose_files.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/delivery/compose.h"
#include "core/message/attachment_name.h"

namespace orgo::compose {
namespace {

constexpr std::size_t kDigitsOfLine = 76;  // RFC 2045, section 6.8

/// type "/" subtype of tokens (RFC 2045, section 5.1), and no parameters.
bool is_content_type(std::string_view type) {
  const auto slash = type.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == type.size() || type.size() > 100) return false;
  return std::ranges::all_of(type,
                             [](char c) {
                               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                      std::string_view("/!#$&-^_.+").find(c) != std::string_view::npos;
                             }) &&
         type.find('/', slash + 1) == std::string_view::npos;
}

/// Of a file, never one that a program would take for a part of the mail itself.
std::string type_of(const AnswerFile& file, std::string_view name) {
  std::string type = is_content_type(file.content_type) ? file.content_type : std::string(content_type_of_name(name));
  const auto lower = ascii_lower(type);
  if (lower.starts_with("multipart/") || lower.starts_with("message/")) type = "application/octet-stream";
  return type;
}

/// RFC 2231: filename*0*=UTF-8''..., in pieces that keep within a line.
void append_extended_name(std::string& out, std::string_view name) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  constexpr std::size_t kPiece = 54;
  std::vector<std::string> pieces{"UTF-8''"};
  for (const char c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    const auto byte = static_cast<unsigned char>(c);
    const std::string one = plain ? std::string(1, c) : std::string{'%', kHex[byte >> 4U], kHex[byte & 15U]};
    if (pieces.back().size() + one.size() > kPiece) pieces.emplace_back();
    pieces.back() += one;
  }
  if (pieces.size() == 1) {
    out.append(";\r\n filename*=").append(pieces.front());
    return;
  }
  for (std::size_t i = 0; i < pieces.size(); ++i)
    out.append(";\r\n filename*").append(std::to_string(i)).append("*=").append(pieces[i]);
}

void append_name(std::string& out, std::string_view name) {
  const bool plain = name.size() <= 60 &&
                     std::ranges::all_of(name, [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
  if (plain) out.append(";\r\n filename=\"").append(name).append("\"");
  else append_extended_name(out, name);
}

void append_file(std::string& out, const AnswerFile& file) {
  auto name = clean_filename(file.filename);
  if (name.empty()) name = filename_of_type(file.content_type);
  out.append("Content-Type: ").append(type_of(file, name)).append("\r\n");
  out.append("Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment");
  append_name(out, name);
  out.append("\r\n\r\n");
  const auto digits = base64(file.bytes);
  out.reserve(out.size() + digits.size() + digits.size() / kDigitsOfLine * 2 + 4);
  for (std::size_t at = 0; at < digits.size(); at += kDigitsOfLine)
    out.append(digits, at, kDigitsOfLine).append("\r\n");
}

/// A line of the text that begins so would end its part.
std::string boundary_for(std::string_view text, std::span<const AnswerFile> files) {
  std::string seed(text);
  for (const auto& file : files) seed.append(file.filename).append(to_hex(sha256(file.bytes)));
  for (;;) {
    auto boundary = "=_orgo_" + to_hex(sha256(seed)).substr(0, 40);
    if (text.find(boundary) == std::string_view::npos) return boundary;
    seed += '+';
  }
}

}  // namespace

void append_addresses_field(std::string& out, std::string_view name, const std::vector<Address>& addresses) {
  std::string field;
  for (const auto& one : addresses) {
    if (!is_mail_address(one.address)) continue;
    std::string line;
    append_address_field(line, name, one.name, address_on_wire(one.address));
    line.resize(line.size() - 2);
    if (field.empty()) field = std::move(line);
    else field.append(",\r\n ").append(line.substr(name.size() + 2));
  }
  if (!field.empty()) out.append(field).append("\r\n");
}

void append_text_and_files(std::string& out, std::string_view text, std::span<const AnswerFile> files) {
  if (files.empty()) return append_text_body(out, text);
  const auto boundary = boundary_for(text, files);
  out.append("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"").append(boundary).append("\"\r\n\r\n");
  std::string body;
  append_text_body(body, text);
  // A part has no MIME-Version of its own (RFC 2045, section 4).
  constexpr std::string_view kVersion = "MIME-Version: 1.0\r\n";
  out.append("--").append(boundary).append("\r\n").append(std::string_view(body).substr(kVersion.size()));
  for (const auto& file : files) {
    out.append("\r\n--").append(boundary).append("\r\n");
    append_file(out, file);
  }
  out.append("\r\n--").append(boundary).append("--\r\n");
}

}  // namespace orgo::compose
