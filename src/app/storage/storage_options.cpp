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
      .text({"database.url",
             "`sqlite`: in the data folder. Or a PostgreSQL (15 or newer) that one Orgo uses; where mails lie then, as "
             "they "
             "came, says files.store.",
             "postgres://orgo@db.example.org/orgo"},
            database.url, check_database_url)
      .text({"database.password",
             "Password of the user that database.url names; empty: libpq's own files (PGPASSFILE, ~/.pgpass).", "",
             Applies::at_start, Secret::yes},
            database.password, option::check_one_line)
      .integer({"database.standbys",
                "So many other servers are to have each commit before it is answered (synchronous_standby_names there "
                "makes them). With fewer, /readyz, the log and a metric say that the promise is weaker.",
                "1"},
               database.standbys, 0, 9);
}

void declare(OptionSet& options, FilesConfig& files) {
  options.section("files", "Where mails lie as they came.")
      .choice<MailPlace>({"files.store",
                          "folder: in the data folder. database: in the PostgreSQL that database.url names, so that "
                          "its copies and backups have them too. What came before stays where it is and is read there.",
                          "database"},
                         files.store, {{"folder", MailPlace::folder}, {"database", MailPlace::database}});
}

void check(const FilesConfig& files, const DatabaseConfig& database, const OptionSet& options,
           std::vector<Diagnostic>& errors) {
  if (files.store.peek() != MailPlace::database || is_on_a_server(database.url.peek())) return;
  errors.push_back(options.at("files.store", "files.store is database, but database.url names no server",
                              "a database in the data folder keeps mails beside it: write folder, or name a server"));
}

}  // namespace orgo
