#include "app/command_line/description.h"

namespace orgo {
namespace {

/// Text for roff: no line may begin with a control character, and a backslash begins an escape (groff_man(7)).
std::string roff(std::string_view text) {
  std::string out;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else out += c;
    at_start = c == '\n';
  }
  return out;
}

void write_options(std::string& page, const CommandDescription& command) {
  for (const auto& option : command.options) {
    std::string names;
    for (const auto& name : option.names) names += (names.empty() ? "" : ", ") + name;
    if (names.empty()) names = option.label;
    page += ".TP\n.B " + roff(names) +
            (option.type.empty() || option.names.empty() ? "" : " \\fI" + roff(option.type) + "\\fR") + "\n" +
            roff(option.help.empty() ? "(no words)" : option.help) + "\n";
  }
}

void write_command(std::string& page, const CommandDescription& command, const std::string& path) {
  page += ".SS " + roff(path) + "\n" + roff(command.help) + "\n";
  write_options(page, command);
  if (!command.examples.empty()) page += ".PP\n.EX\n" + roff(command.examples) + "\n.EE\n";
  for (const auto& one : command.commands) write_command(page, one, path + " " + one.name);
}

}  // namespace

std::string manual_page(const CommandDescription& root, std::string_view version) {
  std::string page = ".TH ORGO 1 \"\" \"orgo " + std::string(version) + "\" \"Orgo\"\n.SH NAME\norgo \\- " +
                     roff(root.help) + "\n.SH SYNOPSIS\n.B orgo\n\\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n.SH OPTIONS\n";
  write_options(page, root);
  page += ".SH COMMANDS\n";
  for (const auto& one : root.commands) write_command(page, one, "orgo " + one.name);
  page += ".SH EXAMPLES\n.EX\n" + roff(root.examples) + "\n.EE\n";
  page +=
      ".SH FILES\n.TP\n.I /etc/orgo/config.yaml\nThe configuration, when neither \\-\\-config nor ORGO_CONFIG names "
      "one; "
      "\nand the folder has no config.yaml.\n.SH EXIT STATUS\n0: done. 1: it failed. 2: asked wrongly.\n";
  return page;
}

}  // namespace orgo
