#include "app/options/checks.h"

#include <charconv>
#include <vector>

#include "adapter/webhook/address_rule.h"
#include "base/text.h"
#include "base/time.h"
#include "base/time_zone.h"
#include "core/contact/mail_address.h"

namespace orgo::option {
namespace {

/// As in the rule file: what one of them takes must not be wrong in the other.
bool is_domain(std::string_view text) {
  return text.size() <= 253 && is_typed_address("x@" + std::string(text));
}

bool is_address(std::string_view text) {
  return text.size() <= 320 && text.substr(0, text.rfind('@')).find_first_of(" <>(),;:\"@\t\r\n") == text.npos &&
         is_typed_address(text);
}

}  // namespace

std::string check_domain(std::string_view text) {
  return is_domain(text) ? "" : "is not a domain";
}

std::string check_address(std::string_view text) {
  return text.empty() || is_address(text) ? "" : "is not an address";
}

std::string check_own(std::string_view text) {
  const bool domain = text.starts_with('@') && is_domain(text.substr(1));
  return domain || is_address(text) ? "" : "is neither an address nor a domain with @ in front";
}

std::string check_recipient(std::string_view text) {
  return is_domain(text) || (text.starts_with('@') && is_domain(text.substr(1))) || is_address(text)
             ? ""
             : "is neither a domain nor an address";
}

std::string check_listen(std::string_view text) {
  if (text == "off") return "";
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return "is not HOST:PORT";
  const auto port = text.substr(colon + 1);
  unsigned number = 0;
  const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (problem != std::errc{} || end != port.data() + port.size() || number > 65535)
    return "has no port from 0 to 65535";
  const auto host = text.substr(0, colon);
  const bool bracketed = host.front() == '[' && host.back() == ']';
  if (!bracketed && (host.find(':') != std::string_view::npos || host.find(' ') != std::string_view::npos))
    return "is not HOST:PORT; an IPv6 address stands in brackets, as in [::1]:5000";
  return "";
}

std::string check_url(std::string_view text) {
  if (text.empty()) return "";
  const bool scheme = text.starts_with("http://") || text.starts_with("https://");
  return scheme && text.size() > 8 && text.find(' ') == std::string_view::npos ? "" : "is not an http or https URL";
}

std::string check_one_line(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20) return "has more than one line";
  return text.size() > 200 ? "is longer than 200 bytes" : "";
}

std::string check_network(std::string_view text) {
  const auto network = Network::parse(text);
  return network ? "" : "is no network; write it as in 10.0.0.0/8 or fd00::/8";
}

std::string check_zone(std::string_view text) {
  if (text.empty()) return "";
  const auto zone = TimeZone::find(text);
  if (zone) return "";
  const std::vector<std::string_view> names(time_zone_names().begin(), time_zone_names().end());
  const auto near = nearest_name(text, names);
  return near.empty() ? "is no time zone; write its IANA name"
                      : "is no time zone; did you mean " + std::string(near) + "?";
}

std::string check_path(std::string_view text) {
  return text.empty() ? "is not a path" : "";
}

std::string check_host(std::string_view text) {
  return text.empty() || text.find_first_of(" /@\t\r\n") == std::string_view::npos ? "" : "is not a host";
}

std::string check_day(std::string_view text) {
  return text.empty() || parse_rfc3339(std::string(text) + "T00:00:00Z") ? "" : "is not a date, as in 2026-12-24";
}

void check_order(const Setting<Millis>& first, const Setting<Millis>& most, const std::string& section,
                 const OptionSet& options, std::vector<Diagnostic>& errors) {
  if (first.peek() > most.peek())
    errors.push_back(
        options.at(section + ".retry_first", section + ".retry_first is more than " + section + ".retry_most", ""));
}

}  // namespace orgo::option
