#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace orgo::mime {

/// Content-Transfer-Encoding (RFC 2045, section 6), and uuencode as old mailers name it.
enum class TransferEncoding { identity, base64, quoted_printable, uuencode };
/// By the value of the field, without case and comments. "7bit", "8bit", "binary", none and unknown: identity.
TransferEncoding transfer_encoding(std::string_view value);

/// Base64 (RFC 4648, section 4) in pieces of any size. Bytes outside the alphabet are skipped (RFC 2045, section 6.8);
/// behind the padding another encoded text may follow, but where something else follows (a footer that a list
/// appended) decoding ends there.
class Base64Decoder {
 public:
  /// Appends what `bytes` say.
  void add(std::string_view bytes, std::string& out);
  /// Appends what an unpadded end still holds. False: there was something that is not base64, or it ended early.
  bool finish(std::string& out);

 private:
  void add_slowly(const unsigned char*& at, const unsigned char* end, char*& out);

  std::uint32_t held_ = 0;                      ///< sextets of a group that is not complete
  int count_ = 0;                               ///< how many
  const unsigned char* clean_until_ = nullptr;  ///< to there the line behind padding was looked through: base64
  bool padded_ = false;                         ///< padding was seen, and nothing but white space since
  bool ended_ = false;
  bool bad_ = false;
};

/// Appends the decoded bytes to `out`. False: `text` has errors; what could be read was read.
bool decode_base64(std::string_view text, std::string& out);

enum class LineEnds {
  keep,  ///< as in the mail: for attachments
  lf,    ///< CRLF becomes LF: for text
};
/// Quoted-printable (RFC 2045, section 6.7). "=" before something that is not hexadecimal stays as it is. White space
/// at the end of a line goes, since a relay may have put it there (rule 3).
bool decode_quoted_printable(std::string_view text, std::string& out, LineEnds line_ends = LineEnds::keep);
/// "Q" of RFC 2047, section 4.2: like quoted-printable in one line, "_" is a space.
bool decode_q(std::string_view text, std::string& out);
/// uuencode: the lines between "begin 644 name" and "end", both optional. False: a line is damaged.
bool decode_uuencode(std::string_view text, std::string& out);
/// Appends `text` with CRLF (and a CR alone) turned into LF and without NULs.
void append_with_lf(std::string_view text, std::string& out);

/// The other way, for outgoing mail: lines of 76 characters that end in CRLF.
std::string encode_base64(std::string_view bytes);
std::string encode_quoted_printable(std::string_view text);

}  // namespace orgo::mime
