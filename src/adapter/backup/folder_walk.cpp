#include "adapter/backup/folder_walk.h"

#include <algorithm>
#include <filesystem>

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kThingsMax = 1'000'000;
constexpr int kLevelsMax = 64;

class Walk {
 public:
  Walk(const std::string& root, const std::function<bool(const std::string& path)>& skip,
       const std::vector<std::string>& through)
      : root_(root), skip_(skip), through_(through) {}

  Status go(const std::string& below, int level) {
    if (level > kLevelsMax)
      return failure(Errc::resource_exhausted, root_ + "/" + below + " lies deeper than 64 folders");
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator entry(root_ + "/" + below, error), end; !error && entry != end; entry.increment(error))
      names.push_back((below.empty() ? "" : below + "/") + entry->path().filename().string());
    if (error == std::errc::permission_denied && !below.empty()) {
      found.others.push_back(below);
      return {};
    }
    // One that has gone since it was seen is none.
    if (error && (below.empty() || error != std::errc::no_such_file_or_directory))
      return failure(Errc::unavailable, "reading " + root_ + "/" + below + ": " + error.message());
    std::ranges::sort(names);
    for (const auto& name : names)
      if (!skip_(name)) ORGO_CHECK(take(name, level));
    return {};
  }
  FolderContent found;

 private:
  Status take(const std::string& name, int level) {
    if (++count_ > kThingsMax)
      return failure(Errc::resource_exhausted, "there are more than a million things in " + root_);
    std::error_code error;
    const auto path = root_ + "/" + name;
    auto facts = fs::symlink_status(path, error);
    if (fs::is_symlink(facts) && std::ranges::find(through_, name) != through_.end()) facts = fs::status(path, error);
    switch (facts.type()) {
      case fs::file_type::directory:
        found.folders.push_back({name, static_cast<int>(facts.permissions() & fs::perms::mask)});
        return go(name, level + 1);
      case fs::file_type::regular:
        found.files.push_back(name);
        return {};
      case fs::file_type::symlink:
        if (auto target = fs::read_symlink(path, error); !error) found.links.push_back({name, target.string()});
        return {};
      case fs::file_type::not_found:
        return {};
      case fs::file_type::none:
        return failure(Errc::unavailable, path + ": " + error.message());
      default:
        found.others.push_back(name);
        return {};
    }
  }

  const std::string& root_;
  const std::function<bool(const std::string& path)>& skip_;
  const std::vector<std::string>& through_;
  std::size_t count_ = 0;
};

}  // namespace

Result<FolderContent> walk_folder(const std::string& folder, const std::function<bool(const std::string& path)>& skip,
                                  const std::vector<std::string>& through) {
  Walk walk(folder, skip, through);
  ORGO_CHECK(walk.go("", 0));
  return std::move(walk.found);
}

}  // namespace orgo
