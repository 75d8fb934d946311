#include "service/policy/policy_book.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/planted.h"
#include "core/policy/rules_choice.h"

namespace orgo {

struct PolicyBook::Entry {
  explicit Entry(TenantId of) : tenant(of) {}
  const TenantId tenant;

  std::mutex loading;  ///< guards the next four
  std::unique_ptr<PolicySource> source;
  RuleBook book;
  std::string seen;     ///< version of the files when they were read last
  bool unkept = false;  ///< the newest version could not be kept, so that it is not in force

  std::atomic<bool> stale{false};  ///< look_again()

  // Guarded by the book's mutex.
  std::shared_ptr<const Policy> policy;
  std::optional<Error> error;  ///< of the last load, when nothing is in force
  TimePoint failed_at{};
  std::string trouble;
  std::vector<std::string> feeds;
};

namespace {

constexpr Millis kCommitTime{60'000};

/// What is in force with these rules, as the history notes it.
modules::InForce noted(const modules::ModuleInput& input, const std::vector<modules::ModulePtr>& modules) {
  modules::InForce in_force;
  in_force.addresses = input.addresses;
  for (const auto& module : modules)
    in_force.modules.push_back({module->manifest.name, to_string(module->manifest.version), module->fingerprint});
  return in_force;
}

}  // namespace

PolicyBook::PolicyBook(Open open, RuleStore& versions, ChangeStore& changes, Clock& clock, PolicyBookOptions options)
    : open_(std::move(open)), versions_(versions), changes_(changes), clock_(clock), options_(options) {}
PolicyBook::~PolicyBook() = default;

std::shared_ptr<PolicyBook::Entry> PolicyBook::entry(TenantId tenant) {
  const std::lock_guard lock(mutex_);
  if (const auto known = entries_.find(tenant); known != entries_.end()) {
    if (!ORGO_PLANT(policy_in_use_is_put_away)) order_.splice(order_.begin(), order_, known->second);
    return *known->second;
  }
  order_.push_front(std::make_shared<Entry>(tenant));
  entries_.emplace(tenant, order_.begin());
  evict();
  return order_.front();
}

void PolicyBook::evict() {
  while (order_.size() > std::max<std::size_t>(1, options_.most)) {
    entries_.erase(order_.back()->tenant);
    order_.pop_back();  // who works with its policy keeps it alive until he is done
  }
}

Result<std::shared_ptr<const Policy>> PolicyBook::of(TenantId tenant) {
  const auto found = entry(tenant);
  const auto known = [&]() -> std::optional<Result<std::shared_ptr<const Policy>>> {
    const std::lock_guard lock(mutex_);
    if (found->policy) return found->policy;
    if (found->error && clock_.now() - found->failed_at < options_.retry) return tl::unexpected(*found->error);
    return std::nullopt;
  };
  if (auto answer = known()) return *std::move(answer);
  const std::lock_guard loading(found->loading);
  if (auto answer = known()) return *std::move(answer);  // another one has loaded it meanwhile
  auto loaded = load(*found);
  const std::lock_guard lock(mutex_);
  if (found->policy) return found->policy;
  return tl::unexpected(loaded.error.value_or(Error{Errc::unavailable, "the policy can't be loaded"}));
}

PolicyBook::Loaded PolicyBook::load(Entry& entry) {
  Loaded loaded{.tenant = entry.tenant};
  const auto failed = [&](Error error) {
    loaded.error = error;
    const std::lock_guard lock(mutex_);
    entry.trouble = error.message;
    entry.error = std::move(error);
    entry.failed_at = clock_.now();
    return std::move(loaded);
  };
  if (!entry.source) {
    auto opened = open_(entry.tenant);
    if (!opened) return failed(opened.error());
    entry.source = *std::move(opened);
  }
  const auto seen_before = entry.seen;
  auto read = entry.source->read();
  if (!read) return failed(read.error());
  loaded.trouble = read->trouble;
  auto draft = entry.book.read(read->files, read->modules);
  loaded.files = read->files;
  loaded.report = draft.report;
  if (!draft.report.accepted && !entry.book.began()) {
    // Nothing is in memory, as after a restart: what was in force last is in the history.
    const auto refusal = draft.trouble;
    auto newest = versions_.list_rule_versions(entry.tenant, 1);
    if (!newest) return failed(newest.error());
    if (newest->empty()) return failed({Errc::invalid_input, refusal});
    auto kept = versions_.read_rule_version(entry.tenant, newest->front().version);
    if (!kept) return failed(kept.error());
    read->files = std::move(kept->files);
    draft = entry.book.read(read->files, read->modules);
    if (!draft.report.accepted) return failed({Errc::invalid_input, refusal});
    draft.trouble = refusal;
  }
  if (options_.others_live)
    if (const auto followed = follow(entry, *read, draft, loaded); !followed) return failed(followed.error());
  if (const auto done = put_in_force(entry, *read, draft); !done) {
    entry.unkept = true;
    entry.seen = seen_before;
    return failed(done.error());
  }
  entry.unkept = false;
  return loaded;
}

Status PolicyBook::follow(Entry& entry, PolicySource::Read& read, RuleBook::Draft& draft, Loaded& loaded) {
  ORGO_TRY(history, versions_.list_rule_versions(entry.tenant, 1));
  if (history.empty()) return {};
  const auto& newest = history.front();
  // Files with errors say nothing: who works by others goes on with them, or with what has followed.
  const auto files = draft.report.accepted ? draft.rules->version() : entry.seen;
  const auto seen = std::exchange(entry.seen, files);
  if (files.empty() || newest.version == draft.rules->version()) return {};
  const bool is_known = seen.empty() && versions_.read_rule_version(entry.tenant, files).has_value();
  const auto choice = choose_rules({.files = files,
                                    .seen = seen,
                                    .newest = newest.version,
                                    .is_known = is_known,
                                    .others_live = options_.others_live()});
  if (choice == RulesChoice::files) return {};
  loaded.are_unknown = choice == RulesChoice::unknown;
  ORGO_TRY(kept, versions_.read_rule_version(entry.tenant, newest.version));
  auto theirs = entry.book.read(kept.files, read.modules);
  if (!theirs.report.accepted || theirs.rules->version() != newest.version)
    return failure(Errc::conflict, "the other nodes work by rules of version " + newest.version +
                                       ", which can't be made of what is here: copy the folder modules/ and the "
                                       "settings of modules from there");
  theirs.trouble = "the other nodes work by rules of version " + newest.version +
                   ", and so does this one; the files that lie here are not theirs: copy them from there";
  read.files = std::move(kept.files);
  draft = std::move(theirs);
  loaded.report = draft.report;
  loaded.files = read.files;
  return {};
}

Status PolicyBook::put_in_force(Entry& entry, const PolicySource::Read& read, const RuleBook::Draft& draft) {
  RuleVersion version{.tenant = entry.tenant,
                      .version = draft.rules->version(),
                      .rules = static_cast<std::int64_t>(draft.rules->size()),
                      .accepted_at = clock_.now(),
                      .files = read.files,
                      .modules = noted(read.modules, draft.modules)};
  ORGO_TRY(newest, versions_.list_rule_versions(entry.tenant, 1));
  const bool known =
      !newest.empty() && newest.front().version == version.version && newest.front().modules == version.modules;
  if (!known) {
    const auto kept = commit_one(changes_, add_rule_version(std::move(version)), within(kCommitTime));
    // conflict: another node was first with this very version.
    if (!kept && kept.error().code != Errc::conflict) return tl::unexpected(kept.error());
  }
  entry.book.put_in_force(draft);
  auto policy =
      std::make_shared<const Policy>(Policy{.tenant = entry.tenant, .rules = draft.rules, .settings = read.settings});
  const std::lock_guard lock(mutex_);
  const bool other = entry.policy ? true : !known;  // of the settings too: a zone may be another one
  entry.policy = std::move(policy);
  entry.error.reset();
  entry.trouble = draft.trouble;
  if (!read.trouble.empty()) entry.trouble += (entry.trouble.empty() ? "" : "; ") + read.trouble;
  entry.feeds = entry.source->feed_urls();
  if (other && std::find(changed_.begin(), changed_.end(), entry.tenant) == changed_.end())
    changed_.push_back(entry.tenant);
  return {};
}

PolicyBook::Loaded PolicyBook::reload(TenantId tenant) {
  const auto found = entry(tenant);
  const std::lock_guard loading(found->loading);
  return load(*found);
}

std::vector<std::shared_ptr<PolicyBook::Entry>> PolicyBook::entries() const {
  const std::lock_guard lock(mutex_);
  return {order_.begin(), order_.end()};
}

std::vector<PolicyBook::Loaded> PolicyBook::reload_changed() {
  std::vector<Loaded> all;
  for (const auto& one : entries()) {
    const std::lock_guard loading(one->loading);
    if (!one->source) continue;
    const bool changed = one->source->changed();
    if (one->stale.exchange(false) || changed || one->unkept) all.push_back(load(*one));
  }
  return all;
}

std::vector<PolicyBook::Loaded> PolicyBook::reload_all() {
  std::vector<Loaded> all;
  for (const auto& one : entries()) {
    const std::lock_guard loading(one->loading);
    all.push_back(load(*one));
  }
  return all;
}

void PolicyBook::look_again(TenantId tenant) {
  const std::lock_guard lock(mutex_);
  if (const auto known = entries_.find(tenant); known != entries_.end()) (*known->second)->stale = true;
}

void PolicyBook::look_at_history() {
  for (const auto& one : entries()) {
    std::string version;
    {
      const std::lock_guard lock(mutex_);
      if (one->policy) version = one->policy->rules->version();
    }
    if (version.empty()) continue;
    const auto newest = versions_.list_rule_versions(one->tenant, 1);
    if (newest && !newest->empty() && newest->front().version != version) one->stale = true;
  }
}

void PolicyBook::forget(TenantId tenant) {
  const std::lock_guard lock(mutex_);
  const auto known = entries_.find(tenant);
  if (known == entries_.end()) return;
  order_.erase(known->second);
  entries_.erase(known);
}

std::vector<TenantId> PolicyBook::take_changed() {
  const std::lock_guard lock(mutex_);
  return std::exchange(changed_, {});
}

std::string PolicyBook::trouble(TenantId tenant) const {
  const std::lock_guard lock(mutex_);
  const auto known = entries_.find(tenant);
  return known == entries_.end() ? std::string() : (*known->second)->trouble;
}

std::vector<TenantId> PolicyBook::troubled() const {
  const std::lock_guard lock(mutex_);
  std::vector<TenantId> all;
  for (const auto& [tenant, place] : entries_)
    if (!(*place)->trouble.empty()) all.push_back(tenant);
  return all;
}

std::vector<std::string> PolicyBook::feed_urls() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> urls;
  for (const auto& one : order_) urls.insert(urls.end(), one->feeds.begin(), one->feeds.end());
  std::sort(urls.begin(), urls.end());
  urls.erase(std::unique(urls.begin(), urls.end()), urls.end());
  return urls;
}

std::size_t PolicyBook::size() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(order_.begin(), order_.end(), [](const auto& one) { return one->policy != nullptr; }));
}

std::size_t PolicyBook::rule_count() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& one : order_)
    if (one->policy) count += one->policy->rules->size();
  return count;
}

}  // namespace orgo
