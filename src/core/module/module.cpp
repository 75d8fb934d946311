#include "core/module/module.h"

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/yaml.h"
#include "core/calendar/calendar_file.h"
#include "core/rules/rule_file.h"

namespace orgo::modules {
namespace {

constexpr auto kRuleFiles = std::to_array<std::string_view>(
    {"calendars.yaml", "on_call.yaml", "rules.yaml", "slas.yaml", "teams.yaml", "templates.yaml"});

bool is_yaml_in(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && path.ends_with(".yaml") && path.find('/', folder.size()) == std::string_view::npos;
}
bool is_case_file(std::string_view path) {
  return is_yaml_in(path, "cases/") || (path.starts_with("cases/") && path.ends_with(".eml"));
}

/// One module being read.
class Reader {
 public:
  Reader(const ModuleSource& source, std::span<const std::shared_ptr<const Module>> others,
         std::vector<Diagnostic>& errors)
      : source_(source), others_(others), errors_(errors) {}

  std::shared_ptr<const Module> read() {
    const auto before = errors_.size();
    sort_files();
    if (manifest_ == nullptr) {
      errors_.push_back({source_.folder, 0, 0, 1, "there is no module.yaml in this folder", "", false});
      return nullptr;
    }
    made_->manifest = read_manifest(*manifest_, errors_);
    if (!made_->manifest.name.empty() && made_->manifest.name != source_.name)
      at_line(*manifest_, 1,
              "the module is called '" + made_->manifest.name + "' and its folder '" + source_.name + "'",
              "both have one name");
    for (const auto* file : lexicons_) read_lexicon(*file, made_->words, errors_);
    if (types_ != nullptr) read_task_types(*types_, made_->types, errors_);
    add_needed_words();
    rules_.push_back(keywords_file(words_, source_.folder));
    for (const auto& file : rules_)
      for (const auto& feed : feeds_named_in(file))
        if (is_feed_url(feed))
          at_line(file, 0, "a module has its feeds in its folder, and this one is elsewhere: " + feed,
                  "put the file into the folder, as in {file: holidays.ics}");
    auto loaded = rules::load_rules(rules_, scope());
    errors_.insert(errors_.end(), loaded.errors.begin(), loaded.errors.end());
    made_->rules = std::move(loaded.rules);
    if (made_->rules) check_rules();
    made_->cases = cases::read_cases(cases_, errors_);
    made_->fingerprint = fingerprint(source_);
    const bool bad = std::any_of(errors_.begin() + static_cast<std::ptrdiff_t>(before), errors_.end(),
                                 [](const auto& one) { return !one.is_warning; });
    return bad || !made_->rules ? nullptr : made_;
  }

 private:
  void at_line(const SourceFile& file, int line, std::string message, std::string hint) {
    errors_.push_back({file.path, line, 1, 1, std::move(message), std::move(hint), false});
  }

  void sort_files() {
    for (const auto& file : source_.files) {
      const auto path = std::string_view(file.path).substr(std::min(file.path.size(), source_.folder.size() + 1));
      if (path == "module.yaml") manifest_ = &file;
      else if (path == "task_types.yaml") types_ = &file;
      else if (is_yaml_in(path, "lexicon/")) lexicons_.push_back(&file);
      else if (is_rules_file(path)) rules_.push_back(file);
      else if (is_case_file(path)) cases_.push_back(file);
      else if (path.starts_with("workflows"))
        errors_.push_back(
            {file.path, 0, 0, 1, "workflows are not supported by this version of Orgo", "take the file out", false});
      else if (!is_module_file(path))
        errors_.push_back({file.path, 0, 0, 1, "a module has no such file",
                           "known: module.yaml, rules.yaml, rules/*.yaml, templates.yaml, "
                           "task_types.yaml, calendars.yaml, slas.yaml, teams.yaml, on_call.yaml, *.ics, "
                           "lexicon/*.yaml, cases/*.yaml, "
                           "cases/*.eml, README.md",
                           false});
    }
  }

  /// Words of the modules that this one needs, under "other/keyword".
  void add_needed_words() {
    words_ = made_->words;
    for (const auto& need : made_->manifest.needs)
      for (const auto& other : others_)
        if (other->manifest.name == need.module)
          for (const auto& [keyword, words] : other->words.words) words_.words[need.module + "/" + keyword] = words;
  }

  /// Whom the rules may name without declaring them: the teams and roles of module.yaml, and those of needed modules.
  [[nodiscard]] WorkplaceScope scope() const {
    WorkplaceScope made{true, {}};
    for (const auto& [name, unused] : made_->manifest.contacts) made.contacts.push_back(name);
    for (const auto& need : made_->manifest.needs)
      for (const auto& other : others_)
        if (other->manifest.name == need.module)
          for (const auto& [name, unused] : other->manifest.contacts) made.contacts.push_back(name);
    return made;
  }

