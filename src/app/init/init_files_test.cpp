#include "app/init/init_files.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/config.h"
#include "core/rules/rule_set.h"

namespace orgo {
namespace {

LoadedConfig loaded(const InitAnswers& answers) {
  char name[] = "/tmp/orgo-init-XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(name);
  const auto path = (folder / "config.yaml").string();
  std::ofstream(path) << config_text(answers);
  auto config = load_config({.path = path, .environment = {}, .overrides = {}, .search = {}});
  std::filesystem::remove_all(folder);
  return config;
}

InitAnswers school() {
  return {.name = "Hillside \"School\": #1",
          .domain = "school.org",
          .addresses = {"@school.org", "head@school.org"},
          .relay = "mail.school.org:587",
          .people = {"office@school.org", "anna@school.org"},
          .zone = "Europe/Berlin"};
}

TEST(InitFiles, SayWhatWasAnswered) {
  const auto config = loaded(school());
  ASSERT_TRUE(config.errors.empty()) << to_string(config.errors, config.sources);
  EXPECT_EQ(*config.config.organization.name, "Hillside \"School\": #1");
  EXPECT_EQ(*config.config.organization.addresses, (std::vector<std::string>{"@school.org", "head@school.org"}));
  EXPECT_EQ(*config.config.organization.domain, "school.org");
  EXPECT_EQ(*config.config.organization.time_zone, "Europe/Berlin");
  EXPECT_EQ(*config.config.smtp.host, "mail.school.org");
  EXPECT_EQ(*config.config.smtp.port, 587);
  auto waits = school();
  waits.relay.clear();
  EXPECT_EQ(*loaded(waits).config.smtp.host, "");
  const auto rules = rules::load_rules({{"rules.yaml", rules_text(school())}});
  ASSERT_TRUE(rules.rules);
  EXPECT_EQ(rules.rules->size(), 2U);
  const auto& team = rules.rules->workplace().teams.at("team");
  EXPECT_EQ(team.members, school().people);
  EXPECT_TRUE(team.is_default);
  EXPECT_EQ(*config.config.organization.administrators, (std::vector<std::string>{"office@school.org"}));
  auto alone = school();
  alone.people.pop_back();
  EXPECT_EQ(rules::load_rules({{"rules.yaml", rules_text(alone)}}).rules->workplace().teams.at("team").address,
            "office@school.org");
}

/// Whatever is answered: it is refused with words, or the files that it makes are right.
RC_GTEST_PROP(InitFilesProperty, AreRightWhateverIsAnswered, ()) {
  InitAnswers answers;
  const auto text = rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::element('a', 'b', '.', '@', ':', ',', '"', '\\', '\'', '#', '{', '\n', '\t', ' ', '-'),
                     rc::gen::arbitrary<char>()));
  for (const auto& question : init_questions(answers)) {
    auto answer = *text;
    for (const auto& now : init_questions(answers))
      if (now.option == question.option && !wrong_with(now.option, answer, answers).empty()) answer = now.standard;
    RC_ASSERT(wrong_with(question.option, answer, answers).empty());
    set_answer(answers, question.option, answer);
  }
  RC_ASSERT(loaded(answers).errors.empty());
  RC_ASSERT(rules::load_rules({{"rules.yaml", rules_text(answers)}}).rules != nullptr);
}

TEST(InitQuestions, RefuseWhatWouldGoWrong) {
  InitAnswers answers;
  set_answer(answers, "--addresses", "help@school.org, @kids.school.org");
  EXPECT_NE(wrong_with("--people", "office@school.org, Help@School.org", answers), "") << "a loop";
  EXPECT_EQ(wrong_with("--people", "office@school.org", answers), "");
  EXPECT_EQ(wrong_with("--people", "anna@kids.school.org,ben@x.example", answers), "")
      << "a whole domain has other mailboxes, too";
  for (const auto* bad : {"", " , ", "anna", "@school.org"}) EXPECT_NE(wrong_with("--people", bad, answers), "") << bad;
  for (const auto* bad : {"", "a b", "@school.org", "a@school.org", "-", "-school.org", "school-.org", "school.-org",
                          "school..org", ".school.org", "school.org.", "school.org-"}) {
    EXPECT_NE(wrong_with("--domain", bad, answers), "") << bad;
    EXPECT_NE(wrong_with("--people", std::string("a@") + bad, answers), "") << bad;
  }
  for (const auto* good : {"school.org", "localhost", "a-b.school.org", "xn--mnchen-3ya.de", "m\xC3\xBCnchen.de"})
    EXPECT_EQ(wrong_with("--domain", good, answers), "") << good;
  for (const auto* bad : {"mail.school.org:", "mail.school.org:0", "mail.school.org:65536", "mail.school.org:x", "a b"})
    EXPECT_NE(wrong_with("--relay", bad, answers), "") << bad;
  for (const auto* good : {"", "mail.school.org", "127.0.0.1:2525"})
    EXPECT_EQ(wrong_with("--relay", good, answers), "") << good;
  EXPECT_NE(wrong_with("--addresses", " , ", answers), "");
  EXPECT_NE(wrong_with("--addresses", "school.org", answers), "");
  EXPECT_NE(wrong_with("--time-zone", "Berlin", answers), "");
  set_answer(answers, "--domain", "school.org");
  ASSERT_EQ(init_questions(answers).size(), 5U);
  EXPECT_EQ(init_questions(answers)[2].standard, "@school.org");
  EXPECT_EQ(init_questions(answers)[4].standard, "team@school.org");
  using namespace std::string_view_literals;
  for (const auto bad : {"a\0@school.org"sv, "a\x1b@school.org"sv, "a@\xFF.org"sv, "a@school.org\nb"sv})
    EXPECT_NE(wrong_with("--people", bad, answers), "") << "it would make a rule file that can't be read";
}

}  // namespace
}  // namespace orgo
