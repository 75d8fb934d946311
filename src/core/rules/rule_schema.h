#pragma once
#include <string>

namespace orgo::rules {

/// The JSON Schema (draft 2020-12) of rule files, for editors: what docs/rules.schema.json holds. What it accepts may
/// still be refused by load_rules(), which knows more (addresses, conditions, names); what it refuses is refused there,
/// too.
std::string rule_schema();

}  // namespace orgo::rules
