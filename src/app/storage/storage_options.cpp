#include "app/storage/storage_options.h"

#include "adapter/sql/stores.h"
#include "app/options/checks.h"

namespace orgo {
namespace {

std::string check_pool_url(std::string_view url) {
  if (url.empty()) return "";
  return is_on_a_server(url) ? check_database_url(url)
                             : "a pool is in front of a server: postgres://orgo@127.0.0.1:6432/orgo";
}

}  // namespace

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
      .text({"database.pool_url",
             "A pool in front of the same database, as PgBouncer with pool_mode = transaction is: reads go through it, "
             "so that many nodes need few sessions of the server. What writes, listens and tells the other nodes that "
             "it lives has three or four of its own, by database.url.",
             "postgres://orgo@127.0.0.1:6432/orgo"},
            database.pool_url, check_pool_url)
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
  if (is_on_a_server(database.url.peek())) return;
  if (!database.pool_url.peek().empty())
    errors.push_back(options.at("database.pool_url", "database.pool_url names a pool, but database.url names no server",
                                "the pool is in front of one: name that one, or leave the pool out"));
  if (files.store.peek() != MailPlace::database) return;
  errors.push_back(options.at("files.store", "files.store is database, but database.url names no server",
                              "a database in the data folder keeps mails beside it: write folder, or name a server"));
}

}  // namespace orgo
