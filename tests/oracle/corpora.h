#pragma once
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/support/source_dir.h"

namespace orgo::testing {

/// Collections of real and of odd mail that stand beside the repository: $ORGO_CORPORA, else ../shared/corpora.
/// Empty: there are none, and tests that need them skip and say so.
inline std::filesystem::path corpora() {
  std::error_code error;
  if (const char* const set = std::getenv("ORGO_CORPORA"); set != nullptr) return set;
  const auto beside = std::filesystem::path(source_dir()).parent_path() / "shared" / "corpora";
  return std::filesystem::is_directory(beside, error) ? beside : std::filesystem::path();
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// All raw mails of all corpora, sorted, so that a failure names a file that is found again.
inline std::vector<std::filesystem::path> corpus_mails() {
  std::vector<std::filesystem::path> mails;
  const auto root = corpora();
  if (root.empty()) return mails;
  for (const auto* const folder :
       {"cpython-email", "mikel-mail", "mimekit/messages", "nodemailer-mailparser", "rt-mail", "sieve-cases/messages",
        "sisimai-bounces/mail", "spamassassin-corpus", "spamassassin-tests", "stalwart-mail-parser", "zammad-mail/mail",
        "zammad-signatures"}) {
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator file(root / folder, error), end; file != end;
         file.increment(error)) {
      const auto extension = file->path().extension();
      if (file->is_regular_file() && extension != ".json" && extension != ".md" &&
          file->path().filename() != "NOTICE.txt")
        mails.push_back(file->path());
    }
  }
  std::sort(mails.begin(), mails.end());
  return mails;
}

}  // namespace orgo::testing

#define ORGO_NEED_CORPORA()             \
  if (orgo::testing::corpora().empty()) \
  GTEST_SKIP() << "there is no ../shared/corpora beside the repository, and ORGO_CORPORA names none"
