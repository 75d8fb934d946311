#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "base/setting.h"
#include "base/time.h"

namespace orgo {

/// When a changed value takes effect.
enum class Applies : std::uint8_t { at_start, on_reload };
/// A secret is never shown, and can be read from the file named by `<name>_file`.
enum class Secret : std::uint8_t { no, yes };

/// What people are told about an option. The fallback is the value that the bound setting has when it is declared.
struct OptionInfo {
  std::string name;     ///< "queue.lease_time"; the environment variable is ORGO_QUEUE_LEASE_TIME
  std::string help;     ///< one or two sentences
  std::string example;  ///< as written in the file: "5 minutes"
  Applies applies = Applies::at_start;
  Secret secret = Secret::no;
};

/// All options of a program, each declared once and bound to the setting that holds its value. The declaration feeds
/// reading, checking, `orgo config explain` and docs/configuration.md. Values go over each other in the order of the
/// calls of read_...(): file, environment, command line. The settings must outlive the set.
class OptionSet {
 public:
  /// Says what is wrong with a value, in words that follow it: "is not ..."; empty: nothing.
  using Check = std::function<std::string(std::string_view value)>;

  /// What a group of options is about; `name` is their common beginning, "smtp".
  OptionSet& section(std::string name, std::string help);
  OptionSet& text(OptionInfo info, Setting<std::string>& target, Check check = {});
  /// Whole numbers from `least` to `most`.
  OptionSet& integer(OptionInfo info, Setting<std::int64_t>& target, std::int64_t least, std::int64_t most);
  OptionSet& boolean(OptionInfo info, Setting<bool>& target);
  OptionSet& duration(OptionInfo info, Setting<Millis>& target, Millis least, Millis most);
  OptionSet& bytes(OptionInfo info, Setting<std::uint64_t>& target, std::uint64_t least, std::uint64_t most);
  /// A list, or one value; in the environment separated by commas.
  OptionSet& list(OptionInfo info, Setting<std::vector<std::string>>& target, Check check_each = {});
  /// "+01:00", "-05:30", "Z"; held in minutes.
  OptionSet& utc_offset(OptionInfo info, Setting<int>& target);
  /// Makes room for one record and declares its options, each named `prefix` + "." + key.
  using DeclareRecord = std::function<void(OptionSet& options, const std::string& prefix, const std::string& record)>;
  /// A list of at most `most` records, in the file only: `name: [{name: office, host: ...}, ...]`. Each says its own
  /// `name` (lower-case letters, digits and "-", once), which then stands in the names of its options:
  /// "mailboxes.office.host", ORGO_MAILBOXES_OFFICE_HOST. So everything that holds for other options holds for them,
  /// too.
  OptionSet& records(std::string name, std::size_t most, DeclareRecord declare);
  /// Declares one record of each list under the name NAME, for documents that show which keys there are.
  void declare_samples();

  /// One of the names.
  template <typename Enum>
  OptionSet& choice(OptionInfo info, Setting<Enum>& target, std::vector<std::pair<std::string, Enum>> names) {
    std::vector<std::string> words;
    for (const auto& [name, value] : names) words.push_back(name);
    Choice made;
    made.show = [&target, names] {
      for (const auto& [name, value] : names)
        if (value == target.peek()) return name;
      return std::string();
    };
    made.set = [&target, names](std::string_view text) {
      for (const auto& [name, value] : names)
        if (name == text) target = value;
    };
    made.was_read = [&target] { return target.was_read(); };
    made.names = std::move(words);
    return add(std::move(info), std::move(made));
  }

  /// Reads the YAML file: every key must be an option. All errors are added to `errors`.
  void read_file(const SourceFile& source, std::vector<Diagnostic>& errors);
  /// Reads ORGO_... variables; `ignored` are those that mean something else. The path in errors is "environment".
  /// A variable that no option has is only a warning: it may belong to another program.
  void read_environment(const std::map<std::string, std::string>& environment, const std::vector<std::string>& ignored,
                        std::vector<Diagnostic>& errors, std::vector<Diagnostic>& warnings);
  /// One value by name, `origin` as in "--data". An unknown name is our own mistake: asserted.
  void read_value(std::string_view name, std::string_view value, std::string_view origin,
                  std::vector<Diagnostic>& errors);
  /// Reads the files that `..._file` named, after all else. `read` gives the content.
  void read_secret_files(const std::function<Result<std::string>(const std::string& path)>& read,
                         std::vector<Diagnostic>& errors);

  /// One option as it stands, for listings.
  struct Entry {
    std::string name;
    std::string environment;  ///< variable
    std::string type;         ///< "duration, from 1 second to 1 hour"
    std::string value;        ///< as it would be written; [secret] for a secret that is set
    std::string fallback;
    std::string origin;  ///< "default", "config.yaml:12", "ORGO_SMTP_HOST", "--data"
    std::string help;
    std::string example;
    Applies applies;
    Secret secret;
  };
  [[nodiscard]] std::vector<Entry> entries() const;
  /// The options whose values nobody has gone by so far (base/setting.h), in the order of their declarations.
  [[nodiscard]] std::vector<std::string> unread() const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& sections() const { return sections_; }
  /// Was a value written, be it the same as the default?
  [[nodiscard]] bool is_set(std::string_view name) const;
  /// Where the option's value was written, for checks that look at several options; the option's name when nowhere.
  [[nodiscard]] Diagnostic at(std::string_view name, std::string message, std::string hint = {}) const;

 private:
  struct Text {
    Setting<std::string>* target;
    Check check;
  };
  struct Integer {
    Setting<std::int64_t>* target;
    std::int64_t least, most;
  };
  struct Boolean {
    Setting<bool>* target;
  };
  struct Duration {
    Setting<Millis>* target;
    Millis least, most;
  };
  struct Bytes {
    Setting<std::uint64_t>* target;
    std::uint64_t least, most;
  };
  struct List {
    Setting<std::vector<std::string>>* target;
    Check check;
  };
  struct Offset {
    Setting<int>* target;
  };
  struct Choice {
    std::function<std::string()> show;
    std::function<void(std::string_view)> set;
    std::function<bool()> was_read;
    std::vector<std::string> names;
  };
  using Binding = std::variant<Text, Integer, Boolean, Duration, Bytes, List, Offset, Choice>;
  struct Option {
    OptionInfo info;
    std::string environment;
    Binding binding;
    std::string fallback;
    Diagnostic origin;        ///< place of the value; path empty: the default
    std::string secret_file;  ///< path to read the value from
    Diagnostic file_origin;
  };
  /// What is wrong with a value and how to mend it; no message: nothing.
  struct Problem {
    std::string message, hint;
  };

  struct RecordList {
    std::string name;
    std::size_t most;
    DeclareRecord declare;
    std::vector<std::string> records;
  };

  OptionSet& add(OptionInfo info, Binding binding);
  Option* find(std::string_view name);
  static std::string show(const Binding& binding);
  static std::string type_of(const Binding& binding);
  struct Take;
  class FileReader;
  static Problem set(Option& option, const std::vector<std::string>& values);
  static Problem set_list(const List& list, const std::vector<std::string>& values, const std::string& example);
  /// True when `option` was given as itself and by a file; says so.
  void check_double(const Option& option, std::vector<Diagnostic>& errors) const;

  std::vector<Option> options_;
  std::vector<RecordList> lists_;
  std::vector<std::pair<std::string, std::string>> sections_;
};

/// ORGO_QUEUE_LEASE_TIME for queue.lease_time.
std::string environment_name(std::string_view option);

}  // namespace orgo
