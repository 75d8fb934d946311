#include "adapter/module_folder/module_folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <tuple>

#include "adapter/data_folder/make_folder.h"
#include "adapter/data_folder/read_file.h"
#include "adapter/data_folder/write_file.h"
#include "base/json_writer.h"
#include "base/yaml.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesMax = 1'000;
constexpr std::size_t kRetiredMax = 20;  ///< copies of one module that are read for its tasks
constexpr std::uintmax_t kFileBytesMax = 16U << 20U, kBytesMax = 64U << 20U;

std::string why(int code) {
  return std::strerror(code);
}

constexpr std::array<std::string_view, 3> kStateKeys{"addresses", "modules", "removed"};
constexpr std::array<std::string_view, 4> kLineKeys{"enabled", "folder", "name", "version"};

void read_lines(YamlReader& reader, const YamlNode& list, std::vector<InstalledModule>& modules) {
  if (list.is_nothing() || !reader.expect_sequence(list, "modules")) return;
  for (const auto& node : list.items) {
    if (!reader.expect_mapping(node, "a module")) continue;
    reader.check_keys(node, "key of a module", kLineKeys);
    InstalledModule made;
    for (const auto& [key, target] :
         {std::pair{"name", &made.name}, std::pair{"version", &made.version}, std::pair{"folder", &made.folder}}) {
      const auto* value = node.find(key);
      if (value == nullptr) reader.error(node, std::string("a module has no ") + key);
      else *target = reader.expect_string(*value, key).value_or("");
    }
    if (const auto* enabled = node.find("enabled")) made.enabled = reader.expect_bool(*enabled).value_or(true);
    if (made.folder.find("..") != std::string::npos || made.folder.starts_with('/'))
      reader.error(node, "the folder of a module lies beside modules.yaml");
    modules.push_back(std::move(made));
  }
}

std::string lines_of(const char* key, const std::vector<InstalledModule>& modules) {
  std::string text = std::string(key) + ":" + (modules.empty() ? " []" : "") + "\n";
  for (const auto& one : modules) {
    text += "  - ";
    JsonWriter json(text);
    json.begin_object()
        .field("name", one.name)
        .field("version", one.version)
        .field("folder", one.folder)
        .field("enabled", one.enabled)
        .end_object();
    text += "\n";
  }
  return text;
}

}  // namespace

Result<modules::ModuleSource> read_module_folder(const std::string& given) {
  std::error_code error;
  auto root = fs::path(given).lexically_normal();
  if (!root.has_filename()) root = root.parent_path();
  if (!fs::is_directory(root, error)) return failure(Errc::not_found, given + " is not the folder of a module");
  modules::ModuleSource source;
  source.name = fs::absolute(root, error).lexically_normal().filename().string();
  source.folder = root.string();
  std::vector<fs::path> paths;
  std::uintmax_t bytes = 0;
  for (fs::recursive_directory_iterator at(root, fs::directory_options::none, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().filename().string().starts_with('.')) {
      if (at->is_directory(error)) at.disable_recursion_pending();
      continue;
    }
    if (!at->is_regular_file(error)) continue;
    if (paths.size() >= kFilesMax)
      return failure(Errc::invalid_input, given + " has more than " + std::to_string(kFilesMax) + " files");
    const auto size = at->file_size(error);
    bytes += size;
    if (size > kFileBytesMax || bytes > kBytesMax)
      return failure(Errc::invalid_input,
                     at->path().string() + ": a module has at most 16 MiB in a file and 64 MiB in all");
    paths.push_back(at->path());
  }
  if (error) return failure(Errc::unavailable, given + " can't be read: " + error.message());
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    ORGO_TRY(text, read_file_below(root.string(), path.string(), kFileBytesMax));
    source.files.push_back({path.string(), std::move(text)});
  }
  return source;
}

std::string shipped_modules(const std::string& configured) {
  if (!configured.empty()) return configured;
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  for (const auto& place : {program.parent_path() / "../../modules", program.parent_path() / "../share/orgo/modules",
                            fs::path("/usr/share/orgo/modules")})
    if (fs::is_directory(place, error)) return place.lexically_normal().string();
  return {};
}

