#include "core/message/attachment_name.h"

#include <optional>

#include "base/charset.h"
#include "base/text.h"

namespace orgo {
namespace {

struct KnownType {
  std::string_view type, extension;
};
constexpr KnownType kTypes[] = {
    {"image/jpeg", "jpg"},
    {"image/jpg", "jpg"},
    {"image/pjpeg", "jpg"},
    {"image/png", "png"},
    {"image/gif", "gif"},
    {"image/tiff", "tif"},
    {"image/bmp", "bmp"},
    {"image/svg+xml", "svg"},
    {"image/webp", "webp"},
    {"image/heic", "heic"},
    {"text/plain", "txt"},
    {"text/html", "html"},
    {"text/csv", "csv"},
    {"text/calendar", "ics"},
    {"text/vcard", "vcf"},
    {"text/x-vcard", "vcf"},
    {"text/xml", "xml"},
    {"text/rtf", "rtf"},
    {"text/enriched", "txt"},
    {"text/x-amp-html", "html"},
    {"text/rfc822-headers", "txt"},
    {"message/rfc822", "eml"},
    {"message/global", "eml"},
    {"message/delivery-status", "txt"},
    {"message/disposition-notification", "txt"},
    {"message/feedback-report", "txt"},
    {"message/partial", "txt"},
    {"message/external-body", "txt"},
    {"application/pdf", "pdf"},
    {"application/zip", "zip"},
    {"application/x-zip-compressed", "zip"},
    {"application/gzip", "gz"},
    {"application/json", "json"},
    {"application/xml", "xml"},
    {"application/rtf", "rtf"},
    {"application/msword", "doc"},
    {"application/vnd.ms-excel", "xls"},
    {"application/vnd.ms-powerpoint", "ppt"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"},
    {"application/ms-tnef", "dat"},
    {"application/pgp-signature", "asc"},
    {"application/pgp-encrypted", "asc"},
    {"application/pkcs7-signature", "p7s"},
    {"application/x-pkcs7-signature", "p7s"},
    {"application/pkcs7-mime", "p7m"},
    {"application/x-pkcs7-mime", "p7m"},
    {"application/ics", "ics"},
    {"audio/mpeg", "mp3"},
    {"audio/wav", "wav"},
    {"audio/x-wav", "wav"},
    {"audio/ogg", "ogg"},
    {"audio/amr", "amr"},
    {"video/mp4", "mp4"},
    {"video/quicktime", "mov"},
    {"video/mpeg", "mpg"},
};

/// U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069: they change how the rest of the name is shown.
std::size_t direction_mark(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U; };
  if (byte(0) == 0xD8 && byte(1) == 0x9C) return 2;
  if (byte(0) != 0xE2) return 0;
  if (byte(1) == 0x80 && (byte(2) == 0x8E || byte(2) == 0x8F || (byte(2) >= 0xAA && byte(2) <= 0xAE))) return 3;
  if (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9) return 3;
  return 0;
}

int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/// A browser that uploads, or a web mailer, writes "gr%C3%BC%C3%9Fe.pdf" without saying so (RFC 2231 has a star for
/// it). Taken back where there can be no doubt: all is ASCII, and it becomes UTF-8 with letters beyond it.
std::optional<std::string> percent_meant(std::string_view name) {
  // filename="utf-8''gr%C3%BC%C3%9Fe.pdf": the form of RFC 2231 without its star.
  if (ascii_istarts_with(name, "utf-8''")) name.remove_prefix(7);
  if (name.find('%') == std::string_view::npos || !is_ascii(name)) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const int high = name[i] == '%' && i + 2 < name.size() ? hex_digit(name[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(name[i + 2]) : -1;
    if (low < 0) {
      out += name[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return is_utf8(out) && !is_ascii(out) ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

std::string clean_filename(std::string_view name) {
  constexpr std::size_t kBytesMax = 255;
  constexpr std::size_t kExtensionMax = 16;
  if (name.size() > 4096) name = name.substr(0, 4096);
  const auto meant = percent_meant(name);
  if (meant) name = *meant;
  if (name.size() > 2 && name.front() == '\'' && name.back() == '\'') name = name.substr(1, name.size() - 2);
  if (const auto slash = name.find_last_of("/\\"); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string clean;
  const auto valid = is_utf8(name) ? std::string(name) : to_utf8(name, "utf-8");
  for (std::size_t i = 0; i < valid.size();) {
    if (const auto mark = direction_mark(valid, i); mark != 0) {
      i += mark;
      continue;
    }
    const char c = valid[i++];
    if (c == '\t' || c == '\n') {
      clean += ' ';
    } else if (static_cast<unsigned char>(c) >= ' ' && c != 0x7F) {
      clean += c;
    }
  }
  auto trimmed = std::string(trim(clean));
  if (trimmed.find_first_not_of('.') == std::string::npos) return {};  // "", ".", ".."
  if (trimmed.size() > kBytesMax) {
    const auto dot = trimmed.rfind('.');
    const auto extension =
        dot != std::string::npos && trimmed.size() - dot <= kExtensionMax ? trimmed.substr(dot) : std::string();
    auto cut = kBytesMax - extension.size();
    while (cut > 0 && (static_cast<unsigned char>(trimmed[cut]) & 0xC0) == 0x80) --cut;
    trimmed.resize(cut);
    trimmed += extension;
  }
  return trimmed;
}

std::string filename_of_type(std::string_view content_type) {
  const auto main = content_type.substr(0, content_type.find('/'));
  std::string_view stem = "attachment";
  for (const std::string_view known : {"image", "audio", "video", "text", "message"})
    if (main == known) stem = known;
  if (content_type == "text/calendar") stem = "calendar";
  if (content_type.ends_with("-signature")) stem = "signature";
  if (content_type == "message/delivery-status") stem = "delivery-status";
  for (const auto& known : kTypes)
    if (known.type == content_type) return std::string(stem) + "." + std::string(known.extension);
  return std::string(stem) + (main == "text" || main == "message" ? ".txt" : ".bin");
}

std::string name_by_location(std::string_view location) {
  location = trim(location);
  location = location.substr(0, location.find_first_of("?#"));
  const auto slash = location.rfind('/');
  if (slash != std::string_view::npos) location.remove_prefix(slash + 1);
  const auto dot = location.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || location.size() - dot > 6 || location.size() - dot < 2) return {};
  return clean_filename(location);
}

std::string_view content_type_of_name(std::string_view filename) {
  const auto dot = filename.rfind('.');
  if (dot != std::string_view::npos)
    for (const auto& known : kTypes)
      if (ascii_iequals(known.extension, filename.substr(dot + 1)) && known.extension != "dat") return known.type;
  return "application/octet-stream";
}

}  // namespace orgo
