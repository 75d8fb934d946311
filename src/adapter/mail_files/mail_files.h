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
#include "base/time.h"

namespace orgo {

/// One mail that was found in a file.
struct FoundMail {
  std::string name;   ///< for people: "inbox.mbox at 4711", "mails/001.eml"
  std::string place;  ///< for MailFiles::skip_to(): behind this mail; a JSON-safe text
  std::string bytes;
  std::string label;  ///< folder that it lay in, seen from the path that was opened: "Projects/Roof"; empty: in that
                      ///< itself, or INBOX
  std::optional<TimePoint>
      filed_at;  ///< when it came, by the "From " line of its mbox; where the mail itself has no date
};

/// What stands above the folders that people know: a Maildir's cur/ and new/, the one top folder of an unpacked Outlook
/// file.
enum class FolderTop : std::uint8_t { none, first };

/// Something in a folder that was not taken, and why.
struct PassedOver {
  std::string name;       ///< path, for people
  std::string reason;     ///< "compressed: unpack it first"
  bool loses = false;     ///< there may be mails in it that somebody would miss
  std::size_t files = 1;  ///< of a folder: how many lie in it
};

/// Every mail in a file or folder, one at a time, in an order that is the same each time: .eml files (any file that is
/// not an mbox counts as one mail), mbox files, Maildirs (cur and new, with their subfolders), and folders of all
/// these. In folders, files are taken
/// - by their name: .eml, .emlx (Apple), .mbox, .mbx, in upper or lower case;
/// - in a Maildir (folders cur and new; one of them is enough when its files are named so), but not what its flags call
///   trashed or a draft;
/// - by what stands in them: an mbox without a name of its own (Thunderbird's "Inbox", Apple's "Inbox.mbox/mbox"), and
///   a file that begins as a mail does (MH's numbers).
/// Folders of deleted mails, drafts and templates are passed over as a whole (set_aside.h), but for the one that is
/// opened itself, and so are the mails that their mbox says so of.
/// All else is passed over and told (passed_over()), but for the bookkeeping of mail programs. An Outlook file is
/// unpacked first (pst.h). Symbolic links are not followed. Any other thread may change the files meanwhile; a mail is
/// then as it was read.
class MailFiles {
 public:
  static constexpr std::size_t kMailMax = 64U << 20;  ///< bytes of one mail

  /// not_found, unavailable: `path` can't be read.
  static Result<MailFiles> open(const std::filesystem::path& path, FolderTop top = FolderTop::none);

  /// The next mail. An error is about one file or mail; calling again goes on behind it. nullopt: the end.
  std::optional<Result<FoundMail>> next();
  /// Goes on behind the mail of which FoundMail::place was kept. False: that place is no more; nothing is skipped.
  bool skip_to(std::string_view place);
  /// What was not taken: files and folders by open(), mails that are marked as deleted by next(). At most kPassedMax
  /// are kept.
  [[nodiscard]] const std::vector<PassedOver>& passed_over() const { return passed_; }
  /// Files and mails in all, and how many of them stand in none of passed_over().
  [[nodiscard]] std::size_t passed_over_count() const { return passed_count_; }
  [[nodiscard]] std::size_t passed_over_unnamed() const { return passed_unnamed_; }
  static constexpr std::size_t kPassedMax = 1'000;
  /// Files in all; an mbox counts as one.
  [[nodiscard]] std::size_t files() const { return files_.size(); }

 private:
  MailFiles() = default;
  Status collect(const std::filesystem::path& folder, int depth);
  void consider(const std::filesystem::path& file, bool within_maildir);
  void pass_over(const std::filesystem::path& path, std::string_view reason, bool loses, std::size_t files = 1);
  /// True: a folder of trash or drafts, which is told.
  bool set_aside(const std::filesystem::path& folder);
  std::optional<Result<FoundMail>> next_of_mbox();
  Result<FoundMail> whole_file(const std::filesystem::path& path, std::ifstream& file, SetAside& aside) const;
  /// Who opens a folder of trash or drafts wants just what lies there.
  [[nodiscard]] bool is_wanted(SetAside what) const {
    return trash_wanted_ && (what == SetAside::trash || what == SetAside::draft);
  }
  [[nodiscard]] std::string label_of(const std::filesystem::path& file) const;

  std::filesystem::path root_;
  FolderTop top_ = FolderTop::none;
  std::vector<std::filesystem::path> files_;
  std::vector<PassedOver> passed_;
  std::size_t passed_count_ = 0;
  std::size_t passed_unnamed_ = 0;
  bool trash_wanted_ = false;  ///< the path that was opened is a folder of trash or drafts
  std::size_t at_ = 0;
  std::unique_ptr<std::ifstream> mbox_file_;
  std::unique_ptr<MboxReader> mbox_;
  std::uint64_t mbox_from_ = 0;
};

}  // namespace orgo
