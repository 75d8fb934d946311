#include "adapter/mail_files/mail_files.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "base/text.h"
#include "base/unicode.h"
#include "core/intake/raw_message.h"
#include "protocol/imap/mailbox_name.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr int kDepthMax = 32;

bool has_mail_name(const fs::path& path) {
  const auto extension = path.extension().string();
  return extension == ".eml" || extension == ".mbox" || extension == ".mbx";
}

bool is_maildir(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / "cur", ignored) && fs::is_directory(folder / "new", ignored);
}

}  // namespace

Result<MailFiles> MailFiles::open(const fs::path& path, FolderTop top) {
  MailFiles found;
  found.root_ = path;
  found.top_ = top;
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) return failure(Errc::not_found, path.string() + ": there is no such file or folder");
  if (fs::is_directory(status)) {
    ORGO_CHECK(found.collect(path, 0));
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
    if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) {
      if (maildir && entry->path().filename() == "tmp") continue;  // half-written mails
      ORGO_CHECK(collect(entry->path(), depth + 1));
    } else if (entry->is_regular_file(ignored) && (within_maildir || has_mail_name(entry->path()))) {
      files_.push_back(entry->path());
    }
  }
  if (error) return failure(Errc::unavailable, folder.string() + ": " + error.message());
  return {};
}

std::optional<Result<FoundMail>> MailFiles::next() {
  for (;;) {
    if (mbox_) {
      if (auto mail = mbox_->next()) {
        const auto name = files_[at_].string() + " at " + std::to_string(mail->offset);
        if (mail->too_long)
          return Result<FoundMail>(failure(
              Errc::resource_exhausted, name + ": the mail has more than " + std::to_string(kMailMax >> 20) + " MiB"));
        const auto place = std::to_string(mail->next) + " " + files_[at_].lexically_relative(root_).string();
        return Result<FoundMail>(FoundMail{name, place, std::move(mail->bytes), label_of(files_[at_])});
      }
      mbox_.reset();
      mbox_file_.reset();
      ++at_;
      continue;
    }
    if (at_ >= files_.size()) return std::nullopt;
    const auto& path = files_[at_];
    auto file = std::make_unique<std::ifstream>(path, std::ios::binary);
    std::string first;
    if (*file) std::getline(*file, first);
    if (file->bad() || !file->is_open()) {
      ++at_;
      return Result<FoundMail>(failure(Errc::unavailable, path.string() + ": can't be read"));
    }
    file->clear();
    if (MboxReader::is_separator(first)) {
      mbox_file_ = std::move(file);
      mbox_ = std::make_unique<MboxReader>(*mbox_file_, kMailMax);
      mbox_->seek(std::exchange(mbox_from_, 0));
      continue;
    }
    ++at_;
    file->seekg(0, std::ios::end);
    const auto size = file->tellg();
    if (size < 0 || static_cast<std::uint64_t>(size) > kMailMax)
      return Result<FoundMail>(failure(Errc::resource_exhausted, path.string() + ": the mail has more than " +
                                                                     std::to_string(kMailMax >> 20) + " MiB"));
    file->seekg(0);
    FoundMail mail{path.string(), "0 " + path.lexically_relative(root_).string(),
                   std::string(static_cast<std::size_t>(size), '\0'), label_of(path)};
    file->read(mail.bytes.data(), size);
    mail.bytes.resize(static_cast<std::size_t>(file->gcount()));
    return Result<FoundMail>(std::move(mail));
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
