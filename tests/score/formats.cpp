#include <algorithm>
#include <fstream>
#include <iterator>

#include "tests/score/score.h"

namespace orgo::score {

const std::vector<Format>& formats() {
  static const std::vector<Format> kFormats = {
      {"sisimai-bounces", is_bounces, score_bounces},
      {"zammad-signatures", is_zammad_signatures, score_zammad_signatures},
      {"zammad-mail", is_zammad_mail, score_zammad_mail},
      {"stalwart-mail-parser", is_stalwart, score_stalwart},
      {"raw-mails", has_mails, score_robustness},
  };
  return kFormats;
}

const Format* format_of(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return nullptr;
  for (const auto& format : formats())
    if (format.is_it(folder)) return &format;
  return nullptr;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> mails_of(const fs::path& folder) {
  std::vector<fs::path> mails;
  std::error_code error;
  for (fs::recursive_directory_iterator file(folder, error), end; file != end; file.increment(error)) {
    const auto& path = file->path();
    const auto extension = path.extension();
    if (file->is_regular_file(error) && extension != ".json" && extension != ".md" && extension != ".pst" &&
        path.filename() != "NOTICE.txt" && !path.filename().string().starts_with('.'))
      mails.push_back(path);
  }
  std::sort(mails.begin(), mails.end());
  return mails;
}

bool has_mails(const fs::path& folder) {
  return !mails_of(folder).empty();
}

}  // namespace orgo::score
