#include "app/policies/policies_part.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "adapter/clock/system_clock.h"
#include "adapter/in_process/in_process_locks.h"
#include "adapter/in_process/in_process_signals.h"
#include "app/policies/policy_sources.h"

namespace orgo {
namespace {

/// One node with its data folder, over the rule files and the signals of all.
struct PoliciesNode {
  PoliciesNode(Config given, const std::string& name, SystemClock& clock, Signals& signals, Locks& locks)
      : config(std::move(given)), node(name, clock, signals, locks, lifecycle) {
    auto opened_storage = StoragePart::open(node, config);
    EXPECT_TRUE(opened_storage) << opened_storage.error().message;
    storage = *opened_storage;
    auto opened = PoliciesPart::open(node, config, *storage);
    EXPECT_TRUE(opened) << opened.error().message;
    policies = *opened;
  }
  TenantId add(const std::string& name, const std::vector<std::string>& recipients = {}) {
    const auto update = commands::add_tenant(name, recipients, "user:root", node.clock().now());
    const auto made = storage->stores().tenants.put_tenant(storage->tenant(), *update);
    EXPECT_TRUE(made) << made.error().message;
    EXPECT_TRUE(make_tenant_folder(*config.data.dir, *made));
    return made->id;
  }
  const Config config;
  Lifecycle lifecycle;
  Node node;
  StoragePart* storage = nullptr;
  PoliciesPart* policies = nullptr;
};

/// Twice: a file is taken when it stands still.
std::size_t look(PoliciesNode& node) {
  const auto first = node.policies->look();
  return first + node.policies->look();
}

class PoliciesPartTest : public testing::Test {
 protected:
  std::filesystem::path folder;
  SystemClock clock;
  InProcessSignals signals;
  InProcessLocks locks{clock.now()};

  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-policies-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    write(folder / "rules.yaml", "one");
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  static void write(const std::filesystem::path& path, const std::string& rule) {
    write_text(path, "rules:\n  - {name: " + rule +
                         ", condition: \"subject contains 'x'\", action: {route_to: a@school.org}}\n");
  }
  static void write_text(const std::filesystem::path& path, const std::string& text) { std::ofstream(path) << text; }
  [[nodiscard]] Config config_of(const std::string& node) const {
    Config config;
    config.data.dir = (folder / node).string();
    config.rules.files = std::vector<std::string>{(folder / "rules.yaml").string()};
    config.smtp.from = std::string("desk@school.org");
    config.webhooks.secret = std::string("the server's");
    config.organization.administrators = std::vector<std::string>{"it@school.org"};
    return config;
  }
};

TEST_F(PoliciesPartTest, AFolderIsTakenAwayAgainWithWhatWasMadeOnly) {
  const auto data = (folder / "data").string();
  const Tenant hillside{.name = "hillside"}, valley{.name = "valley"};
  const auto made = make_tenant_folder(data, hillside);
  ASSERT_TRUE(made) << made.error().message;
  const auto path = tenant_settings_file(data, "hillside");
  ASSERT_TRUE(std::filesystem::exists(path));
  const auto again = make_tenant_folder(data, hillside);
  ASSERT_TRUE(again);
  (*again)();
  EXPECT_TRUE(std::filesystem::exists(path)) << "the second call has made nothing";
  (*made)();
  EXPECT_FALSE(std::filesystem::exists(folder / "data/tenants"));
  EXPECT_TRUE(std::filesystem::exists(folder / "data")) << "which is not the tenant's";

  const auto other = make_tenant_folder(data, valley);
  ASSERT_TRUE(other);
  write(folder / "data/tenants/valley/rules.yaml", "theirs");
  (*other)();
  EXPECT_TRUE(std::filesystem::exists(folder / "data/tenants/valley/rules.yaml")) << "somebody has put it there";

  std::filesystem::create_directories(folder / "full/tenants");
  write_text(folder / "full/tenants/north", "a file where a folder should be");
  EXPECT_FALSE(make_tenant_folder((folder / "full").string(), Tenant{.name = "north"}));
  EXPECT_TRUE(std::filesystem::is_regular_file(folder / "full/tenants/north")) << "not ours to remove";
}

TEST_F(PoliciesPartTest, WhoFetchesFeedsHearsWhichTheRulesName) {
  const auto with_feed = [this](const std::string& name) {
    write_text(folder / "rules.yaml",
               "calendars:\n  school: {default: true, time_zone: UTC, hours: always, holidays: "
               "[\"https://feeds.example/" +
                   name + ".ics\"]}\nrules: []\n");
  };
  with_feed("one");
  PoliciesNode one(config_of("one"), "one", clock, signals, locks);
  std::vector<std::vector<std::string>> told;
  one.policies->on_feeds([&](std::vector<std::string> urls) { told.push_back(std::move(urls)); });
  with_feed("two");
  look(one);
  look(one);
  const auto only = [](const std::string& name) {
    return std::vector<std::string>{"https://feeds.example/" + name + ".ics"};
  };
  EXPECT_EQ(told, (std::vector{only("one"), only("two")})) << "at the start and when it changes, once each";
}

TEST_F(PoliciesPartTest, ANodeThatTakesOverRulesTellsTheOthers) {
  PoliciesNode one(config_of("one"), "one", clock, signals, locks);
  PoliciesNode two(config_of("two"), "two", clock, signals, locks);
  EXPECT_EQ(one.policies->look(), 0U);
  EXPECT_EQ(two.policies->look(), 0U);
  write(folder / "rules.yaml", "other");
  ASSERT_EQ(look(two), 1U);  // sees it by itself, and tells
  one.policies->ask_to_reload();
  one.policies->look();  // takes it over, and tells
  // The other looks at once, though no file has changed since its last look; the teller does not.
  std::size_t looked = 0;
  const auto until = within(Millis{20'000});
  while (looked == 0 && std::chrono::steady_clock::now() < until) {
    looked = two.policies->look();
    std::this_thread::yield();
  }
  EXPECT_EQ(looked, 1U);
}

TEST_F(PoliciesPartTest, WhatATenantDoesNotSayIsNotTheServersOwn) {
  PoliciesNode node(config_of("one"), "one", clock, signals, locks);
  const auto id = node.add("hillside", {"hillside.org", "office@hillside.example"});
  const auto policy = node.policies->policies()(id).value();
  EXPECT_EQ(policy->rules->size(), 0U);
  EXPECT_EQ(policy->settings.decide.domain, "hillside.org");
  EXPECT_EQ(policy->settings.render.domain, "hillside.org");
  EXPECT_EQ(policy->settings.render.from_address, "") << "orgo@ and its own domain";
  EXPECT_EQ(policy->settings.render.from_name, "hillside");
  EXPECT_EQ(policy->settings.webhook_secret, "");
  EXPECT_TRUE(policy->settings.administrators.empty());
  EXPECT_EQ(policy->settings.decide.own_addresses,
            (std::vector<std::string>{"@hillside.org", "office@hillside.example"}));
  const auto first = node.policies->policies()(node.storage->tenant()).value();
  EXPECT_EQ(first->settings.webhook_secret, "the server's");
  EXPECT_NE(first->settings.render.id_key, policy->settings.render.id_key);
}

TEST_F(PoliciesPartTest, WhatIsGoneFromATenantsFolderStaysInForceAndIsTold) {
  PoliciesNode node(config_of("one"), "one", clock, signals, locks);
  const auto id = node.add("hillside", {"hillside.org"});
  const auto home = folder / "one" / "tenants" / "hillside";
  const auto rules = [&] { return node.policies->policies()(id).value()->rules->size(); };
  const auto trouble = [&] { return node.policies->book().trouble(id); };
  write(home / "rules.yaml", "first");
  write(home / "rules-more.yaml", "second");
  write_text(home / "organization.yaml", "smtp: {from: helpdesk@hillside.org}\n");
  ASSERT_EQ(rules(), 2U);

  std::filesystem::rename(home / "rules-more.yaml", home / "aside");
  EXPECT_EQ(look(node), 1U);
  EXPECT_EQ(look(node), 0U) << "told once";
  EXPECT_EQ(rules(), 2U);
  EXPECT_NE(trouble().find("rules-more.yaml is gone"), std::string::npos) << trouble();
  EXPECT_FALSE(node.policies->ready_checks()[1].check());
  write(home / "rules-third.yaml", "third");
  look(node);
  EXPECT_EQ(rules(), 2U) << "one mistake holds all back, as an error in a file does";
  std::filesystem::rename(home / "aside", home / "rules-more.yaml");
  look(node);
  EXPECT_EQ(rules(), 3U);
  EXPECT_EQ(trouble(), "");

  std::filesystem::remove(home / "organization.yaml");
  look(node);
  EXPECT_NE(trouble().find("organization.yaml is gone"), std::string::npos) << trouble();
  EXPECT_EQ(node.policies->policies()(id).value()->settings.render.from_address, "helpdesk@hillside.org");
  write_text(home / "organization.yaml", "rules: {files: [rules-third.yaml]}\n");
  look(node);
  EXPECT_EQ(rules(), 1U) << "who names those that count takes the others out";
  EXPECT_EQ(trouble(), "");

  std::filesystem::rename(home, folder / "elsewhere");
  look(node);
  EXPECT_NE(trouble().find("is gone; put it back"), std::string::npos) << trouble();
  EXPECT_EQ(rules(), 1U);
  std::filesystem::rename(folder / "elsewhere", home);
  look(node);
  EXPECT_EQ(trouble(), "");
}

TEST_F(PoliciesPartTest, WithoutItsFolderNothingIsDecidedForATenant) {
  PoliciesNode node(config_of("one"), "one", clock, signals, locks);
  const auto id = node.add("hillside", {"hillside.org"});
  const auto home = folder / "one" / "tenants" / "hillside";
  std::filesystem::rename(home, folder / "elsewhere");
  const auto refused = node.policies->policies()(id);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::not_found);
  EXPECT_FALSE(node.policies->ready_checks()[1].check());
  EXPECT_EQ(look(node), 0U) << "told once";
  std::filesystem::rename(folder / "elsewhere", home);
  EXPECT_EQ(look(node), 1U);
  EXPECT_TRUE(node.policies->policies()(id)) << "a folder without rules is one";
}

TEST_F(PoliciesPartTest, TheServersOwnRulesStayWhenTheirFileIsGone) {
  PoliciesNode node(config_of("one"), "one", clock, signals, locks);
  const auto rules = [&] { return node.policies->policies()(node.storage->tenant()).value()->rules->size(); };
  std::filesystem::remove(folder / "rules.yaml");
  EXPECT_EQ(look(node), 1U);
  EXPECT_EQ(rules(), 1U);
  EXPECT_FALSE(node.policies->ready_checks()[0].check());
  write(folder / "rules.yaml", "again");
  EXPECT_EQ(look(node), 1U);
  EXPECT_TRUE(node.policies->ready_checks()[0].check());
}

TEST_F(PoliciesPartTest, ATenantsFilesAreItsPolicyAndAreReadAgain) {
  PoliciesNode node(config_of("one"), "one", clock, signals, locks);
  const auto id = node.add("hillside", {"hillside.org"});
  const auto home = folder / "one" / "tenants" / "hillside";
  write(home / "rules.yaml", "first");
  write_text(home / "organization.yaml", "smtp: {from: helpdesk@hillside.org}\n");
  ASSERT_EQ(node.policies->policies()(id).value()->rules->size(), 1U);
  EXPECT_EQ(node.policies->policies()(id).value()->settings.render.from_address, "helpdesk@hillside.org");
  EXPECT_EQ(look(node), 0U);
  write(home / "rules-more.yaml", "second");
  EXPECT_EQ(look(node), 1U) << "of that tenant only";
  EXPECT_EQ(node.policies->policies()(id).value()->rules->size(), 2U);
  write_text(home / "rules-more.yaml", "rules: [what\n");
  EXPECT_EQ(look(node), 1U);
  EXPECT_EQ(node.policies->policies()(id).value()->rules->size(), 2U) << "what was in force stays";
  EXPECT_EQ(node.policies->policies()(node.storage->tenant()).value()->rules->size(), 1U);
  const auto checks = node.policies->ready_checks();
  ASSERT_EQ(checks.size(), 2U);
  EXPECT_TRUE(checks[0].check()) << "the server's own are well";
  EXPECT_EQ(checks[1].check().error().message, "those of hillside have errors");
  EXPECT_FALSE(checks[1].required);
}

TEST_F(PoliciesPartTest, ATenantsFileReachesNothingOfTheServer) {
  PoliciesNode node(config_of("one"), "one", clock, signals, locks);
  int number = 0;
  for (const std::string text : {
           "data: {dir: /tmp}\n",
           "http: {listen: \"0.0.0.0:80\"}\n",
           "smtp: {host: mail.elsewhere.org}\n",
           "rules: {files: [/etc/passwd]}\n",
           "rules: {files: [../../rules.yaml]}\n",
           "mailboxes: [{name: a, host: h, username: u, password_file: /etc/passwd}]\n",
           "mailboxes: [{name: a, host: h, username: u, password_file: ../../secret}]\n",
           "mailboxes: [{name: a, host: h, username: u, token_command: \"touch /tmp/x\"}]\n",
           "imap: {host: h, username: u, token_command: \"touch /tmp/x\"}\n",
           "webhooks: {secret_file: /etc/passwd}\n",
       }) {
    const auto name = "school" + std::to_string(++number);
    const auto id = node.add(name, {name + ".org"});
    write_text(folder / "one" / "tenants" / name / "organization.yaml", text);
    const auto policy = node.policies->policies()(id);
    ASSERT_FALSE(policy) << text;
    EXPECT_EQ(policy.error().code, Errc::invalid_input) << text;
    EXPECT_NE(policy.error().message.find(name), std::string::npos) << policy.error().message;
  }
}

TEST_F(PoliciesPartTest, NeitherALinkNorAPipeInATenantsFolderReachesTheServer) {
  PoliciesNode node(config_of("one"), "one", clock, signals, locks);
  write_text(folder / "one" / "secret", "SECRET");
  const std::string with_password = "mailboxes: [{name: a, host: h, username: u, password_file: password}]\n";
  int number = 0;
  for (const auto& [file, settings] : std::vector<std::pair<std::string, std::string>>{
           {"rules.yaml", ""}, {"password", with_password}, {"organization.yaml", ""}})
    for (const bool pipe : {false, true}) {
      const auto name = "school" + std::to_string(++number);
      const auto id = node.add(name, {name + ".org"});
      const auto own = folder / "one" / "tenants" / name;
      std::filesystem::create_directories(own);
      if (!settings.empty()) write_text(own / "organization.yaml", settings);
      std::filesystem::remove(own / file);
      if (pipe) {
        ASSERT_EQ(::mkfifo((own / file).c_str(), 0600), 0);
      } else {
        std::filesystem::create_symlink("../../secret", own / file);
      }
      const auto policy = node.policies->policies()(id);  // a pipe would hold it here for ever
      ASSERT_FALSE(policy) << file << " " << pipe;
      EXPECT_EQ(policy.error().message.find("SECRET"), std::string::npos) << policy.error().message;
    }
}

}  // namespace
}  // namespace orgo
