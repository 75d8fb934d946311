#include "core/rules/rule_table.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/unicode.h"
#include "core/rules/rule_keys.h"

namespace orgo::rules {
namespace {

constexpr std::array<std::string_view, 2> kPolicies{"all", "first"};
constexpr std::size_t kRowsMax = 5'000;
constexpr std::size_t kColumnsMax = 50;

/// The last word of an input tells what its cells are.
enum class CellKind { rest, text, list, regex };
CellKind kind_of(std::string_view input) {
  const auto lower = ascii_lower(trim(input));
  const auto word = std::string_view(lower).substr(lower.rfind(' ') == std::string::npos ? 0 : lower.rfind(' ') + 1);
  if (word == "in") return CellKind::list;
  if (word == "matches" || word == "match") return CellKind::regex;
  for (const std::string_view op :
       {"contains", "contain", "is", "not", "with", "like", "exactly", "<", "<=", ">", ">=", "=", "==", "!="})
    if (word == op) return word == "not" && !lower.ends_with("is not") ? CellKind::rest : CellKind::text;
  return CellKind::rest;
}

bool says_nothing(const YamlNode& cell) {
  return cell.is_nothing() ||
         (cell.kind == YamlNode::Kind::scalar && !cell.quoted && (cell.text == "-" || cell.text == "*")) ||
         (cell.kind == YamlNode::Kind::scalar && cell.text == "-");
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

/// What a cell adds behind its input; nullopt with an error.
std::optional<std::string> rest_of(YamlReader& reader, const YamlNode& cell, CellKind kind) {
  const bool list = cell.kind == YamlNode::Kind::sequence;
  const auto texts = reader.expect_strings(cell, "a cell");
  if (!texts) return std::nullopt;
  if (list || kind == CellKind::list) {
    if (kind == CellKind::rest || kind == CellKind::regex) {
      reader.error(cell, "this column has no lists", "an input that ends in contains, is or in has them");
      return std::nullopt;
    }
    std::string out = "[";
    for (const auto& text : *texts) out += (out.size() > 1 ? ", " : "") + quoted(text);
    return out + "]";
  }
  const auto& text = texts->front();
  if (kind == CellKind::text) return quoted(text);
  if (kind == CellKind::regex && !text.starts_with('/')) return quoted(text);
  return text;
}

}  // namespace

std::optional<Table> read_table(YamlReader& reader, const YamlNode& node, const std::string& condition,
                                const YamlNode* condition_node) {
  if (!reader.expect_mapping(node, "a table")) return std::nullopt;
  reader.check_keys(node, "key of a table", names_of(kTableKeys));
  const auto errors_before = reader.error_count();
  Table table;
  if (const auto* hit = node.find("hit")) {
    const auto text = reader.expect_string(*hit, "hit");
    if (text && *text != "first" && *text != "all")
      reader.error(*hit, "unknown hit policy '" + std::string(cut_utf8(*text, 64)) + "'", name_hint(*text, kPolicies));
    table.first = !text || *text != "all";
  }
  const auto columns = [&](const char* key) {
    std::vector<const YamlNode*> found;
    const auto* list = node.find(key);
    if (list == nullptr) {
      reader.error(node, std::string("this table has no ") + key,
                   "as in inputs: [subject contains], outputs: [route_to]");
      return found;
    }
    if (!reader.expect_strings(*list, key)) return found;
    if (list->kind == YamlNode::Kind::scalar) found.push_back(list);
    for (const auto& item : list->items) found.push_back(&item);
    if (found.size() > kColumnsMax) reader.error(*list, "more than " + std::to_string(kColumnsMax) + " columns");
    return found;
  };
  const auto inputs = columns("inputs");
  const auto outputs = columns("outputs");
  const auto* rows = node.find("rows");
  if (rows == nullptr) reader.error(node, "this table has no rows");
  if (reader.error_count() != errors_before || rows == nullptr || !reader.expect_sequence(*rows, "rows"))
    return std::nullopt;
  if (rows->items.size() > kRowsMax) {
    reader.error(*rows, "more than " + std::to_string(kRowsMax) + " rows");
    return std::nullopt;
  }
  for (const auto& row : rows->items) {
    if (!reader.expect_sequence(row, "a row")) continue;
    if (row.items.size() != inputs.size() + outputs.size()) {
      reader.error(row,
                   "this row has " + std::to_string(row.items.size()) + " cells, the table " +
                       std::to_string(inputs.size()) + " inputs and " + std::to_string(outputs.size()) + " outputs",
                   "a cell that does not matter is \"-\"");
      continue;
    }
    TableRow made;
    made.node = &row;
    const auto join = [&](std::string text, const YamlNode* cell) {
      if (!made.condition.empty()) made.condition += " and ";
      const auto begin = made.condition.size();
      made.condition += text;
      made.cells.push_back({begin, made.condition.size(), cell});
    };
    if (!trim(condition).empty()) join("(" + condition + ")", condition_node);
    bool good = true;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const auto& cell = row.items[i];
      if (says_nothing(cell)) continue;
      const auto rest = rest_of(reader, cell, kind_of(inputs[i]->text));
      good = good && rest.has_value();
      if (rest) join(inputs[i]->text + " " + *rest, &cell);
    }
    made.action.kind = YamlNode::Kind::mapping;
    made.action.line = row.line;
    made.action.column = row.column;
    made.action.offset = row.offset;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const auto& cell = row.items[inputs.size() + i];
      if (!says_nothing(cell)) made.action.entries.push_back({*outputs[i], cell});
    }
    if (good) table.rows.push_back(std::move(made));
  }
  return table;
}

}  // namespace orgo::rules
