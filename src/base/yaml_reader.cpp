#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "base/unicode.h"
#include "base/yaml.h"
#include "base/yaml_place.h"

namespace orgo {

void YamlReader::add(Diagnostic diagnostic) {
  if (errors_.size() < errors_max_) {
    errors_.push_back(std::move(diagnostic));
  } else if (!full_) {
    full_ = true;
    if (errors_.size() == errors_max_)
      errors_.push_back({source_.path, 0, 0, 1,
                         "there are more errors; only the first " + std::to_string(errors_max_) + " are shown", ""});
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

void YamlReader::warning(const YamlNode& node, std::string message, std::string hint) {
  const auto before = errors_.size();
  error(node, std::move(message), std::move(hint));
  if (errors_.size() > before && before < errors_max_) errors_[before].is_warning = true;
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
    if (between.find('\n') == std::string_view::npos)
      diagnostic.length = static_cast<int>(count_characters(between)) + 1;
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

}  // namespace orgo
