#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "adapter/clock/system_clock.h"
#include "adapter/data_folder/write_file.h"
#include "adapter/mail_files/mail_files.h"
#include "adapter/mail_files/pst.h"
#include "app/command_line/neutral_output.h"
#include "app/commands.h"
#include "app/import/destination.h"
#include "app/output.h"
#include "app/settings.h"
#include "app/table.h"
#include "app/would_do.h"
#include "base/hash.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "core/mail/read/envelope_of.h"
#include "core/mail/read/original_date.h"
#include "core/mail/read/read_message.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

struct Counts {
  std::size_t read = 0;
  std::size_t stored = 0;
  std::size_t duplicates = 0;
  std::size_t failed = 0;
  std::size_t passed_over = 0;  ///< files and mails that were not taken, each told with its reason
};

/// How far the import of one path has come, in the data folder, so that it goes on there after any kind of end. What
/// was stored and not written down yet is stored once all the same: the store knows duplicates.
class Cursor {
 public:
  Cursor(const std::string& data, const std::string& path) {
    std::error_code error;
    auto whole = fs::weakly_canonical(path, error).string();
    if (error) whole = path;
    file_ = fs::path(data) / ("import-" + to_hex(sha256(whole)).substr(0, 16) + ".cursor");
  }
  [[nodiscard]] std::string read() const {
    std::ifstream file(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& place) const {
    (void)write_file(file_.string(), place);  // without it the next import begins further in front
  }
  void remove() const {
    std::error_code ignored;
    fs::remove(file_, ignored);
  }

 private:
  fs::path file_;
};

/// A line on the terminal that tells how far it is, about four times a second; into a file only the end is told.
class Progress {
 public:
  /// Unpacking an Outlook file.
  void show_unpacking(std::size_t files) {
    if (terminal_) write_marked(std::cerr, "\runpacking: " + std::to_string(files) + " files\x1b[K");
  }
  void show(const Counts& counts) {
    const auto now = std::chrono::steady_clock::now();
    if (!terminal_ || now - shown_at_ < std::chrono::milliseconds(250)) return;
    shown_at_ = now;
    write_marked(std::cerr, "\r" + line(counts) + "\x1b[K");
  }
  void end(const Counts& counts) {
    if (terminal_) write_marked(std::cerr, "\r\x1b[K");
    notice(line(counts));
  }

 private:
  [[nodiscard]] std::string line(const Counts& counts) const {
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    const auto rate = seconds > 0 ? static_cast<std::int64_t>(static_cast<double>(counts.read) / seconds) : 0;
    return std::to_string(counts.read) + " mails read, " + std::to_string(counts.stored) + " stored, " +
           std::to_string(counts.duplicates) + " were there already, " + std::to_string(counts.failed) + " failed, " +
           std::to_string(rate) + "/s";
  }

  bool terminal_ = ::isatty(STDERR_FILENO) != 0;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point shown_at_{};
};

void print_counts(const Counts& counts) {
  std::string out;
  JsonWriter(out)
      .begin_object()
      .field("read", counts.read)
      .field("stored", counts.stored)
      .field("duplicates", counts.duplicates)
      .field("failed", counts.failed)
      .field("passed_over", counts.passed_over)
      .end_object();
  std::cout << out << '\n';
}

/// What --archive, --until and --state say.
struct ArchiveMode {
  bool on = false;
  std::optional<TimePoint> until;
  TaskState state = TaskState::closed;

