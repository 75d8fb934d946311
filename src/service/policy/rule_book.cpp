#include "service/policy/rule_book.h"

#include <utility>

namespace orgo {
namespace {

std::string in_words(const std::string& what, const std::vector<Diagnostic>& errors, const std::string& rest) {
  const auto& first = errors.front();
  return what + " " + std::to_string(errors.size()) + (errors.size() == 1 ? " error" : " errors") + ", the first at " +
         first.path + ":" + std::to_string(first.line) + ": " + first.message + "; " + rest;
}

}  // namespace

RuleBook::RuleBook() : own_(rules::load_rules({}).rules), current_(own_) {}

RuleBook::Draft RuleBook::read(const std::vector<SourceFile>& files, const modules::ModuleInput& input) const {
  Draft draft;
  auto loaded = rules::load_rules(files, {.people = input.people, .fetched = input.fetched, .must_have_rules = true});
  auto shelf = modules::load_modules(input.enabled, files, modules_);
  // Old modules still have tasks: mails to send, promises to keep.
  for (const auto& source : input.retired) draft.retired.push_back(modules::read_remains(source));
  if (!loaded.rules)
    draft.trouble = in_words("the rule files have", loaded.errors, "the rules loaded before stay in force");
  for (const auto& refused : shelf.refused)
    draft.trouble += (draft.trouble.empty() ? "" : "; ") +
                     in_words("module '" + refused.name + "' has", refused.errors,
                              refused.old_stays ? "its version before stays in force" : "it is not in force");
  draft.own = loaded.rules ? std::move(loaded.rules) : own_;
  draft.modules = std::move(shelf.modules);
  draft.rules = modules::combine(draft.own, draft.modules, draft.retired, input.addresses, input.zone);
  auto& report = draft.report;
  report.accepted = loaded.errors.empty();
  report.changed = current_->version() != draft.rules->version();
  report.rules = draft.rules->size();
  report.errors = std::move(loaded.errors);
  report.warnings = std::move(loaded.warnings);
  report.refused = std::move(shelf.refused);
  return draft;
}

void RuleBook::put_in_force(const Draft& draft) {
  own_ = draft.own;
  modules_ = draft.modules;
  current_ = draft.rules;
  began_ = true;
}

}  // namespace orgo
