#include "app/rules/rule_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "adapter/data_folder/read_file.h"
#include "adapter/feed/feed_folder.h"
#include "base/hash.h"
#include "base/planted.h"
#include "core/calendar/calendar_file.h"

namespace orgo {
namespace {

constexpr std::size_t kFileBytesMax = 16 << 20;
constexpr int kAttempts = 5;  ///< to read files that change meanwhile

/// At most one byte more than a rule file may have, so that an endless one ends. nullopt: errno says why.
std::optional<std::string> text_of(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string text;
  std::array<char, 64U << 10U> part{};
  while (text.size() <= kFileBytesMax) {
    in.read(part.data(), static_cast<std::streamsize>(part.size()));
    text.append(part.data(), static_cast<std::size_t>(in.gcount()));
    if (!in) break;
  }
  if (in.bad()) {
    if (errno == 0) errno = EIO;
    return std::nullopt;
  }
  return text;
}

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
  if (ORGO_PLANT(second_rule_file_not_watched)) paths.resize(1);
  for (const auto& feed : feeds_) paths.push_back(path_of_feed(feed));
  for (const auto& path : paths) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) {
      seen.emplace_back();
      continue;
    }
    if (!S_ISREG(facts.st_mode)) {  // reading a pipe changes its time
      seen.push_back({0, 0, facts.st_ino});
      continue;
    }
    seen.push_back({facts.st_size, facts.st_mtim.tv_sec * 1'000'000'000LL + facts.st_mtim.tv_nsec, facts.st_ino});
  }
  return seen;
}

Result<std::vector<SourceFile>> RuleFiles::read() {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto files = read_once();
    const bool still = !differs() || ORGO_PLANT(changed_between_reads);
    moving_.clear();
    if (!files || still) return files;  // a file that went away meanwhile is told at once, and seen when it is back
  }
  return failure(Errc::unavailable, "the rule files change whenever they are read; is a program writing " +
                                        paths_.front() + " all the time?");
}

Result<std::vector<SourceFile>> RuleFiles::read_once() {
  feeds_.clear();
  seen_ = look();
  std::vector<SourceFile> files;
  for (const auto& path : paths_) {
    if (!within_.empty()) {
      auto text = read_file_below(within_, path, kFileBytesMax);
      if (!text)
        return failure(text.error().code,
                       "the rule file " + path + " can't be read: " + text.error().message.substr(path.size() + 2));
      files.push_back({path, *std::move(text)});
      continue;
    }
    auto text = text_of(path);
    if (ORGO_PLANT(second_rule_file_may_be_missing) && !text && !files.empty()) continue;
    if (!text) {
      const int code = errno;
      return failure(code == ENOENT ? Errc::not_found : Errc::unavailable,
                     "the rule file " + path + " can't be read: " + std::strerror(code) +
                         "; name another with --rules or rules.files, or let `orgo init` write one");
    }
    if (text->size() > kFileBytesMax)
      return failure(Errc::invalid_input, "the rule file " + path + " has more than 16 MiB; no more are read");
    files.push_back({path, *std::move(text)});
  }
  for (std::size_t i = 0; i < paths_.size(); ++i)
    for (auto& name : feeds_named_in(files[i]))
      if (std::find(feeds_.begin(), feeds_.end(), name) == feeds_.end()) feeds_.push_back(std::move(name));
  if (feeds_.empty()) return files;
  auto with_feeds = look();
  // What the rule files were when they were read counts, not what they are by now.
  std::copy(seen_.begin(), seen_.end(), with_feeds.begin());
  seen_ = std::move(with_feeds);
  for (const auto& name : feeds_)
    if (auto text = text_of(path_of_feed(name)); text && text->size() <= kFileBytesMax)
      files.push_back({name, *std::move(text)});
  return files;
}

std::string RuleFiles::content_hash() const {
  Sha256Stream stream;
  for (const auto& path : paths_)
    // A pipe has no content to compare, and would keep us waiting.
    if (std::error_code code; std::filesystem::is_regular_file(path, code))
      if (const auto text = text_of(path)) stream.add(std::to_string(text->size()) + ":" + *text);
  return to_hex(stream.finish());
}

bool RuleFiles::changed() {
  auto now = look();
  if (now == seen_) {
    moving_.clear();
    return false;
  }
  auto hash = content_hash();
  if (now != moving_ || hash != moving_hash_) {
    moving_ = std::move(now);
    moving_hash_ = std::move(hash);
    return false;
  }
  seen_ = std::move(now);
  moving_.clear();
  return true;
}

}  // namespace orgo
