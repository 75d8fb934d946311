#include "base/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <istream>
#include <streambuf>
#include <unordered_set>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo {
namespace {

/// Stops the library in the middle of a file; caught in read_yaml().
struct Refused {
  std::size_t offset;
  std::string message;
  std::string hint;
};

/// Behind the closing quote of the text in quotes that begins at `at`; npos: there is none.
std::size_t end_of_quoted(std::string_view source, std::size_t at) {
  const char quote = source[at++];
  while (at < source.size()) {
    if (quote == '"' && source[at] == '\\') {
      at += 2;
    } else if (source[at] != quote) {
      ++at;
    } else if (quote == '\'' && at + 1 < source.size() && source[at + 1] == quote) {
      at += 2;
    } else {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

/// Where lines begin, to turn the library's marks into places of ours.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {
    starts_.push_back(0);
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
      starts_.push_back(at + 1);
  }
  /// `line` and `column` count from 0, the column in bytes.
  [[nodiscard]] std::size_t offset(int line, int column) const {
    if (line < 0) return 0;
    const auto row = std::min(static_cast<std::size_t>(line), starts_.size() - 1);
    return std::min(starts_[row] + static_cast<std::size_t>(std::max(column, 0)), text_.size());
  }
  struct Place {
    int line;
    int column;
  };
  [[nodiscard]] Place place(std::size_t offset) const {
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const auto row = static_cast<std::size_t>(next - starts_.begin()) - 1;
    const auto before = text_.substr(starts_[row], offset - starts_[row]);
    return {static_cast<int>(row) + 1, static_cast<int>(count_characters(before)) + 1};
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

/// Builds our tree from the library's events, which, unlike its own tree, still know keys that came twice, anchors,
/// tags and places.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, const Lines& lines, const YamlLimits& limits)
      : text_(text), lines_(lines), limits_(limits) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    const auto offset = lines_.offset(mark.line, mark.column);
    if (text_.substr(offset).starts_with("---"))
      throw Refused{offset, "a second document begins here", "one file holds one document"};
    throw Refused{offset, "this does not belong to what stands above", "is it indented like its neighbours?"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto node = make(mark, YamlNode::Kind::scalar, "", anchor);
    put(std::move(node));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw Refused{lines_.offset(mark.line, mark.column), "aliases (*name) are not allowed", "write the value again"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto node = make(mark, YamlNode::Kind::scalar, tag, anchor);
    node.text = value;
    node.quoted = tag == "!";
    // The library takes the end of a file for the closing quote when the last line is complete.
    if (node.quoted && is_quote(node.offset) && end_of_quoted(text_, node.offset) == std::string_view::npos)
      throw Refused{node.offset, "the text in quotes is never closed", "write the quote at its end"};
    put(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(make(mark, YamlNode::Kind::sequence, tag, anchor));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(make(mark, YamlNode::Kind::mapping, tag, anchor));
  }
  void OnMapEnd() override { close(); }

  std::optional<YamlNode> root;
  struct Double {
    YamlNode key;
    int first_line;
  };
  std::vector<Double> doubles;

 private:
  /// A mapping or sequence that is not closed yet.
  struct Open {
    YamlNode node;
    std::optional<YamlNode> key;  ///< of a mapping: read, its value not yet
    std::unordered_set<std::string> keys;
  };

  [[nodiscard]] bool is_quote(std::size_t offset) const {
    return offset < text_.size() && (text_[offset] == '"' || text_[offset] == '\'');
  }

  YamlNode make(const YAML::Mark& mark, YamlNode::Kind kind, const std::string& tag, YAML::anchor_t anchor) {
    YamlNode node;
    node.kind = kind;
    node.offset = lines_.offset(mark.line, mark.column);
    if (anchor != 0) throw Refused{node.offset, "anchors (&name) are not allowed", "write the value again where it is needed"};
    if (!tag.empty() && tag != "?" && tag != "!")
      throw Refused{node.offset, "tags (!!name) are not allowed", "write the value alone"};
    if (node.offset < text_.size() && text_[node.offset] == '!')
      throw Refused{node.offset, "tags (!!name) are not allowed", "write the value alone"};
    if (++nodes_ > limits_.nodes_max)
      throw Refused{node.offset, "more than " + std::to_string(limits_.nodes_max) + " values in one file", ""};
    const auto place = lines_.place(node.offset);
    node.line = place.line;
    node.column = place.column;
    return node;
  }

  void open(YamlNode node) {
    if (static_cast<int>(open_.size()) >= limits_.depth_max)
      throw Refused{node.offset, "nested deeper than " + std::to_string(limits_.depth_max) + " levels", ""};
    if (!open_.empty() && open_.back().node.kind == YamlNode::Kind::mapping && !open_.back().key)
      throw Refused{node.offset, "a key must be a text", ""};
    open_.push_back({std::move(node), std::nullopt, {}});
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    put(std::move(node));
  }

  void put(YamlNode node) {
    if (open_.empty()) {
      root = std::move(node);
      return;
    }
    auto& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::sequence) {
      parent.node.items.push_back(std::move(node));
      return;
    }
    if (!parent.key) {
      parent.key = std::move(node);
      return;
    }
    YamlNode key = std::move(*parent.key);
    parent.key.reset();
    if (!parent.keys.insert(key.text).second) {
      if (doubles.size() > limits_.errors_max) return;
      int first_line = 0;
      for (const auto& entry : parent.node.entries)
        if (entry.key.text == key.text) first_line = entry.key.line;
      doubles.push_back({std::move(key), first_line});
      return;
    }
    parent.node.entries.push_back({std::move(key), std::move(node)});
  }

  std::string_view text_;
  const Lines& lines_;
  const YamlLimits& limits_;
  std::vector<Open> open_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

/// Reads from memory that is not copied.
class ViewBuffer final : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    auto* begin = const_cast<char*>(text.data());  // std::streambuf knows no const; nothing is written
    setg(begin, begin, begin + text.size());
  }
};

Diagnostic at_offset(const SourceFile& source, std::size_t offset, std::string message, std::string hint) {
  const auto place = Lines(source.text).place(std::min(offset, source.text.size()));
  return {source.path, place.line, place.column, 1, std::move(message), std::move(hint)};
}

/// The library's words are for programmers; these are for who wrote the file.
std::string in_words(const std::string& message) {
  struct Pair {
    std::string_view theirs;
    std::string_view ours;
  };
  static constexpr std::array<Pair, 8> kWords{{
      {"end of map not found", "this line does not fit the mapping around it; is it indented like its neighbours?"},
      {"end of map flow not found", "the { of this mapping is never closed by }"},
      {"end of sequence not found", "this line does not fit the list around it; is it indented like its neighbours?"},
      {"end of sequence flow not found", "the [ of this list is never closed by ]"},
      {"illegal map value", "a ':' is not allowed here; put the text into quotes"},
      {"illegal EOF in scalar", "the text in quotes is never closed"},
      {"bad file", "nested too deep"},
      {"unknown token", "this character cannot begin a value; put the text into quotes"},
  }};
  for (const auto& pair : kWords)
    if (message == pair.theirs) return std::string(pair.ours);
  return "not YAML: " + message;
}

/// First byte that must not be in the file, with the reason; nullopt when all is well.
std::optional<Refused> refuse_bytes(std::string_view text, const YamlLimits& limits) {
  if (text.size() > limits.bytes_max)
    return Refused{0, "larger than " + format_bytes(limits.bytes_max), "split it into several files"};
  for (std::size_t at = 0; at < text.size();) {
    const auto start = at;
    const auto c = decode_utf8(text, at);
    if (c == 0xFFFD && text.substr(start, at - start) != "\xEF\xBF\xBD")
      return Refused{start, "not UTF-8", "save the file as UTF-8"};
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
      return Refused{start, "a control character", "remove it, or write it as an escape like \"\\x07\""};
  }
  return std::nullopt;
}

/// Byte offset in the source of byte `wanted` of the scalar's text. Both are walked together: quoting and folding change
/// only white space and escapes, so the n-th character that is not white space is the same in both.
std::size_t source_offset(std::string_view source, const YamlNode& scalar, std::size_t wanted) {
  const auto text = std::string_view(scalar.text);
  wanted = std::min(wanted, text.size());
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  std::size_t visible = 0;   // characters before `wanted` that are not white space
  std::size_t spaces = 0;    // white space right before `wanted`
  for (std::size_t i = 0; i < wanted; ++i) {
    if (is_space(text[i])) {
      ++spaces;
    } else {
      spaces = 0;
      if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) ++visible;
    }
  }
  auto at = scalar.offset;
  if (at >= source.size()) return source.size();
  const char style = source[at];
  if (style == '|' || style == '>') {
    at = std::min(source.find('\n', at), source.size() - 1) + 1;
  } else if (style == '"' || style == '\'') {
    ++at;
  }
  /// Goes over one unit of the source; true when it stands for something that is not white space.
  const auto step = [&]() -> bool {
    const char c = source[at];
    if (style == '"' && c == '\\' && at + 1 < source.size()) {
      const char escape = source[at + 1];
      at += 2;
      if (escape == 'x') at += 2;
      if (escape == 'u') at += 4;
      if (escape == 'U') at += 8;
      at = std::min(at, source.size());
      return !(escape == 'n' || escape == 't' || escape == 'r' || escape == ' ' || escape == '\n' || escape == '\r');
    }
    if (style == '\'' && c == '\'' && at + 1 < source.size() && source[at + 1] == '\'') {
      at += 2;
      return true;
    }
    if (is_space(c)) {
      ++at;
      return false;
    }
    decode_utf8(source, at);
    return true;
  };
  while (visible > 0 && at < source.size())
    if (step()) --visible;
  const auto skip_folded = [&] {  // what folding swallowed between the last visible character and the wanted one
    while (at < source.size() && is_space(source[at])) ++at;
  };
  if (wanted < text.size() && !is_space(text[wanted])) {
    if (spaces > 0 || visible == 0) {
      if (style == '"') {
        while (at < source.size()) {
          const auto before = at;
          if (step()) {
            at = before;
            break;
          }
        }
      } else {
        skip_folded();
      }
    }
  } else {
    at = std::min(at + spaces, source.size());
  }
  return at;
}

}  // namespace

bool YamlNode::is_nothing() const {
  return kind == Kind::scalar && !quoted && (text.empty() || text == "~" || text == "null");
}

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& entry : entries)
    if (entry.key.text == key) return &entry.value;
  return nullptr;
}

