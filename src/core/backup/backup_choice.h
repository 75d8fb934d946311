#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace orgo {

/// A whole backup among others in one place.
struct KnownBackup {
  std::string name;
  std::string installation;
  std::int64_t sequence = 0;
};

/// "2026-11-30T161500Z", and "2026-11-30T161500Z-2" for the next one within a second: names sort as they were made.
/// `taken`: all names that are there. resource_exhausted: nine of this second are.
Result<std::string> backup_name(TimePoint now, std::span<const std::string> taken);
/// A name that backup_name() could have given.
bool is_backup_name(std::string_view name);

/// For the next backup of an installation.
std::int64_t next_sequence(std::span<const KnownBackup> known, std::string_view installation);
/// The newest of all. nullopt: there is none. invalid_input: they are of several installations, so that a person has to
/// say which.
Result<std::optional<KnownBackup>> newest(std::span<const KnownBackup> known);
/// The oldest of an installation beyond the `keep` newest; those of others are nobody's to delete. By sequence, since a
/// clock that was wrong once would keep the wrong ones for years.
std::vector<std::string> surplus(std::span<const KnownBackup> known, std::string_view installation, std::size_t keep);

}  // namespace orgo
