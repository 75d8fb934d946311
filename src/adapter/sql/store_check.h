#pragma once
#include "adapter/sql/engine.h"

namespace orgo::sql {

/// Are all tables there, and may they be read? The error names the first that is not. Costs next to nothing, whatever
/// they hold.
Status check_tables(Engine& engine);

}  // namespace orgo::sql
