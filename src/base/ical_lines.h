#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orgo {

/// One content line of iCalendar (RFC 5545, section 3.1), unfolded: NAME;PARAM=value;PARAM="value":VALUE
struct IcalLine {
  std::string name;  ///< in capitals
  std::vector<std::pair<std::string, std::string>> params;
  std::string value;
  std::size_t number = 0;  ///< of its first line in the file

  [[nodiscard]] std::string_view param(std::string_view key) const {
    for (const auto& [k, v] : params)
      if (k == key) return v;
    return {};
  }
};

/// Cuts a file into content lines. A line that is longer than `length_max` is cut.
class IcalLines {
 public:
  IcalLines(std::string_view text, std::size_t length_max) : rest_(text), length_max_(length_max) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  bool next(IcalLine& line);

 private:
  std::string_view take_line();
  static bool read(std::string_view raw, IcalLine& line);

  std::string_view rest_;
  std::size_t length_max_;
  std::size_t number_ = 0;
};

/// In capitals, ASCII only.
std::string ical_upper(std::string_view text);

/// The file in UTF-8: Outlook and Notepad save UTF-16, with a byte order mark or without. `own` holds it then; else it
/// is `file` itself.
std::string_view ical_text(std::string_view file, std::string& own);

}  // namespace orgo
