#include <algorithm>
#include <cassert>
#include <set>

#include "base/options.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/yaml.h"

namespace orgo {
namespace {

std::string quoted(std::string_view value) {
  return "'" + std::string(cut_utf8(value, 64)) + "'";
}

bool starts_below(std::string_view name, std::string_view prefix) {
  return prefix.empty() || (name.size() > prefix.size() && name.starts_with(prefix) && name[prefix.size()] == '.');
}

constexpr std::size_t kRecordNameMax = 40;

bool is_record_name(std::string_view name) {
  if (name.empty() || name.size() > kRecordNameMax || name.front() == '-' || name.back() == '-') return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

/// One reading of a file into a set.
class OptionSet::FileReader {
 public:
  FileReader(OptionSet& set, const SourceFile& source, std::vector<Diagnostic>& errors, const YamlLimits& limits)
      : set_(set), source_(source), reader_(source, errors, limits) {}

  void read(const YamlNode& root) {
    if (reader_.expect_mapping(root, "the configuration")) read_mapping(root, "");
  }

 private:
  [[nodiscard]] Diagnostic place(const YamlNode& node) const {
    return {source_.path, node.line, node.column, 1, {}, {}};
  }

  void read_mapping(const YamlNode& mapping, const std::string& prefix) {
    const auto known = known_keys(prefix);
    for (const auto& [key, value] : mapping.entries) {
      const auto name = prefix.empty() ? key.text : prefix + "." + key.text;
      if (!known.contains(key.text) || key.text.find('.') != std::string::npos) {
        const std::vector<std::string_view> names(known.begin(), known.end());
        reader_.error(key, "unknown key " + quoted(name), name_hint(key.text, names));
        continue;
      }
      read_value(name, value);
    }
  }

  /// What may stand below `prefix`.
  [[nodiscard]] std::set<std::string> known_keys(const std::string& prefix) const {
    const auto below = prefix.empty() ? 0 : prefix.size() + 1;
    std::set<std::string> known;
    for (const auto& list : set_.lists_)
      if (starts_below(list.name, prefix) && list.name.find('.', below) == std::string::npos)
        known.insert(list.name.substr(below));
    for (const auto& option : set_.options_) {
      if (!starts_below(option.info.name, prefix)) continue;
      const auto rest = std::string_view(option.info.name).substr(below);
      const auto dot = rest.find('.');
      known.insert(std::string(rest.substr(0, dot)));
      if (dot == std::string_view::npos && option.info.secret == Secret::yes) known.insert(std::string(rest) + "_file");
    }
    return known;
  }

  void read_value(const std::string& name, const YamlNode& value) {
    const auto list =
        std::find_if(set_.lists_.begin(), set_.lists_.end(), [&](const RecordList& one) { return one.name == name; });
    if (list != set_.lists_.end()) return read_records(*list, value);
    if (auto* option = set_.find(name)) return read_option(*option, value);
    if (auto* secret = name.ends_with("_file") ? set_.find(name.substr(0, name.size() - 5)) : nullptr;
        secret != nullptr && secret->info.secret == Secret::yes) {
      if (const auto path = reader_.expect_string(value, name)) {
        secret->secret_file = *path;
        secret->file_origin = place(value);
      }
      return;
    }
    if (!value.is_nothing() && reader_.expect_mapping(value, name)) read_mapping(value, name);
  }

  void read_option(Option& option, const YamlNode& value) {
    std::vector<std::string> values;
    const YamlNode* wrong = nullptr;
    if (value.is_nothing()) return;  // `key:` alone leaves the default
    if (value.kind == YamlNode::Kind::sequence) {
      for (const auto& item : value.items) {
        if (item.kind != YamlNode::Kind::scalar) wrong = &item;
        values.push_back(item.text);
      }
    } else if (value.kind == YamlNode::Kind::scalar) {
      values.push_back(value.text);
    } else {
      wrong = &value;
    }
    const auto& name = option.info.name;
    if (wrong != nullptr)
      return reader_.error(
          *wrong, name + " is " + (std::holds_alternative<List>(option.binding) ? "a list of texts" : "one value"),
          option.info.example.empty() ? "" : "as in " + name + ": " + option.info.example);
    if (auto problem = set(option, values); !problem.message.empty())
      reader_.error(value, std::move(problem.message), std::move(problem.hint));
    else option.origin = place(value);
  }

  void read_records(RecordList& list, const YamlNode& node) {
    if (node.is_nothing()) return;
    if (node.kind != YamlNode::Kind::sequence)
      return reader_.error(node, list.name + " is a list; each entry begins with - name: ...", example_of(list));
    for (const auto& item : node.items) {
      const auto* name = name_of(list, item);
      if (name == nullptr) continue;
      if (list.records.size() >= list.most)
        return reader_.error(item, list.name + " has more than " + std::to_string(list.most) + " entries");
      list.records.push_back(name->text);
      const auto prefix = list.name + "." + name->text;
      list.declare(set_, prefix, name->text);
      YamlNode keys = item;
      std::erase_if(keys.entries, [](const YamlEntry& entry) { return entry.key.text == "name"; });
      read_mapping(keys, prefix);
    }
  }

  /// Null: it has none that is good, and that is told.
  const YamlNode* name_of(const RecordList& list, const YamlNode& item) {
    if (item.kind != YamlNode::Kind::mapping) {
      reader_.error(item, "an entry of " + list.name + " is a mapping", example_of(list));
      return nullptr;
    }
    const auto* name = item.find("name");
    if (name == nullptr || name->is_nothing()) {
      reader_.error(item, "an entry of " + list.name + " has no name", example_of(list));
      return nullptr;
    }
    if (name->kind != YamlNode::Kind::scalar || !is_record_name(name->text)) {
      reader_.error(*name, "this is no name for an entry of " + list.name,
                    "take lower-case letters, digits and '-', at most " + std::to_string(kRecordNameMax));
      return nullptr;
    }
    if (std::find(list.records.begin(), list.records.end(), name->text) != list.records.end()) {
      reader_.error(*name, "there is an entry named " + quoted(name->text) + " in " + list.name + " already",
                    "take another name");
      return nullptr;
    }
    return name;
  }

  static std::string example_of(const RecordList& list) { return "as in " + list.name + ": [{name: office, ...}]"; }

  OptionSet& set_;
  const SourceFile& source_;
  YamlReader reader_;
};

void OptionSet::read_file(const SourceFile& source, std::vector<Diagnostic>& errors) {
  YamlLimits limits;
  limits.bytes_max = 1U << 20U;
  const auto root = read_yaml(source, errors, limits);
  if (!root) return;
  FileReader(*this, source, errors, limits).read(*root);
  for (const auto& option : options_)
    if (option.origin.path == source.path) check_double(option, errors);
}

void OptionSet::check_double(const Option& option, std::vector<Diagnostic>& errors) const {
  if (option.secret_file.empty() || option.origin.path != option.file_origin.path) return;
  auto diagnostic = option.file_origin;
  diagnostic.message = option.info.name + " is given both as it is and as a file";
  diagnostic.hint = "leave one out";
  errors.push_back(std::move(diagnostic));
}

void OptionSet::read_environment(const std::map<std::string, std::string>& environment,
                                 const std::vector<std::string>& ignored, std::vector<Diagnostic>& errors,
                                 std::vector<Diagnostic>& warnings) {
  const auto problem = [](const std::string& variable, std::string message, std::string hint) {
    return Diagnostic{"environment", 0, 0, 1, variable + ": " + std::move(message), std::move(hint)};
  };
  for (const auto& [variable, value] : environment) {
    if (!variable.starts_with("ORGO_")) continue;
    Option* option = nullptr;
    bool as_file = false;
    for (auto& candidate : options_) {
      if (!variable.starts_with(candidate.environment)) continue;
      const auto rest = std::string_view(variable).substr(candidate.environment.size());
      if (rest.empty()) option = &candidate;
      if (candidate.info.secret == Secret::yes && rest == "_FILE") {
        option = &candidate;
        as_file = true;
      }
    }
    if (option == nullptr) {
      if (std::find(ignored.begin(), ignored.end(), variable) != ignored.end()) continue;
      std::vector<std::string_view> names;
      for (const auto& candidate : options_) names.push_back(candidate.environment);
      const auto near = nearest_name(variable, names);
      warnings.push_back(
          problem(variable, "there is no such option",
                  near.empty() ? "orgo config explain lists them" : "did you mean " + std::string(near) + "?"));
      warnings.back().is_warning = true;
      continue;
    }
    Diagnostic place{variable, 0, 0, 1, {}, {}};
    if (as_file) {
      option->secret_file = value;
      option->file_origin = place;
      if (option->origin.path != option->environment) option->origin = {};
      continue;
    }
    std::vector<std::string> values;
    if (std::holds_alternative<List>(option->binding)) {
      if (!trim(value).empty())
        for (const auto piece : split(value, ',')) values.emplace_back(trim(piece));
    } else {
      values.push_back(value);
    }
    if (auto wrong = set(*option, values); !wrong.message.empty()) {
      errors.push_back(problem(variable, std::move(wrong.message), std::move(wrong.hint)));
      continue;
    }
    option->origin = place;
    if (!option->secret_file.empty() && option->file_origin.path != variable + "_FILE") option->secret_file.clear();
  }
}

void OptionSet::read_value(std::string_view name, std::string_view value, std::string_view origin,
                           std::vector<Diagnostic>& errors) {
  auto* option = find(name);
  assert(option != nullptr && "no such option");
  if (option == nullptr) return;
  if (auto problem = set(*option, {std::string(value)}); !problem.message.empty()) {
    errors.push_back({"command line", 0, 0, 1, std::string(origin) + ": " + problem.message, problem.hint});
    return;
  }
  option->origin = {std::string(origin), 0, 0, 1, {}, {}};
}

void OptionSet::read_secret_files(const std::function<Result<std::string>(const std::string& path)>& read,
                                  std::vector<Diagnostic>& errors) {
  for (auto& option : options_) {
    if (option.secret_file.empty()) continue;
    auto content = read(option.secret_file);
    auto wrong = option.file_origin;
    if (!content) {
      wrong.message = option.info.name + "_file: " + content.error().message;
      errors.push_back(std::move(wrong));
      continue;
    }
    if (auto problem = set(option, {std::string(trim(*content))}); !problem.message.empty()) {
      wrong.message = "in " + option.secret_file + ": " + problem.message;
      errors.push_back(std::move(wrong));
      continue;
    }
    option.origin = option.file_origin;
  }
}

}  // namespace orgo
