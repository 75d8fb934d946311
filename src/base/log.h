#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/result.h"

/// Structured logs: a stable event name, then key=value, one line each to standard error.
///   log::warn("delivery.retry", {{"send", "s4"}, {"attempt", 3}, {"cause", error.message}});
///   2026-11-22T01:22:35.120Z warn delivery.retry send=s4 attempt=3 cause="429 from provider"
/// Event names are literals in the code, `part.what`, and never change without need: people search and alert by them.
/// Values may come from strangers: they are quoted, kept on one line and cut at 1 KiB. Any thread; never throws or
/// fails.
namespace orgo::log {

enum class Level : std::int8_t { debug = 0, info = 1, warn = 2, error = 3, off = 4 };
std::string_view to_string(Level level);
/// invalid_input names the levels that exist.
Result<Level> parse_level(std::string_view text);

enum class Format : std::int8_t { text, json };

struct Settings {
  Level level = Level::info;
  Format format = Format::text;
  /// What can repeat a thousand times a second is limited: of one event name at most this many lines in a second, then
  /// the rest is counted and the next line that is let through says `suppressed=N`. 1 or more.
  int lines_per_second = 20;
};
/// Applies from the next line on.
void configure(const Settings& settings);
bool enabled(Level level);

/// One key and its value. Text is only looked at, so a field must not outlive the full expression of the call.
class Field {
 public:
  enum class Kind : std::int8_t { text, integer, real, boolean };
  Field(std::string_view key, std::string_view value) : key_(key), text_(value) {}
  Field(std::string_view key, const char* value) : Field(key, std::string_view(value)) {}
  Field(std::string_view key, const std::string& value) : Field(key, std::string_view(value)) {}
  template <typename T>
  requires std::is_arithmetic_v<T> Field(std::string_view key, T value) : key_(key) {
    if constexpr (std::is_same_v<T, bool>) kind_ = Kind::boolean, integer_ = value;
    else if constexpr (std::is_floating_point_v<T>) kind_ = Kind::real, real_ = static_cast<double>(value);
    else kind_ = Kind::integer, integer_ = static_cast<std::int64_t>(value);
  }
  [[nodiscard]] std::string_view key() const { return key_; }
  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::int64_t integer() const { return integer_; }
  [[nodiscard]] double real() const { return real_; }

 private:
  std::string_view key_;
  std::string_view text_;
  Kind kind_ = Kind::text;
  std::int64_t integer_ = 0;
  double real_ = 0;
};
using Fields = std::initializer_list<Field>;

void write(Level level, std::string_view event, Fields fields);
inline void debug(std::string_view event, Fields fields = {}) {
  if (enabled(Level::debug)) write(Level::debug, event, fields);
}
inline void info(std::string_view event, Fields fields = {}) {
  if (enabled(Level::info)) write(Level::info, event, fields);
}
inline void warn(std::string_view event, Fields fields = {}) {
  if (enabled(Level::warn)) write(Level::warn, event, fields);
}
inline void error(std::string_view event, Fields fields = {}) {
  if (enabled(Level::error)) write(Level::error, event, fields);
}

/// What stands in a log instead of a secret: "[secret]", or "" when there is none, since that difference helps people.
inline std::string_view secret(std::string_view value) {
  return value.empty() ? "" : "[secret]";
}

/// Says what was suppressed and not yet told; at the end of the program.
void flush();

/// Takes each finished line (without newline) instead of standard error, for tests; an empty function gives it back.
void capture(std::function<void(std::string_view line)> sink);

}  // namespace orgo::log
