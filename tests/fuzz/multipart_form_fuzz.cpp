#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.h"
#include "service/gateway/core/multipart_form.h"

namespace {

using orgo::gateway::MultipartForm;
using orgo::gateway::parse_multipart;

void check(std::string_view type, std::string_view body) {
  const auto form = parse_multipart(type, body);
  if (!form) return;
  if (form->fields.size() > MultipartForm::kFieldsMax || form->files.size() > MultipartForm::kFilesMax)
    __builtin_trap();
  for (const auto& [name, value] : form->fields)
    if (!orgo::is_utf8(name) || !orgo::is_utf8(value) || value.size() > body.size()) __builtin_trap();
  for (const auto& file : form->files) {
    if (!orgo::is_utf8(file.filename) || file.filename.find('/') != std::string::npos) __builtin_trap();
    if (file.bytes.data() < body.data() || file.bytes.data() + file.bytes.size() > body.data() + body.size())
      __builtin_trap();
  }
  (void)orgo::gateway::with_plain_line_ends(body);
}

/// What stands in a part comes out as it is, whatever it is, as long as the boundary is not in it.
void check_content(std::string_view bytes) {
  const std::string boundary = "a-boundary-that-nobody-sends";
  if (bytes.find(boundary) != std::string_view::npos) return;
  const auto body = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"files\"; filename=\"x\"\r\n\r\n" +
                    std::string(bytes) + "\r\n--" + boundary + "--\r\n";
  const auto form = parse_multipart("multipart/form-data; boundary=" + boundary, body);
  if (!form || form->files.size() != 1 || form->files[0].bytes != bytes) __builtin_trap();
}

}  // namespace

/// Forms with files: the first line is the boundary of what follows; all of it is a file's content, too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto end = bytes.find('\n');
  const auto line = bytes.substr(0, end);
  check("multipart/form-data; boundary=" + std::string(line), end == bytes.npos ? bytes : bytes.substr(end + 1));
  check("multipart/form-data; boundary=b", bytes);
  check(bytes, "--b--");
  check_content(bytes);
  return 0;
}
