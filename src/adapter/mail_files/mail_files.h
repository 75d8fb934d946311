#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/mail_files/mbox.h"
#include "base/result.h"

namespace orgo {

/// One mail that was found in a file.
struct FoundMail {
  std::string name;   ///< for people: "inbox.mbox at 4711", "mails/001.eml"
  std::string place;  ///< for MailFiles::skip_to(): behind this mail; a JSON-safe text
  std::string bytes;
  std::string label;  ///< folder that it lay in, seen from the path that was opened: "Projects/Roof"; empty: in that
                      ///< itself, or INBOX
};

/// What stands above the folders that people know: a Maildir's cur/ and new/, the one top folder of an unpacked Outlook
/// file.
enum class FolderTop : std::uint8_t { none, first };

/// Every mail in a file or folder, one at a time, in an order that is the same each time: .eml files (any file that is
/// not an mbox counts as one mail), mbox files, Maildirs (cur and new, with their subfolders), and folders of all
/// these. In folders only names that end in .eml, .mbox or .mbx are taken, and those of a Maildir; an Outlook file is
/// unpacked first (pst.h). Symbolic links to folders are not followed. Any other thread may change the files meanwhile;
/// a mail is then as it was read.
class MailFiles {
 public:
  static constexpr std::size_t kMailMax = 64U << 20;  ///< bytes of one mail

  /// not_found, unavailable: `path` can't be read.
  static Result<MailFiles> open(const std::filesystem::path& path, FolderTop top = FolderTop::none);

  /// The next mail. An error is about one file or mail; calling again goes on behind it. nullopt: the end.
  std::optional<Result<FoundMail>> next();
  /// Goes on behind the mail of which FoundMail::place was kept. False: that place is no more; nothing is skipped.
  bool skip_to(std::string_view place);
  /// Files in all; an mbox counts as one.
  [[nodiscard]] std::size_t files() const { return files_.size(); }

 private:
  MailFiles() = default;
  Status collect(const std::filesystem::path& folder, int depth);
  [[nodiscard]] std::string label_of(const std::filesystem::path& file) const;

  std::filesystem::path root_;
  FolderTop top_ = FolderTop::none;
  std::vector<std::filesystem::path> files_;
  std::size_t at_ = 0;
  std::unique_ptr<std::ifstream> mbox_file_;
  std::unique_ptr<MboxReader> mbox_;
  std::uint64_t mbox_from_ = 0;
};

}  // namespace orgo
