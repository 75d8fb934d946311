#include "adapter/mail_files/mail_files.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

#include "base/text.h"
#include "base/unicode.h"
#include "core/intake/raw_message.h"
#include "protocol/imap/mailbox_name.h"
#include "protocol/mime/date.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr int kDepthMax = 32;

std::string extension_of(const fs::path& path) {
  return ascii_lower(path.extension().string());
}

bool has_mail_name(const fs::path& path) {
  const auto extension = extension_of(path);
  return extension == ".eml" || extension == ".emlx" || extension == ".mbox" || extension == ".mbx";
}

/// What mail programs keep beside the mails.
bool is_bookkeeping(const fs::path& path) {
  constexpr auto kNames = std::to_array<std::string_view>(
      {"maildirfolder", "maildirsize", "subscriptions", "courierimapuiddb", "courierimapkeywords", "msgfilterrules.dat",
       "filterlog.html", "popstate.dat", "virtualfolders.dat", "table_of_contents", "info.plist", "desktop.ini",
       "thumbs.db"});
  constexpr auto kEnds = std::to_array<std::string_view>({".msf", ".cmeta", ".ibex.index", ".ev-summary", ".mozmsgs"});
  const auto name = ascii_lower(path.filename().string());
  if (name.starts_with('.') || name.starts_with("dovecot")) return true;
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         std::any_of(kEnds.begin(), kEnds.end(), [&](auto end) { return name.ends_with(end); });
}

/// What may well hold mails, and can't be read here; empty: nothing of the kind.
std::string_view why_closed(const fs::path& path, std::string_view head) {
  const auto extension = extension_of(path);
  if (head.starts_with("\x1F\x8B") || head.starts_with("BZh") ||
      head.starts_with("\xFD"
                       "7zXZ") ||
      head.starts_with("\x28\xB5\x2F\xFD") || head.starts_with("PK\x03\x04") || head.starts_with("7z\xBC\xAF") ||
      extension == ".gz" || extension == ".zip")
    return "it is compressed; unpack it first";
  if (extension == ".msg" || extension == ".oft") return "a mail in Outlook's own form; save it as .eml";
  if (extension == ".ost" || extension == ".dbx") return "Outlook's own store; export it as .pst or .eml";
  return {};
}

/// Does it begin as a mail does: with fields, of which two are a mail's?
bool begins_as_mail(std::string_view head) {
  constexpr auto kFields =
      std::to_array<std::string_view>({"from:", "to:", "subject:", "date:", "received:", "message-id:", "return-path:",
                                       "delivered-to:", "mime-version:", "x-original-to:"});
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  int known = 0;
  for (std::size_t at = 0; at < head.size() && known < 2;) {
    auto end = head.find('\n', at);
    if (end == std::string_view::npos) end = head.size();
    const auto line = head.substr(at, end - at);
    const bool whole = end < head.size();
    at = end + 1;
    if (line.starts_with(' ') || line.starts_with('\t')) continue;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || line.substr(0, colon).find(' ') != std::string_view::npos)
      return whole ? false : known >= 2;
    known += std::any_of(kFields.begin(), kFields.end(), [&](auto name) { return ascii_istarts_with(line, name); });
  }
  return known >= 2;
}

/// Without a byte order mark and empty lines.
bool begins_as_mbox(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  while (head.starts_with('\n') || head.starts_with("\r\n")) head.remove_prefix(head.starts_with('\n') ? 1 : 2);
  return MboxReader::begins_mbox(head);
}

/// Of "From anna@example.org Mon Nov 16 08:12:41 2026".
std::optional<TimePoint> time_in(std::string_view separator) {
  const auto quote = separator.substr(0, 6) == "From \"" ? separator.find('"', 6) : std::string_view::npos;
  const auto sender = separator.find(' ', quote == std::string_view::npos ? 5 : quote);
  return sender == std::string_view::npos ? std::nullopt : mime::parse_date(separator.substr(sender));
}

