#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/yaml.h"

namespace orgo::rules {

/// A row of a decision table, as the rule that it stands for.
struct TableRow {
  std::string condition;  ///< of all cells that say something, joined by "and"; empty: the row fits every message
  YamlNode action;        ///< a mapping of the outcomes
  const YamlNode* node = nullptr;
  /// Which cell wrote bytes [begin, end) of the condition, for errors.
  struct Cell {
    std::size_t begin = 0;
    std::size_t end = 0;
    const YamlNode* node = nullptr;
  };
  std::vector<Cell> cells;
};

struct Table {
  bool first = true;  ///< hit policy: only the first row that fits acts; else all of them
  std::vector<TableRow> rows;
};

/// Reads
///   table:
///     hit: first
///     inputs: [subject contains, size, weekday]
///     outputs: [route_to, set_priority]
///     rows:
///       - [leak, "> 1 MB", "-", m@school.org, high]
/// An input is the beginning of a test; a cell is the rest of it, "-" is no matter what. What an input that ends in an
/// operator gets is taken as a text. `condition` stands before each row's own. The nodes must outlive the table.
std::optional<Table> read_table(YamlReader& reader, const YamlNode& node, const std::string& condition,
                                const YamlNode* condition_node);

}  // namespace orgo::rules
