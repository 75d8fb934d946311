#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace orgo {

/// What lies in a folder and below it, by paths that count from it; folders stand before what is in them.
struct FolderContent {
  struct Folder {
    std::string path;
    int mode = 0700;
  };
  struct Link {
    std::string path, target;
  };
  std::vector<std::string> files;
  std::vector<Folder> folders;
  std::vector<Link> links;
  std::vector<std::string> others;  ///< sockets, pipes, devices; folders that are closed to this user
};

/// In order of their paths. `skip`: what is passed over, a folder with all that is in it. No link is followed, but for
/// those of `through`. resource_exhausted: more than a million of them, or more than 64 levels; unavailable: a folder
/// can't be read.
Result<FolderContent> walk_folder(const std::string& folder, const std::function<bool(const std::string& path)>& skip,
                                  const std::vector<std::string>& through = {});

}  // namespace orgo
