#include "app/backup/backup_sources.h"

#include <algorithm>
#include <filesystem>

#include "adapter/sql/stores.h"
#include "app/rules/rule_files.h"
#include "app/settings.h"
#include "core/calendar/calendar_file.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

void add(std::vector<std::string>& all, const std::string& path, const fs::path& data) {
  std::error_code error;
  const auto whole = fs::absolute(path, error).lexically_normal();
  if (error || path.empty()) return;
  const bool is_in_data = std::mismatch(data.begin(), data.end(), whole.begin(), whole.end()).first == data.end();
  if (!is_in_data && std::ranges::find(all, whole.string()) == all.end()) all.push_back(whole.string());
}

}  // namespace

Result<BackupSources> backup_sources(const CommonOptions& common) {
  const auto loaded = load_config_for(common);
  BackupSources sources;
  if (!loaded.errors.empty()) {
    const auto errors = "the configuration has errors\n" + to_string(loaded.errors, loaded.sources);
    if (common.data.empty()) return failure(Errc::invalid_input, errors + "--data DIR makes a backup all the same");
    sources.trouble = errors;
  }
  if (is_on_a_server(*loaded.config.database.url))
    return failure(Errc::invalid_input,
                   "the database is on a server (database.url), which has backups of its own: take "
                   "one there (pg_dump), then copy " +
                       *loaded.config.data.dir + "; with which words, and how to put it back: docs/postgresql.md");
  sources.data = common.data.empty() ? *loaded.config.data.dir : common.data;
  std::error_code error;
  auto data = fs::absolute(sources.data, error).lexically_normal();
  if (!data.has_filename()) data = data.parent_path();
  add(sources.config, loaded.path, data);
  const auto settings = read_settings(common);
  if (!settings) {
    if (sources.trouble.empty()) sources.trouble = settings.error().message;
    return sources;
  }
  if (settings->rules.empty()) return sources;
  for (const auto& path : settings->rules) add(sources.config, path, data);
  RuleFiles files(settings->rules, sources.data);
  const auto read = files.read();
  if (!read) sources.trouble = read.error().message;
  else
    for (const auto& file : *read)
      if (!is_feed_url(file.path)) add(sources.config, file.path, data);
  return sources;
}

std::string in_megabytes(std::int64_t bytes) {
  const auto tenths = (bytes * 10 + (1 << 19)) >> 20;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MiB";
}

}  // namespace orgo
