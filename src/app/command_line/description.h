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
  std::string type;                ///< "FILE", "INT"; empty: a flag
  std::string help;
  bool required = false;
  bool several = false;  ///< takes more than one value
  std::string then{};    ///< of such an argument: what its last word is; empty: the same as the others
  std::string standard;  ///< what holds without it, where the help says so; empty: it doesn't
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

/// Where the words lead: the last command that they name, and the path to it ("orgo task list").
struct CommandPlace {
  const CommandDescription* command;
  std::string path;
};
CommandPlace place_of(const CommandDescription& root, std::span<const std::string> words);

/// The help of the command at the end of `path` ("orgo task list"), in lines of at most kHelpWidth columns, but for its
/// examples, which stand as they were written.
inline constexpr std::size_t kHelpWidth = 80;
std::string help_text(const CommandDescription& command, const std::string& path);

/// A script that completes subcommands and options: "bash", "zsh" or "fish"; empty: no such shell is known.
std::string completion_script(const CommandDescription& root, std::string_view shell);

/// The manual page, as man(7) reads it. `version`: "0.1.0".
std::string manual_page(const CommandDescription& root, std::string_view version);

}  // namespace orgo
