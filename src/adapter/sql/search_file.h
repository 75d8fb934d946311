#pragma once
#include <memory>
#include <string>

#include "base/result.h"
#include "port/search_index.h"

namespace orgo::sql {

/// The search index of a data folder: a file of its own there, beside whichever database is used, so that neither
/// backups nor moves nor the writer of the database know of it. One that is damaged, or of another version, is put away
/// and an empty one made, which the log says; whoever follows the log fills it. One that can't be made
/// now, on a full disk, is made with the next write. One process owns it. unavailable: there is no such folder.
Result<std::unique_ptr<SearchIndex>> open_search_index(const std::string& folder);

}  // namespace orgo::sql
