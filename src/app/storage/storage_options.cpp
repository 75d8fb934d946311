#include "app/storage/storage_options.h"

#include "adapter/sql/stores.h"
#include "app/options/checks.h"

namespace orgo {
void declare(OptionSet& options, DataConfig& data) {
  options.section("data", "Where everything is kept.")
      .text({"data.dir", "Folder of the database and the raw messages; made when it is missing.", "/var/lib/orgo"},
            data.dir, option::check_path);
}

void declare(OptionSet& options, DatabaseConfig& database) {
  options.section("database", "Where state is kept.")
      .text(
          {"database.url",
           "`sqlite`: in the data folder. Or a PostgreSQL (15 or newer) that one Orgo uses; what came in stays in the "
           "data folder all the same.",
           "postgres://orgo@db.example.org/orgo"},
          database.url, check_database_url)
      .text({"database.password",
             "Password of the user that database.url names; empty: libpq's own files (PGPASSFILE, ~/.pgpass).", "",
             Applies::at_start, Secret::yes},
            database.password, option::check_one_line);
}

}  // namespace orgo