  static Result<ArchiveMode> parse(const ImportOptions& options) {
    ArchiveMode mode;
    mode.on = options.archive;
    const auto state = parse_task_state(options.state);
    if (!state)
      return failure(Errc::invalid_input,
                     "--state '" + cell(options.state, 30) +
                         "' is no state of a task: new, open, pending, acknowledged, resolved, closed");
    mode.state = *state;
    if (options.until.empty()) return mode;
    if (!options.archive) return failure(Errc::invalid_input, "--until is for --archive");
    const auto day = parse_rfc3339(options.until + "T00:00:00Z");
    if (!day)
      return failure(Errc::invalid_input, "--until '" + cell(options.until, 30) + "' is not a day, as in 2026-01-01");
    mode.until = *day;
    return mode;
  }
  /// `filed_at`: when its file says that it came, for a mail without any date.
  [[nodiscard]] std::optional<Archived> of(const Message& message, std::optional<TimePoint> filed_at,
                                           TimePoint now) const {
    if (!on) return std::nullopt;
    const auto dated = original_date(message, filed_at.value_or(now), now);
    if (until && dated >= *until) return std::nullopt;
    return Archived{dated, state};
  }
};

/// Where an Outlook file is unpacked; taken away at the end, but kept when the import breaks off, to go on with.
std::string unpacked_folder(const std::string& data, const std::string& path) {
  std::error_code error;
  auto whole = fs::weakly_canonical(path, error).string();
  if (error) whole = path;
  return (fs::path(data) / ("import-" + to_hex(sha256(whole)).substr(0, 16) + ".unpacked")).string();
}

Result<MailFiles> open_mails(const std::string& path, const std::string& unpacked, Progress& progress) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored) || !is_pst(path)) return MailFiles::open(path);
  ORGO_TRY(contents,
           unpack_pst(path, unpacked, PstLimits{}, [&](std::size_t files) { progress.show_unpacking(files); }));
  auto told = path + (contents.reused ? ": was unpacked before, " : ": ") + std::to_string(contents.mails) + " mails";
  if (contents.others > 0)
    told += "; " + std::to_string(contents.others) + " contacts, appointments and the like are left out";
  if (contents.password) told += "; Outlook would ask for a password, which does not protect the mails";
  notice(told);
  return MailFiles::open(unpacked, FolderTop::first);
}

/// Names what was not taken. The status is that of a failure when mails may be among it that somebody would miss.
int tell_passed_over(const MailFiles& files, Counts& counts, int status) {
  counts.passed_over += files.passed_over_count();
  bool loses = false;
  for (const auto& one : files.passed_over()) {
    loses = loses || one.loses;
    notice("orgo: passed over " + cell(one.name, 300) + ": " + one.reason +
           (one.files > 1 ? " (" + std::to_string(one.files) + " files)" : ""));
  }
  if (const auto more = files.passed_over_unnamed(); more > 0)
    notice("orgo: passed over " + std::to_string(more) + " more");
  return loses ? kFailed : status;
}

/// The paths as said, and the Outlook files within folders.
std::vector<std::string> with_outlook_files(const std::vector<std::string>& said) {
  std::vector<std::string> paths = said;
  for (const auto& path : said) {
    std::vector<std::string> found;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error))
      if (ascii_iequals(entry->path().extension().string(), ".pst") && entry->is_regular_file(error))
        found.push_back(entry->path().string());
    std::sort(found.begin(), found.end());
    paths.insert(paths.end(), found.begin(), found.end());
  }
  return paths;
}

/// What the rules would do with each mail: one JSON line for each, or how many would go where.
int dry_run(const ImportOptions& options, const ToolSettings& settings) {
  const auto rules = load_rule_files(options.rules, settings);
  if (!rules) return report(rules.error());
  const auto now = SystemClock().now();
  std::map<std::string, std::size_t> routed;
  std::size_t count = 0;
  int status = kDone;
  Progress progress;
  for (const auto& path : with_outlook_files(options.paths)) {
    std::error_code ignored;
    const auto unpacked = (fs::temp_directory_path(ignored) / ("orgo-" + random_hex(8))).string();
    auto files = open_mails(path, unpacked, progress);
    if (!files) {
      fs::remove_all(unpacked, ignored);
      status = report(files.error());
      continue;
    }
    while (const auto mail = files->next()) {
      if (!*mail) {
        status = report(mail->error());
        continue;
      }
      const auto result = would_do((*mail)->bytes, **rules, settings.decide, now, options.recipient);
      ++count;
      if (options.common.json) {
        std::cout << to_json(result, (*mail)->name) << '\n';
        continue;
      }
      auto to = result.trace.routed_to;
      const auto outcome = result.decision().outcome;
      if (outcome == Outcome::task_opened) ++routed[to.empty() ? "a task without a team" : "a task for " + to.front()];
      else
        ++routed[std::string(to_string(outcome)) + ": " +
                 result.decision().reason.substr(0, result.decision().reason.find(':'))];
    }
    Counts counts;
    status = tell_passed_over(*files, counts, status);
    fs::remove_all(unpacked, ignored);
  }
  if (!options.common.json) {
    Table table({"MAILS", "WOULD BECOME"});
    for (const auto& [what, number] : routed) table.add({std::to_string(number), cell(what, 100)});
    std::cout << count << " mails; nothing was stored\n" << (table.empty() ? "" : table.text());
  }
  return status;
}

