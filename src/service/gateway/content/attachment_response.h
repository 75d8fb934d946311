#pragma once
#include <string>
#include <string_view>

#include "core/message/message.h"
#include "port/http_handler.h"

namespace orgo::gateway {

/// A stranger's file on its way to a browser: always to be saved (Content-Disposition: attachment, RFC 6266), never
/// guessed at (nosniff), under a policy that lets nothing in it run (CSP sandbox), and with a type that nothing runs
/// from: what is not on a list of inert types goes as application/octet-stream, above all HTML, SVG, XML and scripts.
HttpResponse attachment_response(const Attachment& attachment, std::string bytes);

/// image/png, application/pdf, text/plain ...: types that are passed on; others are application/octet-stream.
std::string_view inert_type(std::string_view content_type);
/// A picture that a browser may show within the text of a mail.
bool is_shown_picture(std::string_view content_type);
/// `attachment; filename="a.pdf"; filename*=UTF-8''%C3%A4.pdf`
std::string content_disposition(std::string_view filename);

}  // namespace orgo::gateway
