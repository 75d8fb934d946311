#pragma once
#include <string>
#include <string_view>

namespace orgo::mime {

/// Appends text/plain; format=flowed (RFC 3676) as paragraphs: lines that end in a space go on with the next one of the
/// same quote depth; space-stuffing goes; "-- " stays a line of its own. `del_sp`: the space that marks a soft line end
/// is no part of the text (DelSp=yes, for scripts without spaces). `text` has LF or CRLF line ends, `out` LF only.
/// Quotes are written as ">" for each level and a space. Linear time; the result is at most 2 bytes a line longer.
void append_unflowed(std::string_view text, bool del_sp, std::string& out);

}  // namespace orgo::mime
