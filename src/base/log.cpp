#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <mutex>

#include "base/json_writer.h"
#include "base/time.h"

namespace orgo::log {
namespace {

constexpr std::size_t kValueMax = 1024;
constexpr std::size_t kFieldsMax = 64;
constexpr std::size_t kEventsMax = 1000;  // names are literals; the bound is for a caller that breaks this rule

std::atomic<Level> least_level{Level::info};
std::atomic<Format> line_format{Format::text};
std::atomic<int> lines_per_second{20};

struct Repeats {
  std::chrono::steady_clock::time_point window_start{};
  int lines = 0;
  std::int64_t suppressed = 0;
};

struct State {
  std::mutex mutex;
  std::map<std::string, Repeats, std::less<>> repeats;
  std::function<void(std::string_view)> sink;
};
State& state() {
  static auto* const the_state = new State;  // never destroyed: threads may log while the program ends
  return *the_state;
}

/// Cuts at a character, so that a cut does not make invalid UTF-8.
std::string_view shortened(std::string_view text, bool& cut) {
  cut = text.size() > kValueMax;
  if (!cut) return text;
  auto end = kValueMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

bool plain(std::string_view text) {
  if (text.empty()) return false;
  for (const unsigned char c : text)
    if (c <= ' ' || c >= 0x7F || c == '"' || c == '=' || c == '\\') return false;
  return true;
}

void append_number(std::string& out, const Field& field) {
  if (field.kind() == Field::Kind::boolean) {
    out += field.integer() != 0 ? "true" : "false";
  } else if (field.kind() == Field::Kind::integer) {
    out += std::to_string(field.integer());
  } else if (!std::isfinite(field.real())) {
    out += "null";
  } else {
    char buffer[32];
    out.append(buffer, static_cast<std::size_t>(std::snprintf(buffer, sizeof buffer, "%.6g", field.real())));
  }
}

void append_field(std::string& out, Format format, const Field& field) {
  if (format == Format::json) {
    out += ',';
    append_json_string(out, field.key());
    out += ':';
  } else {
    out += ' ';
    out += field.key();
    out += '=';
  }
  if (field.kind() != Field::Kind::text) return append_number(out, field);
  bool cut = false;
  const auto text = shortened(field.text(), cut);
  if (format == Format::text && !cut && plain(text)) {
    out += text;
  } else {
    append_json_string(out, cut ? std::string(text) + "..." : std::string(text));
  }
}

std::string line_of(Level level, std::string_view event, Fields fields, std::int64_t suppressed) {
  const auto now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  const auto format = line_format.load(std::memory_order_relaxed);
  std::string out;
  out.reserve(160);
  if (format == Format::json) {
    out += R"({"time":")";
    out += to_rfc3339(now);
    out += R"(","level":")";
    out += to_string(level);
    out += R"(","event":)";
    append_json_string(out, event);
  } else {
    out += to_rfc3339(now);
    out += ' ';
    out += to_string(level);
    out += ' ';
    out += event;
  }
  std::size_t count = 0;
  for (const auto& field : fields)
    if (++count <= kFieldsMax) append_field(out, format, field);
  if (suppressed > 0) append_field(out, format, Field("suppressed", suppressed));
  if (format == Format::json) out += '}';
  return out;
}

void emit(State& the, const std::string& line) {
  if (the.sink) return the.sink(line);
  std::string out = line + '\n';
  std::string_view rest = out;
  while (!rest.empty()) {
    const auto written = ::write(STDERR_FILENO, rest.data(), rest.size());
    if (written <= 0) return;  // nobody reads; the program goes on
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
    case Level::off:
      return "off";
  }
  return "unknown";
}

Result<Level> parse_level(std::string_view text) {
  for (const auto level : {Level::debug, Level::info, Level::warn, Level::error, Level::off})
    if (text == to_string(level)) return level;
  return failure(Errc::invalid_input,
                 "'" + std::string(text) + "' is not a log level; use debug, info, warn, error or off");
}

void configure(const Settings& settings) {
  least_level = settings.level;
  line_format = settings.format;
  lines_per_second = settings.lines_per_second < 1 ? 1 : settings.lines_per_second;
}

bool enabled(Level level) {
  return level >= least_level.load(std::memory_order_relaxed) && level != Level::off;
}

void write(Level level, std::string_view event, Fields fields) {
  if (!enabled(level)) return;
  auto& the = state();
  const std::lock_guard lock(the.mutex);
  std::int64_t suppressed = 0;
  auto found = the.repeats.find(event);
  if (found == the.repeats.end() && the.repeats.size() < kEventsMax)
    found = the.repeats.emplace(std::string(event), Repeats{}).first;
  if (found != the.repeats.end()) {
    auto& repeats = found->second;
    const auto now = std::chrono::steady_clock::now();
    if (now - repeats.window_start >= std::chrono::seconds(1)) {
      repeats.window_start = now;
      repeats.lines = 0;
    }
    if (repeats.lines >= lines_per_second.load(std::memory_order_relaxed)) {
      ++repeats.suppressed;
      return;
    }
    ++repeats.lines;
    suppressed = repeats.suppressed;
    repeats.suppressed = 0;
  }
  emit(the, line_of(level, event, fields, suppressed));
}

void flush() {
  auto& the = state();
  const std::lock_guard lock(the.mutex);
  for (auto& [event, repeats] : the.repeats) {
    if (repeats.suppressed == 0) continue;
    emit(the, line_of(Level::info, "log.suppressed", {{"of", event}, {"lines", repeats.suppressed}}, 0));
    repeats = Repeats{};
  }
}

void capture(std::function<void(std::string_view line)> sink) {
  auto& the = state();
  const std::lock_guard lock(the.mutex);
  the.sink = std::move(sink);
  the.repeats.clear();
}

}  // namespace orgo::log
