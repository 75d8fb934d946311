#include "app/rules/rules_part.h"

#include <utility>

#include "app/rules/rules_probe.h"
#include "base/log.h"
#include "core/module/rule_version.h"

namespace orgo {
namespace {

constexpr Millis kCommitTime{60'000};

const RulesProbe& probe() {
  static const RulesProbe instance;
  return instance;
}

/// A module that has errors is refused by itself; the server goes on without it, or with its version before.
void tell_refused(const RuleBook::Reloaded& loaded, const RuleSources::Read& read) {
  if (!read.trouble.empty()) log::error("modules.refused", {{"cause", read.trouble}});
  std::vector<SourceFile> sources;
  for (const auto& module : read.modules.enabled)
    sources.insert(sources.end(), module.files.begin(), module.files.end());
  for (const auto& refused : loaded.refused)
    log::error("module.refused", {{"module", refused.name},
                                  {"version before", refused.old_stays ? "stays in force" : "none"},
                                  {"detail", to_string(refused.errors, sources)}});
}

void tell_warnings(const RuleBook::Reloaded& loaded, const RuleSources::Read& read) {
  for (const auto& warning : loaded.warnings)
    log::warn("rules.warning", {{"detail", to_string({warning}, read.files)}});
}

}  // namespace

RulesPart::RulesPart(Node& node, const Config& config, StoragePart& storage)
    : clock_(node.clock()), tenant_(storage.tenant()), history_(storage.stores().changes),
      zone_(config.organization.zone()), sources_(*config.rules.files, *config.data.dir), signals_(node.signals()),
      boot_(node.boot()) {}

Result<RulesPart*> RulesPart::open(Node& node, const Config& config, StoragePart& storage) {
  auto& part = node.lifecycle().own(std::make_unique<RulesPart>(node, config, storage));
  ORGO_CHECK(part.load());
  part.subscription_ = node.signals().subscribe(part.topic(), [&part](std::string_view boot) {
    if (boot != part.boot_) part.changed_elsewhere_ = true;
  });
  return &part;
}

Status RulesPart::load() {
  ORGO_TRY(read, sources_.read());
  read.modules.zone = zone_;
  const auto loaded = book_.reload(read.files, read.modules);
  if (!loaded.accepted) return failure(Errc::invalid_input, to_string(loaded.errors, read.files));
  tell_refused(loaded, read);
  tell_warnings(loaded, read);
  took_over(read);
  return {};
}

/// The rules are in force: they go into the history too, now or, when the disk is full, later.
void RulesPart::took_over(const RuleSources::Read& read) {
  const auto current = book_.current();
  probe().rules.set(static_cast<double>(current->size()));
  unkept_ = RuleVersion{tenant_,      current->version(),         static_cast<std::int64_t>(current->size()),
                        clock_.now(), absolute_paths(read.files), {}};
  auto& in_force = unkept_->modules.emplace();
  in_force.addresses = read.modules.addresses;
  for (const auto& module : book_.modules_in_force())
    in_force.modules.push_back({module->manifest.name, to_string(module->manifest.version), module->fingerprint});
  keep();
}

void RulesPart::keep() {
  if (!unkept_) return;
  const auto kept = commit_one(history_, add_rule_version(*unkept_), within(kCommitTime));
  // conflict: the newest entry is this very version, as after a restart.
  if (kept || kept.error().code == Errc::conflict) unkept_.reset();
  else log::error("rules.not_kept", {{"version", unkept_->version}, {"cause", kept.error().message}});
}

void RulesPart::reload() {
  auto read = sources_.read();
  if (!read) {
    log::error("rules.refused", {{"cause", read.error().message}});
    return;
  }
  if (told_) told_(sources_.feed_urls());
  read->modules.zone = zone_;
  const auto loaded = book_.reload(read->files, read->modules);
  if (!loaded.accepted)
    log::error("rules.refused", {{"errors", loaded.errors.size()}, {"detail", to_string(loaded.errors, read->files)}});
  tell_refused(loaded, *read);
  tell_warnings(loaded, *read);
  if (loaded.accepted) took_over(*read);
  else probe().rules.set(static_cast<double>(loaded.rules));
  if (loaded.changed)
    log::info("rules.loaded", {{"rules", loaded.rules},
                               {"modules", book_.modules_in_force().size()},
                               {"version", book_.current()->version()}});
  if (loaded.changed) signals_.publish(topic(), boot_);
}

void RulesPart::reload_changed() {
  const bool elsewhere = changed_elsewhere_.exchange(false);
  if (sources_.changed() || elsewhere) reload();
  else keep();
}

void RulesPart::on_feeds(std::function<void(std::vector<std::string> urls)> told) {
  told_ = std::move(told);
  told_(sources_.feed_urls());
}

std::shared_ptr<const Workplace> RulesPart::workplace() const {
  auto rules = book_.current();
  const auto* part = &rules->workplace();
  return {std::move(rules), part};
}

gateway::ReadyCheck RulesPart::ready_check() const {
  return {"rules", [this] {
            const auto trouble = book_.trouble();
            return trouble.empty() ? Status{} : Status(failure(Errc::unavailable, trouble));
          }};
}

}  // namespace orgo
