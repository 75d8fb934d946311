#include "adapter/module_folder/module_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/module_skeleton.h"
#include "app/module_tests.h"
#include "app/rules/rule_sources.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ModuleFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "orgo-module-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories(fs::path(folder_ + "/" + path).parent_path());
    std::ofstream(folder_ + "/" + path, std::ios::binary) << text;
  }
  std::string make_module(const std::string& name) const {
    for (const auto& file : module_skeleton(name)) write(name + "/" + file.path, file.text);
    return folder_ + "/" + name;
  }

  std::string folder_;
};

TEST_F(ModuleFolder, ANewModuleWorksAndPassesItsCases) {
  const auto source = read_module_folder(make_module("library"));
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(source->name, "library");
  const auto outcome = test_module(*source, "", {});
  EXPECT_EQ(to_text(outcome), "library: 4 cases passed\n");
  EXPECT_TRUE(outcome.passed());
}

TEST_F(ModuleFolder, HiddenFilesAreNoneOfIt) {
  make_module("library");
  write("library/.git/config", "x");
  write("library/.swp", "x");
  const auto source = read_module_folder(folder_ + "/library/");
  ASSERT_TRUE(source);
  EXPECT_EQ(source->name, "library");
  for (const auto& file : source->files) EXPECT_THAT(file.path, testing::Not(HasSubstr("/.")));
}

TEST_F(ModuleFolder, TooManyFilesAreRefused) {
  for (int i = 0; i < 1'000; ++i) write("big/" + std::to_string(i), "");
  EXPECT_TRUE(read_module_folder(folder_ + "/big"));
  write("big/one_more", "");
  EXPECT_EQ(read_module_folder(folder_ + "/big").error().code, Errc::invalid_input);
  EXPECT_EQ(read_module_folder(folder_ + "/nothing").error().code, Errc::not_found);
}

TEST_F(ModuleFolder, TheStateIsReplacedAsAWholeAndCanBeTakenBack) {
  ModuleHome home(folder_);
  EXPECT_EQ(home.undo().error().code, Errc::not_found);
  ModuleState state;
  state.installed = {{"a", "1.0.0", "a/1.0.0-12345678", true}, {"b \"x\"", "2", "b/2", false}};
  state.removed = {{"c", "1", "c/1", true}};
  state.addresses = {{"crew", "crew@school.org"}};
  ASSERT_TRUE(home.write(state));
  auto read = home.read();
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_THAT(read->installed, SizeIs(2));
  EXPECT_EQ(read->installed[1].name, "b \"x\"");
  EXPECT_FALSE(read->installed[1].enabled);
  EXPECT_EQ(read->removed[0].folder, "c/1");
  EXPECT_EQ(read->addresses, state.addresses);
  ASSERT_TRUE(home.write({}));
  EXPECT_THAT(home.read()->installed, IsEmpty());
  ASSERT_TRUE(home.undo());
  EXPECT_THAT(home.read()->installed, SizeIs(2));
  ASSERT_TRUE(home.undo());
  EXPECT_THAT(home.read()->installed, IsEmpty()) << "an undo is undone as well";
}

TEST_F(ModuleFolder, ADamagedStateIsAnErrorWithItsPlace) {
  ModuleHome home(folder_);
  write("modules/modules.yaml", "modules:\n  - {name: a, folder: ../../etc}\n");
  const auto read = home.read();
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("modules.yaml:2"));
  EXPECT_THAT(read.error().message, HasSubstr("lies beside modules.yaml"));
  RuleSources sources({}, folder_);
  EXPECT_THAT(sources.read()->trouble, HasSubstr("modules.yaml:2")) << "the rules are read all the same";
}

TEST_F(ModuleFolder, OnlyOneWritesAtATime) {
  ModuleHome home(folder_);
  auto lock = ModuleHome::Lock::take(home);
  ASSERT_TRUE(lock);
  EXPECT_EQ(ModuleHome::Lock::take(home).error().code, Errc::conflict);
  { const auto gone = std::move(*lock); }
  EXPECT_TRUE(ModuleHome::Lock::take(home));
}

TEST_F(ModuleFolder, AChangeOfAModuleInForceIsSeenOnce) {
  const auto source = read_module_folder(make_module("library"));
  const auto shelf = modules::load_modules({*source});
  ASSERT_THAT(shelf.modules, SizeIs(1));
  ModuleHome home(folder_);
  RuleSources sources({}, folder_);
  ASSERT_TRUE(sources.read());
  EXPECT_FALSE(sources.changed());
  const auto kept = home.keep(*shelf.modules[0], *source);
  ASSERT_TRUE(kept) << kept.error().message;
  EXPECT_EQ(*home.keep(*shelf.modules[0], *source), *kept) << "a copy that is there is not made again";
  ASSERT_TRUE(home.write({{{"library", "0.1.0", *kept, true}}, {}, {}}));
  EXPECT_FALSE(sources.changed()) << "it may still be written";
  EXPECT_TRUE(sources.changed());
  EXPECT_THAT(sources.read()->modules.enabled, SizeIs(1));
  EXPECT_FALSE(sources.changed());
  write("modules/" + *kept + "/rules.yaml", "rules: []\n");
  EXPECT_FALSE(sources.changed());
  EXPECT_TRUE(sources.changed());
  EXPECT_FALSE(sources.changed());
}

TEST_F(ModuleFolder, CopiesThatAreNotInForceAreRetiredTheNewestFirst) {
  ModuleHome home(folder_);
  const auto copy = [&](const std::string& module, const std::string& name) {
    write("modules/" + module + "/" + name + "/module.yaml", "name: " + module);
  };
  copy("a", "1.9.0-11111111");
  copy("a", "1.10.0-22222222");
  copy("a", "2.0.0-33333333");
  copy("b", "1.0.0-44444444");
  copy("b", "2.0.0-55555555.new");  // cut off while it was copied: without a module.yaml it is none
  fs::remove(folder_ + "/modules/b/2.0.0-55555555.new/module.yaml");
  const auto folders = [&](const ModuleState& state) {
    std::vector<std::string> names;
    for (const auto& one : home.retired(state))
      names.push_back(one.name + " " + fs::path(one.folder).filename().string());
    return names;
  };
  EXPECT_THAT(folders({{{"a", "2.0.0", "a/2.0.0-33333333", true}, {"b", "1.0.0", "b/1.0.0-44444444", false}}, {}, {}}),
              ElementsAre("a 1.10.0-22222222", "a 1.9.0-11111111", "b 1.0.0-44444444"));
  for (int i = 0; i < 40; ++i) copy("c", "1.0." + std::to_string(i) + "-11111111");
  const auto all = home.retired({});
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const auto& one) { return one.name == "c"; }), 20);
}

TEST_F(ModuleFolder, AFolderThatIsGoneRefusesOnlyItsModule) {
  ModuleHome home(folder_);
  ASSERT_TRUE(home.write({{{"lost", "1", "lost/1", true}}, {}, {}}));
  const auto shelf = modules::load_modules(home.enabled(*home.read()));
  ASSERT_THAT(shelf.refused, SizeIs(1));
  EXPECT_EQ(shelf.refused[0].name, "lost");
}

}  // namespace
}  // namespace orgo
