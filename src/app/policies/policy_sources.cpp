#include "app/policies/policy_sources.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "adapter/data_folder/make_folder.h"
#include "adapter/data_folder/read_file.h"
#include "adapter/data_folder/write_file.h"
#include "app/policies/sending.h"
#include "app/policies/silence_settings.h"
#include "app/rules/rule_files.h"
#include "app/rules/rule_sources.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/tenant/commands.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr int kTenantsAtOnce = 500;
constexpr std::size_t kSettingsBytesMost = 1U << 20U;
constexpr std::string_view kSettingsFile = "organization.yaml";
/// What a tenant may decide for itself; docs/tenants.md names them.
const std::vector<std::string> kOptions{"organization",
                                        "mailboxes",
                                        "imap",
                                        "silence",
                                        "suppression",
                                        "rules",
                                        "smtp.from",
                                        "smtp.from_name",
                                        "webhooks.secret",
                                        "processing.copies",
                                        "processing.alerts",
                                        "answers",
                                        "processing.reopen_time"};

/// The main configuration's own: settings as they were read at the start, rules as they are now.
class MainPolicy final : public PolicySource {
 public:
  MainPolicy(const Config& config, std::string id_key, PeopleNames people)
      : zone_(config.organization.zone()), fetched_(config.mailboxes.addresses()),
        settings_(policy_settings(config, std::move(id_key))),
        sources_(*config.rules.files, *config.data.dir, *config.data.dir) {
    sources_.know(std::move(people));
  }

  Result<Read> read() override {
    ORGO_TRY(found, sources_.read());
    Read read{.files = absolute_paths(std::move(found.files)),
              .modules = std::move(found.modules),
              .settings = settings_,
              .trouble = std::move(found.trouble)};
    read.modules.zone = zone_;
    read.modules.fetched = fetched_;
    return read;
  }
  bool changed() override { return sources_.changed(); }
  [[nodiscard]] std::vector<std::string> feed_urls() const override { return sources_.feed_urls(); }

 private:
  TimeZone zone_;
  std::vector<std::string> fetched_;
  PolicySettings settings_;
  RuleSources sources_;
};

/// A folder of its own: organization.yaml, rules*.yaml and modules/. What is gone from it is a mistake like any other:
/// a disk that is not there, a hand that slipped. What was read before stays in force then; only who says otherwise, in
/// rules.files or by a restart, takes a file out.
class FolderPolicy final : public PolicySource {
 public:
  FolderPolicy(const Config& config, Tenant tenant, std::string id_key, PeopleNames people)
      : config_(config), tenant_(std::move(tenant)), folder_(tenant_folder(*config.data.dir, tenant_.name)),
        id_key_(std::move(id_key)), people_(std::move(people)) {
    loaded_.config.rules.files = std::vector<std::string>();
  }

  Result<Read> read() override {
    // Looked at first: what changes while it is read is seen at the next look.
    settings_files_ = RuleFiles({tenant_settings_file(*config_.data.dir, tenant_.name)});
    settings_files_.note();
    listed_ = tenant_rule_files(loaded_, folder_);
    auto loaded = load_tenant_config(config_, tenant_);
    if (!loaded.errors.empty())
      return failure(Errc::invalid_input, "the settings of tenant '" + tenant_.name + "' have errors\n" +
                                              to_string(loaded.errors, loaded.sources));
    auto files = tenant_rule_files(loaded, folder_);
    if (auto all_there = check_nothing_is_gone(loaded, files); !all_there) {
      if (sources_) sources_->note();  // told once
      return tl::unexpected(std::move(all_there).error());
    }
    sources_.emplace(files, *config_.data.dir, folder_, folder_);
    sources_->know(people_);
    ORGO_TRY(found, sources_->read());
    Read read{.files = absolute_paths(std::move(found.files)),
              .modules = std::move(found.modules),
              .settings = policy_settings(loaded.config, id_key_),
              .trouble = std::move(found.trouble)};
    read.modules.zone = loaded.config.organization.zone();
    read.modules.fetched = loaded.config.mailboxes.addresses();
    loaded_ = std::move(loaded);
    listed_ = files;
    rule_files_ = std::move(files);
    return read;
  }
  bool changed() override {
    const bool settings = settings_files_.changed() || tenant_rule_files(loaded_, folder_) != listed_;
    return (sources_ && sources_->changed()) || settings;
  }
  [[nodiscard]] std::vector<std::string> feed_urls() const override {
    return sources_ ? sources_->feed_urls() : std::vector<std::string>();
  }

