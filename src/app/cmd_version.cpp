#include <iostream>

#include "adapter/library_versions/library_versions.h"
#include "adapter/sql/sqlite/schema.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/version.h"
#include "base/json_writer.h"

namespace orgo {

int cmd_version(const VersionOptions& options) {
  if (!options.common.json) {
    std::cout << "orgo " << kVersion << "\n";
    for (const auto& [name, version] : library_versions()) std::cout << "  " << name << " " << version << "\n";
    return kDone;
  }
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("orgo", kVersion).field("schema", sql::schema_version());
  json.key("libraries").begin_object();
  for (const auto& [name, version] : library_versions()) json.field(name, version);
  json.end_object().end_object();
  std::cout << out << '\n';
  return kDone;
}

}  // namespace orgo
