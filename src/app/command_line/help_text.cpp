#include <algorithm>

#include "app/command_line/description.h"
#include "app/fold.h"
#include "app/table.h"

namespace orgo {
namespace {

constexpr std::size_t kNames = 24;  ///< columns for the names of options and subcommands, the indent included

/// As fold_words(), as a line of a help text.
std::string wrapped(std::string_view text, std::size_t at, std::size_t indent) {
  return fold_words(text, at, indent, kHelpWidth) + "\n";
}

/// "  --limit INT             How many at most"
std::string line_of(const std::string& names, const std::string& help) {
  auto line = "  " + names;
  const auto width = shown_width(line);
  line += width + 2 > kNames ? "\n" + std::string(kNames, ' ') : std::string(kNames - width, ' ');
  return line + wrapped(help, kNames, kNames);
}

std::string names_of(const OptionDescription& option) {
  std::string names;
  for (const auto& name : option.names) names += (names.empty() ? "" : ", ") + name;
  if (names.empty())
    return option.label + (option.several ? " ..." : "") + (option.then.empty() ? "" : " " + option.then);
  return option.type.empty() ? names : names + " " + option.type;
}

std::string words_of(const OptionDescription& option) {
  auto help = option.help;
  if (option.required && !option.names.empty()) help += " (must be given)";
  if (!option.standard.empty()) help += " (else " + option.standard + ")";
  return help;
}

/// "Usage: orgo task reply [OPTIONS] task [text]"
std::string usage(const CommandDescription& command, const std::string& path) {
  auto words = path + " [OPTIONS]";
  if (!command.commands.empty()) words += " SUBCOMMAND";
  for (const auto& option : command.options)
    if (option.names.empty()) {
      const auto name = option.label + (option.several ? "..." : "") + (option.then.empty() ? "" : " " + option.then);
      words += option.required ? " " + name : " [" + name + "]";
    }
  return "Usage: " + wrapped(words, 7, 7 + path.size() + 1);
}

}  // namespace

std::string help_text(const CommandDescription& command, const std::string& path) {
  std::string text = wrapped(command.help, 0, 0) + usage(command, path);
  std::string arguments, options, commands;
  for (const auto& option : command.options)
    (option.names.empty() ? arguments : options) += line_of(names_of(option), words_of(option));
  for (const auto& one : command.commands) commands += line_of(one.name, one.help);
  if (!arguments.empty()) text += "\nArguments:\n" + arguments;
  if (!options.empty()) text += "\nOptions:\n" + options;
  if (!commands.empty()) text += "\nSubcommands:\n" + commands;
  if (!command.examples.empty()) text += "\nExamples:\n" + command.examples + "\n";
  return text;
}

}  // namespace orgo
