#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/time_zone.h"

namespace orgo::gateway::page {

/// Writes HTML so that nothing from outside can become markup: raw() takes literals of the program only, everything
/// else goes through text() or attribute(), which escape. Control characters and bytes that are not UTF-8 become
/// U+FFFD.
class Html {
 public:
  template <std::size_t N>
  Html& raw(const char (&literal)[N]) {
    out_.append(literal, N - 1);
    return *this;
  }
  /// Escaped, as content of an element.
  Html& text(std::string_view untrusted);
  /// Escaped and isolated, for names and titles within a line: right-to-left overrides end with it.
  Html& name(std::string_view untrusted);
  /// As name(), and a narrow column breaks it behind the @.
  Html& address(std::string_view untrusted);
  /// ` name="value"`, escaped. Never for on..., style or an address that a stranger chose.
  template <std::size_t N>
  Html& attribute(const char (&attribute_name)[N], std::string_view value) {
    out_ += ' ';
    out_.append(attribute_name, N - 1);
    out_ += "=\"";
    text(value);
    out_ += '"';
    return *this;
  }
  Html& number(std::int64_t value);
  /// `<time datetime=...>3 h ago</time>`, with the exact instant as its title.
  Html& age(TimePoint at, TimePoint now);
  Html& instant(TimePoint at, const TimeZone& zone);
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// "just now", "5 min", "3 h", "2 d", "6 weeks"
std::string age_in_words(Millis age);

}  // namespace orgo::gateway::page
