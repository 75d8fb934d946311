#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace orgo::score {

namespace fs = std::filesystem;

/// One thing that was read otherwise than the corpus expects it.
struct Miss {
  std::string file;   ///< relative to the corpus
  std::string field;  ///< "subject", "attachment"
  std::string got, want;
};

/// How often one kind of thing came out as expected.
struct Measure {
  std::string name;
  double goal = 0;  ///< percent; 0: only told
  std::size_t reached = 0, of = 0;
  std::vector<Miss> misses;

  void count(bool good, Miss miss) {
    ++of;
    if (good) {
      ++reached;
    } else {
      misses.push_back(std::move(miss));
    }
  }
  [[nodiscard]] double percent() const {
    return of == 0 ? 100 : 100 * static_cast<double>(reached) / static_cast<double>(of);
  }
  [[nodiscard]] bool good() const { return percent() >= goal; }
};

struct Score {
  std::size_t mails = 0;
  std::vector<Measure> measures;
};

/// A layout of mails and expectations: one file <format>.cpp each, and one line in formats.cpp.
struct Format {
  std::string_view name;
  bool (*is_it)(const fs::path& folder);  ///< by its files, never by its name
  Score (*run)(const fs::path& folder);
};
/// In the order in which they are asked; the last one takes every folder that has files.
const std::vector<Format>& formats();
/// The format of a folder; nullptr: it is no folder, or empty.
const Format* format_of(const fs::path& folder);

Score score_zammad_mail(const fs::path& folder);
bool is_zammad_mail(const fs::path& folder);
Score score_zammad_signatures(const fs::path& folder);
bool is_zammad_signatures(const fs::path& folder);
Score score_stalwart(const fs::path& folder);
bool is_stalwart(const fs::path& folder);
Score score_bounces(const fs::path& folder);
bool is_bounces(const fs::path& folder);
/// Any folder of raw mails: no crash, no hang, no silent nothing, memory in proportion, no bounce where none is.
Score score_robustness(const fs::path& folder);
bool has_mails(const fs::path& folder);

std::string read_file(const fs::path& path);
/// All files below `folder` that are raw mails (not .json, .md, NOTICE), sorted.
std::vector<fs::path> mails_of(const fs::path& folder);

}  // namespace orgo::score