std::vector<std::string> modules_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (fs::exists(at->path() / "module.yaml", error)) names.push_back(at->path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

Result<ModuleState> ModuleHome::read() const {
  ModuleState state;
  std::ifstream in(state_file(), std::ios::binary);
  if (!in) {
    if (errno == ENOENT || errno == ENOTDIR) return state;
    return failure(Errc::unavailable, state_file() + " can't be read: " + why(errno));
  }
  const SourceFile file{state_file(), std::string(std::istreambuf_iterator<char>(in), {})};
  std::vector<Diagnostic> errors;
  if (const auto root = read_yaml(file, errors)) {
    YamlReader reader(file, errors);
    if (reader.expect_mapping(*root, "modules.yaml") && reader.check_keys(*root, "key", kStateKeys)) {
      if (const auto* list = root->find("modules")) read_lines(reader, *list, state.installed);
      if (const auto* list = root->find("removed")) read_lines(reader, *list, state.removed);
      if (const auto* addresses = root->find("addresses");
          addresses != nullptr && !addresses->is_nothing() && reader.expect_mapping(*addresses, "addresses"))
        for (const auto& [key, value] : addresses->entries) state.addresses[key.text] = value.text;
    }
  }
  if (!errors.empty()) return failure(Errc::invalid_input, to_string(errors, {file}));
  return state;
}

Status ModuleHome::write(const ModuleState& state) const {
  ORGO_CHECK(make_folder(folder_));
  std::string text = "# The modules of this Orgo, in the order in which they are asked. Written by `orgo module`.\n";
  text += lines_of("modules", state.installed) + lines_of("removed", state.removed) + "addresses: ";
  JsonWriter json(text);
  json.begin_object();
  for (const auto& [name, address] : state.addresses) json.field(name, address);
  json.end_object();
  text += "\n";
  std::ifstream in(state_file(), std::ios::binary);
  const std::string before = in ? std::string(std::istreambuf_iterator<char>(in), {}) : lines_of("modules", {});
  ORGO_CHECK(write_file(state_file() + ".before", before));
  return write_file(state_file(), text);
}

Status ModuleHome::change(const std::function<Status(ModuleState& state)>& change) {
  ORGO_TRY(lock, Lock::take(*this));
  ORGO_TRY(state, read());
  ORGO_CHECK(change(state));
  return write(state);
}

Status ModuleHome::undo() {
  ORGO_TRY(lock, Lock::take(*this));
  std::ifstream in(state_file() + ".before", std::ios::binary);
  if (!in) return failure(Errc::not_found, "there is no change of the modules to take back");
  const std::string before(std::istreambuf_iterator<char>(in), {});
  ORGO_TRY(now, read());
  (void)now;  // only to see that what is there is no accident: it becomes what undo brings back next
  std::ifstream current(state_file(), std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(current), {});
  ORGO_CHECK(write_file(state_file() + ".before", text));
  return write_file(state_file(), before);
}

Result<std::string> ModuleHome::keep(const modules::Module& module, const modules::ModuleSource& source) {
  const auto name = module.manifest.name + "/" + to_string(module.manifest.version) + "-" + module.fingerprint;
  const auto target = folder_ + "/" + name;
  std::error_code error;
  if (fs::exists(target + "/module.yaml", error)) {
    // A copy that somebody has edited is not what its name says.
    if (const auto there = read_module_folder(target); there && modules::fingerprint(*there) == module.fingerprint)
      return name;
  }
  const auto fresh = target + ".new";
  fs::remove_all(fresh, error);
  for (const auto& file : source.files) {
    const auto relative = file.path.substr(std::min(file.path.size(), source.folder.size() + 1));
    ORGO_CHECK(make_folder(fs::path(fresh + "/" + relative).parent_path().string()));
    ORGO_CHECK(write_file(fresh + "/" + relative, file.text));
  }
  fs::remove_all(target, error);
  fs::rename(fresh, target, error);
  if (error) return failure(Errc::unavailable, target + " can't be made: " + error.message());
  return name;
}

Result<modules::ModuleSource> ModuleHome::source(const InstalledModule& module) const {
  ORGO_TRY(source, read_module_folder(folder_ + "/" + module.folder));
  source.name = module.name;
  return source;
}

std::vector<modules::ModuleSource> ModuleHome::available() const {
  std::vector<modules::ModuleSource> sources;
  for (const auto& name : modules_in(shipped_))
    if (auto source = read_module_folder(shipped_ + "/" + name)) sources.push_back(std::move(*source));
  return sources;
}

std::vector<modules::ModuleSource> ModuleHome::enabled(const ModuleState& state) const {
  std::vector<modules::ModuleSource> sources;
  for (const auto& one : state.installed) {
    if (!one.enabled) continue;
    auto read = source(one);
    sources.push_back(read ? std::move(*read) : modules::ModuleSource{one.name, folder_ + "/" + one.folder, {}});
  }
  return sources;
}

std::vector<modules::ModuleSource> ModuleHome::retired(const ModuleState& state) const {
  struct Copy {
    modules::Version version;
    fs::file_time_type kept_at;
    std::string name, folder;
  };
  std::vector<Copy> copies;
  std::error_code error;
  for (fs::directory_iterator module(folder_, error), end; !error && module != end; module.increment(error)) {
    const auto name = module->path().filename().string();
    if (!modules::is_module_name(name) || !module->is_directory(error)) continue;
    for (fs::directory_iterator at(module->path(), error), last; !error && at != last; at.increment(error)) {
      const auto copy = at->path().filename().string();  // "1.2.0-1f2e3d4c"
      const auto version = modules::parse_version(std::string_view(copy).substr(0, copy.find('-')));
      const auto folder = name + "/" + copy;
      const bool in_force = std::any_of(state.installed.begin(), state.installed.end(),
                                        [&](const auto& one) { return one.enabled && one.folder == folder; });
      if (version && !in_force && fs::exists(at->path() / "module.yaml", error))
        copies.push_back({*version, at->last_write_time(error), name, folder});
    }
  }
  std::sort(copies.begin(), copies.end(), [](const Copy& a, const Copy& b) {
    return std::tie(a.name, b.version, b.kept_at, a.folder) < std::tie(b.name, a.version, a.kept_at, b.folder);
  });
  std::vector<modules::ModuleSource> sources;
  std::map<std::string, std::size_t> of_module;
  for (const auto& one : copies) {
    if (++of_module[one.name] > kRetiredMax) continue;
    auto source = read_module_folder(folder_ + "/" + one.folder);
    if (!source) continue;
    source->name = one.name;
    sources.push_back(std::move(*source));
  }
  return sources;
}

Result<ModuleHome::Lock> ModuleHome::Lock::take(const ModuleHome& home) {
  ORGO_CHECK(make_folder(home.folder()));
  const auto path = home.folder() + "/.lock";
  auto file = FileLock::take(path);
  if (!file && file.error().code == Errc::conflict)
    return failure(Errc::conflict, "another process is changing the modules of " + home.folder() + "; try again");
  if (!file) return tl::unexpected(file.error());
  return Lock(std::move(*file));
}

}  // namespace orgo
