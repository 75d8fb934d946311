#include "core/module/rule_version.h"

#include "base/json_writer.h"

namespace orgo {

Changes add_rule_version(RuleVersion version) {
  Changes changes{.tenant = version.tenant, .at = version.accepted_at};
  Event event{.kind = EventKind::rules_loaded, .at = version.accepted_at, .actor = "rules"};
  JsonWriter(event.data).begin_object().field("version", version.version).field("rules", version.rules).end_object();
  changes.events.push_back(std::move(event));
  changes.add(RuleVersionAdded{std::move(version)});
  return changes;
}

}  // namespace orgo
