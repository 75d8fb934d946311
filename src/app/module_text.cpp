#include "app/module_text.h"

#include "app/output.h"
#include "base/text.h"

namespace orgo {
namespace {

/// What it promises and when, under the names by which an organization overrides it.
std::string times_of(const modules::Module& module) {
  const auto& place = module.rules->workplace();
  const auto& name = module.manifest.name;
  std::string out;
  auto begin = [&, first = true]() mutable {
    if (first) out += "promises (an organization declares one of these names itself to override it):\n";
    first = false;
  };
  for (const auto& [sla, level] : place.slas) {
    begin();
    out += "  " + name + "/" + sla + ":";
    for (std::size_t i = 0; i < kSlaClocks; ++i)
      if (const auto& target = level.targets.at(i))
        out += " " + std::string(to_string(static_cast<SlaClock>(i))) + " " + format_duration(target->within) +
               (target->wall_time ? "" : " of open time") + ",";
    if (out.back() == ',') out.pop_back();
    out += sla == place.default_sla ? " (default)\n" : "\n";
  }
  const auto list = [&](const char* what, const auto& named, const std::string& standard) {
    for (const auto& [one, unused] : named) {
      begin();
      out += std::string("  ") + what + " " + name + "/" + one + (one == standard ? " (default)" : "") + "\n";
    }
  };
  list("calendar", place.calendars.all(), place.calendars.default_name());
  list("rota", place.on_call, {});
  return out;
}

}  // namespace

std::string describe(const ModuleService::Entry& entry) {
  const auto& module = *entry.module;
  const auto& manifest = module.manifest;
  auto out = manifest.name + " " + to_string(manifest.version) + " (" + std::string(to_string(entry.standing)) + ")\n" +
             cell(manifest.title) + "\n" + cell(manifest.description, 500) + "\n";
  out += "languages: " + join(manifest.languages, ", ") + "\n";
  for (const auto& need : manifest.needs) out += "needs: " + need.module + " " + to_string(need.least) + "\n";
  out += "rules: " + std::to_string(module.rules->size()) + ", cases: " + std::to_string(module.cases.size()) + "\n";
  for (const auto& [name, place] : module.rule_places) out += "  " + manifest.name + "/" + name + "  (" + place + ")\n";
  const auto types = module.types.names();
  if (!types.empty()) out += "task types: " + join(types, ", ") + "\n";
  out += times_of(module);
  out += "teams and roles:\n";
  for (const auto& [name, contact] : manifest.contacts) {
    const auto address = address_of(name, contact, entry.addresses);
    out += "  " + name + ": " + (address.empty() ? "no address" : address) +
           (contact.description.empty() ? "" : " (" + cell(contact.description, 100) + ")") + "\n";
  }
  std::size_t words = 0;
  for (const auto& [keyword, forms] : module.words.words) words += forms.size();
  out +=
      "keywords: " + std::to_string(module.words.words.size()) + " with " + std::to_string(words) + " forms of words\n";
  return out;
}

}  // namespace orgo
