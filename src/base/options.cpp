#include "base/options.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <set>

#include "base/text.h"
#include "base/unicode.h"
#include "base/yaml.h"

namespace orgo {
namespace {

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

std::string quoted(std::string_view value) {
  return "'" + std::string(cut_utf8(value, 64)) + "'";
}

std::string show_offset(int minutes) {
  const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return (minutes < 0 ? "-" : "+") + two(std::abs(minutes) / 60) + ":" + two(std::abs(minutes) % 60);
}

/// -12:00 to +14:00, the offsets that are in use.
bool parse_offset(std::string_view text, int& minutes) {
  if (text == "Z" || text == "UTC") {
    minutes = 0;
    return true;
  }
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || !digit(1) || !digit(2) || !digit(4) ||
      !digit(5))
    return false;
  const int hours = (text[1] - '0') * 10 + (text[2] - '0');
  const int rest = (text[4] - '0') * 10 + (text[5] - '0');
  const int total = (hours * 60 + rest) * (text[0] == '-' ? -1 : 1);
  if (rest > 59 || total < -12 * 60 || total > 14 * 60) return false;
  minutes = total;
  return true;
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

std::string environment_name(std::string_view option) {
  std::string name = "ORGO_";
  for (const char c : option) name += c == '.' || c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name;
}

OptionSet& OptionSet::section(std::string name, std::string help) {
  sections_.emplace_back(std::move(name), std::move(help));
  return *this;
}

OptionSet& OptionSet::add(OptionInfo info, Binding binding) {
  assert(find(info.name) == nullptr && "declared twice");
  auto environment = environment_name(info.name);
  Option option{std::move(info), std::move(environment), std::move(binding), {}, {}, {}, {}};
  option.fallback = show(option.binding);
  options_.push_back(std::move(option));
  return *this;
}

OptionSet& OptionSet::text(OptionInfo info, std::string& target, Check check) {
  return add(std::move(info), Text{&target, std::move(check)});
}
OptionSet& OptionSet::integer(OptionInfo info, std::int64_t& target, std::int64_t least, std::int64_t most) {
  return add(std::move(info), Integer{&target, least, most});
}
OptionSet& OptionSet::boolean(OptionInfo info, bool& target) {
  return add(std::move(info), Boolean{&target});
}
OptionSet& OptionSet::duration(OptionInfo info, Millis& target, Millis least, Millis most) {
  return add(std::move(info), Duration{&target, least, most});
}
OptionSet& OptionSet::bytes(OptionInfo info, std::uint64_t& target, std::uint64_t least, std::uint64_t most) {
  return add(std::move(info), Bytes{&target, least, most});
}
OptionSet& OptionSet::list(OptionInfo info, std::vector<std::string>& target, Check check_each) {
  return add(std::move(info), List{&target, std::move(check_each)});
}
OptionSet& OptionSet::utc_offset(OptionInfo info, int& target) {
  return add(std::move(info), Offset{&target});
}

OptionSet& OptionSet::records(std::string name, std::size_t most, DeclareRecord declare) {
  lists_.push_back({std::move(name), most, std::move(declare), {}});
  return *this;
}

void OptionSet::declare_samples() {
  for (const auto& list : lists_) list.declare(*this, list.name + ".NAME", "NAME");
}

OptionSet::Option* OptionSet::find(std::string_view name) {
  for (auto& option : options_)
    if (option.info.name == name) return &option;
  return nullptr;
}

std::string OptionSet::show(const Binding& binding) {
  return std::visit(
      Overloaded{[](const Text& b) { return *b.target; }, [](const Integer& b) { return std::to_string(*b.target); },
                 [](const Boolean& b) { return std::string(*b.target ? "true" : "false"); },
                 [](const Duration& b) { return format_duration(*b.target); },
                 [](const Bytes& b) { return format_bytes(*b.target); },
                 [](const List& b) { return join(*b.target, ", "); },
                 [](const Offset& b) { return show_offset(*b.target); }, [](const Choice& b) { return b.show(); }},
      binding);
}

std::string OptionSet::type_of(const Binding& binding) {
  return std::visit(
      Overloaded{[](const Text&) { return std::string("text"); },
                 [](const Integer& b) {
                   return "whole number, from " + std::to_string(b.least) + " to " + std::to_string(b.most);
                 },
                 [](const Boolean&) { return std::string("true or false"); },
                 [](const Duration& b) {
                   return "duration, from " + format_duration(b.least) + " to " + format_duration(b.most);
                 },
                 [](const Bytes& b) { return "size, from " + format_bytes(b.least) + " to " + format_bytes(b.most); },
                 [](const List&) { return std::string("list of texts"); },
                 [](const Offset&) { return std::string("offset from UTC"); },
                 [](const Choice& b) { return "one of " + join(b.names, ", "); }},
      binding);
}

OptionSet::Problem OptionSet::set(Option& option, const std::vector<std::string>& values) {
  const auto example = [&] {
    return option.info.example.empty() ? std::string() : "as in " + option.info.name + ": " + option.info.example;
  };
  if (auto* list = std::get_if<List>(&option.binding)) {
    for (const auto& value : values) {
      if (value.empty()) return {"an empty text in the list", example()};
      if (list->check)
        if (auto wrong = list->check(value); !wrong.empty()) return {quoted(value) + " " + wrong, example()};
    }
    *list->target = values;
    return {};
  }
  if (values.size() != 1) return {option.info.name + " is one value, not a list", example()};
  const std::string& value = values[0];
  return std::visit(
      Overloaded{
          [&](Text& b) -> Problem {
            if (b.check)
              if (auto wrong = b.check(value); !wrong.empty())
                return {(option.info.secret == Secret::yes ? std::string("this") : quoted(value)) + " " + wrong,
                        example()};
            *b.target = value;
            return {};
          },
          [&](Integer& b) -> Problem {
            std::int64_t number = 0;
            const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), number);
            if (problem == std::errc::invalid_argument || end != value.data() + value.size())
              return {quoted(value) + " is not a whole number", example()};
            if (problem != std::errc{} || number < b.least || number > b.most)
              return {
                  quoted(value) + " is out of range; from " + std::to_string(b.least) + " to " + std::to_string(b.most),
                  example()};
            *b.target = number;
            return {};
          },
          [&](Boolean& b) -> Problem {
            const auto is = [&](std::string_view word) { return ascii_iequals(value, word); };
            if (is("true") || is("yes") || is("on")) {
              *b.target = true;
            } else if (is("false") || is("no") || is("off")) {
              *b.target = false;
            } else {
              return {quoted(value) + " is neither true nor false", example()};
            }
            return {};
          },
          [&](Duration& b) -> Problem {
            const auto duration = parse_duration(value);
            if (!duration) return {duration.error().message, example()};
            if (*duration < b.least || *duration > b.most)
              return {quoted(value) + " is out of range; from " + format_duration(b.least) + " to " +
                          format_duration(b.most),
                      example()};
            *b.target = *duration;
            return {};
          },
          [&](Bytes& b) -> Problem {
            const auto bytes = parse_bytes(value);
            if (!bytes)
              return {quoted(value) + " is not a size; write a whole number and a unit, as in \"25 MB\"", example()};
            if (*bytes < b.least || *bytes > b.most)
              return {quoted(value) + " is out of range; from " + format_bytes(b.least) + " to " + format_bytes(b.most),
                      example()};
            *b.target = *bytes;
            return {};
          },
          [&](List&) -> Problem { return {}; },
          [&](Offset& b) -> Problem {
            if (!parse_offset(value, *b.target)) return {quoted(value) + " is not an offset from UTC", example()};
            return {};
          },
          [&](Choice& b) -> Problem {
            if (std::find(b.names.begin(), b.names.end(), value) != b.names.end()) {
              b.set(value);
              return {};
            }
            std::vector<std::string_view> names(b.names.begin(), b.names.end());
            return {"unknown value " + quoted(value) + " of " + option.info.name, name_hint(value, names)};
          }},
      option.binding);
}

