#include "protocol/mime/decode_body.h"

namespace orgo::mime {

std::string decode_body(const Entity& entity, LineEnds line_ends, std::size_t bytes_max) {
  // Base64 takes 4 bytes for 3 (and line ends), quoted-printable up to 3 for 1, and a soft line end for nothing.
  const auto body = bytes_max < entity.body.size() / 4 ? entity.body.substr(0, bytes_max * 4) : entity.body;
  std::string out;
  switch (entity.encoding) {
    case TransferEncoding::base64:
      decode_base64(body, out);
      break;
    case TransferEncoding::quoted_printable:
      decode_quoted_printable(body, out, line_ends);
      break;
    case TransferEncoding::uuencode:
      decode_uuencode(body, out);
      break;
    case TransferEncoding::identity:
      out = body.substr(0, bytes_max);
      break;
  }
  if (out.size() > bytes_max) out.resize(bytes_max);
  return out;
}

}  // namespace orgo::mime
