#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/blob_store/segment_check.h"
#include "base/result.h"

namespace orgo {

/// What is not as it was written among the mails of a backup.
struct DamagedMails {
  std::int64_t count = 0;
  std::vector<std::string> named;  ///< the first of them: "m12 of hillside (blobs/00000001.seg at 4096)"
};
/// "2 mails are damaged: m12 of hillside (...), m14 (...)"
std::string in_words(const DamagedMails& damaged);

/// Whether each mail that the database of a backup names is as it was written. The files of mails are looked at while
/// they are copied, or read for their digests. 24 bytes of memory for each mail.
class MailCheck {
 public:
  /// `folder`: where the copy of the database lies, which is sound and of this program's schema.
  static Result<MailCheck> open(const std::string& folder);

  /// For the bytes of a file, by its path in the data folder; of one that holds no mails it looks at nothing.
  [[nodiscard]] SegmentCheck look_at(std::string_view path) const;
  /// What a look has found. The last word on a file is kept.
  void keep(std::string_view path, std::vector<SegmentPlace> damaged);

  /// Behind all files.
  [[nodiscard]] Result<DamagedMails> damaged() const;

 private:
  explicit MailCheck(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_;
  std::map<std::string, std::vector<SegmentPlace>, std::less<>> wanted_, damaged_;  ///< by the path of a file
};

}  // namespace orgo
