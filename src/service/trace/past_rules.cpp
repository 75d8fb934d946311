#include "service/trace/past_rules.h"

#include <algorithm>
#include <utility>

#include "core/module/module_set.h"

namespace orgo {
namespace {

std::string first_of(const std::vector<Diagnostic>& errors) {
  const auto& first = errors.front();
  return first.path + ":" + std::to_string(first.line) + ": " + first.message;
}

}  // namespace

Result<std::shared_ptr<const rules::RuleSet>> PastRules::of(TenantId tenant, const std::string& version) {
  if (current_)
    if (auto now = current_(tenant); now && now->version() == version) return now;
  const std::lock_guard lock(mutex_);
  const auto known =
      std::ranges::find_if(held_, [&](const Held& one) { return one.tenant == tenant && one.version == version; });
  if (known != held_.end()) {
    std::rotate(known, known + 1, held_.end());
    return held_.back().rules;
  }
  ORGO_TRY(rules, read(tenant, version));
  if (held_.size() == kMost) held_.erase(held_.begin());
  held_.push_back({tenant, version, rules});
  return rules;
}

Result<std::shared_ptr<const rules::RuleSet>> PastRules::read(TenantId tenant, const std::string& version) {
  ORGO_TRY(then, history_.read_rule_version(tenant, version));
  const auto own = rules::load_rules(then.files, {.of_past = true});
  if (!own.rules)
    return failure(Errc::invalid_input,
                   "version " + version + " of the rules has errors for this Orgo: " + first_of(own.errors));
  if (!then.modules || then.modules->modules.empty()) return own.rules;
  std::vector<modules::ModuleSource> sources;
  for (const auto& one : then.modules->modules) {
    auto source = modules_(tenant, one);
    if (!source || modules::fingerprint(*source) != one.fingerprint)
      return failure(Errc::not_found, "the files of module " + one.name + " " + one.version + " (" + one.fingerprint +
                                          ") are not kept any more");
    sources.push_back(std::move(*source));
  }
  auto read = modules::load_modules(sources, then.files);
  if (!read.refused.empty())
    return failure(Errc::invalid_input, "module " + read.refused.front().name + " of version " + version +
                                            " has errors for this Orgo: " + first_of(read.refused.front().errors));
  return modules::combine(own.rules, std::move(read.modules), {}, then.modules->addresses);
}

}  // namespace orgo
