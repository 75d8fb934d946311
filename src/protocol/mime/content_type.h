#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace orgo::mime {

struct Parameter {
  std::string name;      ///< lower case, without "*0*"
  std::string value;     ///< decoded to UTF-8
  std::string language;  ///< of RFC 2231; mostly empty
};

/// The value of Content-Type or Content-Disposition (RFC 2045, section 5; RFC 2183; RFC 2231), and what mailers make of
/// them: parameters without quotes or with spaces, encoded words in quotes, continuations out of order, missing ";".
struct ContentType {
  std::string type;     ///< "text", "attachment"; lower case; empty when there was none
  std::string subtype;  ///< "plain"; lower case; empty in a disposition
  std::vector<Parameter> parameters;

  /// The value of a parameter by its lower-case name; empty when there is none.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
  [[nodiscard]] bool is(std::string_view a_type, std::string_view a_subtype) const {
    return type == a_type && subtype == a_subtype;
  }
};

/// At most `parameters_max` parameters and continuations are read. Linear time.
ContentType parse_content_type(std::string_view value, std::string_view charset = {}, std::size_t parameters_max = 256);
/// The same with all of the first word as the type: "attachment", "inline".
ContentType parse_content_disposition(std::string_view value, std::string_view charset = {},
                                      std::size_t parameters_max = 256);

}  // namespace orgo::mime
