#pragma once
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time_zone.h"

namespace orgo {

/// The columns of `orgo export tasks --csv`, in their order (docs/tasks-table.md). Only ever added to, at the end.
const std::vector<std::string>& task_columns();

/// A task as the API gives it, as the cells of one row: instants in RFC 3339 with the offset of the zone, several
/// values with "; " between, and no cell that a spreadsheet would run (base/csv.h).
std::vector<std::string> task_row(const json::object& task, const TimeZone& zone);

}  // namespace orgo
