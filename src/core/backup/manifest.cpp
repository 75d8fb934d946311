#include "core/backup/manifest.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/hash.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/planted.h"

namespace orgo {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::string_view kSeal = ",\"seal\":\"";
constexpr std::size_t kPathMax = 4096;

void write_counts(JsonWriter& json, const std::optional<BackupCounts>& counts) {
  json.key("counts");
  if (!counts) {
    json.null();
    return;
  }
  json.begin_object().field("tenants", counts->tenants).field("messages", counts->messages);
  json.field("tasks", counts->tasks).field("events", counts->events);
  json.field("waiting_sends", counts->waiting_sends).field("balanced", counts->balanced);
  json.field("damaged_mails", counts->damaged).end_object();
}

/// Reads members of one object; the first that is missing or of another kind makes all of it bad.
class Members {
 public:
  explicit Members(const json::value& value) : object_(value.if_object()), good_(object_ != nullptr) {}
  std::string text(std::string_view name) {
    const auto* value = find(name);
    if (value != nullptr && value->is_string()) return std::string(value->as_string());
    good_ = false;
    return {};
  }
  std::int64_t number(std::string_view name) {
    const auto* value = find(name);
    if (value != nullptr && value->is_int64() && value->as_int64() >= 0) return value->as_int64();
    good_ = false;
    return 0;
  }
  bool truth(std::string_view name) {
    const auto* value = find(name);
    if (value != nullptr && value->is_bool()) return value->as_bool();
    good_ = false;
    return false;
  }
  template <typename Read>
  void each(std::string_view name, Read read) {
    const auto* value = find(name);
    if (value == nullptr || !value->is_array()) {
      good_ = false;
      return;
    }
    for (const auto& one : value->as_array()) {
      Members members(one);
      read(members);
      good_ = good_ && members.good_;
    }
  }
  [[nodiscard]] const json::value* find(std::string_view name) const {
    return object_ == nullptr ? nullptr : object_->if_contains(name);
  }
  [[nodiscard]] bool good() const { return good_; }

 private:
  const json::object* object_;
  bool good_;
};

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool belongs(std::string_view path) {
  return stays_inside(path) && (path.starts_with(kBackupData) || path.starts_with(kBackupConfig));
}

bool is_orgos_own(std::string_view path) {
  return path == "orgo.db" || path == "secret.key" || path == "blobs" || path.starts_with("blobs/");
}

/// Whoever wrote it: nothing that no backup holds, no link in the place of what is Orgo's own, and no rights for that
/// which it never has.
bool is_sound(const Manifest& manifest) {
  const auto no_backup_has = [](const auto& one) { return is_never_in_a_backup(path_in_data(one.path)); };
  if (std::ranges::any_of(manifest.files, no_backup_has) || std::ranges::any_of(manifest.folders, no_backup_has) ||
      std::ranges::any_of(manifest.links, no_backup_has))
    return ORGO_PLANT(manifest_names_anything);
  const auto has_its_rights = [](const BackupFile& file) { return rights_of(file.path, file.mode) == file.mode; };
  const auto has_rights = [](const BackupFolder& folder) { return rights_of_folder(folder.mode) == folder.mode; };
  const auto in_our_place = [](const BackupLink& link) {
    const auto path = path_in_data(link.path);
    return path == "orgo.db" || path == "blobs" || path.starts_with("blobs/");
  };
  return std::ranges::all_of(manifest.files, has_its_rights) && std::ranges::all_of(manifest.folders, has_rights) &&
         std::ranges::none_of(manifest.links, in_our_place);
}

/// Those of a tenant's file may be any; what goes too far is not given back.
int mode_of(std::string_view path, std::int64_t number) {
  constexpr int kNone = 010000;
  if (number > 07777) return kNone;
  const auto mode = static_cast<int>(number);
  return is_orgos_own(path_in_data(path)) ? mode : rights_of(path, mode);
}

/// Each path once, and nothing below a link: what is put back there would lie elsewhere.
bool paths_are_sound(const Manifest& manifest) {
  std::set<std::string, std::less<>> all;
  for (const auto& file : manifest.files)
    if (!belongs(file.path) || !is_sha256(file.sha256) || !all.insert(file.path).second) return false;
  for (const auto& folder : manifest.folders)
    if (!belongs(folder.path) || !all.insert(folder.path).second) return false;
  for (const auto& link : manifest.links)
    if (!belongs(link.path) || link.target.empty() || !all.insert(link.path).second) return false;
  return std::ranges::none_of(manifest.links, [&](const BackupLink& link) {
    const auto below = all.lower_bound(link.path + "/");
    return below != all.end() && below->starts_with(link.path + "/");
  });
}

Manifest read(Members& top) {
  Manifest manifest;
  manifest.name = top.text("name");
  manifest.program = top.text("orgo");
  manifest.schema = static_cast<int>(top.number("schema"));
  manifest.sequence = top.number("sequence");
  manifest.installation = top.text("installation");
  manifest.data = top.text("data");
  top.each("files", [&](Members& one) {
    auto path = one.text("path");
    const auto mode = mode_of(path, one.number("mode"));
    manifest.files.push_back({.path = std::move(path),
                              .bytes = one.number("bytes"),
                              .sha256 = one.text("sha256"),
                              .mode = mode,
                              .origin = one.text("origin")});
  });
  top.each("folders", [&](Members& one) {
    const auto mode = one.number("mode");
    manifest.folders.push_back(
        {.path = one.text("path"), .mode = mode > 07777 ? -1 : rights_of_folder(static_cast<int>(mode))});
  });
  top.each("links",
           [&](Members& one) { manifest.links.push_back({.path = one.text("path"), .target = one.text("target")}); });
  return manifest;
}

}  // namespace

