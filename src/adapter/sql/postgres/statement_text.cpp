#include "adapter/sql/postgres/statement_text.h"

namespace orgo::sql {

std::string numbered_parameters(std::string_view sql) {
  std::string text;
  text.reserve(sql.size() + 32);
  int number = 0;
  char quote = 0;
  for (const char c : sql) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '?') {
      text += '$';
      text += std::to_string(++number);
      continue;
    }
    text += c;
  }
  return text;
}

}  // namespace orgo::sql
