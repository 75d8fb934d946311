#include "core/module/remains.h"

#include "core/rules/rule_file.h"

namespace orgo::modules {

Remains read_remains(const ModuleSource& source) {
  Remains made;
  made.name = source.name;
  std::vector<Diagnostic> ignored;
  std::vector<SourceFile> files;
  for (const auto& file : source.files) {
    const auto path = std::string_view(file.path).substr(std::min(file.path.size(), source.folder.size() + 1));
    if (path == "module.yaml") made.contacts = read_manifest(file, ignored).contacts;
    else if (is_rules_file(path)) files.push_back(file);
  }
  auto read = rules::read_rule_files(files, ignored, {}, {.of_module = true, .contacts = {}});
  made.templates = std::move(read.templates);
  made.workplace = std::move(read.workplace);
  for (const auto& [name, team] : made.workplace.teams) made.contacts.try_emplace(name);
  return made;
}

}  // namespace orgo::modules
