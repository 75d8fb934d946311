#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <optional>
#include <utility>

#include "app/commands.h"
#include "app/init/init_files.h"
#include "app/output.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time_zone.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

/// The answer given as an option, else what a person types; asked again until it is right. Without a terminal the
/// standard is taken.
Result<std::string> answer_to(const InitQuestion& question, const std::optional<std::string>& given,
                              const InitAnswers& so_far, bool ask) {
  if (given || !ask) {
    auto answer = given ? *given : question.standard;
    const auto wrong = wrong_with(question.option, answer, so_far);
    if (wrong.empty()) return answer;
    return failure(Errc::invalid_input, std::string(question.option) + " " + wrong);
  }
  for (;;) {
    std::cout << question.text << "\n[" << question.standard << "] " << std::flush;
    std::string line;
    if (!std::getline(std::cin, line))
      return failure(Errc::invalid_input, "the answers ended before the questions; nothing was written");
    auto answer = std::string(trim(line));
    if (answer.empty()) answer = question.standard;
    const auto wrong = wrong_with(question.option, answer, so_far);
    if (wrong.empty()) return answer;
    std::cout << "That " << wrong << ".\n";
  }
}

/// A new file that is on the disk when this returns; one that is there already is never touched.
Status write_new(const fs::path& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (file < 0 && errno == EEXIST)
    return failure(Errc::conflict, path.string() + " is there already, and is left as it is; name another folder");
  if (file < 0) return failure(Errc::unavailable, path.string() + " can't be made: " + std::strerror(errno));
  std::size_t written = 0;
  bool good = true;
  while (good && written < text.size()) {
    const auto n = ::write(file, text.data() + written, text.size() - written);
    good = n > 0;
    if (good) written += static_cast<std::size_t>(n);
  }
  good = good && ::fsync(file) == 0;
  const auto why = good ? std::string() : std::string(std::strerror(errno));
  good = ::close(file) == 0 && good;
  if (good) return {};
  ::unlink(path.c_str());
  return failure(Errc::unavailable, path.string() + " can't be written: " + why);
}

Status write_files(const fs::path& folder, const InitAnswers& answers) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return failure(Errc::unavailable, folder.string() + " can't be made: " + error.message());
  for (const auto* name : {"config.yaml", "rules.yaml"})
    if (fs::exists(folder / name, error))
      return failure(Errc::conflict,
                     (folder / name).string() + " is there already, and is left as it is; name another folder");
  ORGO_CHECK(write_new(folder / "rules.yaml", rules_text(answers)));
  const auto written = write_new(folder / "config.yaml", config_text(answers));
  if (!written) fs::remove(folder / "rules.yaml", error);
  return written;
}

/// As it was said, else that of this machine, as far as it is known by name.
std::string zone_from(const InitOptions& options) {
  if (const auto given = options.answers.find("--time-zone"); given != options.answers.end() && !given->second.empty())
    return given->second;
  std::error_code error;
  const auto file = fs::read_symlink("/etc/localtime", error).string();
  const auto at = file.find("zoneinfo/");
  if (error || at == std::string::npos) return {};
  const auto name = file.substr(at + std::string_view("zoneinfo/").size());
  return TimeZone::find(name) && name != "Etc/UTC" && name != "UTC" ? name : std::string();
}

}  // namespace

int cmd_init(const InitOptions& options) {
  const bool ask = !options.json && (::isatty(STDIN_FILENO) == 1 || options.ask);
  InitAnswers answers;
  for (std::size_t i = 0; i < init_questions(answers).size(); ++i) {
    const auto question = init_questions(answers)[i];
    const auto given = options.answers.find(std::string(question.option));
    auto answer = answer_to(
        question, given == options.answers.end() || given->second.empty() ? std::nullopt : std::optional(given->second),
        answers, ask);
    if (!answer) return report(answer.error());
    set_answer(answers, question.option, *answer);
  }
  const auto zone = zone_from(options);
  if (const auto wrong = wrong_with("--time-zone", zone, answers); !wrong.empty())
    return report({Errc::invalid_input, "--time-zone " + wrong});
  set_answer(answers, "--time-zone", zone);
  const fs::path folder = options.folder.empty() ? "." : options.folder;
  if (const auto written = write_files(folder, answers); !written) return report(written.error());
  if (options.json) {
    json::object files{{"config", (folder / "config.yaml").string()}, {"rules", (folder / "rules.yaml").string()}};
    std::cout << json::serialize(files) << "\n";
    return kDone;
  }
  const auto at = folder == "." ? std::string() : "cd " + folder.string() + "\n  ";
  std::cout << "Written: " << (folder / "config.yaml").string() << " and " << (folder / "rules.yaml").string()
            << ".\nWhat comes next:\n  " << at << "orgo config check && orgo rules check\n  orgo serve\n"
            << "  orgo doctor      in another terminal: is all well?\n";
  return kDone;
}

}  // namespace orgo
