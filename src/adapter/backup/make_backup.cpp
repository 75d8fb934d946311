#include "adapter/backup/make_backup.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <utility>

#include "adapter/backup/backup_shelf.h"
#include "adapter/backup/copy_file.h"
#include "adapter/backup/count_backup.h"
#include "adapter/backup/folder_walk.h"
#include "adapter/backup/lies_in.h"
#include "adapter/backup/mail_check.h"
#include "adapter/data_folder/read_file.h"
#include "adapter/sql/database_copy.h"
#include "base/hash.h"
#include "base/planted.h"
#include "base/text.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBlobs = "blobs/";
constexpr std::size_t kSecretMax = 4096;

bool is_passed_over(const std::string& path) {
  if (path == "orgo.db" || is_never_in_a_backup(path)) return true;
  // Half of a file that write_file() is about to name.
  const auto fresh = path.rfind(".new");
  return fresh != std::string::npos && path.size() > fresh + 4 &&
         path.find_first_not_of("0123456789", fresh + 4) == std::string::npos;
}

std::string megabytes(std::int64_t bytes) {
  return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB";
}

class Maker {
 public:
  Maker(const BackupRequest& request, const BackupWatch& watch, std::string folder, const Manifest* before,
        std::string before_path)
      : request_(request), watch_(watch), folder_(std::move(folder)), before_path_(std::move(before_path)) {
    if (before != nullptr && !request.anew)
      for (const auto& file : before->files)
        if (!file.origin.empty()) before_.emplace(file.path, file);
  }

  Status run() {
    ORGO_CHECK(make_folder("data"));
    if (ORGO_PLANT(backup_copies_mails_first)) ORGO_CHECK(copy_files());
    ORGO_CHECK(copy_the_database());
    if (!ORGO_PLANT(backup_copies_mails_first)) ORGO_CHECK(copy_files());
    ORGO_CHECK(copy_config());
    for (const auto& folder : made_) ORGO_CHECK(flush_folder(folder_ + "/" + folder));
    return flush_folder(folder_);
  }
  BackupReport report;
  [[nodiscard]] std::int64_t damaged() const { return damaged_; }

 private:
  Status make_folder(const std::string& path) {
    std::error_code error;
    if (!fs::create_directory(folder_ + "/" + path, error) && error)
      return failure(error == std::errc::no_space_on_device ? Errc::resource_exhausted : Errc::unavailable,
                     "making " + folder_ + "/" + path + ": " + error.message());
    ::chmod((folder_ + "/" + path).c_str(), 0700);
    made_.push_back(path);
    return {};
  }

  Status copy_the_database() {
    const auto watch = [this](std::int64_t done, std::int64_t of) {
      if (watch_) watch_({"the database", done, of});
    };
    ORGO_TRY(schema, sql::copy_database(request_.data, folder_ + "/data", watch));
    report.manifest.schema = schema;
    ORGO_TRY(file, hash_file(folder_ + "/data/orgo.db"));
    report.copied += file.bytes;
    add("data/orgo.db", file, {});
    ORGO_TRY(damage, damage_of_database(folder_));
    if (!damage.empty())
      return failure(Errc::corrupt, "the database of " + request_.data + " is damaged (" + damage +
                                        "): no backup was made of it, and older ones stay; `orgo doctor` says more");
    if (schema != sql::known_schema()) return {};
    ORGO_TRY(mails, MailCheck::open(folder_ + "/data"));
    mails_.emplace(std::move(mails));
    return {};
  }

  void add(const std::string& path, const CopiedFile& file, std::string origin) {
    report.manifest.files.push_back({.path = path,
                                     .bytes = file.bytes,
                                     .sha256 = file.sha256,
                                     .mode = rights_of(path, file.mode),
                                     .origin = std::move(origin)});
  }

  Status copy_files() {
    ORGO_TRY(content, walk_folder(request_.data, is_passed_over, {std::string(kBlobs.substr(0, kBlobs.size() - 1))}));
    for (const auto& folder : content.folders) {
      ORGO_CHECK(make_folder("data/" + folder.path));
      report.manifest.folders.push_back({"data/" + folder.path, rights_of_folder(folder.mode)});
    }
    for (const auto& link : content.links)
      if (link.path.starts_with(kBlobs)) report.left_out.push_back(link.path + ": is a link, and no file of mails");
      else report.manifest.links.push_back({"data/" + link.path, link.target});
    for (const auto& other : content.others) report.left_out.push_back(other + ": is no file, or closed to this user");
    std::string growing;  // the last file of mails; all before it are full
    for (const auto& path : content.files)
      if (path.starts_with(kBlobs)) growing = std::max(growing, path);
    std::error_code ignored;
    for (const auto& path : content.files)
      all_ += static_cast<std::int64_t>(fs::file_size(request_.data + "/" + path, ignored));
    for (const auto& path : content.files) ORGO_CHECK(copy_one(path, path.starts_with(kBlobs) && path != growing));
    if (mails_) {
      ORGO_TRY(damaged, mails_->damaged());
      damaged_ = damaged.count;
      if (damaged_ > 0) report.damage = in_words(damaged);
    }
    return {};
  }

