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
#include "base/yaml_place.h"

namespace orgo {
namespace {

/// Stops the library in the middle of a file; caught in read_yaml().
struct Refused {
  std::size_t offset;
  std::string message;
  std::string hint;
};

/// Builds our tree from the library's events, which, unlike its own tree, still know keys that came twice, anchors,
/// tags and places.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, YamlLines& lines, const YamlLimits& limits)
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
    if (anchor != 0)
      throw Refused{node.offset, "anchors (&name) are not allowed", "write the value again where it is needed"};
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
  YamlLines& lines_;
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
  YamlLines lines(source.text);
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

}  // namespace orgo
