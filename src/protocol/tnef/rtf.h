#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orgo::tnef {

struct RtfLimits {
  std::size_t rtf_bytes = 16 << 20;  ///< of decompressed RTF; what is behind is left out
  std::size_t text_bytes = 8 << 20;  ///< of the text or HTML made of it
  std::size_t depth = 500;           ///< groups in each other; deeper ones are skipped
};

/// The RTF in PR_RTF_COMPRESSED (MS-OXRTFCP, section 2.2): LZFu or not compressed. A damaged end gives what stands
/// before it; nullopt: it is none. One byte gives at most some nine; linear time. The checksum is not looked at: there
/// is nothing better to show than what is there.
std::optional<std::string> decompress_rtf(std::string_view bytes, const RtfLimits& limits = {});

struct RtfContent {
  std::string text;  ///< UTF-8, LF
  std::string html;  ///< UTF-8; the HTML that the RTF was made from (MS-OXRTFEX); empty when it was not
};
/// What a person reads in an RTF document: paragraphs, lines, tabs and cells; without fonts, styles, pictures and
/// headers. If it was made from HTML, that HTML; then `text` is empty. Linear time, never fails.
RtfContent read_rtf(std::string_view rtf, const RtfLimits& limits = {});

/// The charset of a Windows code page as MIME names it: "windows-1252" for 1252; empty when it is not known.
std::string_view charset_of_code_page(unsigned code_page);

}  // namespace orgo::tnef