void OptionSet::read_file(const SourceFile& source, std::vector<Diagnostic>& errors) {
  YamlLimits limits;
  limits.bytes_max = 1U << 20U;
  const auto root = read_yaml(source, errors, limits);
  if (!root) return;
  YamlReader reader(source, errors, limits);
  const auto place = [&](const YamlNode& node) { return Diagnostic{source.path, node.line, node.column, 1, {}, {}}; };
  std::function<void(const YamlNode&, const std::string&)> walk;
  const auto read_records = [&](RecordList& list, const YamlNode& node) {
    if (node.is_nothing()) return;
    const auto each = "as in " + list.name + ": [{name: office, ...}]";
    if (node.kind != YamlNode::Kind::sequence)
      return reader.error(node, list.name + " is a list; each entry begins with - name: ...", each);
    for (const auto& item : node.items) {
      if (item.kind != YamlNode::Kind::mapping) {
        reader.error(item, "an entry of " + list.name + " is a mapping", each);
        continue;
      }
      const auto* name = item.find("name");
      if (name == nullptr || name->is_nothing()) {
        reader.error(item, "an entry of " + list.name + " has no name", each);
        continue;
      }
      if (name->kind != YamlNode::Kind::scalar || !is_record_name(name->text)) {
        reader.error(*name, "this is no name for an entry of " + list.name,
                     "take lower-case letters, digits and '-', at most " + std::to_string(kRecordNameMax));
        continue;
      }
      if (std::find(list.records.begin(), list.records.end(), name->text) != list.records.end()) {
        reader.error(*name, "there is an entry named " + quoted(name->text) + " in " + list.name + " already",
                     "take another name");
        continue;
      }
      if (list.records.size() >= list.most)
        return reader.error(item, list.name + " has more than " + std::to_string(list.most) + " entries");
      list.records.push_back(name->text);
      const auto prefix = list.name + "." + name->text;
      list.declare(*this, prefix, name->text);
      YamlNode keys = item;
      std::erase_if(keys.entries, [](const YamlEntry& entry) { return entry.key.text == "name"; });
      walk(keys, prefix);
    }
  };
  walk = [&](const YamlNode& mapping, const std::string& prefix) {
    std::set<std::string> known;
    for (const auto& list : lists_)
      if (starts_below(list.name, prefix) &&
          list.name.find('.', prefix.empty() ? 0 : prefix.size() + 1) == std::string::npos)
        known.insert(list.name.substr(prefix.empty() ? 0 : prefix.size() + 1));
    for (const auto& option : options_) {
      if (!starts_below(option.info.name, prefix)) continue;
      const auto rest = std::string_view(option.info.name).substr(prefix.empty() ? 0 : prefix.size() + 1);
      const auto dot = rest.find('.');
      known.insert(std::string(rest.substr(0, dot)));
      if (dot == std::string_view::npos && option.info.secret == Secret::yes) known.insert(std::string(rest) + "_file");
    }
    for (const auto& [key, value] : mapping.entries) {
      const auto name = prefix.empty() ? key.text : prefix + "." + key.text;
      if (!known.contains(key.text) || key.text.find('.') != std::string::npos) {
        const std::vector<std::string_view> names(known.begin(), known.end());
        reader.error(key, "unknown key " + quoted(name), name_hint(key.text, names));
        continue;
      }
      const auto list =
          std::find_if(lists_.begin(), lists_.end(), [&](const RecordList& one) { return one.name == name; });
      if (list != lists_.end()) {
        read_records(*list, value);
        continue;
      }
      if (auto* option = find(name)) {
        std::vector<std::string> values;
        const YamlNode* wrong = nullptr;
        if (value.is_nothing()) continue;  // `key:` alone leaves the default
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
        if (wrong != nullptr) {
          reader.error(
              *wrong, name + " is " + (std::holds_alternative<List>(option->binding) ? "a list of texts" : "one value"),
              option->info.example.empty() ? "" : "as in " + name + ": " + option->info.example);
          continue;
        }
        if (auto problem = set(*option, values); !problem.message.empty()) {
          reader.error(value, std::move(problem.message), std::move(problem.hint));
        } else {
          option->origin = place(value);
        }
        continue;
      }
      if (auto* secret = name.ends_with("_file") ? find(name.substr(0, name.size() - 5)) : nullptr;
          secret != nullptr && secret->info.secret == Secret::yes) {
        if (const auto path = reader.expect_string(value, name)) {
          secret->secret_file = *path;
          secret->file_origin = place(value);
        }
        continue;
      }
      if (value.is_nothing()) continue;
      if (reader.expect_mapping(value, name)) walk(value, name);
    }
  };
  if (reader.expect_mapping(*root, "the configuration")) walk(*root, "");
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

std::vector<OptionSet::Entry> OptionSet::entries() const {
  std::vector<Entry> entries;
  for (const auto& option : options_) {
    const bool secret = option.info.secret == Secret::yes;
    auto value = show(option.binding);
    if (secret && !value.empty()) value = "[secret]";
    std::string origin = option.origin.path.empty() ? "default" : option.origin.path;
    if (option.origin.line > 0) origin += ":" + std::to_string(option.origin.line);
    entries.push_back({option.info.name, option.environment, type_of(option.binding), std::move(value),
                       secret ? "" : option.fallback, std::move(origin), option.info.help, option.info.example,
                       option.info.applies, option.info.secret});
  }
  return entries;
}

Diagnostic OptionSet::at(std::string_view name, std::string message, std::string hint) const {
  for (const auto& option : options_)
    if (option.info.name == name) {
      auto diagnostic = option.origin;
      diagnostic.message = std::move(message);
      diagnostic.hint = std::move(hint);
      if (diagnostic.path.empty()) diagnostic.path = "configuration";
      return diagnostic;
    }
  return {"configuration", 0, 0, 1, std::move(message), std::move(hint)};
}

}  // namespace orgo