  /// A team under `teams` is one of the module's, as if it stood in module.yaml; where both say it, they say the same.
  void take_teams(const SourceFile& file, const YamlNode& teams) {
    for (const auto& [key, unused] : teams.entries) {
      const auto found = made_->rules->workplace().teams.find(key.text);
      if (found == made_->rules->workplace().teams.end()) continue;
      auto& contact = made_->manifest.contacts[key.text];
      const auto& address = found->second.address;
      if (!contact.address.empty() && !address.empty() && contact.address != address)
        at_line(file, key.line,
                "team '" + key.text + "' has the address " + address + " here and " + contact.address + " in " +
                    made_->manifest.path + ":" + std::to_string(contact.line),
                "take one of them out");
      if (contact.line == 0) contact.line = key.line;
      if (contact.address.empty()) contact.address = address;
      contact.own = true;
    }
  }

  [[nodiscard]] bool knows_contact(const std::string& name) const {
    if (name.empty() || name.find('@') != std::string::npos || made_->manifest.contacts.contains(name) ||
        made_->rules->workplace().on_call.contains(name))
      return true;
    for (const auto& need : made_->manifest.needs)
      for (const auto& other : others_)
        if (other->manifest.name == need.module && other->manifest.contacts.contains(name)) return true;
    return false;
  }

  /// What only the module as a whole can tell: that teams and task types are declared, and where names stand.
  void check_rules() {
    std::vector<Diagnostic> ignored;
    const auto files = rules::read_rule_files(rules_, ignored, {}, scope());
    for (const auto& file : rules_)
      if (const auto root = is_feed_name(file.path) ? std::nullopt : read_yaml(file, ignored)) {
        if (const auto* teams = root->find("teams")) take_teams(file, *teams);
        if (const auto* templates = root->find("templates"))
          for (const auto& [key, unused] : templates->entries)
            made_->template_places[key.text] = file.path + ":" + std::to_string(key.line);
      }
    std::vector<std::string_view> contacts;
    for (const auto& [name, unused] : made_->manifest.contacts) contacts.push_back(name);
    const auto types = made_->types.names();
    const std::vector<std::string_view> type_names(types.begin(), types.end());
    for (const auto& rule : files.rules) {
      const auto& file = rules_.at(rule.file);
      if (!rule.name.ends_with(":" + std::to_string(rule.line) + ")"))
        made_->rule_places[rule.name] = file.path + ":" + std::to_string(rule.line);
      if (rule.name.find('/') != std::string::npos)
        at_line(file, rule.line, "the name of a rule of a module has no /", "");
      auto named = rule.action.route_to;
      if (rule.action.assign) named.push_back(*rule.action.assign);
      for (const auto& step : rule.action.escalation) {
        named.push_back(step.to);
        if (step.effects) named.push_back(step.effects->assign);
      }
      for (const auto& name : named)
        if (!knows_contact(name))
          at_line(file, rule.line, "'" + name + "' is neither a team nor a role of this module",
                  name_hint(name, contacts));
      if (!rule.action.task_type.empty() && !made_->types.has(rule.action.task_type))
        at_line(file, rule.line, "unknown task type '" + rule.action.task_type + "'",
                name_hint(rule.action.task_type, type_names));
    }
  }

  const ModuleSource& source_;
  std::span<const std::shared_ptr<const Module>> others_;
  std::vector<Diagnostic>& errors_;
  std::shared_ptr<Module> made_ = std::make_shared<Module>();
  Lexicons words_;
  const SourceFile* manifest_ = nullptr;
  const SourceFile* types_ = nullptr;
  std::vector<const SourceFile*> lexicons_;
  std::vector<SourceFile> rules_;
  std::vector<SourceFile> cases_;
};

}  // namespace

bool is_module_file(std::string_view path) {
  return path == "module.yaml" || path == "task_types.yaml" || path == "README.md" || is_yaml_in(path, "lexicon/") ||
         is_rules_file(path) || is_case_file(path);
}

bool is_rules_file(std::string_view path) {
  const bool feed = is_feed_name(path) && path.find('/') == std::string_view::npos;
  return feed || std::find(kRuleFiles.begin(), kRuleFiles.end(), path) != kRuleFiles.end() ||
         is_yaml_in(path, "rules/");
}

std::string fingerprint(const ModuleSource& source) {
  Sha256Stream stream;
  for (const auto& file : source.files) {
    const auto path = std::string_view(file.path).substr(std::min(file.path.size(), source.folder.size()));
    stream.add(std::string(path) + ":" + std::to_string(file.text.size()) + ":");
    stream.add(file.text);
  }
  return to_hex(stream.finish()).substr(0, 8);
}

std::shared_ptr<const Module> load_module(const ModuleSource& source,
                                          std::span<const std::shared_ptr<const Module>> others,
                                          std::vector<Diagnostic>& errors) {
  return Reader(source, others, errors).read();
}

}  // namespace orgo::modules
