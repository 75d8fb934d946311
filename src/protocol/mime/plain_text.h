#pragma once
#include <string_view>

namespace orgo::mime {

/// Words with spaces between them, which base64 never has within a line? Looks at the first 2,000 bytes.
bool is_prose(std::string_view body);

/// A text whose header says base64 and whose writer did not encode it: `decoded` is what decoding made of `body`
/// (`good`: without an error), `charset` the label. True: the body is to be read as it stands. What decodes to a text
/// never is. Looks at the first 2,000 bytes of each.
bool is_plain_under_base64(std::string_view body, std::string_view decoded, bool good, std::string_view charset);

/// The same of uuencode, which has no line "begin 644 name" where nobody encoded anything.
bool is_plain_under_uuencode(std::string_view body);

}  // namespace orgo::mime