std::string head_of(std::istream& file) {
  std::string head(4096, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  file.clear();
  file.seekg(0);
  return head;
}

/// ",3" or "#3": rmm of MH renames what it removes, and a later run deletes it.
bool is_removed_from_mh(const fs::path& path) {
  const auto name = path.filename().string();
  return name.size() >= 2 && (name[0] == ',' || name[0] == '#') &&
         std::all_of(name.begin() + 1, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "1763988152.M1P2.host:2,S": seconds, a dot, and what makes it unique; Windows writes ";2," or "!2,".
bool has_maildir_name(const fs::path& path) {
  const auto name = path.filename().string();
  std::size_t i = 0;
  while (i < name.size() && name[i] >= '0' && name[i] <= '9') ++i;
  if (i >= 6 && i < name.size() && (name[i] == '.' || name[i] == '_')) return true;
  return name.find(":2,") != std::string::npos || name.find(";2,") != std::string::npos ||
         name.find("!2,") != std::string::npos;
}

/// The letters behind ":2,".
std::string_view maildir_flags(std::string_view name) {
  const auto at = name.rfind("2,");
  return at == std::string_view::npos || at == 0 || std::string_view(":;!").find(name[at - 1]) == std::string_view::npos
             ? std::string_view()
             : name.substr(at + 2);
}

/// cur and new; archives and object stores keep no empty folder, so one is enough when a file in it is named so.
bool is_maildir(const fs::path& folder) {
  std::error_code ignored;
  const bool cur = fs::is_directory(folder / "cur", ignored), fresh = fs::is_directory(folder / "new", ignored);
  if (cur && fresh) return true;
  if (!cur && !fresh) return false;
  for (fs::directory_iterator entry(folder / (cur ? "cur" : "new"), ignored), end; !ignored && entry != end;
       entry.increment(ignored))
    if (has_maildir_name(entry->path())) return true;
  return false;
}

/// How many files lie in a folder that is passed over, without the bookkeeping.
std::size_t files_in(const fs::path& folder) {
  std::error_code error;
  std::size_t count = 0;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_symlink(ignored) && entry->is_regular_file(ignored) && !is_bookkeeping(entry->path())) ++count;
  }
  return count;
}

/// Apple's .emlx: the length of the mail in a line of its own, the mail, and a property list, which says whether it was
/// deleted.
SetAside take_out_of_emlx(std::string& bytes) {
  std::size_t length = 0;
  const auto line = bytes.find('\n');
  if (line == std::string::npos) return SetAside::none;
  const auto text = trim(std::string_view(bytes).substr(0, line));
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || end != text.data() + text.size() || length > bytes.size() - line - 1)
    return SetAside::none;
  const auto aside = set_aside_by_plist(std::string_view(bytes).substr(line + 1 + length));
  bytes = bytes.substr(line + 1, length);
  return aside;
}

}  // namespace

Result<MailFiles> MailFiles::open(const fs::path& path, FolderTop top) {
  MailFiles found;
  found.root_ = path;
  found.top_ = top;
  found.trash_wanted_ = set_aside_by_place(folder_opened(path)) != SetAside::none;
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) return failure(Errc::not_found, path.string() + ": there is no such file or folder");
  if (fs::is_directory(status)) {
    ORGO_CHECK(found.collect(path, 0));
  } else if (!fs::is_regular_file(status)) {
    found.pass_over(path, "neither a file nor a folder", true);  // a pipe would be waited for, for ever
  } else {
    found.files_.push_back(path);
  }
  std::sort(found.files_.begin(), found.files_.end());
  return found;
}

