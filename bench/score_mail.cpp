// score_mail CORPUS [--misses]: how well mails of a corpus are read, as JSON lines. The format is found by the files of
// the folder (tests/score/score.h names the formats). Exit: 0 all goals are reached, 1 some are not, 2 usage.
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>

#include "base/json_writer.h"
#include "tests/score/score.h"

int main(int argc, char** argv) {
  bool misses = false;
  std::filesystem::path folder;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--misses") == 0) {
      misses = true;
    } else if (folder.empty() && argv[i][0] != '-') {
      folder = argv[i];
    } else {
      folder.clear();
      break;
    }
  }
  if (folder.empty()) {
    std::fputs(
        "usage: score_mail CORPUS [--misses]\n"
        "Reads the mails of a folder and says as JSON lines how many of the expected facts came out.\n"
        "Example: score_mail ../shared/corpora/zammad-mail --misses\n",
        stderr);
    return 2;
  }
  const auto* const format = orgo::score::format_of(folder);
  if (format == nullptr) {
    std::fprintf(stderr, "score_mail: %s is no folder with mails\n", folder.c_str());
    return 2;
  }
  const auto score = format->run(folder);
  bool good = true;
  for (const auto& measure : score.measures) {
    std::string line;
    orgo::JsonWriter out(line);
    out.begin_object();
    out.field("corpus", folder.lexically_normal().string()).field("format", std::string(format->name));
    out.field("mails", score.mails).field("measure", measure.name);
    out.field("reached", measure.reached).field("of", measure.of);
    char number[32];
    std::snprintf(number, sizeof number, "%.1f", measure.percent());
    out.key("percent").raw(number);
    if (measure.goal > 0) {
      std::snprintf(number, sizeof number, "%.1f", measure.goal);
      out.key("goal").raw(number);
      out.field("good", measure.good());
      good = good && measure.good();
    }
    out.end_object();
    std::puts(line.c_str());
    if (!misses) continue;
    for (const auto& miss : measure.misses) {
      line.clear();
      orgo::JsonWriter row(line);
      row.begin_object().field("miss", measure.name).field("file", miss.file).field("field", miss.field);
      row.field("want", miss.want.substr(0, 500)).field("got", miss.got.substr(0, 500)).end_object();
      std::puts(line.c_str());
    }
  }
  return good ? 0 : 1;
}
