#pragma once
#include "adapter/sql/engine.h"
#include "core/backup/manifest.h"

namespace orgo::sql {

/// How many rows of each kind there are, of all tenants, at one instant; BackupCounts::balanced stays false. Reads an
/// index of each table. Errors: unavailable, corrupt.
Result<BackupCounts> count_rows(Engine& engine);

}  // namespace orgo::sql