 private:
  [[nodiscard]] Status check_nothing_is_gone(const LoadedConfig& loaded, const std::vector<std::string>& files) const {
    std::error_code ignored;
    if (!fs::is_directory(folder_, ignored))
      return failure(Errc::not_found, "the folder of tenant '" + tenant_.name + "', " + folder_ +
                                          ", is gone; put it back, or make an empty one if there shall be no rules");
    if (loaded.path.empty() && !loaded_.path.empty())
      return failure(Errc::not_found, loaded_.path +
                                          " is gone; what it said stays in force; put it back, or an "
                                          "empty one if the defaults shall hold");
    if (!loaded.config.rules.files.peek().empty()) return {};  // which are missing says who reads them
    for (const auto& file : rule_files_)
      if (std::find(files.begin(), files.end(), file) == files.end())
        return failure(Errc::not_found, "the rule file " + file +
                                            " is gone; the rules loaded before stay in force; put it back, or name "
                                            "those that count in rules.files of organization.yaml");
    return {};
  }

  const Config& config_;
  const Tenant tenant_;
  const std::string folder_;
  const std::string id_key_;
  RuleFiles settings_files_{{}};
  LoadedConfig loaded_;
  std::vector<std::string> rule_files_;  ///< that were read
  std::vector<std::string> listed_;      ///< that were there at the last try; other ones are a change, too
  const PeopleNames people_;
  std::optional<RuleSources> sources_;
};

std::unique_ptr<PolicySource> open_source(const Config& config, const Tenant& tenant, std::string id_key,
                                          PeopleNames people) {
  if (tenant.name == kFirstTenantName)
    return std::make_unique<MainPolicy>(config, std::move(id_key), std::move(people));
  return std::make_unique<FolderPolicy>(config, tenant, std::move(id_key), std::move(people));
}

/// Each line is a comment.
std::string starting_organization_yaml(const Tenant& tenant) {
  auto domain = tenant.recipients.empty() ? std::string("school.org") : tenant.recipients.front();
  domain.erase(0, domain.find('@') + 1);
  return "# What " + tenant.name +
         " decides for itself; docs/tenants.md. Rules stand beside this file in rules.yaml,\n"
         "# which is read again when it changes, as this file is.\n"
         "#\n"
         "# organization:\n"
         "#   name: \"" +
         tenant.name +
         "\"\n"
         "#   domain: " +
         domain +
         "               # of the message ids that we make\n"
         "#   time_zone: Europe/Berlin\n"
         "#   administrators: [it@" +
         domain +
         "]\n"
         "# smtp:\n"
         "#   from: helpdesk@" +
         domain +
         "        # the relay itself is that of the server\n"
         "#   from_name: \"Helpdesk\"\n"
         "# mailboxes:\n"
         "#   - {name: office, host: imap." +
         domain + ", username: office@" + domain + ", password_file: office.password}\n";
}

}  // namespace

PolicySettings policy_settings(const Config& config, std::string id_key) {
  PolicySettings settings;
  settings.render = render_settings(config, id_key);
  auto& decide = settings.decide;
  decide.domain = config.organization.wire_domain();
  decide.own_addresses = *config.organization.addresses;
  decide.zone = config.organization.zone();
  decide.trace = *config.processing.trace ? TraceDepth::decided : TraceDepth::none;
  decide.own_sender = sending_address(settings.render);
  decide.id_key = std::move(id_key);
  if (!ORGO_PLANT(hops_unheard)) decide.hops_max = static_cast<int>(*config.delivery.hops);
  decide.suppression = suppression_policy(config.suppression);
  decide.copies = *config.processing.copies;
  decide.alerts = *config.processing.alerts;
  decide.reopen_time = *config.processing.reopen_time;
  decide.answers = answer_policy(config.answers);
  settings.silence = silence_policy(config);
  settings.administrators = *config.organization.administrators;
  settings.default_recipient = "inbox@" + *config.organization.domain;
  if (!ORGO_PLANT(webhook_secret_unheard)) settings.webhook_secret = *config.webhooks.secret;
  return settings;
}

std::string tenant_folder(const std::string& data, std::string_view name) {
  return (fs::path(data) / "tenants" / name).string();
}

std::string tenant_settings_file(const std::string& data, std::string_view name) {
  return tenant_folder(data, name) + "/" + std::string(kSettingsFile);
}

LoadedConfig load_tenant_config(const Config& operators, const Tenant& tenant) {
  auto config = operators;
  config.organization = {};
  // A domain of its own in any case: by it mail that it sent itself is known.
  std::string domain = tenant.name + "." + *operators.organization.domain;
  std::vector<std::string> addresses;
  for (auto place = tenant.recipients.rbegin(); place != tenant.recipients.rend(); ++place) {
    const bool is_domain = place->find('@') == std::string::npos;
    if (is_domain) domain = *place;
    addresses.insert(addresses.begin(), is_domain ? "@" + *place : *place);
  }
  config.organization.domain = std::move(domain);
  config.organization.addresses = std::move(addresses);
  config.organization.name = tenant.name;
  config.mailboxes = {};
  config.silence = {};
  if (!ORGO_PLANT(sender_of_the_operators_lent)) config.smtp.from = std::string();
  config.smtp.from_name = std::string();
  if (!ORGO_PLANT(secret_of_the_operators_lent)) config.webhooks.secret = std::string();
  config.rules.files = std::vector<std::string>();
  auto loaded =
      load_partial_config(std::move(config), tenant_settings_file(*operators.data.dir, tenant.name), kOptions);
  for (const auto& file : loaded.config.rules.files.peek())
    if (!is_inside(file))
      loaded.errors.push_back({loaded.path, 1, 1, 1, "rules.files: '" + file + "' is not below the folder of this file",
                               "name it as in rules.files: [rules.yaml]"});
  return loaded;
}

