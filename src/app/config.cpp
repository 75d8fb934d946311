#include "app/config.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "adapter/data_folder/read_file.h"
#include "app/config_options.h"
#include "base/masked.h"
#include "base/planted.h"
#include "base/text.h"

namespace orgo {
namespace {

constexpr std::size_t kFileBytesMax = 1U << 20U;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// A small file as it is. not_found when there is none.
Result<std::string> read_small_file(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "re"));
  if (!file) return failure(errno == ENOENT ? Errc::not_found : Errc::unavailable, path + ": " + std::strerror(errno));
  std::string text(kFileBytesMax + 1, '\0');
  const auto size = std::fread(text.data(), 1, text.size(), file.get());
  if (std::ferror(file.get()) != 0) return failure(Errc::unavailable, path + ": " + std::strerror(errno));
  if (size > kFileBytesMax) return failure(Errc::invalid_input, path + ": larger than 1 MB");
  text.resize(size);
  return text;
}

/// Neither ours nor root's.
bool is_of_another_user(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && facts.st_uid != ::geteuid() && facts.st_uid != 0;
}

/// Once it is read, a file is there to be shown beside its errors: on screens, in logs, in what people send for help.
void hide_secrets(SourceFile& file) {
  if (!ORGO_PLANT(error_shows_the_password)) file.text = masked_yaml(file.text);
}

/// Variables that mean something to commands, scripts and tests, but are no options.
const std::vector<std::string>& other_variables() {
  static const std::vector<std::string> names{"ORGO_CONFIG", "ORGO_TOKEN",  "ORGO_URL",
                                              "ORGO_SERVER", "ORGO_UPDATE", "ORGO_TEST_SEED",
                                              "ORGO_BINARY", "ORGO_BUILD",  "ORGO_CORPORA"};
  return names;
}

}  // namespace