  /// Reads a file by `pass`, which takes a watch, and looks at its mails meanwhile. How many of them are damaged.
  template <typename Pass>
  std::size_t look_at(const std::string& path, Pass pass) {
    auto look = mails_ ? mails_->look_at(path) : SegmentCheck({});
    pass([&](std::string_view piece) {
      look.add(piece);
      done_ += std::ssize(piece);
      if (watch_) watch_({"files", done_, all_});
    });
    auto damaged = look.finish();
    const auto count = damaged.size();
    if (mails_) mails_->keep(path, std::move(damaged));
    return count;
  }

  Status copy_one(const std::string& path, bool is_final) {
    const auto from = request_.data + "/" + path, to = folder_ + "/data/" + path;
    if (is_final) {
      ORGO_TRY(now, look_at_file(from));
      if (share(path, now, to)) return {};
    }
    Result<CopiedFile> copied;
    look_at(path, [&](const PieceWatch& watch) { copied = copy_file(from, to, 0600, watch); });
    // Mails are ours, and never go. Of all other files one may have gone since it was seen; and a tenant who closes one
    // of theirs must not keep everybody from having a backup.
    const bool is_mail = path.starts_with(kBlobs);
    if (!copied && copied.error().code == Errc::not_found && !is_mail) return {};
    if (!copied && copied.error().code == Errc::not_permitted && !is_mail) {
      report.left_out.push_back(copied.error().message);
      return {};
    }
    if (!copied) return tl::unexpected(copied.error());
    report.copied += copied->bytes;
    add("data/" + path, *copied, is_final ? copied->identity : std::string());
    return {};
  }

  /// Does the backup before have just this file, and has it kept it well? Then that one serves for both.
  bool share(const std::string& path, const CopiedFile& now, const std::string& to) {
    const auto known = before_.find("data/" + path);
    if (known == before_.end() || now.identity.empty() || known->second.origin != now.identity ||
        known->second.bytes != now.bytes)
      return false;
    const auto there = before_path_ + "/data/" + path;
    const auto before = done_;
    Result<CopiedFile> old;
    const auto damaged = look_at(path, [&](const PieceWatch& watch) { old = hash_file(there, watch); });
    const bool is_as_it_was =
        old && old->bytes == now.bytes && (old->sha256 == known->second.sha256 || ORGO_PLANT(shared_is_believed));
    if (!is_as_it_was) report.anew.push_back(there);
    if (!is_as_it_was || damaged > 0 || ::link(there.c_str(), to.c_str()) != 0) {
      done_ = before;
      return false;
    }
    report.manifest.files.push_back(known->second);
    report.shared += now.bytes;
    return true;
  }

  /// Under their whole paths, so that no two of them meet.
  Status copy_config() {
    for (const auto& from : request_.config) {
      const auto path = "config" + from;
      if (!stays_inside(path)) {
        report.left_out.push_back(from + ": no absolute path");
        continue;
      }
      for (auto slash = path.find('/');; slash = path.find('/', slash + 1)) {
        const auto folder = path.substr(0, slash);
        if (slash == std::string::npos) break;
        if (std::ranges::find(made_, folder) == made_.end()) ORGO_CHECK(make_folder(folder));
      }
      const auto copied = copy_file(from, folder_ + "/" + path);
      if (!copied && copied.error().code == Errc::resource_exhausted) return tl::unexpected(copied.error());
      if (copied) add(path, *copied, {});
      else report.left_out.push_back(copied.error().message);
    }
    return {};
  }

  const BackupRequest& request_;
  const BackupWatch& watch_;
  const std::string folder_;
  std::map<std::string, BackupFile> before_;
  const std::string before_path_;
  std::vector<std::string> made_;
  std::optional<MailCheck> mails_;  ///< nullopt: the schema is another one
  std::int64_t damaged_ = 0;
  std::int64_t all_ = 0, done_ = 0;  ///< bytes of files
};

