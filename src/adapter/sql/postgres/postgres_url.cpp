#include "adapter/sql/postgres/postgres_url.h"

#include <memory>
#include <string_view>

#include "adapter/sql/postgres/pq.h"
#include "base/text.h"

namespace orgo::sql {
namespace {

struct End {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
  void operator()(char* text) const { PQfreemem(text); }
};
using Options = std::unique_ptr<PQconninfoOption, End>;

/// What the url says of it; empty: nothing.
std::string_view value_of(const Options& options, std::string_view keyword) {
  for (const auto* option = options.get(); option->keyword != nullptr; ++option)
    if (option->keyword == keyword && option->val != nullptr) return option->val;
  return {};
}

}  // namespace

std::string check_postgres_url(const std::string& url) {
  if (!url.starts_with("postgres://") && !url.starts_with("postgresql://"))
    return "is neither `sqlite` nor postgres://user@host/database";
  char* why = nullptr;
  const Options options(PQconninfoParse(url.c_str(), &why));
  const std::unique_ptr<char, End> owned(why);
  if (!options) {
    std::string text = "is no url of PostgreSQL: " + std::string(why == nullptr ? "no memory" : why);
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }
  if (!value_of(options, "password").empty())
    return "holds a password, which all would see who read the configuration; write it to a file that only Orgo reads, "
           "and name that in database.password_file";
  return "";
}

bool stays_on_this_machine(const std::string& url) {
  const Options options(PQconninfoParse(url.c_str(), nullptr));
  if (!options) return false;
  for (const auto host : split(value_of(options, "host"), ','))
    if (!host.empty() && !host.starts_with('/') && host != "localhost" && host != "127.0.0.1" && host != "::1")
      return false;
  return true;
}

}  // namespace orgo::sql
