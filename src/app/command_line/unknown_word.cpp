#include <algorithm>

#include "app/command_line/description.h"
#include "base/text.h"

namespace orgo {
namespace {

const CommandDescription* find_command(const CommandDescription& in, std::string_view name) {
  for (const auto& one : in.commands)
    if (one.name == name) return &one;
  return nullptr;
}

const OptionDescription* find_option(const CommandDescription& in, std::string_view name) {
  for (const auto& one : in.options)
    for (const auto& known : one.names)
      if (known == name) return &one;
  return nullptr;
}

std::string quoted(std::string_view word) {
  return "'" + std::string(word.substr(0, 60)) + "'";
}

std::string unknown_command(const CommandDescription& in, const std::string& path, std::string_view word) {
  std::vector<std::string_view> known;
  known.reserve(in.commands.size());
  for (const auto& one : in.commands) known.push_back(one.name);
  return path + ": there is no subcommand " + quoted(word) + did_you_mean(word, known);
}

/// The first command below `in` that has the option: "orgo task list" for --json.
std::string command_with(const CommandDescription& in, const std::string& path, std::string_view option) {
  for (const auto& one : in.commands) {
    const auto here = path + " " + one.name;
    if (find_option(one, option) != nullptr) return here;
    if (auto below = command_with(one, here, option); !below.empty()) return below;
  }
  return {};
}

std::string unknown_option(const CommandDescription& in, const std::string& path, std::string_view word,
                           const CommandPlace& meant) {
  const auto begin = path + ": there is no option " + quoted(word);
  const auto below = find_option(*meant.command, word) != nullptr ? meant.path : command_with(in, path, word);
  if (!below.empty() && word != "--help")
    return begin + "; it stands behind a subcommand, as in `" + below + " " + std::string(word) + "`";
  std::vector<std::string_view> known;
  for (const auto& one : in.options)
    for (const auto& name : one.names) {
      if (!name.starts_with("--")) continue;
      known.push_back(name);
      // -j may be meant for --json.
      if (word.size() == 2 && name[2] == word[1]) return begin + "; did you mean '" + name + "'?";
    }
  return begin + did_you_mean(word, known);
}

/// How many arguments, those without a name, the command takes; -1: as many as there are.
int arguments_of(const CommandDescription& command) {
  int count = 0;
  for (const auto& option : command.options)
    if (option.names.empty()) {
      if (option.several) return -1;
      ++count;
    }
  return count;
}

}  // namespace

std::string unknown_word(const CommandDescription& root, std::span<const std::string> words) {
  const auto* at = &root;
  std::string path = root.name;
  int arguments = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--") return {};
    if (word.starts_with("-") && word.size() > 1) {
      const auto name = word.substr(0, word.find('='));
      const auto* option = find_option(*at, name);
      // Short ones may stand together or have their value behind them: only a single letter can be judged.
      if (!option && (name.starts_with("--") || name.size() == 2))
        return unknown_option(*at, path, name, place_of(root, words));
      if (!option) continue;
      if (!option->type.empty() && name.size() == word.size()) ++i;  // its value
      if (option->several) return {};                                // and where those end can't be told
      continue;
    }
    const auto* next = find_command(*at, word);
    if (!next && !at->commands.empty()) return unknown_command(*at, path, word);
    if (!next) {
      const int most = arguments_of(*at);
      if (++arguments > most && most >= 0)
        return path + ": " + quoted(word) + " is one word too many" +
               (word.find(' ') == std::string_view::npos && most > 0 ? "; a text of several words stands in quotes"
                                                                     : "");
      continue;
    }
    at = next;
    path += " " + next->name;
  }
  return {};
}

CommandPlace place_of(const CommandDescription& root, std::span<const std::string> words) {
  CommandPlace place{&root, root.name};
  for (const auto& word : words) {
    const auto* next = find_command(*place.command, word);
    if (next == nullptr) continue;
    place.command = next;
    place.path += " " + next->name;
  }
  return place;
}

}  // namespace orgo
