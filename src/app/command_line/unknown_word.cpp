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

std::string sentence(const std::string& path, std::string_view kind, std::string_view word,
                     const std::vector<std::string_view>& known) {
  std::string text = path + ": there is no " + std::string(kind) + " '" + std::string(word.substr(0, 60)) + "'";
  const auto nearest = nearest_name(word, known);
  if (!nearest.empty()) return text + "; did you mean '" + std::string(nearest) + "'?";
  text += "; there are ";
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i > 0) text += ", ";
    text += known[i];
  }
  return text;
}

std::string unknown_command(const CommandDescription& in, const std::string& path, std::string_view word) {
  std::vector<std::string_view> known;
  known.reserve(in.commands.size());
  for (const auto& one : in.commands) known.push_back(one.name);
  return sentence(path, "subcommand", word, known);
}

std::string unknown_option(const CommandDescription& in, const std::string& path, std::string_view word) {
  std::vector<std::string_view> known;
  for (const auto& one : in.options)
    for (const auto& name : one.names)
      if (name.starts_with("--")) known.push_back(name);
  return sentence(path, "option", word, known);
}

}  // namespace

std::string unknown_word(const CommandDescription& root, std::span<const std::string> words) {
  const auto* at = &root;
  std::string path = root.name;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--") return {};
    if (word.starts_with("-") && word.size() > 1) {
      const auto name = word.substr(0, word.find('='));
      const auto* option = find_option(*at, name);
      if (!option && name.starts_with("--")) return unknown_option(*at, path, name);
      if (option && !option->type.empty() && name.size() == word.size()) ++i;  // its value
      continue;
    }
    const auto* next = find_command(*at, word);
    if (!next && !at->commands.empty()) return unknown_command(*at, path, word);
    if (!next) continue;
    at = next;
    path += " " + next->name;
  }
  return {};
}

}  // namespace orgo
