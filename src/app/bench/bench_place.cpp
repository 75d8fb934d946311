#include "app/bench/bench_place.h"

#include <stdlib.h>

#include <filesystem>

#include "adapter/data_folder/read_file.h"
#include "adapter/sql/stores.h"
#include "app/storage/store_place.h"
#include "base/text.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPasswordMost = 4'096;

}  // namespace

Result<BenchFolder> BenchFolder::beside(const std::string& data) {
  std::error_code error;
  auto parent = fs::absolute(data, error);
  while (!fs::is_directory(parent, error) && parent.has_parent_path() && parent != parent.parent_path())
    parent = parent.parent_path();
  std::string name = (parent / "orgo-bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return failure(Errc::unavailable, "can't make a folder in " + parent.string());
  return BenchFolder(std::move(name));
}

BenchFolder::~BenchFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

std::string BenchFolder::place() const {
  return fs::path(path_).parent_path().string();
}

Status check_bench_database(const BenchDatabase& database, const std::string& folder) {
  if (database.url.empty()) return {};
  if (const auto wrong = check_database_url(database.url); !wrong.empty()) return failure(Errc::invalid_input, wrong);
  if (!is_on_a_server(database.url)) return failure(Errc::invalid_input, "--database is for one on a server");
  SqlStoreOptions place{.folder = folder};
  place.database = database.url;
  place.password = database.password;
  const auto there = SqlStores::open(to_read(place));
  if (!there && there.error().code == Errc::not_found) return {};
  if (!there) return tl::unexpected(there.error());
  return failure(Errc::conflict, "there is data of Orgo in " + database.url +
                                     " already, and a load would be mixed with it. Name an empty database: createdb "
                                     "orgo_bench, or DROP SCHEMA orgo CASCADE where a bench was before");
}

Result<BenchDatabase> bench_database(const std::string& url, const std::string& password_file) {
  BenchDatabase database;
  database.url = url;
  if (password_file.empty()) return database;
  const auto folder = fs::absolute(password_file).parent_path().string();
  ORGO_TRY(password, read_file_below(folder, password_file, kPasswordMost));
  database.password = std::string(trim(password));
  return database;
}

}  // namespace orgo
