#include "core/module/manifest.h"

#include <array>
#include <charconv>

#include "base/text.h"
#include "base/yaml.h"
#include "core/contact/mail_address.h"

namespace orgo::modules {
namespace {

constexpr std::array<std::string_view, 8> kKeys{"description", "languages", "name",  "needs",
                                                "roles",       "teams",     "title", "version"};
constexpr std::array<std::string_view, 2> kContactKeys{"address", "description"};
constexpr std::size_t kNeedsMax = 50, kContactsMax = 200, kLanguagesMax = 50;

void read_needs(YamlReader& reader, const YamlNode& node, Manifest& manifest) {
  if (node.is_nothing() || !reader.expect_mapping(node, "needs")) return;
  for (const auto& [key, value] : node.entries) {
    if (!is_module_name(key.text)) {
      reader.error(key, "'" + key.text + "' is not the name of a module");
      continue;
    }
    auto text = reader.expect_string(value, "the version that is needed");
    if (!text) continue;
    auto least = std::string_view(*text);
    if (least.starts_with(">=")) least = trim(least.substr(2));
    const auto version = parse_version(least);
    if (!version) reader.error(value, "'" + *text + "' is not a version", "as in \">= 1.2\"");
    else if (manifest.needs.size() < kNeedsMax) manifest.needs.push_back({key.text, *version, key.line});
    else reader.error(key, "more than " + std::to_string(kNeedsMax) + " needs");
  }
}

void read_contacts(YamlReader& reader, const YamlNode& node, std::string_view what, Manifest& manifest) {
  if (node.is_nothing() || !reader.expect_mapping(node, what)) return;
  for (const auto& [key, value] : node.entries) {
    Contact contact;
    contact.line = key.line;
    if (key.text.empty() || key.text.size() > 100 || key.text.find_first_of("@/\n,") != std::string::npos)
      reader.error(key, "the name of a team is 1 to 100 bytes without @, / and comma");
    if (value.kind == YamlNode::Kind::mapping) {
      reader.check_keys(value, "key of a team", kContactKeys);
      if (const auto* text = value.find("description"))
        contact.description = reader.expect_string(*text, "the description").value_or("");
      if (const auto* text = value.find("address")) {
        contact.address = reader.expect_string(*text, "the address").value_or("");
        if (!is_typed_address(contact.address))
          reader.error(*text, "'" + contact.address + "' is not an address");
      }
    } else if (!value.is_nothing()) {
      contact.description = reader.expect_string(value, "the description of a team").value_or("");
    }
    if (manifest.contacts.size() >= kContactsMax)
      return reader.error(key, "more than " + std::to_string(kContactsMax) + " teams and roles");
    if (const auto [known, fresh] = manifest.contacts.try_emplace(key.text, std::move(contact)); !fresh)
      reader.error(key, "'" + key.text + "' is a team or role already",
                   "first in line " + std::to_string(known->second.line));
  }
}

}  // namespace

std::string to_string(const Version& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." + std::to_string(version.patch);
}

std::optional<Version> parse_version(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() > 3) return std::nullopt;
  std::array<int, 3> numbers{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto [end, problem] = std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), numbers[i]);
    if (problem != std::errc{} || end != parts[i].data() + parts[i].size() || parts[i].front() == '-')
      return std::nullopt;
  }
  return Version{numbers[0], numbers[1], numbers[2]};
}

bool is_module_name(std::string_view name) {
  if (name.empty() || name.size() > 40 || name.front() < 'a' || name.front() > 'z') return false;
  for (const char c : name)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  return true;
}

Manifest read_manifest(const SourceFile& file, std::vector<Diagnostic>& errors) {
  Manifest manifest;
  manifest.path = file.path;
  const auto root = read_yaml(file, errors);
  if (!root) return manifest;
  YamlReader reader(file, errors);
  if (!reader.expect_mapping(*root, "module.yaml")) return manifest;
  if (const auto* node = root->find("workflows"))
    reader.error(*node, "workflows are not supported by this version of Orgo",
                 "rules with escalations do part of it; take the key out");
  else reader.check_keys(*root, "key of module.yaml", kKeys);
  const auto text = [&](const char* key, bool needed) -> std::string {
    const auto* node = root->find(key);
    if (node == nullptr) {
      if (needed) reader.error(*root, std::string("module.yaml has no ") + key);
      return {};
    }
    return reader.expect_string(*node, std::string("the ") + key + " of a module").value_or("");
  };
  manifest.name = text("name", true);
  if (const auto* node = root->find("name");
      node != nullptr && !manifest.name.empty() && !is_module_name(manifest.name))
    reader.error(*node, "'" + manifest.name + "' is not the name of a module",
                 "a letter, then letters, digits and _, all small, at most 40: water_supply");
  if (const auto version = text("version", true); !version.empty()) {
    if (const auto parsed = parse_version(version)) manifest.version = *parsed;
    else reader.error(*root->find("version"), "'" + version + "' is not a version", "as in 1.0.0");
  }
  manifest.title = text("title", false);
  if (manifest.title.empty()) manifest.title = manifest.name;
  manifest.description = text("description", false);
  if (const auto* node = root->find("languages"))
    if (auto languages = reader.expect_strings(*node, "the languages")) {
      if (languages->size() > kLanguagesMax)
        reader.error(*node, "more than " + std::to_string(kLanguagesMax) + " languages");
      else manifest.languages = std::move(*languages);
    }
  if (manifest.languages.empty()) manifest.languages = {"en"};
  if (const auto* node = root->find("needs")) read_needs(reader, *node, manifest);
  if (const auto* node = root->find("teams")) read_contacts(reader, *node, "teams", manifest);
  if (const auto* node = root->find("roles")) read_contacts(reader, *node, "roles", manifest);
  return manifest;
}

}  // namespace orgo::modules