std::string MailFiles::label_of(const fs::path& file) const {
  if (file == root_) return {};
  const bool maildir = (file.parent_path().filename() == "cur" || file.parent_path().filename() == "new") &&
                       is_maildir(file.parent_path().parent_path());
  auto folder = maildir ? file.parent_path().parent_path() : file.parent_path();
  // An mbox is a folder itself; how it ends is no part of its name.
  if (mbox_ || mbox_file_) folder = has_mail_name(file) ? file.parent_path() / file.stem() : file;
  // Apple keeps the mbox of a folder in "Name.mbox/mbox".
  if (file.filename() == "mbox" && extension_of(file.parent_path()) == ".mbox")
    folder = file.parent_path().parent_path() / file.parent_path().stem();
  std::vector<std::string> names;
  for (const auto& piece : folder.lexically_relative(root_)) {
    auto name = piece.string();
    if (name.empty() || name == "." || name == "..") continue;
    if (name.ends_with(".sbd")) name.resize(name.size() - 4);  // Thunderbird: what lies below the mbox of that name
    // Maildir++: ".Projects.2024" is 2024 within Projects; the names are IMAP's.
    if (name.starts_with('.') && maildir) {
      for (const auto level : split(std::string_view(name).substr(1), '.'))
        names.push_back(imap::decode_mailbox_name(level));
    } else {
      names.push_back(std::move(name));
    }
  }
  if (top_ == FolderTop::first && !names.empty()) names.erase(names.begin());
  if (names.size() == 1 && ascii_iequals(names[0], "inbox")) names.clear();
  std::string label;
  for (const char c : join(names, "/")) label += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  if (!is_utf8(label)) return {};
  return std::string(cut_utf8(label, kLabelMax));
}

Status MailFiles::collect(const fs::path& folder, int depth) {
  if (depth > kDepthMax)
    return failure(Errc::invalid_input, folder.string() + ": more than " + std::to_string(kDepthMax) + " folders deep");
  std::error_code error;
  const bool maildir = is_maildir(folder);
  const auto name = folder.filename();
  const bool within_maildir = (name == "cur" || name == "new") && is_maildir(folder.parent_path());
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_symlink(ignored)) {
      pass_over(entry->path(), "a symbolic link, which is not followed", true);
    } else if (entry->is_directory(ignored)) {
      if (maildir && entry->path().filename() == "tmp") continue;  // half-written mails
      if (set_aside(entry->path())) continue;
      ORGO_CHECK(collect(entry->path(), depth + 1));
    } else if (entry->is_regular_file(ignored)) {
      consider(entry->path(), within_maildir);
    } else {
      pass_over(entry->path(), "neither a file nor a folder", false);
    }
  }
  if (error) return failure(Errc::unavailable, folder.string() + ": " + error.message());
  return {};
}

bool MailFiles::set_aside(const fs::path& folder) {
  const auto what = set_aside_by_place(folder);
  if (what == SetAside::none) return false;
  const auto files = files_in(folder);
  if (files > 0) pass_over(folder, reason_of(what), false, files);
  return true;
}

void MailFiles::consider(const fs::path& file, bool within_maildir) {
  if (within_maildir) {
    if (is_bookkeeping(file)) return;
    const auto name = file.filename().string();
    const auto flags = maildir_flags(name);
    for (const auto& [flag, what] : {std::pair{'T', SetAside::trash}, std::pair{'D', SetAside::draft}})
      if (flags.find(flag) != std::string_view::npos && !is_wanted(what))
        return pass_over(file, reason_of(what), false);
    files_.push_back(file);
    return;
  }
  if (is_removed_from_mh(file)) return pass_over(file, "it was removed from its MH folder", false);
  const auto what = set_aside_by_place(file);
  if (has_mail_name(file)) {
    if (what != SetAside::none) return pass_over(file, reason_of(what), false);
    files_.push_back(file);
    return;
  }
  if (is_bookkeeping(file) || extension_of(file) == ".pst") return;
  std::ifstream opened(file, std::ios::binary);
  if (!opened.is_open()) return pass_over(file, "can't be read", true);
  const auto head = head_of(opened);
  if (what != SetAside::none && begins_as_mbox(head)) {
    pass_over(file, reason_of(what), false);
  } else if (begins_as_mbox(head) || begins_as_mail(head)) {
    files_.push_back(file);
  } else if (const auto why = why_closed(file, head); !why.empty()) {
    pass_over(file, why, true);
  } else {
    pass_over(file, "it does not look like a mail", false);
  }
}

