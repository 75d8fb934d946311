#pragma once
#include <string>
#include <vector>

#include "app/commands.h"
#include "base/result.h"

namespace orgo {

/// What a backup of this machine copies.
struct BackupSources {
  std::string data;                 ///< the data folder
  std::vector<std::string> config;  ///< the configuration, the rule files and the feeds that they name, as far as they
                                    ///< lie elsewhere; absolute
  std::string trouble;              ///< why not all of these are known; empty: all are
};

/// As the configuration says. One with errors is no reason to have no backup when --data names the folder.
/// invalid_input: it has errors, and --data is not given.
Result<BackupSources> backup_sources(const CommonOptions& common);

/// "12.3 MiB"
std::string in_megabytes(std::int64_t bytes);

}  // namespace orgo
