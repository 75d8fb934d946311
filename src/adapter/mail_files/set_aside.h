#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace orgo {

/// What the owner of a mail, or the program that keeps it, says of it: it is no mail to be worked on.
enum class SetAside : std::uint8_t {
  none,
  deleted,   ///< marked so, and still there until its program cleans up
  trash,     ///< put into the trash
  draft,     ///< not sent; templates, too
  internal,  ///< no mail at all: where UW-IMAP and Pine keep their notes about an mbox
};
/// "a draft, which was not sent"; for people.
std::string_view reason_of(SetAside what);

/// By the name of one folder (or of the mbox that is one), as Thunderbird, Apple Mail, Outlook, Gmail and the servers
/// of IMAP name theirs in the languages that they are used in: "Trash", "Entwürfe", "&XfJSIJZk-", in any case and in
/// any way to write the same letters. Only the whole name counts: "Trash removal" is a matter like any other.
SetAside set_aside_by_folder(std::string_view name);
/// By a path of folders, "INBOX/Trash/Old": the first of them that says something. Within "[Gmail]", words count that
/// are none elsewhere ("Bin").
SetAside set_aside_by_path(std::string_view path);

/// By the name of a file or directory that is a folder, as mail programs write it on disk: "Trash.mbox", "Trash.sbd",
/// Maildir++'s ".INBOX.Trash", "[Gmail].sbd/Bin".
SetAside set_aside_by_place(const std::filesystem::path& path);
/// Which folder somebody means who opens `path`: "Trash" by "x/Trash/", by "." within it, and by its "cur".
std::filesystem::path folder_opened(const std::filesystem::path& path);

/// By the header of a mail in an mbox: X-Mozilla-Status and -Status2 (Thunderbird), X-Status (Pine, mutt, Dovecot),
/// X-Gmail-Labels (Takeout), and the mail of UW-IMAP that is none. Linear in the header.
SetAside set_aside_by_header(std::string_view header);
/// By the flags of Apple's .emlx, in the property list behind the mail.
SetAside set_aside_by_plist(std::string_view plist);

}  // namespace orgo