void MailFiles::pass_over(const fs::path& path, std::string_view reason, bool loses, std::size_t files) {
  passed_count_ += files;
  if (passed_.size() < kPassedMax) passed_.push_back({path.string(), std::string(reason), loses, files});
  else passed_unnamed_ += files;
}

std::optional<Result<FoundMail>> MailFiles::next_of_mbox() {
  while (auto mail = mbox_->next()) {
    const auto name = files_[at_].string() + " at " + std::to_string(mail->offset);
    if (mail->aside != SetAside::none && !is_wanted(mail->aside)) {
      pass_over(name, reason_of(mail->aside), false);
      continue;
    }
    if (mail->too_long)
      return Result<FoundMail>(failure(Errc::resource_exhausted,
                                       name + ": the mail has more than " + std::to_string(kMailMax >> 20) + " MiB"));
    const auto place = std::to_string(mail->next) + " " + files_[at_].lexically_relative(root_).string();
    return Result<FoundMail>(
        FoundMail{name, place, std::move(mail->bytes), label_of(files_[at_]), time_in(mail->separator)});
  }
  mbox_.reset();
  mbox_file_.reset();
  ++at_;
  return std::nullopt;
}

Result<FoundMail> MailFiles::whole_file(const fs::path& path, std::ifstream& file, SetAside& aside) const {
  file.seekg(0, std::ios::end);
  const auto size = file.tellg();
  if (size < 0 || static_cast<std::uint64_t>(size) > kMailMax)
    return failure(Errc::resource_exhausted,
                   path.string() + ": the mail has more than " + std::to_string(kMailMax >> 20) + " MiB");
  file.seekg(0);
  FoundMail mail{path.string(),
                 "0 " + path.lexically_relative(root_).string(),
                 std::string(static_cast<std::size_t>(size), '\0'),
                 label_of(path),
                 {}};
  file.read(mail.bytes.data(), size);
  mail.bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (extension_of(path) == ".emlx") aside = take_out_of_emlx(mail.bytes);
  return mail;
}

std::optional<Result<FoundMail>> MailFiles::next() {
  for (;;) {
    if (mbox_) {
      if (auto mail = next_of_mbox()) return mail;
      continue;
    }
    if (at_ >= files_.size()) return std::nullopt;
    const auto& path = files_[at_];
    auto file = std::make_unique<std::ifstream>(path, std::ios::binary);
    const auto head = file->is_open() ? head_of(*file) : std::string();
    if (file->bad() || !file->is_open()) {
      ++at_;
      return Result<FoundMail>(failure(Errc::unavailable, path.string() + ": can't be read"));
    }
    if (begins_as_mbox(head)) {
      mbox_file_ = std::move(file);
      mbox_ = std::make_unique<MboxReader>(*mbox_file_, kMailMax);
      mbox_->seek(std::exchange(mbox_from_, 0));
      continue;
    }
    ++at_;
    if (head.empty()) {
      pass_over(path, "it is empty", false);
      continue;
    }
    if (const auto why = why_closed(path, head); !why.empty())
      return Result<FoundMail>(failure(Errc::invalid_input, path.string() + ": " + std::string(why)));
    auto aside = SetAside::none;
    auto mail = whole_file(path, *file, aside);
    if (aside == SetAside::none || is_wanted(aside) || path == root_) return mail;
    pass_over(path, reason_of(aside), false);
  }
}

bool MailFiles::skip_to(std::string_view place) {
  const auto space = place.find(' ');
  if (space == std::string_view::npos) return false;
  std::uint64_t offset = 0;
  if (std::from_chars(place.data(), place.data() + space, offset).ec != std::errc{}) return false;
  const auto path = place.substr(space + 1);
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (files_[i].lexically_relative(root_).string() != path) continue;
    at_ = offset == 0 ? i + 1 : i;
    mbox_from_ = offset;
    return true;
  }
  return false;
}

}  // namespace orgo
