#include "adapter/backup/lies_in.h"

#include <algorithm>
#include <filesystem>

namespace orgo {

bool lies_in(const std::string& inner, const std::string& outer) {
  namespace fs = std::filesystem;
  const auto plain = [](const std::string& path) {
    std::error_code ignored;
    auto whole = fs::weakly_canonical(fs::absolute(path), ignored);
    return whole.has_filename() ? whole : whole.parent_path();
  };
  const auto in = plain(inner), out = plain(outer);
  return std::mismatch(out.begin(), out.end(), in.begin(), in.end()).first == out.end();
}

}  // namespace orgo
