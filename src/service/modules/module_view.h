#pragma once
#include "base/json_writer.h"
#include "service/modules/module_service.h"

namespace orgo::views {

/// A module as one JSON object: in short for lists, whole (rules, words, teams, times) for one.
void write_module_line(JsonWriter& writer, const ModuleService::Entry& entry);
void write_module(JsonWriter& writer, const ModuleService::Entry& entry);
void write_module_team(JsonWriter& writer, const ModuleService::TeamEntry& team);

}  // namespace orgo::views