/// One call of the command.
class Import {
 public:
  Import(const ImportOptions& options, std::string data, ArchiveMode archive, ImportDestination& destination)
      : options_(options), data_(std::move(data)), archive_(archive), destination_(destination) {}

  /// All mails of a file or folder. False: the destination takes no more, which is told.
  bool take(const std::string& path) {
    const auto unpacked = unpacked_folder(data_, path);
    auto files = open_mails(path, unpacked, progress_);
    if (!files) {
      status_ = report(files.error());
      return true;
    }
    const Cursor cursor(data_, path);
    if (const auto place = options_.from_start ? std::string() : cursor.read(); !place.empty() && files->skip_to(place))
      notice(path + ": going on behind " + place.substr(place.find(' ') + 1));
    if (const auto stored = take_all(*files, cursor); !stored) {
      progress_.end(counts_);
      status_ = report(stored.error().in("importing " + path + " stopped; say the same again to go on"));
      stopped_ = true;
      return false;
    }
    cursor.remove();
    status_ = tell_passed_over(*files, counts_, status_);
    std::error_code ignored;
    fs::remove_all(unpacked, ignored);
    return true;
  }

  /// The exit status.
  int end() {
    if (stopped_) return status_;
    progress_.end(counts_);
    if (options_.common.json) print_counts(counts_);
    return counts_.failed > 0 ? kFailed : status_;
  }

 private:
  Status take_all(MailFiles& files, const Cursor& cursor) {
    while (auto mail = files.next()) {
      if (!*mail) {
        ++counts_.failed;
        status_ = report(mail->error());
        continue;
      }
      ++counts_.read;
      add(std::move(**mail));
      if (batch_.size() >= ImportDestination::kMailsMost || bytes_ >= ImportDestination::kBytesMost)
        ORGO_CHECK(flush(cursor));
    }
    return flush(cursor);
  }

  void add(FoundMail mail) {
    const auto message = read_message(mail.bytes);
    auto envelope = envelope_of(destination_.tenant(), message, Channel::import_, clock_.now(), options_.recipient);
    envelope.archived = archive_.of(message, mail.filed_at, envelope.received_at);
    envelope.label = std::move(mail.label);
    bytes_ += mail.bytes.size();
    place_ = std::move(mail.place);
    batch_.push_back({std::move(envelope), std::move(mail.bytes), std::move(mail.name)});
  }

  Status flush(const Cursor& cursor) {
    if (batch_.empty()) return {};
    ImportOutcome outcome;
    const auto stored = destination_.store(batch_, outcome);
    counts_.stored += outcome.stored;
    counts_.duplicates += outcome.duplicates;
    counts_.failed += outcome.refused.size();
    for (const auto& one : outcome.refused) notice("orgo: " + cell(one.name, 300) + ": " + one.why);
    batch_.clear();
    bytes_ = 0;
    ORGO_CHECK(stored);
    cursor.write(place_);
    progress_.show(counts_);
    return {};
  }

  const ImportOptions& options_;
  const std::string data_;
  const ArchiveMode archive_;
  ImportDestination& destination_;
  SystemClock clock_;
  Counts counts_;
  Progress progress_;
  int status_ = kDone;
  bool stopped_ = false;
  std::vector<ImportMail> batch_;
  std::size_t bytes_ = 0;  ///< of the batch
  std::string place_;      ///< behind its last mail
};

}  // namespace

int cmd_import(const ImportOptions& options) {
  const auto settings = read_settings(options.common);
  if (!settings) return report(settings.error());
  if (options.dry_run) return dry_run(options, *settings);
  if (!options.rules.empty())
    return report({Errc::invalid_input, "--rules is for --dry-run: the server decides by its own rules"});

  const auto archive = ArchiveMode::parse(options);
  if (!archive) return report(archive.error());
  const auto destination = open_import_destination(options.common, *settings);
  if (!destination) return report(destination.error());
  Import import(options, settings->data, *archive, **destination);
  for (const auto& path : with_outlook_files(options.paths))
    if (!import.take(path)) break;
  return import.end();
}

}  // namespace orgo
