#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/delivery/answer_file.h"
#include "core/message/message.h"

/// Writing mails with files in them; as compose.h safe for any bytes.
namespace orgo::compose {

/// Appends "Name: A <a@x>,\r\n B <b@y>\r\n", one address a line. What is no mail address is left out; without any,
/// nothing is appended.
void append_addresses_field(std::string& out, std::string_view name, const std::vector<Address>& addresses);

/// Appends all from MIME-Version on: the text alone as append_text_body() writes it, or multipart/mixed of it and the
/// files, each in base64 with its name in both forms that programs know (RFC 2183, RFC 2231). The boundary is a hash of
/// the content, so that the same mail has the same bytes each time; no line of a part can be it, since all files are
/// base64 and the text's lines are looked through.
void append_text_and_files(std::string& out, std::string_view text, std::span<const AnswerFile> files);

}  // namespace orgo::compose
