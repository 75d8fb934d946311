#include "service/gateway/content/attachment_response.h"

#include <algorithm>
#include <iterator>

#include "base/planted.h"
#include "core/message/attachment_name.h"
#include "service/gateway/core/url.h"

namespace orgo::gateway {
namespace {

constexpr std::string_view kPictures[] = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"};
constexpr std::string_view kInert[] = {"application/gzip",
                                       "application/msword",
                                       "application/pdf",
                                       "application/rtf",
                                       "application/vnd.ms-excel",
                                       "application/vnd.ms-powerpoint",
                                       "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                                       "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                                       "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                                       "application/zip",
                                       "audio/mpeg",
                                       "audio/ogg",
                                       "audio/wav",
                                       "message/rfc822",
                                       "text/calendar",
                                       "text/csv",
                                       "text/plain",
                                       "video/mp4",
                                       "video/mpeg",
                                       "video/quicktime"};

}  // namespace

bool is_shown_picture(std::string_view content_type) {
  return std::find(std::begin(kPictures), std::end(kPictures), content_type) != std::end(kPictures);
}

std::string_view inert_type(std::string_view content_type) {
  const auto* const found = std::find(std::begin(kInert), std::end(kInert), content_type);
  if (found != std::end(kInert)) return *found;
  if (ORGO_PLANT(page_is_served_as_page) && content_type == "text/html") return "text/html";
  const auto* const picture = std::find(std::begin(kPictures), std::end(kPictures), content_type);
  return picture != std::end(kPictures) ? *picture : std::string_view("application/octet-stream");
}

std::string content_disposition(std::string_view filename) {
  const auto clean = clean_filename(filename);
  const std::string_view name = clean.empty() ? std::string_view("attachment.bin") : std::string_view(clean);
  // For old clients: ASCII without what ends or escapes a quoted string.
  std::string plain;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0xC0) plain += '_';  // one for each character
    else if (byte < 0x80)
      plain += byte < 0x20 || c == '"' || c == '\\' || c == '%' || c == ';' || byte == 0x7F ? '_' : c;
  }
  std::string out = "attachment; filename=\"" + plain + "\"";
  if (plain != name) out += "; filename*=UTF-8''" + percent_encoded(name);
  return out;
}

HttpResponse attachment_response(const Attachment& attachment, std::string bytes) {
  HttpResponse response;
  const auto type = inert_type(attachment.content_type);
  response.headers = {{"Content-Type", std::string(type)},
                      {"Content-Disposition", content_disposition(attachment.filename)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Content-Security-Policy", "default-src 'none'; sandbox"},
                      {"Cross-Origin-Resource-Policy", "same-origin"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cache-Control", "private, max-age=3600"}};
  response.body = std::move(bytes);
  return response;
}

}  // namespace orgo::gateway
