#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"

namespace orgo::sql {

/// Told while a long copy goes on: bytes that are done, and of how many.
using CopyWatch = std::function<void(std::int64_t done, std::int64_t of)>;

/// Copies the database of a data folder into another folder, which has none, as it stands at one instant, while a
/// server goes on writing. It waits for nobody and keeps nobody waiting; until it ends, what is written meanwhile stays
/// in the database's log. Needs some MiB of memory, whatever the size. The copy is one file of rights 0600, and
/// durable. Any schema, also another one than ours. Returns the version of it. Errors: not_found; corrupt;
/// resource_exhausted: no room there; unavailable.
Result<int> copy_database(const std::string& folder, const std::string& into, const CopyWatch& watch = {});

/// The database's own check of a copy that nobody serves, of any schema: empty, or what is wrong. Writes nothing beside
/// it. Errors: not_found, unavailable, corrupt.
Result<std::string> check_database(const std::string& folder);

/// The schema that this program reads and writes.
int known_schema();

}  // namespace orgo::sql
