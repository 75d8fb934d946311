#pragma once
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"

namespace orgo {

/// The same files under absolute paths, so that who reads them later needs no working folder.
std::vector<SourceFile> absolute_paths(std::vector<SourceFile> files);

/// The rule files on disk with the feeds (.ics) that they name, and whether they have changed since they were read. Of
/// feeds by URL it reads the last good version in the data folder; who fetches them is service/feeds. A file that is
/// being written is not taken: neither what changes while it is read, nor what has not stood still since the last look.
class RuleFiles {
 public:
  /// Without a data folder there are no feeds by URL. `within`: a folder that others than the server's operator write
  /// into; what leads out of it, and what is no regular file, is refused. Empty: anything.
  explicit RuleFiles(std::vector<std::string> paths, std::string data_folder = {}, std::string within = {})
      : paths_(std::move(paths)), data_folder_(std::move(data_folder)), within_(std::move(within)) {}
  /// Feeds stand behind the rule files, under the names by which core/calendar looks for them; one that can't be read
  /// is left out, and the rules that name it say so. All files are of one moment. unavailable: a file can't be read, or
  /// changes whenever it is read; not_found: it isn't there; invalid_input: larger than 16 MiB.
  Result<std::vector<SourceFile>> read();
  /// True once for each change, when two looks after another found the same files with the same content: whoever calls
  /// this every 400 ms takes a change within 800 ms of its last byte. A change is seen by size and time, so that
  /// one within the clock's tick of the last one is seen too: the size or the time differs.
  bool changed();
  /// Is it another thing than when it was read, or noted? Whether or not it stands still.
  [[nodiscard]] bool differs() const { return look() != seen_; }
  /// What stands there now is no change.
  void note() { seen_ = look(); }
  /// The feeds by URL that the files named when they were read last.
  [[nodiscard]] std::vector<std::string> feed_urls() const;

 private:
  struct Seen {
    long long size = -1;
    long long nanoseconds = 0;
    unsigned long long inode = 0;
    friend bool operator==(const Seen&, const Seen&) = default;
  };
  [[nodiscard]] std::vector<Seen> look() const;
  Result<std::vector<SourceFile>> read_once();
  /// Of all that can be read now.
  [[nodiscard]] std::string content_hash() const;
  /// Where the text of a feed lies; empty: nowhere.
  [[nodiscard]] std::string path_of_feed(const std::string& name) const;

  std::vector<std::string> paths_;
  std::string data_folder_;
  std::string within_;
  std::vector<std::string> feeds_;  ///< that the files named when they were read last
  std::vector<Seen> seen_;
  std::vector<Seen> moving_;  ///< another state than seen_, found by the last look; empty: there was none
  std::string moving_hash_;
};

}  // namespace orgo
