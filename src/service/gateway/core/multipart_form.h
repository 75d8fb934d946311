#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "service/gateway/core/url.h"

namespace orgo::gateway {

/// A file of a form, as the browser sent it.
struct FormFile {
  std::string field;       ///< name of the input
  std::string filename;    ///< as clean_filename() gives it; may be empty
  std::string type;        ///< what the browser says of it; at most 255 bytes, may be empty
  std::string_view bytes;  ///< a part of the body that was parsed
};

/// What a form with files says (multipart/form-data, RFC 7578).
struct MultipartForm {
  static constexpr std::size_t kFieldsMax = 100;
  static constexpr std::size_t kFilesMax = 50;
  static constexpr std::size_t kHeaderMax = 8 * 1024;  ///< bytes above one part

  Parameters fields;            ///< UTF-8, with the line ends of the browser
  std::vector<FormFile> files;  ///< in order; an input in which no file was chosen is none
};

/// Of a body that outlives the result, in linear time. As strict as browsers write: what is not of this form is told
/// rather than guessed, since programs that differ in where a part ends can be played against each other.
/// invalid_input: no multipart/form-data or no usable boundary, no closing boundary, a part without a name or with a
/// transfer encoding, a field that is not UTF-8 or comes twice, more than the limits above.
///
/// `cut`: only the beginning of the body is there. What is whole in it is the form, and its end is not missed.
Result<MultipartForm> parse_multipart(std::string_view content_type, std::string_view body, bool cut = false);

/// "\r\n" and "\r" as "\n": browsers send what was typed into a textarea with CRLF.
std::string with_plain_line_ends(std::string_view text);

}  // namespace orgo::gateway
