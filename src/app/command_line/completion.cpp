#include <functional>

#include "app/command_line/description.h"

namespace orgo {
namespace {

/// Calls `each` with "task list" and its command, the root first with "".
void walk(const CommandDescription& command, const std::string& path,
          const std::function<void(const std::string&, const CommandDescription&)>& each) {
  each(path, command);
  for (const auto& one : command.commands) walk(one, path.empty() ? one.name : path + " " + one.name, each);
}

std::string words_of(const CommandDescription& command) {
  std::string words;
  const auto add = [&](const std::string& word) { words += (words.empty() ? "" : " ") + word; };
  for (const auto& one : command.commands) add(one.name);
  for (const auto& option : command.options)
    for (const auto& name : option.names) add(name);
  return words;
}

/// One function for both: zsh runs bash's completion by bashcompinit. The words so far that are subcommands are the
/// path.
std::string bash_script(const CommandDescription& root) {
  std::string cases;
  walk(root, "", [&](const std::string& path, const CommandDescription& command) {
    cases += "    '" + path + "') words='" + words_of(command) + "' ;;\n";
  });
  return "_orgo() {\n"
         "  local word path='' words='' next current=${COMP_WORDS[COMP_CWORD]}\n"
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    case $word in -*) continue ;; esac\n"
         "    next=\"${path:+$path }$word\"\n"
         "    case $next in\n" +
         [&] {
           std::string paths;
           walk(root, "", [&](const std::string& path, const CommandDescription&) {
             if (!path.empty()) paths += (paths.empty() ? "'" : "|'") + path + "'";
           });
           return "      " + paths + ") path=$next ;;\n";
         }() +
         "    esac\n"
         "  done\n"
         "  case $path in\n" +
         cases +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$current\"))\n"
         "}\n"
         "complete -o filenames -F _orgo orgo\n";
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fish_script(const CommandDescription& root) {
  std::string script;
  walk(root, "", [&](const std::string& path, const CommandDescription& command) {
    const std::string condition = path.empty()
                                      ? "__fish_use_subcommand"
                                      : "'__fish_seen_subcommand_from " + path.substr(path.rfind(' ') + 1) + "'";
    for (const auto& one : command.commands)
      script += "complete -c orgo -n " + condition + " -f -a " + quoted(one.name) + " -d " + quoted(one.help) + "\n";
    for (const auto& option : command.options)
      for (const auto& name : option.names)
        if (name.starts_with("--"))
          script += "complete -c orgo -n " + condition + " -l " + quoted(name.substr(2)) +
                    (option.type.empty() ? "" : " -r") + " -d " + quoted(option.help) + "\n";
  });
  return script;
}

}  // namespace

std::string completion_script(const CommandDescription& root, std::string_view shell) {
  if (shell == "bash") return bash_script(root);
  if (shell == "zsh") return "autoload -U +X bashcompinit && bashcompinit\n" + bash_script(root);
  if (shell == "fish") return fish_script(root);
  return {};
}

}  // namespace orgo
