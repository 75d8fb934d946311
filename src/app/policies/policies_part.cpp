#include "app/policies/policies_part.h"

#include <charconv>
#include <utility>

#include "app/policies/policies_probe.h"
#include "app/policies/policy_sources.h"
#include "base/log.h"
#include "base/planted.h"
#include "base/text.h"

namespace orgo {
namespace {

const PoliciesProbe& probe() {
  static const PoliciesProbe instance;
  return instance;
}

constexpr std::string_view kTopic = "rules";
constexpr Millis kLookAtHistory{10'000};  ///< what another node has put in force, when its word got lost
constexpr Millis kLookAgain{400};         ///< a change of the rules is live within a second

/// A module that has errors is refused by itself; the organization goes on without it, or with its version before.
void tell_modules(const PolicyBook::Loaded& loaded) {
  if (!loaded.trouble.empty()) log::error("modules.refused", {{"cause", loaded.trouble}});
  for (const auto& refused : loaded.report.refused)
    log::error("module.refused", {{"module", refused.name},
                                  {"version before", refused.old_stays ? "stays in force" : "none"},
                                  {"detail", to_string(refused.errors, loaded.files)}});
  for (const auto& warning : loaded.report.warnings)
    log::warn("rules.warning", {{"detail", to_string({warning}, loaded.files)}});
}

}  // namespace

PoliciesPart::PoliciesPart(Node& node, const Config& config, StoragePart& storage)
    : config_(config), tenants_(storage.stores().tenants), operators_(storage.tenant()),
      book_(policy_sources(
                config, storage.stores().tenants, [&storage](std::string_view use) { return storage.key(use); },
                [&storage](TenantId tenant) {
                  return PeopleNames(tenant, storage.stores().people, storage.stores().tokens);
                }),
            storage.stores().rules, storage.stores().changes, node.clock(),
            {.most = static_cast<std::size_t>(*config.tenants.policies),
             .others_live = storage.stores().engine->is_shared() ? std::function([&node] { return node.has_others(); })
                                                                 : std::function<bool()>()}),
      signals_(node.signals()), boot_(node.boot()), is_shared_(storage.stores().engine->is_shared()) {}

Result<PoliciesPart*> PoliciesPart::open(Node& node, const Config& config, StoragePart& storage) {
  auto& part = node.lifecycle().own(std::make_unique<PoliciesPart>(node, config, storage));
  ORGO_CHECK(part.load());
  part.subscription_ = node.signals().subscribe(std::string(kTopic), [&part](std::string_view text) {
    if (text.empty()) part.asked_ = true;  // nobody knows whose
    const auto space = text.find(' ');
    if (space == std::string_view::npos || text.substr(0, space) == part.boot_) return;
    std::int64_t tenant = 0;
    const auto number = text.substr(space + 1);
    if (std::from_chars(number.data(), number.data() + number.size(), tenant).ec == std::errc{})
      part.book_.look_again(TenantId{tenant});
  });
  part.loops_ = &node.add_loops("rules");
  part.loops_->add("orgo-rules", [&part] {
    part.look();
    return kLookAgain;
  });
  return &part;
}

Status PoliciesPart::load() {
  const auto loaded = book_.reload(operators_);
  if (!loaded.report.errors.empty()) return failure(Errc::invalid_input, to_string(loaded.report.errors, loaded.files));
  if (loaded.are_unknown)
    return failure(Errc::conflict,
                   "the rule files here are no version of the rules by which the other nodes work: copy theirs, and "
                   "change them there or here once this node works");
  // A history that can't be written now (the disk is full) is tried again; the doors say so to those who bring mail.
  if (loaded.error && loaded.error->code != Errc::resource_exhausted) return tl::unexpected(*loaded.error);
  tell_modules(loaded);
  if (loaded.error) log::error("rules.not_kept", {{"cause", loaded.error->message}});
  probe().rules.set(static_cast<double>(book_.rule_count()));
  probe().troubled.set(static_cast<double>(book_.troubled().size()));
  return {};
}

void PoliciesPart::tell(const PolicyBook::Loaded& loaded) const {
  const auto& report = loaded.report;
  std::string tenant = to_string(loaded.tenant);
  if (const auto known = tenants_.read_tenant(loaded.tenant)) {
    tenant = known->name;
    const std::lock_guard lock(names_mutex_);
    names_[loaded.tenant] = tenant;
  }
  if (loaded.error) log::error("rules.refused", {{"tenant", tenant}, {"cause", loaded.error->message}});
  if (!report.errors.empty())
    log::error(
        "rules.refused",
        {{"tenant", tenant}, {"errors", report.errors.size()}, {"detail", to_string(report.errors, loaded.files)}});
  tell_modules(loaded);
  if (!report.changed || loaded.error) return;
  log::info("rules.loaded", {{"tenant", tenant}, {"rules", report.rules}});
  signals_.publish(kTopic, boot_ + " " + std::to_string(loaded.tenant.value));
}

void PoliciesPart::tell_feeds() {
  if (!told_) return;
  auto now = book_.feed_urls();
  if (now == feeds_) return;
  feeds_ = std::move(now);
  if (!ORGO_PLANT(new_feeds_are_not_told)) told_(feeds_);
}

void PoliciesPart::ask_to_reload() {
  asked_ = true;
  loops_->wake();
}

std::size_t PoliciesPart::look() {
  if (const auto now = std::chrono::steady_clock::now(); is_shared_ && now - looked_at_history_ >= kLookAtHistory) {
    looked_at_history_ = now;
    book_.look_at_history();
  }
  const auto all = asked_.exchange(false) ? book_.reload_all() : book_.reload_changed();
  for (const auto& loaded : all) tell(loaded);
  probe().rules.set(static_cast<double>(book_.rule_count()));
  probe().policies.set(static_cast<double>(book_.size()));
  probe().troubled.set(static_cast<double>(book_.troubled().size()));
  tell_feeds();
  return all.size();
}

void PoliciesPart::on_feeds(std::function<void(std::vector<std::string> urls)> told) {
  told_ = std::move(told);
  feeds_ = book_.feed_urls();
  told_(feeds_);
}

std::vector<gateway::ReadyCheck> PoliciesPart::ready_checks() const {
  const auto own = [this]() -> Status {
    const auto trouble = book_.trouble(operators_);
    return trouble.empty() ? Status{} : Status(failure(Errc::unavailable, trouble));
  };
  const auto others = [this]() -> Status {
    std::vector<std::string> names;
    for (const auto tenant : book_.troubled()) {
      if (tenant == operators_) continue;
      // Not asked of the store, which may hang: /readyz must not.
      const std::lock_guard lock(names_mutex_);
      const auto known = names_.find(tenant);
      names.push_back(known != names_.end() ? known->second : to_string(tenant));
    }
    return names.empty() ? Status{}
                         : Status(failure(Errc::unavailable, "those of " + join(names, ", ") + " have errors"));
  };
  // The rules before stay in force: no reason to send traffic elsewhere, where they would be no better.
  return {{.name = "rules", .check = own, .required = ORGO_PLANT(rule_error_is_not_ready)},
          {.name = "rules of tenants", .check = others, .required = false}};
}

}  // namespace orgo
