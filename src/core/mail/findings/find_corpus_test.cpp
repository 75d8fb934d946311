// The findings against mail of the world: bounces of some 70 mail systems, ordinary mail, spam. The corpora are not
// part of the repository; without them these tests are skipped. Scores are printed, and floors are asserted.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "base/json.h"
#include "base/text.h"
#include "core/mail/findings/find_all.h"
#include "core/mail/read/read_message.h"
#include "tests/support/source_dir.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> corpus(const std::string& name) {
  std::vector<fs::path> places;
  if (const char* told = std::getenv("ORGO_CORPORA")) places.emplace_back(told);
  places.emplace_back(fs::path(source_dir()) / "../shared/corpora");
  for (const auto& place : places)
    if (std::error_code error; fs::is_directory(place / name, error)) return place / name;
  return std::nullopt;
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().filename() != "README.md") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// As an importer sees it: no envelope but the Return-Path field.
std::vector<Finding> findings_of(const Message& message) {
  Envelope envelope{.tenant = kTenant};
  envelope.channel = Channel::import_;
  const auto path = trim(message.header("Return-Path"));
  if (path.size() > 2 && path.starts_with('<') && path.ends_with('>'))
    envelope.sender = mail_contact(path.substr(1, path.size() - 2));
  return find_all(envelope, message);
}
bool has(const std::vector<Finding>& findings, FindingKind kind) {
  return finding_of(findings, kind) != nullptr;
}
bool is_machine_answer(const std::vector<Finding>& findings) {
  return has(findings, FindingKind::bounce) || has(findings, FindingKind::auto_reply) ||
         has(findings, FindingKind::out_of_office);
}

TEST(FindCorpus, BouncesOfSeventyMailSystems) {
  const auto folder = corpus("sisimai-bounces");
  if (!folder) GTEST_SKIP() << "no corpus sisimai-bounces; set ORGO_CORPORA to the folder that holds it";
  const auto expected = parse_json(read_file(*folder / "expectations.json"));
  ASSERT_TRUE(expected) << expected.error().message;
  int bounces = 0, found = 0, answers = 0, answers_found = 0, others = 0, others_found = 0;
  for (const auto& [name, results] : expected->as_object()) {
    const auto findings = findings_of(read_message(read_file(*folder / "mail" / (std::string(name) + ".eml"))));
    const auto& list = results.as_array();
    if (list.empty()) {
      ++others;
      others_found += is_machine_answer(findings);
      continue;
    }
    if (list[0].at("reason").as_string() == "vacation") {
      ++answers;
      answers_found += has(findings, FindingKind::auto_reply) && !has(findings, FindingKind::bounce);
      continue;
    }
    ++bounces;
    if (has(findings, FindingKind::bounce)) ++found;
    else std::cout << "  missed: " << std::string_view(name) << '\n';
  }
  std::cout << "  bounces found: " << found << " of " << bounces << "; vacation answers: " << answers_found << " of "
            << answers << "; others taken for one: " << others_found << " of " << others << '\n';
  ASSERT_GT(bounces, 250);
  EXPECT_GE(found * 100, bounces * 98);
  EXPECT_EQ(answers_found, answers);
  EXPECT_EQ(others_found, 0);
}

TEST(FindCorpus, OrdinaryMailIsNoAnswerOfAMachine) {
  const auto folder = corpus("spamassassin-corpus");
  if (!folder) GTEST_SKIP() << "no corpus spamassassin-corpus; set ORGO_CORPORA to the folder that holds it";
  for (const std::string part : {"easy-ham-1", "easy-ham-2", "hard-ham-1", "spam-1", "spam-2"}) {
    int mails = 0, taken = 0, lists = 0;
    for (const auto& file : files_of(*folder / part)) {
      const auto message = read_message(read_file(file));
      const auto findings = findings_of(message);
      ++mails;
      lists += has(findings, FindingKind::mailing_list);
      if (!is_machine_answer(findings)) continue;
      ++taken;
      std::cout << "  " << part << ' ' << file.filename().string() << ": " << findings[0].detail << " | "
                << message.subject << '\n';
    }
    std::cout << "  " << part << ": " << taken << " of " << mails << " taken for an answer of a machine, " << lists
              << " for list mail\n";
    ASSERT_GT(mails, 50);
    EXPECT_EQ(taken, 0) << part;
  }
}

TEST(FindCorpus, HelpdeskMail) {
  const auto rt = corpus("rt-mail");
  const auto zammad = corpus("zammad-mail");
  if (!rt || !zammad)
    GTEST_SKIP() << "no corpora rt-mail and zammad-mail; set ORGO_CORPORA to the folder that holds them";
  std::set<std::string> taken;
  for (const auto& folder : {*rt, *zammad})
    for (const auto& file : files_of(folder)) {
      if (file.extension() == ".json") continue;
      const auto findings = findings_of(read_message(read_file(file)));
      if (!is_machine_answer(findings)) continue;
      taken.insert(file.filename().string());
      std::cout << "  " << file.filename().string() << ": " << to_string(findings[0].kind) << ", " << findings[0].detail
                << '\n';
    }
  EXPECT_TRUE(taken.contains("multipart-report"));
}

}  // namespace
}  // namespace orgo
