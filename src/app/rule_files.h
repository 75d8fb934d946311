#pragma once
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"

namespace orgo {

/// The same files under absolute paths, so that who reads them later needs no working folder.
std::vector<SourceFile> absolute_paths(std::vector<SourceFile> files);

/// The rule files on disk with the holiday feeds (.ics) that they name, and whether they have changed since they were read.
class RuleFiles {
 public:
  explicit RuleFiles(std::vector<std::string> paths) : paths_(std::move(paths)) {}
  /// Feeds stand behind the rule files, under the names by which core/calendar looks for them; one that can't be read is left
  /// out, and the rules that name it say so.
  /// unavailable: a file can't be read; not_found: it isn't there; invalid_input: larger than 16 MiB.
  Result<std::vector<SourceFile>> read();
  /// By size and time of change, which is why a change within the clock's tick of the last one is still seen: the size or
  /// the time differs. True once for each change.
  bool changed();

 private:
  struct Seen {
    long long size = -1;
    long long nanoseconds = 0;
    unsigned long long inode = 0;
    friend bool operator==(const Seen&, const Seen&) = default;
  };
  [[nodiscard]] std::vector<Seen> look() const;

  std::vector<std::string> paths_;
  std::vector<std::string> feeds_;  ///< that the files named when they were read last
  std::vector<Seen> seen_;
};

}  // namespace orgo