std::optional<YamlNode> read_yaml(const SourceFile& source, std::vector<Diagnostic>& errors, const YamlLimits& limits) {
  if (auto refused = refuse_bytes(source.text, limits)) {
    if (source.text.size() > limits.bytes_max) {
      errors.push_back({source.path, 0, 0, 1, refused->message, refused->hint});
    } else {
      errors.push_back(at_offset(source, refused->offset, refused->message, refused->hint));
    }
    return std::nullopt;
  }
  std::string_view text = source.text;
  std::string without_mark;
  if (text.starts_with("\xEF\xBB\xBF")) {  // a byte order mark: blanked, so that all offsets stay
    without_mark = "   " + source.text.substr(3);
    text = without_mark;
  }
  const Lines lines(source.text);
  TreeBuilder builder(text, lines, limits);
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refused& refused) {
    errors.push_back(at_offset(source, refused.offset, refused.message, refused.hint));
    return std::nullopt;
  } catch (const YAML::Exception& problem) {
    const auto offset = lines.offset(problem.mark.line, problem.mark.column);
    errors.push_back(at_offset(source, offset, in_words(problem.msg), ""));
    return std::nullopt;
  }
  YamlReader reader(source, errors, limits);
  for (const auto& twice : builder.doubles)
    reader.error(twice.key, "'" + twice.key.text + "' is here a second time",
                 twice.first_line > 0 ? "first in line " + std::to_string(twice.first_line) : "");
  if (!builder.root || builder.root->is_nothing()) {
    YamlNode empty;
    empty.kind = YamlNode::Kind::mapping;
    return empty;
  }
  return std::move(builder.root);
}

