#pragma once
#include <optional>
#include <string>

#include "base/result.h"
#include "core/lineage/lineage.h"

namespace orgo {

/// `lineage.json` of a data folder: how far the database beside it was, and by what the file system knows the file.
struct LineageFile {
  std::optional<LineageRecord> record;  ///< nullopt: there is none, or it is damaged
  std::string identity;                 ///< file_identity() now
};

/// unavailable: it is there and can't be read.
Result<LineageFile> read_lineage_file(const std::string& folder);
/// Durable when it returns; errors as write_file().
Status write_lineage_file(const std::string& folder, const LineageMark& mark, std::int64_t epoch = 0);

}  // namespace orgo
