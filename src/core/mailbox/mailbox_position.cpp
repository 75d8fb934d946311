#include "core/mailbox/mailbox_position.h"

#include <span>

#include "base/json.h"
#include "base/json_writer.h"

namespace orgo {
namespace {

constexpr std::size_t kSeenMost = 100'000;
constexpr std::size_t kUnfinishedMost = 10'000;
constexpr std::size_t kHeldBackMost = 1'000;

void write_list(JsonWriter& writer, std::string_view name, const std::vector<std::string>& list) {
  if (list.empty()) return;
  writer.key(name).begin_array();
  for (const auto& item : list) writer.string(item);
  writer.end_array();
}

std::uint64_t number(const json::object& object, std::string_view name, std::uint64_t most) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return 0;
  boost::system::error_code error;
  const auto number = value->to_number<std::uint64_t>(error);
  return error || number > most ? 0 : number;
}

Status read_list(const json::object& object, std::string_view name, std::size_t most, std::vector<std::string>& out) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return {};
  const json::array* items = value->if_array();
  if (items == nullptr || items->size() > most) {
    return failure(Errc::invalid_input, "the position of a mailbox: '" + std::string(name) +
                                            "' is no list of at most " + std::to_string(most));
  }
  out.reserve(items->size());
  for (const auto& item : *items) {
    if (const json::string* text = item.if_string()) out.emplace_back(text->data(), text->size());
  }
  return {};
}

}  // namespace

std::string to_text(const MailboxPosition& position) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_object();
  if (position.started_at != TimePoint{}) writer.field("started_at", to_ms(position.started_at));
  if (position.uid_validity != 0) writer.field("uid_validity", static_cast<std::int64_t>(position.uid_validity));
  if (position.last_uid != 0) writer.field("last_uid", static_cast<std::int64_t>(position.last_uid));
  if (position.old_below != 0) writer.field("old_below", static_cast<std::int64_t>(position.old_below));
  if (position.mod_seq != 0) writer.field("mod_seq", static_cast<std::int64_t>(position.mod_seq));  // 63 bits, RFC 7162
  write_list(writer, "seen", position.seen);
  write_list(writer, "unfinished", position.unfinished);
  write_list(writer, "held_back", position.held_back);
  writer.end_object();
  return text;
}

Result<MailboxPosition> parse_mailbox_position(std::string_view text) {
  MailboxPosition position;
  if (text.empty()) return position;
  ORGO_TRY(value, parse_json(text, 4));
  const json::object* object = value.if_object();
  if (object == nullptr) return failure(Errc::invalid_input, "the position of a mailbox is no JSON object");
  position.started_at = from_ms(static_cast<std::int64_t>(number(*object, "started_at", 253'402'300'799'999)));
  position.uid_validity = static_cast<std::uint32_t>(number(*object, "uid_validity", UINT32_MAX));
  position.last_uid = static_cast<std::uint32_t>(number(*object, "last_uid", UINT32_MAX));
  position.old_below = static_cast<std::uint32_t>(number(*object, "old_below", UINT32_MAX));
  position.mod_seq = number(*object, "mod_seq", INT64_MAX);
  ORGO_CHECK(read_list(*object, "seen", kSeenMost, position.seen));
  ORGO_CHECK(read_list(*object, "unfinished", kUnfinishedMost, position.unfinished));
  ORGO_CHECK(read_list(*object, "held_back", kHeldBackMost, position.held_back));
  return position;
}

}  // namespace orgo