void YamlReader::add(Diagnostic diagnostic) {
  if (errors_.size() < errors_max_) {
    errors_.push_back(std::move(diagnostic));
  } else if (!full_) {
    full_ = true;
    if (errors_.size() == errors_max_)
      errors_.push_back({source_.path, 0, 0, 1, "there are more errors; only the first " + std::to_string(errors_max_) + " are shown", ""});
  }
}

void YamlReader::error(const YamlNode& node, std::string message, std::string hint) {
  if (errors_.size() > errors_max_) return;
  int length = 1;
  if (node.kind == YamlNode::Kind::scalar) {
    const std::string_view source = source_.text;
    const bool block = node.offset < source.size() && (source[node.offset] == '|' || source[node.offset] == '>');
    if (node.quoted && !block) {
      // To the closing quote, or to the end of the line.
      const auto at = std::min({end_of_quoted(source, node.offset), source.find('\n', node.offset), source.size()});
      length = static_cast<int>(count_characters(source.substr(node.offset, at - node.offset)));
    } else if (!block) {
      length = static_cast<int>(count_characters(std::string_view(node.text).substr(0, node.text.find('\n'))));
    }
  }
  add({source_.path, node.line, node.column, std::max(length, 1), std::move(message), std::move(hint)});
}

void YamlReader::error_at(const YamlNode& scalar, std::size_t offset, std::size_t length, std::string message,
                          std::string hint) {
  if (errors_.size() > errors_max_) return;
  const auto first = source_offset(source_.text, scalar, offset);
  auto diagnostic = at_offset(source_, first, std::move(message), std::move(hint));
  if (length > 1) {
    // The last character is looked for by itself, so that escapes between count as they are written.
    const auto last = source_offset(source_.text, scalar, offset + length - 1);
    const std::string_view between = std::string_view(source_.text).substr(first, last > first ? last - first : 0);
    if (between.find('\n') == std::string_view::npos) diagnostic.length = static_cast<int>(count_characters(between)) + 1;
  }
  add(std::move(diagnostic));
}