/// By the secret of the folder, which goes where the data goes. Of one without: nothing.
std::string installation_of(const std::string& data) {
  const auto secret = read_file_below(data, data + "/secret.key", kSecretMax);
  return secret ? to_hex(hmac_sha256(trim(*secret), "installation of backups")).substr(0, 16) : std::string();
}

Status check_room(const std::string& place, const std::string& data, const Manifest* shared) {
  std::error_code error;
  std::int64_t needed = 0;
  for (const auto* name : {"/orgo.db", "/orgo.db-wal"})
    if (const auto size = fs::file_size(data + name, error); !error) needed += static_cast<std::int64_t>(size);
  for (fs::directory_iterator entry(data + "/blobs", error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    needed += static_cast<std::int64_t>(entry->file_size(ignored));
  }
  if (shared != nullptr)
    for (const auto& file : shared->files)
      if (!file.origin.empty()) needed -= file.bytes;
  const auto space = fs::space(place, error);
  if (error || static_cast<std::int64_t>(space.available) >= needed) return {};
  return failure(Errc::resource_exhausted, "a backup needs about " + megabytes(needed) + ", and " + place + " has " +
                                               megabytes(static_cast<std::int64_t>(space.available)) +
                                               " free; nothing was begun. --keep N removes old ones behind a new one");
}

/// The newest whole one of this installation.
const ShelvedBackup* last_of(const std::vector<ShelvedBackup>& all, const std::string& installation) {
  const ShelvedBackup* last = nullptr;
  for (const auto& one : all)
    if (one.manifest && one.manifest->installation == installation &&
        (last == nullptr || one.manifest->sequence > last->manifest->sequence))
      last = &one;
  return last;
}

/// Behind the new one: what stands then is always at least as much as was asked for.
void remove_old(BackupShelf& shelf, const BackupRequest& request, const std::string& installation,
                BackupReport& report) {
  const auto all = list_backups(request.place);
  if (!all) {
    report.not_removed = all.error().message;
    return;
  }
  for (const auto& old : surplus(known_backups(*all), installation, *request.keep)) {
    const auto removed = shelf.remove(old);
    if (removed) report.removed.push_back(old);
    else report.not_removed = removed.error().message;
  }
}

}  // namespace

Result<BackupReport> make_backup(const BackupRequest& request, TimePoint now, const BackupWatch& watch) {
  if (lies_in(request.place, request.data))
    return failure(Errc::invalid_input, request.place + " lies in the data folder " + request.data +
                                            ": a backup there would hold all backups before it, and go with the disk");
  if (std::error_code ignored; !fs::exists(request.data + "/orgo.db", ignored))
    return failure(Errc::not_found, "there is no Orgo data in " + request.data + " to make a backup of");
  ORGO_TRY(shelf, BackupShelf::open(request.place));
  ORGO_TRY(all, list_backups(request.place));
  std::vector<std::string> names;
  for (const auto& one : all) names.push_back(one.name);
  ORGO_TRY(name, backup_name(now, names));
  const auto installation = installation_of(request.data);
  const auto* last = request.anew ? nullptr : last_of(all, installation);
  ORGO_CHECK(check_room(request.place, request.data, last == nullptr ? nullptr : &*last->manifest));

  ORGO_TRY(folder, shelf.begin(name));
  Maker maker(request, watch, folder, last == nullptr ? nullptr : &*last->manifest,
              last == nullptr ? std::string() : request.place + "/" + last->name);
  const auto known = known_backups(all);
  auto& manifest = maker.report.manifest;
  const auto make = [&]() -> Status {
    ORGO_CHECK(maker.run());
    manifest.name = name;
    manifest.program = std::string(request.program);
    manifest.created_at = now;
    manifest.sequence = next_sequence(known, installation);
    manifest.installation = installation;
    manifest.data = fs::absolute(request.data).lexically_normal().string();
    ORGO_TRY(counted, count_backup(folder, manifest.schema));
    manifest.counts = counted.counts;
    if (manifest.counts) manifest.counts->damaged = maker.damaged();
    maker.report.imbalance = counted.imbalance;
    return shelf.complete(name, manifest);
  };
  if (auto made = make(); !made) {
    shelf.give_up(name);
    return tl::unexpected(std::move(made).error());
  }
  maker.report.path = request.place + "/" + name;
  if (request.keep && maker.report.is_sound()) remove_old(shelf, request, installation, maker.report);
  return std::move(maker.report);
}

}  // namespace orgo
