#include "core/lineage/lineage.h"

#include <utility>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/planted.h"

namespace orgo {

std::string why_restored(const Lineage& database, const std::optional<LineageRecord>& record, std::string_view identity,
                         bool others_live) {
  if (ORGO_PLANT(restore_not_seen)) return {};
  if (others_live && (!record || !database.is_of_this_node)) return {};
  // Another node has seen the restore, and has begun an epoch since this one was here.
  if (record && !database.is_of_this_node && record->epoch != 0 && record->epoch < database.epoch) return {};
  // The file comes before the first mark, so a database with a mark has lost it, or left it where it came from.
  if (!record) return database.last.number == 0 ? "" : "the database came without the file that tells how far it was";
  if (!record->identity.empty() && !identity.empty() && record->identity != identity && !others_live &&
      !ORGO_PLANT(copy_not_seen))
    return "the data folder is a copy, or files of a copy were put into it";
  if (record->mark == database.last) return {};
  if (record->mark == database.before && record->mark.number + 1 == database.last.number &&
      !ORGO_PLANT(power_cut_is_a_restore))
    return {};
  if (database.last.number < record->mark.number)
    return "the database is older than what was served here last (mark " + std::to_string(database.last.number) +
           " of " + std::to_string(record->mark.number) + ")";
  return "the database is another one than that which was served here last";
}

Lineage go_on(const Lineage& lineage, std::string name) {
  return {.epoch = lineage.epoch,
          .last = {lineage.last.number + 1, std::move(name)},
          .before = lineage.last,
          .restored_at = lineage.restored_at};
}

Lineage begin_epoch(const Lineage& lineage, const std::optional<LineageRecord>& record, std::string name,
                    TimePoint now) {
  const bool ahead = record && record->mark.number > lineage.last.number && !ORGO_PLANT(marks_are_given_twice);
  const auto known = ahead ? record->mark.number : lineage.last.number;
  return {.epoch = lineage.epoch + 1,
          .last = {known + 1, std::move(name)},
          .before = record && record->mark.number == known ? record->mark : lineage.last,
          .restored_at = now};
}

bool is_before_restore(TimePoint at, TimePoint restored_at) {
  return at < restored_at && !ORGO_PLANT(undecided_goes_out_twice);
}

bool is_timer_of_before(TimePoint due_at, TimePoint restored_at, bool holds_some) {
  return is_before_restore(due_at, restored_at) || (holds_some && !ORGO_PLANT(held_task_escalates));
}

std::string to_text(const LineageRecord& record) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().field("mark", record.mark.number).field("name", record.mark.name).field("epoch", record.epoch);
  json.field("file", record.identity).end_object();
  return text + "\n";
}

std::optional<LineageRecord> parse_lineage_record(std::string_view text) {
  const auto value = parse_json(text);
  if (!value || !value->is_object()) return std::nullopt;
  const auto& fields = value->as_object();
  const auto* mark = fields.if_contains("mark");
  const auto* name = fields.if_contains("name");
  const auto* file = fields.if_contains("file");
  const auto* epoch = fields.if_contains("epoch");  // files of before there were nodes have none
  if (mark == nullptr || !mark->is_int64() || mark->as_int64() < 0 || name == nullptr || !name->is_string() ||
      file == nullptr || !file->is_string())
    return std::nullopt;
  return LineageRecord{.mark = {mark->as_int64(), std::string(name->as_string())},
                       .epoch = epoch != nullptr && epoch->is_int64() ? epoch->as_int64() : 0,
                       .identity = std::string(file->as_string())};
}

}  // namespace orgo
