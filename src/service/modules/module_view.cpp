#include "service/modules/module_view.h"

#include "base/json_writer.h"

namespace orgo::views {
namespace {

void write_short(JsonWriter& writer, const ModuleService::Entry& entry) {
  writer.field("name", entry.name).field("state", to_string(entry.standing));
  writer.field("trouble", entry.trouble);
  if (!entry.module) {
    writer.key("version").null();
    writer.field("title", "").key("rules").null();
    writer.key("cases").null();
    return;
  }
  const auto& module = *entry.module;
  writer.field("version", to_string(module.manifest.version)).field("title", module.manifest.title);
  writer.field("rules", module.rules->size()).field("cases", module.cases.size());
}

template <typename List>
void write_list(JsonWriter& writer, std::string_view key, const List& list) {
  writer.key(key).begin_array();
  for (const auto& one : list) writer.string(one);
  writer.end_array();
}
/// The names of a map.
template <typename Map>
void write_names(JsonWriter& writer, std::string_view key, const Map& map) {
  writer.key(key).begin_array();
  for (const auto& [name, unused] : map) writer.string(name);
  writer.end_array();
}

}  // namespace

void write_module_line(JsonWriter& writer, const ModuleService::Entry& entry) {
  writer.begin_object();
  write_short(writer, entry);
  writer.end_object();
}

void write_module(JsonWriter& writer, const ModuleService::Entry& entry) {
  writer.begin_object();
  write_short(writer, entry);
  if (entry.module) {
    const auto& module = *entry.module;
    const auto& place = module.rules->workplace();
    writer.field("fingerprint", module.fingerprint).field("description", module.manifest.description);
    write_list(writer, "languages", module.manifest.languages);
    write_names(writer, "rule_names", module.rule_places);
    write_list(writer, "task_types", module.types.names());
    writer.key("keywords").begin_object();
    for (const auto& [keyword, words] : module.words.words) write_list(writer, keyword, words);
    writer.end_object().key("teams").begin_object();
    for (const auto& [name, contact] : module.manifest.contacts)
      writer.field(name, address_of(name, contact, entry.addresses));
    writer.end_object();
    write_names(writer, "calendars", place.calendars.all());
    write_names(writer, "slas", place.slas);
    write_names(writer, "on_call", place.on_call);
  }
  writer.end_object();
}

void write_module_team(JsonWriter& writer, const ModuleService::TeamEntry& team) {
  writer.begin_object().field("name", team.name).field("address", team.address);
  write_list(writer, "modules", team.used_by);
  writer.end_object();
}

}  // namespace orgo::views
