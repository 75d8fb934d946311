#pragma once
#include <optional>

#include "adapter/sql/stores.h"
#include "app/doctor/look.h"

namespace orgo {

/// A move to another database that was begun here; nullopt: none was.
std::optional<Look> look_at_move(const SqlStoreOptions& place);

}  // namespace orgo