std::map<std::string, std::string> orgo_environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (text.starts_with("ORGO_") && equals != std::string_view::npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

LoadedConfig load_config(const ConfigSources& sources) {
  LoadedConfig loaded;
  auto options = config_options(loaded.config);
  auto path = sources.path;
  if (!path)
    if (const auto named = sources.environment.find("ORGO_CONFIG");
        named != sources.environment.end() && !named->second.empty())
      path = named->second;
  for (const auto& candidate : path ? std::vector<std::string>{*path} : sources.search) {
    auto text = read_small_file(candidate);
    if (!text && text.error().code == Errc::not_found && !path) continue;
    if (!text) {
      loaded.errors.push_back(
          {candidate, 0, 0, 1, "cannot be read: " + text.error().message.substr(candidate.size() + 2), {}});
      break;
    }
    loaded.path = candidate;
    if (!path && is_of_another_user(candidate)) {
      loaded.errors.push_back(
          {candidate,
           0,
           0,
           1,
           "belongs to another user, who may have put it here for you to find: it can name programs "
           "to run; say --config " +
               candidate + " when you trust it",
           {}});
      break;
    }
    loaded.sources.push_back({candidate, std::move(*text)});
    options.read_file(loaded.sources.back(), loaded.errors);
    hide_secrets(loaded.sources.back());
    break;
  }
  options.read_environment(sources.environment, other_variables(), loaded.errors, loaded.warnings);
  for (const auto& over : sources.overrides) options.read_value(over.option, over.value, over.origin, loaded.errors);
  options.read_secret_files(read_small_file, loaded.errors);
  check_together(loaded.config, options, loaded.errors);
  loaded.entries = options.entries();
  warn_of(loaded.config.organization, options, loaded.warnings);
  return loaded;
}

bool is_inside(const std::string& path) {
  const std::filesystem::path parts(path);
  return !path.empty() && parts.is_relative() &&
         std::none_of(parts.begin(), parts.end(), [](const auto& part) { return part == ".."; });
}

LoadedConfig load_partial_config(Config base, const std::string& path, const std::vector<std::string>& allowed) {
  LoadedConfig loaded{.config = std::move(base)};
  auto options = config_options(loaded.config);
  const auto folder = std::filesystem::path(path).parent_path();
  auto text = read_file_below(folder.string(), path, kFileBytesMax);
  if (!text) {
    if (text.error().code != Errc::not_found) loaded.errors.push_back({path, 0, 0, 1, text.error().message, {}});
    return loaded;
  }
  loaded.path = path;
  loaded.sources.push_back({path, *std::move(text)});
  options.read_file(loaded.sources.back(), loaded.errors);
  hide_secrets(loaded.sources.back());
  options.read_secret_files(
      [&](const std::string& name) -> Result<std::string> {
        if (!is_inside(name)) return failure(Errc::not_permitted, name + ": is not below the folder of this file");
        loaded.secret_files.push_back((folder / name).string());
        return read_file_below(folder.string(), loaded.secret_files.back(), kFileBytesMax);
      },
      loaded.errors);
  check_together(loaded.config, options, loaded.errors);
  loaded.entries = options.entries();
  for (const auto& entry : loaded.entries) {
    const bool may = std::any_of(allowed.begin(), allowed.end(), [&](const std::string& name) {
      return entry.name == name || entry.name.starts_with(name + ".");
    });
    // A program to run on this machine is never somebody else's to name.
    if ((may && !entry.name.ends_with(".token_command")) || !entry.origin.starts_with(path + ":")) continue;
    loaded.errors.push_back(options.at(entry.name, entry.name + " is not for a tenant to decide",
                                       "it stands in the configuration of the server"));
  }
  return loaded;
}

std::string explain_config(const LoadedConfig& loaded) {
  std::string text = loaded.path.empty() ? "# No configuration file; these are the defaults and the environment.\n"
                                         : "# From " + loaded.path + " and the environment.\n";
  for (const auto& entry : loaded.entries) {
    text +=
        "\n" + entry.name + " = " + (entry.value.empty() ? "(nothing)" : entry.value) + "   [" + entry.origin + "]\n";
    text += "    " + entry.help + "\n";
    text += "    " + entry.type;
    if (!entry.example.empty()) text += "; as in " + entry.example;
    text += "; " + entry.environment;
    if (entry.secret == Secret::yes) text += ", " + entry.name + "_file, " + entry.environment + "_FILE";
    text += "; a change applies " +
            std::string(entry.applies == Applies::at_start ? "at the next start" : "at a reload") + "\n";
  }
  return text;
}

std::string configuration_markdown() {
  Config config;
  auto options = config_options(config);
  options.declare_samples();
  const auto entries = options.entries();
  std::string text =
      "# Configuration\n\n"
      "<!-- Made from src/app/*/*_options.cpp by `ORGO_UPDATE=1 ./test`; a test compares. -->\n\n"
      "Orgo needs rules, and no configuration: with none it serves on loopback and keeps its data in `./var`. `orgo "
      "init` writes\nboth files to begin with. Settings come from one\n"
      "YAML file (`--config`, else `ORGO_CONFIG`, else `./config.yaml`, else `/etc/orgo/config.yaml`), then from\n"
      "environment variables, then from the command line, each over the one before. A key that is not below is an "
      "error.\n"
      "`orgo config check` tests a file, `orgo config explain` shows every value and where it comes from.\n\n"
      "Durations are a number and a unit (`2 hours`, `90 s`, `1 h 30 min`), sizes too (`25 MB`, `64 KB`; powers of "
      "1,024).\n"
      "In the environment a list is separated by commas. A secret can stand in a file of its own, named by the same "
      "key\n"
      "with `_file` at its end, or the variable with `_FILE`. Relative paths count from the folder where Orgo is "
      "started.\n\n"
      "```yaml\n"
      "organization: {name: Hillside School, domain: school.org, time_zone: Europe/Berlin}\n"
      "smtp_in: {listen: \"0.0.0.0:25\", recipients: [school.org]}\n"
      "mailboxes:\n"
      "  - {name: office, host: imap.school.org, username: office@school.org, password_file: "
      "/etc/orgo/office-password, after: move:Done}\n"
      "  - {name: parents, protocol: pop3, host: pop.school.org, username: parents@school.org, password_file: "
      "/etc/orgo/parents-password}\n"
      "smtp: {host: mail.school.org, port: 587, username: orgo@school.org, password_file: /etc/orgo/smtp-password, "
      "tls: required}\n"
      "```\n";
  const auto cell = [](std::string value) {
    std::string out;
    for (const char c : value) out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
  };
  for (const auto& [section, help] : options.sections()) {
    text += "\n## " + section + "\n" + help + "\n";
    if (section == "imap") continue;  // the keys of mailboxes once more
    text += "\n| key | default | what | type | example | a change applies |\n| --- | --- | --- | --- | --- | --- |\n";
    for (const auto& entry : entries) {
      if (!entry.name.starts_with(section + ".")) continue;
      text += "| `" + entry.name + "` | " + (entry.fallback.empty() ? "" : "`" + entry.fallback + "`") + " | " +
              cell(entry.help) + " | " + (entry.secret == Secret::yes ? "secret " : "") + cell(entry.type) + " | " +
              (entry.example.empty() ? "" : "`" + cell(entry.example) + "`") + " | " +
              (entry.applies == Applies::at_start ? "at the next start" : "at a reload") + " |\n";
    }
  }
  return text;
}

}  // namespace orgo
