#include "tests/world/support/planted.h"

#include <array>

namespace orgo::world {
namespace {

/// In statements that hold `within`, the first `text` becomes `instead`. Whoever changes such a statement plants its
/// mistake anew: a mistake that is not planted is not found, and its test is red.
struct Planting {
  Bug bug;
  std::string_view within;
  std::string_view text;
  std::string_view instead;
};

constexpr auto kPlantings = std::to_array<Planting>({
    {Bug::dedup_ignored, "INSERT INTO messages", "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,",
     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ? + (SELECT count(*) FROM messages),"},
    {Bug::dedup_ignored, "SELECT id, known_id FROM messages", "copy_hash = ?", "copy_hash = ? AND 0"},
    {Bug::decided_twice, "SELECT d.message, m.received_at", "d.message = m.id", "0"},
    {Bug::decided_twice, "INSERT INTO decisions", "INSERT INTO", "INSERT OR REPLACE INTO"},
    {Bug::timer_fencing_off, "FROM timers t WHERE", "AND t.due_at = ?", "AND ? > 0"},
    {Bug::timer_fencing_off, "DELETE FROM timers", "AND due_at = ?", "AND ? > 0"},
    {Bug::lease_fencing_off, "DELETE FROM work", "AND token = ?", "AND ? > 0"},
    {Bug::lease_fencing_off, "UPDATE work", "AND token = ?", "AND ? > 0"},
    {Bug::other_tenant_returned, "FROM events WHERE tenant = ? AND sequence > ?", "tenant = ?", "? > 0"},
});

}  // namespace

std::string with_bug(Bug bug, std::string_view sql) {
  std::string text(sql);
  for (const auto& planting : kPlantings) {
    if (planting.bug != bug || text.find(planting.within) == std::string::npos) continue;
    if (const auto at = text.find(planting.text); at != std::string::npos)
      text.replace(at, planting.text.size(), planting.instead);
  }
  return text;
}

}  // namespace orgo::world
