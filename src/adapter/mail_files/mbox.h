#pragma once
#include <cstdint>
#include <istream>
#include <optional>
#include <string>

#include "adapter/mail_files/set_aside.h"

namespace orgo {

/// Reads an mbox file mail by mail, in memory for one mail. All the variants that are about (see
/// https://www.loc.gov/preservation/digital/formats/fdd/fdd000383.shtml): a mail begins at a line "From " with an
/// address (or "-", "???@???", "anna at example.org"), a day and a time in whatever form and order, behind which stands
/// a header field; without an address, only when an empty line stands before it and the date is a whole one of
/// asctime(). Other forms (a name of several words, a date in figures, no date, "-" alone) count behind an empty line
/// and before a field that the header of a mail begins with. Where the empty line is missing, they count before a
/// header of three known fields; without the whole date, one of them is a field that no person writes (Message-ID).
/// - mboxo, mboxrd: one ">" is taken from lines ">From ", ">>From " ...;
/// - mboxcl, mboxcl2: a Content-Length is believed when the file ends there or the next "From " line stands there; then
///   nothing within is taken for a begin, and ">" are only taken away where no bare "From " line shows that none were
///   put in;
/// - patches of `git format-patch` are mails in a file that begins with one, and text in a mail of another file;
/// - a byte order mark and empty lines before the first mail say nothing.
/// Bytes are kept as they are otherwise; the "From " line and the empty line behind a mail are not part of it.
class MboxReader {
 public:
  /// `mail_max`: bytes; of a longer mail `too_long` is told and the bytes are left out.
  MboxReader(std::istream& file, std::size_t mail_max) : file_(file), mail_max_(mail_max) {}

  struct Mail {
    std::string bytes;
    std::string separator;     ///< the "From " line, for the envelope sender
    std::uint64_t offset = 0;  ///< of its "From " line
    std::uint64_t next = 0;    ///< of what comes behind it
    bool too_long = false;
    SetAside aside = SetAside::none;  ///< what its header says
  };
  /// nullopt: there are no more.
  std::optional<Mail> next();
  /// Goes on at the "From " line at `offset`, as Mail::next told it.
  void seek(std::uint64_t offset);

  /// By its own form; what follows decides, too.
  static bool is_separator(std::string_view line);
  /// Do these lines begin one, also by a form that only the header behind it makes sure?
  static bool begins_mbox(std::string_view lines);

 private:
  enum class Separator : std::uint8_t { none, address, user, patch, loose };
  static Separator form_of(std::string_view line);
  bool is_begin(std::string_view line, bool blank_before);
  /// Does a header stand behind the next line, of which `behind` is the first one? `dated`: by a whole date.
  bool has_header(std::string_view behind, bool dated);
  void start();
  bool take_body(Mail& mail, std::uint64_t end);
  bool read_line(std::string& line);
  bool read_raw(std::string& line, std::uint64_t& bytes);
  /// The line that read_line() will bring; false: there is none.
  bool peek(std::string& line);
  std::optional<std::uint64_t> trusted_end(std::string_view header);
  void add(Mail& mail, std::string_view line);

  std::istream& file_;
  std::size_t mail_max_;
  std::uint64_t at_ = 0;   ///< of the next line that was not read yet
  std::string separator_;  ///< a "From " line that was read already
  std::uint64_t separator_at_ = 0;
  bool started_ = false;
  bool of_patches_ = false;
  std::optional<std::string> ahead_;  ///< a line that was looked at and not read yet
  std::uint64_t ahead_bytes_ = 0;
};

}  // namespace orgo