bool YamlReader::expect_mapping(const YamlNode& node, std::string_view what) {
  if (node.kind == YamlNode::Kind::mapping) return true;
  error(node, std::string(what) + " must be a mapping (key: value)");
  return false;
}

bool YamlReader::expect_sequence(const YamlNode& node, std::string_view what) {
  if (node.kind == YamlNode::Kind::sequence) return true;
  error(node, std::string(what) + " must be a list (- item)");
  return false;
}

std::optional<std::string> YamlReader::expect_string(const YamlNode& node, std::string_view what) {
  if (node.kind != YamlNode::Kind::scalar) {
    error(node, std::string(what) + " must be one text, not a " +
                    (node.kind == YamlNode::Kind::mapping ? "mapping" : "list"));
    return std::nullopt;
  }
  if (node.is_nothing() || trim(node.text).empty()) {
    error(node, std::string(what) + " is empty");
    return std::nullopt;
  }
  return node.text;
}

std::optional<std::int64_t> YamlReader::expect_int(const YamlNode& node, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  const auto text = std::string_view(node.text);
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (node.kind != YamlNode::Kind::scalar || text.empty() || problem == std::errc::invalid_argument ||
      end != text.data() + text.size()) {
    error(node, (node.kind == YamlNode::Kind::scalar ? "'" + std::string(cut_utf8(text, 64)) + "'" : "this") +
                    " is not a whole number");
    return std::nullopt;
  }
  if (problem != std::errc{} || value < least || value > most) {
    error(node, std::string(cut_utf8(text, 64)) + " is out of range; from " + std::to_string(least) + " to " +
                    std::to_string(most));
    return std::nullopt;
  }
  return value;
}

