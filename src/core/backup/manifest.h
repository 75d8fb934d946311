#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace orgo {

/// Where a backup keeps what, as first parts of its paths: the data folder as it is put back, and copies of the
/// configuration and the rules under the paths that they had.
inline constexpr std::string_view kBackupData = "data/", kBackupConfig = "config/";
inline constexpr const char* kManifestFile = "manifest.json";

struct BackupFile {
  std::string path;  ///< in the backup: "data/orgo.db"
  std::int64_t bytes = 0;
  std::string sha256;  ///< 64 hex digits
  int mode = 0600;     ///< of the file that was copied; the copy has 0600
  std::string origin;  ///< by what the file system knew the file that was copied, when it can't change any more; else
                       ///< empty
  friend bool operator==(const BackupFile&, const BackupFile&) = default;
};
struct BackupFolder {
  std::string path;
  int mode = 0700;
  friend bool operator==(const BackupFolder&, const BackupFolder&) = default;
};
struct BackupLink {
  std::string path, target;
  friend bool operator==(const BackupLink&, const BackupLink&) = default;
};

/// What a backup holds, counted in its own database.
struct BackupCounts {
  std::int64_t tenants = 0, messages = 0, tasks = 0, events = 0;
  std::int64_t waiting_sends = 0;  ///< in the outbox, which a restore will hold
  bool balanced = false;           ///< its ledger
  std::int64_t damaged = 0;        ///< mails whose bytes are not as they were written
  friend bool operator==(const BackupCounts&, const BackupCounts&) = default;
};

/// What a backup is, and all that belongs to it: written last, so that a folder with one is whole.
struct Manifest {
  std::string name;     ///< of the backup: "2026-11-30T161500Z"
  std::string program;  ///< version of Orgo
  int schema = 0;       ///< version of the database
  TimePoint created_at{};
  std::int64_t sequence = 1;  ///< grows with each backup of an installation in one place, whatever the clock says
  std::string installation;   ///< the same for all backups of one installation, wherever it runs; says nothing else
  std::string data;           ///< path of the folder that was copied
  std::optional<BackupCounts> counts;  ///< nullopt: the program does not read databases of this schema
  std::vector<BackupFile> files;
  std::vector<BackupFolder> folders;  ///< below data/; each behind the one that it lies in
  std::vector<BackupLink> links;      ///< as they were: nothing lies below one
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// One JSON object. Its last member, `seal`, is the SHA-256 of all bytes before its comma, so that a manifest that has
/// lost a line is none.
std::string to_text(const Manifest& manifest);
/// corrupt: it is damaged, or names a place outside of the backup, a file that no backup has, or rights that none
/// gives; conflict: a newer Orgo has written it.
Result<Manifest> parse_manifest(std::string_view text);

/// A path that stays in its folder, whoever wrote it: relative, without "." and "..", at most 4,096 bytes.
bool stays_inside(std::string_view path);

/// By their paths in the data folder: what is the running process's own, what is copied by the database's means only (a
/// journal beside a database is played into it), and the file that tells how far the database was: without it what is
/// put back is known as such on every file system.
bool is_never_in_a_backup(std::string_view path_in_data);

/// The rights that a file (by its path in the backup) and a folder get back: those that they had, but nobody else may
/// write, and what is Orgo's own is no program.
int rights_of(std::string_view path, int mode);
int rights_of_folder(int mode);

/// Of a path below data/: as it is in the data folder. Empty: it is none.
std::string_view path_in_data(std::string_view path);

}  // namespace orgo
