#include "service/gateway/pages/html.h"

#include <algorithm>

#include "base/text.h"

namespace orgo::gateway::page {

Html& Html::text(std::string_view untrusted) {
  for (std::size_t i = 0; i < untrusted.size();) {
    const auto length = utf8_length(untrusted, i);
    const auto c = static_cast<unsigned char>(untrusted[i]);
    const bool control = (c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7F ||
                         (length == 2 && c == 0xC2 && static_cast<unsigned char>(untrusted[i + 1]) < 0xA0);
    // U+202D and U+202E turn the order of letters around: "exe.png" would stand where "gnp.exe" is.
    const bool override_order =
        length == 3 && (untrusted.substr(i, 3) == "\xE2\x80\xAD" || untrusted.substr(i, 3) == "\xE2\x80\xAE");
    if (length == 0 || control || override_order) out_ += "\xEF\xBF\xBD";
    else if (c == '&') out_ += "&amp;";
    else if (c == '<') out_ += "&lt;";
    else if (c == '>') out_ += "&gt;";
    else if (c == '"') out_ += "&quot;";
    else if (c == '\'') out_ += "&#39;";
    else out_.append(untrusted, i, length);
    i += std::max<std::size_t>(length, 1);
  }
  return *this;
}

Html& Html::name(std::string_view untrusted) {
  return raw("<bdi>").text(untrusted).raw("</bdi>");
}

Html& Html::address(std::string_view untrusted) {
  if (untrusted.empty()) return *this;
  const auto at = untrusted.rfind('@');
  if (at == std::string_view::npos) return name(untrusted);
  return raw("<bdi>").text(untrusted.substr(0, at + 1)).raw("<wbr>").text(untrusted.substr(at + 1)).raw("</bdi>");
}

Html& Html::number(std::int64_t value) {
  out_ += std::to_string(value);
  return *this;
}

Html& Html::age(TimePoint at, TimePoint now) {
  const auto exact = to_rfc3339(at);
  return raw("<time")
      .attribute("datetime", exact)
      .attribute("title", exact)
      .raw(">")
      .text(age_in_words(now - at))
      .raw("</time>");
}

Html& Html::instant(TimePoint at, const TimeZone& zone) {
  return raw("<time").attribute("datetime", to_rfc3339(at)).raw(">").text(to_wall_text(at, zone)).raw("</time>");
}

std::string age_in_words(Millis age) {
  using namespace std::chrono;
  const auto minutes_old = duration_cast<minutes>(age).count();
  if (minutes_old < 1) return "just now";
  if (minutes_old < 60) return std::to_string(minutes_old) + " min";
  if (minutes_old < 48 * 60) return std::to_string(minutes_old / 60) + " h";
  if (minutes_old < 28 * 24 * 60) return std::to_string(minutes_old / (24 * 60)) + " d";
  return std::to_string(minutes_old / (7 * 24 * 60)) + " weeks";
}

}  // namespace orgo::gateway::page
