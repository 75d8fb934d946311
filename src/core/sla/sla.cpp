#include "core/sla/sla.h"

#include <algorithm>

#include "base/json.h"
#include "base/json_writer.h"

namespace orgo {
namespace {

constexpr std::array<std::string_view, kSlaClocks> kNames{"first_response", "update", "keep_informed", "resolution"};

std::int64_t integer_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}
std::string string_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

}  // namespace

std::string_view to_string(SlaClock clock) {
  return kNames[static_cast<std::size_t>(clock) % kSlaClocks];
}

std::optional<SlaClock> parse_sla_clock(std::string_view text) {
  const auto found = std::find(kNames.begin(), kNames.end(), text);
  return found == kNames.end() ? std::nullopt : std::optional(static_cast<SlaClock>(found - kNames.begin()));
}

bool TaskSla::was_told(SlaClock clock, bool breach, TimePoint since) const {
  return std::find(told.begin(), told.end(), Told{clock, breach, since}) != told.end();
}

void TaskSla::tell(SlaClock clock, bool breach, TimePoint since) {
  std::erase_if(told, [&](const Told& t) { return t.clock == clock && t.breach == breach; });
  told.push_back({clock, breach, since});
}

std::string to_text(const TaskSla& sla) {
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .field("name", sla.sla.name)
      .field("calendar", sla.calendar)
      .field("own_calendar", sla.sla.calendar);
  json.field("notify", sla.sla.notify).field("answered_by", static_cast<int>(sla.sla.answered_by));
  json.key("targets").begin_array();
  for (std::size_t i = 0; i < kSlaClocks; ++i) {
    if (!sla.sla.targets[i]) continue;
    const auto& target = *sla.sla.targets[i];
    json.begin_object().field("clock", static_cast<int>(i)).field("within", std::int64_t{target.within.count()});
    json.field("wall", target.wall_time)
        .field("pause", static_cast<int>(target.pause_in))
        .field("counts", target.paused_time_counts);
    json.field("warn", std::int64_t{target.warn_before.count()}).end_object();
  }
  json.end_array().key("told").begin_array();
  for (const auto& told : sla.told)
    json.begin_object()
        .field("clock", static_cast<int>(told.clock))
        .field("breach", told.breach)
        .field("since", to_ms(told.since))
        .end_object();
  json.end_array().end_object();
  return out;
}

std::optional<TaskSla> task_sla_from_text(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const auto& object = parsed->as_object();
  TaskSla out;
  out.sla.name = string_of(object, "name");
  out.calendar = string_of(object, "calendar");
  out.sla.calendar = string_of(object, "own_calendar");
  out.sla.notify = string_of(object, "notify");
  out.sla.answered_by = static_cast<std::uint8_t>(integer_of(object, "answered_by"));
  const auto each = [&](std::string_view name, auto act) {
    if (const auto* list = object.if_contains(name); list != nullptr && list->is_array())
      for (const auto& value : list->as_array())
        if (value.is_object())
          if (const auto clock = integer_of(value.as_object(), "clock");
              clock >= 0 && clock < static_cast<std::int64_t>(kSlaClocks))
            act(value.as_object(), static_cast<SlaClock>(clock));
  };
  const auto flag = [](const json::object& o, std::string_view name) {
    const auto* value = o.if_contains(name);
    return value != nullptr && value->is_bool() && value->as_bool();
  };
  each("targets", [&](const json::object& o, SlaClock clock) {
    out.sla.targets[static_cast<std::size_t>(clock)] =
        SlaTarget{Millis{integer_of(o, "within")}, flag(o, "wall"), static_cast<std::uint8_t>(integer_of(o, "pause")),
                  flag(o, "counts"), Millis{integer_of(o, "warn")}};
  });
  each("told", [&](const json::object& o, SlaClock clock) {
    out.told.push_back({clock, flag(o, "breach"), from_ms(integer_of(o, "since"))});
  });
  return out;
}

}  // namespace orgo
