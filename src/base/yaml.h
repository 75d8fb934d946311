#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/time.h"

namespace orgo {

struct YamlEntry;

/// One value of a YAML file, with its place. Scalars are text: what a text means, the reader of the key decides, so
/// that `no` is the word "no" and 010 is not eight.
struct YamlNode {
  enum class Kind { scalar, sequence, mapping };
  Kind kind = Kind::scalar;
  std::string text;                ///< of a scalar, unescaped, UTF-8
  bool quoted = false;             ///< in quotes or as a block (| or >); an unquoted empty scalar or ~ is "nothing"
  int line = 1;                    ///< 1-based
  int column = 1;                  ///< 1-based, in characters
  std::size_t offset = 0;          ///< of its first byte in the source
  std::vector<YamlNode> items;     ///< of a sequence
  std::vector<YamlEntry> entries;  ///< of a mapping, in the order of the file, without doubles

  /// Written as nothing: `key:`, `key: ~` or `key: null`.
  [[nodiscard]] bool is_nothing() const;
  /// Of a mapping; nullptr when the key is not there.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};
struct YamlEntry {
  YamlNode key;  ///< a scalar
  YamlNode value;
};

/// What a file may cost us. Past a limit it is refused with the place.
struct YamlLimits {
  std::size_t bytes_max = 16U << 20U;
  int depth_max = 32;  ///< mappings and sequences inside each other
  std::size_t nodes_max = 2'000'000;
  std::size_t errors_max = 100;  ///< then it says that there are more
};

/// Reads one YAML 1.2 document (JSON is YAML, too) strictly: UTF-8 without control characters; a key twice in one
/// mapping is an error; anchors, aliases, tags, merge keys and further documents are refused, since people don't need
/// them and attackers do. All findings go to `errors`. nullopt: no tree could be made.
/// An empty document is a mapping without entries.
std::optional<YamlNode> read_yaml(const SourceFile& source, std::vector<Diagnostic>& errors,
                                  const YamlLimits& limits = {});

/// Asks a tree for typed values and writes down all that is wrong, with place and remedy; one for each file.
/// Each expect_... adds an error and gives nullopt when the node is not what it has to be.
class YamlReader {
 public:
  YamlReader(const SourceFile& source, std::vector<Diagnostic>& errors, const YamlLimits& limits = {})
      : source_(source), errors_(errors), errors_max_(limits.errors_max) {}

  void error(const YamlNode& node, std::string message, std::string hint = {});
  /// Worth a look, but nothing is refused for it: the diagnostic says so.
  void warning(const YamlNode& node, std::string message, std::string hint = {});
  /// At bytes [offset, offset + length) of the scalar's `text`, wherever they stand in the file: quotes, escapes and
  /// folded lines are taken into account.
  void error_at(const YamlNode& scalar, std::size_t offset, std::size_t length, std::string message,
                std::string hint = {});

  bool expect_mapping(const YamlNode& node, std::string_view what);
  bool expect_sequence(const YamlNode& node, std::string_view what);
  /// A text that is not empty. `what` names it in the error: "the name of a rule".
  std::optional<std::string> expect_string(const YamlNode& node, std::string_view what);
  std::optional<std::int64_t> expect_int(const YamlNode& node, std::int64_t least, std::int64_t most);
  /// true, yes, on; false, no, off.
  std::optional<bool> expect_bool(const YamlNode& node);
  std::optional<Millis> expect_duration(const YamlNode& node, Millis least, Millis most);
  /// One text, or a sequence of texts, none empty; an empty sequence is an error.
  std::optional<std::vector<std::string>> expect_strings(const YamlNode& node, std::string_view what);
  /// Each key must be one of `known`; `what` as in "unknown action 'route_too'", with the nearest name.
  bool check_keys(const YamlNode& mapping, std::string_view what, std::span<const std::string_view> known);

  [[nodiscard]] const SourceFile& source() const { return source_; }
  [[nodiscard]] std::size_t error_count() const { return errors_.size(); }

 private:
  void add(Diagnostic diagnostic);

  const SourceFile& source_;
  std::vector<Diagnostic>& errors_;
  std::size_t errors_max_;
  bool full_ = false;
};

/// "did you mean 'route_to'? (known: escalate_after, notify, route_to)"; only the list when nothing is near.
std::string name_hint(std::string_view name, std::span<const std::string_view> known);
/// A number of bytes as people write it: "25 MB", "64 KiB", "1048576". KB, MB and GB are powers of 1,024, as mail
/// servers count. nullopt: not such a number, or more than 2^62.
std::optional<std::uint64_t> parse_bytes(std::string_view text);
/// The shortest exact form: "25 MB", "1000 bytes".
std::string format_bytes(std::uint64_t bytes);

}  // namespace orgo
