#include "service/rule_book/rule_book.h"

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

std::shared_ptr<const rules::RuleSet> RuleBook::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

std::vector<modules::ModulePtr> RuleBook::modules_in_force() const {
  const std::lock_guard lock(mutex_);
  return modules_;
}

RuleBook::Reloaded RuleBook::reload(const std::vector<SourceFile>& files, const modules::ModuleInput& input) {
  auto loaded = rules::load_rules(files);
  const auto before = modules_in_force();
  auto shelf = modules::load_modules(input.enabled, files, before);
  // Old modules still have tasks: mails to send, promises to keep.
  std::vector<modules::Remains> retired;
  for (const auto& source : input.retired) retired.push_back(modules::read_remains(source));
  std::string trouble;
  if (!loaded.rules) trouble = in_words("the rule files have", loaded.errors, "the rules loaded before stay in force");
  for (const auto& refused : shelf.refused)
    trouble += (trouble.empty() ? "" : "; ") +
               in_words("module '" + refused.name + "' has", refused.errors,
                        refused.old_stays ? "its version before stays in force" : "it is not in force");
  Reloaded result;
  const std::lock_guard lock(mutex_);
  if (loaded.rules) own_ = std::move(loaded.rules);
  modules_ = std::move(shelf.modules);
  retired_ = std::move(retired);
  auto fresh = modules::combine(own_, modules_, retired_, input.addresses, input.zone);
  result.accepted = loaded.errors.empty();
  result.changed = current_->version() != fresh->version();
  current_ = std::move(fresh);
  trouble_ = std::move(trouble);
  result.rules = current_->size();
  result.errors = std::move(loaded.errors);
  result.warnings = std::move(loaded.warnings);
  result.refused = std::move(shelf.refused);
  return result;
}

std::string RuleBook::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

}  // namespace orgo
