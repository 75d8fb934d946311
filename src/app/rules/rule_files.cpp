#include "app/rules/rule_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "adapter/feed/feed_folder.h"
#include "core/calendar/calendar_file.h"

namespace orgo {
namespace {

constexpr std::size_t kFileBytesMax = 16 << 20;

}  // namespace

std::vector<SourceFile> absolute_paths(std::vector<SourceFile> files) {
  for (auto& file : files) {
    if (is_feed_url(file.path)) continue;
    std::error_code code;
    const auto path = std::filesystem::absolute(file.path, code);
    if (!code) file.path = path.lexically_normal().string();
  }
  return files;
}

std::string RuleFiles::path_of_feed(const std::string& name) const {
  if (!is_feed_url(name)) return name;
  return data_folder_.empty() ? std::string() : FeedFolder(data_folder_).path_of(name);
}

std::vector<std::string> RuleFiles::feed_urls() const {
  std::vector<std::string> urls;
  std::copy_if(feeds_.begin(), feeds_.end(), std::back_inserter(urls), is_feed_url);
  return urls;
}

std::vector<RuleFiles::Seen> RuleFiles::look() const {
  std::vector<Seen> seen;
  auto paths = paths_;
  for (const auto& feed : feeds_) paths.push_back(path_of_feed(feed));
  for (const auto& path : paths) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) {
      seen.emplace_back();
      continue;
    }
    seen.push_back({facts.st_size, facts.st_mtim.tv_sec * 1'000'000'000LL + facts.st_mtim.tv_nsec, facts.st_ino});
  }
  return seen;
}

Result<std::vector<SourceFile>> RuleFiles::read() {
  feeds_.clear();
  seen_ = look();  // before reading: a change in between is seen at the next look
  std::vector<SourceFile> files;
  for (const auto& path : paths_) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
      const int code = errno;
      return failure(code == ENOENT ? Errc::not_found : Errc::unavailable,
                     "the rule file " + path + " can't be read: " + std::strerror(code) +
                         "; name another with --rules or rules.files");
    }
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (text.size() > kFileBytesMax)
      return failure(Errc::invalid_input, "the rule file " + path + " has " + std::to_string(text.size()) +
                                              " bytes; at most 16 MiB are read");
    files.push_back({path, std::move(text)});
  }
  for (std::size_t i = 0; i < paths_.size(); ++i)
    for (auto& name : feeds_named_in(files[i]))
      if (std::find(feeds_.begin(), feeds_.end(), name) == feeds_.end()) feeds_.push_back(std::move(name));
  if (feeds_.empty()) return files;
  seen_ = look();
  for (const auto& name : feeds_) {
    std::ifstream in(path_of_feed(name), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (in && text.size() <= kFileBytesMax) files.push_back({name, std::move(text)});
  }
  return files;
}

bool RuleFiles::changed() {
  auto now = look();
  if (now == seen_) return false;
  seen_ = std::move(now);
  return true;
}

}  // namespace orgo