bool says_nothing(const Config& operators, const Tenant& tenant) {
  const auto folder = tenant_folder(*operators.data.dir, tenant.name);
  const auto text = read_file_below(folder, tenant_settings_file(*operators.data.dir, tenant.name), kSettingsBytesMost);
  if (!text) return false;
  return std::ranges::all_of(split(*text, '\n'), [](std::string_view line) {
    line = trim(line);
    return line.empty() || line.starts_with('#');
  });
}

Status check_recipients(const Config& operators, TenantStore& tenants, const Tenant& tenant) {
  const auto refuse = [&](const std::string& address, const std::string& name, std::string_view where) {
    return failure(Errc::conflict, "'" + address + "' is an address of '" + name + "'" + std::string(where) +
                                       ": its mail would go to '" + tenant.name + "'");
  };
  for (auto after = kTrialTenant;;) {
    ORGO_TRY(page, tenants.list_tenants(after, kTenantsAtOnce));
    for (const auto& other : page) {
      if (other.name == tenant.name) continue;
      for (const auto& one : other.recipients)
        if (std::find(tenant.recipients.begin(), tenant.recipients.end(), one) != tenant.recipients.end())
          return refuse(one, other.name, "");
      const bool first = other.name == kFirstTenantName;
      if (!first && says_nothing(operators, other)) continue;
      auto own = first ? *operators.organization.addresses
                       : *load_tenant_config(operators, other).config.organization.addresses;
      // What a tenant has as a recipient comes to it whatever domain another has.
      std::erase_if(own, [&](const std::string& one) {
        const auto key = recipient_key(std::string_view(one).substr(one.starts_with('@') ? 1 : 0));
        return std::find(other.recipients.begin(), other.recipients.end(), key) != other.recipients.end();
      });
      if (const auto taken = taken_from(own, tenant.recipients); !taken.empty())
        return refuse(taken, other.name, " (organization.addresses)");
    }
    if (page.size() < static_cast<std::size_t>(kTenantsAtOnce)) return {};
    after = page.back().id;
  }
}

std::vector<std::string> tenant_rule_files(const LoadedConfig& loaded, const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& file : *loaded.config.rules.files) files.push_back((fs::path(folder) / file).string());
  if (!files.empty()) return files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("rules") && name.ends_with(".yaml")) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

PolicyBook::Open policy_sources(const Config& config, TenantStore& tenants,
                                std::function<std::string(std::string_view use)> key,
                                std::function<PeopleNames(TenantId)> people) {
  return [&config, &tenants, key = std::move(key),
          people = std::move(people)](TenantId id) -> Result<std::unique_ptr<PolicySource>> {
    ORGO_TRY(tenant, tenants.read_tenant(id));
    // Each tenant's ids are signed by a key of its own: one of another's is none.
    const std::string use = "message ids";
    return open_source(config, tenant, key(tenant.name == kFirstTenantName ? use : use + " of " + tenant.name),
                       people(id));
  };
}

std::unique_ptr<PolicySource> open_policy_source(const Config& config, const Tenant& tenant) {
  return open_source(config, tenant, {}, {});
}

std::string home_of(const std::string& data, const Tenant& tenant) {
  return tenant.name == kFirstTenantName ? data : tenant_folder(data, tenant.name);
}

Result<std::function<void()>> make_tenant_folder(const std::string& data, const Tenant& tenant) {
  const auto folder = tenant_folder(data, tenant.name);
  const auto path = tenant_settings_file(data, tenant.name);
  std::error_code ignored;
  std::vector<std::string> made;  // the innermost first
  for (const auto& each : {path, folder, fs::path(folder).parent_path().string()})
    if (!fs::exists(each, ignored)) made.push_back(each);
  const auto undo = [made] {
    std::error_code kept;  // a folder in which somebody has put something
    for (const auto& each : made) fs::remove(each, kept);
  };
  auto done = make_folder(folder);
  if (done && !fs::exists(path, ignored)) done = write_file(path, starting_organization_yaml(tenant), 0600);
  if (done) return undo;
  undo();
  return tl::unexpected(std::move(done).error());
}

}  // namespace orgo
