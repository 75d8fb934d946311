#include "adapter/sql/database_url.h"

#include "adapter/sql/postgres/postgres_url.h"

namespace orgo {
namespace {

constexpr std::string_view kEmbedded = "sqlite";

}  // namespace

std::string check_database_url(std::string_view url) {
  return is_on_a_server(url) ? sql::check_postgres_url(std::string(url)) : "";
}

bool is_on_a_server(std::string_view url) {
  return url != kEmbedded;
}

}  // namespace orgo
