#include "app/storage/storage_options.h"

#include "app/options/checks.h"

namespace orgo {
namespace {

std::string check_database(std::string_view text) {
  return text == "sqlite" ? "" : "is not supported: only sqlite is built in so far";
}

}  // namespace

void declare(OptionSet& options, DataConfig& data) {
  options.section("data", "Where everything is kept.")
      .text({"data.dir", "Folder of the database and the raw messages; made when it is missing.", "/var/lib/orgo"},
            data.dir, option::check_path);
}

void declare(OptionSet& options, DatabaseConfig& database) {
  options.section("database", "Where state is kept.")
      .text({"database.url", "`sqlite`: in the data folder; nothing else is built in so far.", "sqlite"}, database.url,
            check_database);
}

}  // namespace orgo
