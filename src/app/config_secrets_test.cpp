// What people see of a configuration, on screens and in logs, holds no secret: whatever is wrong with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/config.h"
#include "app/config_options.h"

namespace orgo {
namespace {

using testing::HasSubstr;
using testing::Not;

class ConfigSecrets : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "orgo-secrets-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  LoadedConfig load(const std::string& yaml, std::map<std::string, std::string> environment = {}) const {
    ConfigSources sources;
    sources.path = (folder / "config.yaml").string();
    std::ofstream(*sources.path) << yaml;
    sources.environment = std::move(environment);
    return load_config(sources);
  }
  std::filesystem::path folder;
};

/// Each option that is a secret, in each way to write it wrong, and wrong things beside it.
TEST_F(ConfigSecrets, NoErrorShowsASecret) {
  Config config;
  auto options = config_options(config);
  int secrets = 0;
  for (const auto& entry : options.entries()) {
    if (entry.secret == Secret::no) continue;
    ++secrets;
    const auto dot = entry.name.rfind('.');
    const auto section = entry.name.substr(0, dot), key = entry.name.substr(dot + 1);
    for (const std::string value :
         {"\"hunter2\\nhunter2\"", "[hunter2, hunter2]", "{hunter2: hunter2}", "|\n    hunter2\n    b",
          "hunter2, hunter2: [", "hunter2, nothing_like_it: hunter2"})
      for (const auto& name : {key, key.substr(1), key + "s"}) {
        for (const auto& yaml :
             {section + ": {" + name + ": " + value + "}\n", section + ":\n  " + name + ": " + value + "\n"}) {
          const auto loaded = load(yaml);
          EXPECT_THAT(to_string(loaded.errors, loaded.sources) + to_string(loaded.warnings, loaded.sources),
                      Not(HasSubstr("hunter2")))
              << yaml;
          EXPECT_THAT(explain_config(loaded), Not(HasSubstr("hunter2"))) << yaml;
        }
      }
    const auto loaded = load("", {{entry.environment, "hunter2\nhunter2"}});
    EXPECT_THAT(to_string(loaded.errors, loaded.sources) + explain_config(loaded), Not(HasSubstr("hunter2")));
  }
  EXPECT_GE(secrets, 4);
}

TEST_F(ConfigSecrets, NoErrorShowsThePasswordInAnAddress) {
  for (const std::string url :
       {"mysql://orgo:hunter2@db/orgo", "mysql://db/orgo?password=hunter2", "mysql://db/orgo?pass%77ord=hunter2",
        "mysql://db/orgo?passwrd=hunter2", "'host=db password=hunter2'", "mysql://orgo:hunter2@db:99999/orgo",
        "mysql://db/orgo?sslpassword=hunter2", "MYSQL://orgo:hunter2@db/orgo", "\"mysql://orgo:hunter2@db/\\n\""})
    for (const auto& loaded : {load("database:\n  url: " + url + "\n"), load("database: {url: " + url + "}"),
                               load("", {{"ORGO_DATABASE_URL", url}})}) {
      const auto shown = to_string(loaded.errors, loaded.sources);
      EXPECT_FALSE(loaded.errors.empty()) << url;
      EXPECT_THAT(shown + explain_config(loaded), Not(HasSubstr("hunter2"))) << url;
    }
}

}  // namespace
}  // namespace orgo