bool stays_inside(std::string_view path) {
  if (path.empty() || path.size() > kPathMax || path.find('\0') != std::string_view::npos) return false;
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto part = path.substr(begin, end - begin);
    if (part.empty() || part == "." || (part == ".." && !ORGO_PLANT(manifest_leads_out))) return false;
    begin = end + 1;
  }
  return true;
}

bool is_never_in_a_backup(std::string_view path_in_data) {
  constexpr auto kNever = std::to_array<std::string_view>({"search.db", "search.db-wal", "search.db-shm", "orgo.db-wal",
                                                           "orgo.db-shm", "orgo.db-journal", "orgo.lock", "server.json",
                                                           "cli.token", "lineage.json", "restore.unfinished"});
  return std::ranges::find(kNever, path_in_data) != kNever.end();
}

int rights_of(std::string_view path, int mode) {
  return mode & (is_orgos_own(path_in_data(path)) ? 0664 : 0775);
}

int rights_of_folder(int mode) {
  return mode & 02775;
}

std::string_view path_in_data(std::string_view path) {
  return path.starts_with(kBackupData) ? path.substr(kBackupData.size()) : std::string_view();
}

std::string to_text(const Manifest& manifest) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().field("format", kFormat).field("name", manifest.name).field("orgo", manifest.program);
  json.field("schema", manifest.schema).field("created_at", to_rfc3339(manifest.created_at));
  json.field("sequence", manifest.sequence).field("installation", manifest.installation).field("data", manifest.data);
  write_counts(json, manifest.counts);
  json.key("files").begin_array();
  for (const auto& file : manifest.files) {
    json.begin_object().field("path", file.path).field("bytes", file.bytes).field("sha256", file.sha256);
    json.field("mode", file.mode).field("origin", file.origin).end_object();
  }
  json.end_array().key("folders").begin_array();
  for (const auto& folder : manifest.folders)
    json.begin_object().field("path", folder.path).field("mode", folder.mode).end_object();
  json.end_array().key("links").begin_array();
  for (const auto& link : manifest.links)
    json.begin_object().field("path", link.path).field("target", link.target).end_object();
  json.end_array();
  const auto seal = to_hex(sha256(text));
  return text.append(kSeal).append(seal).append("\"}\n");
}

Result<Manifest> parse_manifest(std::string_view text) {
  const auto damaged = [](const char* how) {
    return failure(Errc::corrupt, std::string("the manifest ") + how + ": this is no whole backup");
  };
  const auto seal = text.rfind(kSeal);
  if (seal == std::string_view::npos) return damaged("is cut off, or none of ours");
  if (text.substr(seal + kSeal.size()) != to_hex(sha256(text.substr(0, seal))) + "\"}\n")
    return damaged("was changed since it was written");
  const auto value = parse_json(text);
  if (!value) return damaged("can't be read");
  Members top(*value);
  if (const auto format = top.number("format"); top.good() && format > kFormat)
    return failure(Errc::conflict, "the backup was made by a newer Orgo (" + top.text("orgo") + "): use that one");
  auto manifest = read(top);
  const auto created_at = parse_rfc3339(top.text("created_at"));
  if (const auto* counts = top.find("counts"); counts != nullptr && !counts->is_null()) {
    Members of(*counts);
    manifest.counts = BackupCounts{.tenants = of.number("tenants"),
                                   .messages = of.number("messages"),
                                   .tasks = of.number("tasks"),
                                   .events = of.number("events"),
                                   .waiting_sends = of.number("waiting_sends"),
                                   .balanced = of.truth("balanced")};
    // One made before mails were looked at says nothing of them.
    if (of.find("damaged_mails") != nullptr) manifest.counts->damaged = of.number("damaged_mails");
    if (!of.good()) return damaged("counts something else");
  }
  if (!top.good() || !created_at) return damaged("misses something");
  manifest.created_at = *created_at;
  if (!paths_are_sound(manifest)) return damaged("names a place that is not in the backup, or one twice");
  if (!is_sound(manifest)) return damaged("names what no backup has, or rights that none gives back");
  return manifest;
}

}  // namespace orgo
