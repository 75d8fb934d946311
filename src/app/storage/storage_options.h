#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "adapter/sql/stores.h"
#include "base/diagnostic.h"
#include "base/options.h"
#include "base/setting.h"

namespace orgo {

struct DataConfig {
  Setting<std::string> dir{"./var"};
};

struct DatabaseConfig {
  Setting<std::string> url{"sqlite"};
  Setting<std::string> password{""};
  Setting<std::string> pool_url{""};
  Setting<std::int64_t> standbys{0};
};

struct FilesConfig {
  Setting<MailPlace> store{MailPlace::folder};
};

void declare(OptionSet& options, DataConfig& data);
void declare(OptionSet& options, DatabaseConfig& database);
void declare(OptionSet& options, FilesConfig& files);
/// Mails go into a database, and a pool is read by, only where that is on a server.
void check(const FilesConfig& files, const DatabaseConfig& database, const OptionSet& options,
           std::vector<Diagnostic>& errors);

}  // namespace orgo