std::optional<bool> YamlReader::expect_bool(const YamlNode& node) {
  if (node.kind == YamlNode::Kind::scalar) {
    for (const std::string_view yes : {"true", "yes", "on"})
      if (ascii_iequals(node.text, yes)) return true;
    for (const std::string_view no : {"false", "no", "off"})
      if (ascii_iequals(node.text, no)) return false;
  }
  error(node, (node.kind == YamlNode::Kind::scalar ? "'" + std::string(cut_utf8(node.text, 64)) + "'" : "this") +
                  " is neither true nor false");
  return std::nullopt;
}

std::optional<Millis> YamlReader::expect_duration(const YamlNode& node, Millis least, Millis most) {
  if (node.kind != YamlNode::Kind::scalar) {
    error(node, "this is not a duration; write a number and a unit, as in \"2 hours\"");
    return std::nullopt;
  }
  const auto duration = parse_duration(node.text);
  if (!duration) {
    error(node, duration.error().message);
    return std::nullopt;
  }
  if (*duration < least || *duration > most) {
    error(node, format_duration(*duration) + " is out of range; from " + format_duration(least) + " to " +
                    format_duration(most));
    return std::nullopt;
  }
  return *duration;
}

std::optional<std::vector<std::string>> YamlReader::expect_strings(const YamlNode& node, std::string_view what) {
  std::vector<std::string> texts;
  if (node.kind != YamlNode::Kind::sequence) {
    auto text = expect_string(node, what);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
    return texts;
  }
  if (node.items.empty()) {
    error(node, std::string(what) + " is empty");
    return std::nullopt;
  }
  bool good = true;
  for (const auto& item : node.items) {
    if (auto text = expect_string(item, what)) {
      texts.push_back(std::move(*text));
    } else {
      good = false;
    }
  }
  if (!good) return std::nullopt;
  return texts;
}

bool YamlReader::check_keys(const YamlNode& mapping, std::string_view what, std::span<const std::string_view> known) {
  bool good = true;
  for (const auto& entry : mapping.entries) {
    if (std::find(known.begin(), known.end(), entry.key.text) != known.end()) continue;
    error(entry.key, "unknown " + std::string(what) + " '" + std::string(cut_utf8(entry.key.text, 64)) + "'",
          name_hint(entry.key.text, known));
    good = false;
  }
  return good;
}

std::string name_hint(std::string_view name, std::span<const std::string_view> known) {
  std::vector<std::string_view> sorted(known.begin(), known.end());
  std::sort(sorted.begin(), sorted.end());
  std::string list;
  for (const auto candidate : sorted) list += (list.empty() ? "" : ", ") + std::string(candidate);
  const auto near = nearest_name(name, known);
  if (near.empty()) return "known: " + list;
  return "did you mean '" + std::string(near) + "'? (known: " + list + ")";
}

namespace {
struct ByteUnit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array<ByteUnit, 13> kByteUnits{{{"b", 1},
                                               {"byte", 1},
                                               {"bytes", 1},
                                               {"k", 1ULL << 10U},
                                               {"kb", 1ULL << 10U},
                                               {"kib", 1ULL << 10U},
                                               {"m", 1ULL << 20U},
                                               {"mb", 1ULL << 20U},
                                               {"mib", 1ULL << 20U},
                                               {"g", 1ULL << 30U},
                                               {"gb", 1ULL << 30U},
                                               {"gib", 1ULL << 30U},
                                               {"tb", 1ULL << 40U}}};
}  // namespace

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  text = trim(text);
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  text = trim(text);
  std::uint64_t unit = 0;
  if (text.empty()) unit = 1;
  for (const auto& candidate : kByteUnits)
    if (ascii_iequals(text, candidate.name)) unit = candidate.bytes;
  if (unit == 0 || number > (1ULL << 62U) / unit) return std::nullopt;
  return number * unit;
}

std::string format_bytes(std::uint64_t bytes) {
  if (bytes != 0 && bytes % (1ULL << 30U) == 0) return std::to_string(bytes >> 30U) + " GB";
  if (bytes != 0 && bytes % (1ULL << 20U) == 0) return std::to_string(bytes >> 20U) + " MB";
  if (bytes != 0 && bytes % (1ULL << 10U) == 0) return std::to_string(bytes >> 10U) + " KB";
  return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

}  // namespace orgo
