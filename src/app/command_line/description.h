#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orgo {

/// One option or argument as the help tells it.
struct OptionDescription {
  std::vector<std::string> names;  ///< "--limit", "-h"; empty: an argument, told by its place
  std::string label;               ///< of an argument: "item"
  std::string type;                ///< "FILE", "INT:INT in [1 - 1000]"; empty: a flag
  std::string help;
};

/// A command with all below it, as data: what completion, the manual page and the search for a nearest name read.
struct CommandDescription {
  std::string name;
  std::string help;
  std::string examples;  ///< as they stand in the help, one a line
  std::vector<OptionDescription> options;
  std::vector<CommandDescription> commands;
};

/// What is wrong with the words behind the program's name, when one of them is no subcommand or option: which, where,
/// and the nearest that there is. Empty: nothing that this can see.
std::string unknown_word(const CommandDescription& root, std::span<const std::string> words);

/// A script that completes subcommands and options: "bash", "zsh" or "fish"; empty: no such shell is known.
std::string completion_script(const CommandDescription& root, std::string_view shell);

/// The manual page, as man(7) reads it. `version`: "0.1.0".
std::string manual_page(const CommandDescription& root, std::string_view version);

}  // namespace orgo
