#include "service/rule_book/rule_book.h"

#include <utility>

namespace orgo {

RuleBook::RuleBook() : current_(rules::load_rules({}).rules) {}

std::shared_ptr<const rules::RuleSet> RuleBook::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

RuleBook::Reloaded RuleBook::reload(const std::vector<SourceFile>& files) {
  auto loaded = rules::load_rules(files);
  Reloaded result;
  const std::lock_guard lock(mutex_);
  if (loaded.rules) {
    result.accepted = true;
    result.changed = !current_ || current_->version() != loaded.rules->version();
    current_ = std::move(loaded.rules);
    trouble_.clear();
  } else {
    const auto& first = loaded.errors.front();
    trouble_ = "the rule files have " + std::to_string(loaded.errors.size()) + (loaded.errors.size() == 1 ? " error" : " errors") +
               ", the first at " + first.path + ":" + std::to_string(first.line) + ": " + first.message +
               "; the rules loaded before stay in force";
  }
  result.rules = current_ ? current_->size() : 0;
  result.errors = std::move(loaded.errors);
  return result;
}

std::string RuleBook::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

}  // namespace orgo
