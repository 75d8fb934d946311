#include "core/bounce/status_reason.h"

#include <array>
#include <cstddef>

#include "base/planted.h"

namespace orgo {
namespace {

struct Known {
  std::string_view subject_and_detail;
  BounceReason reason;
};

// What stands behind the first dot; the same for 4 and 5 unless it is said below.
constexpr auto kKnown = std::to_array<Known>({
    {"1.0", BounceReason::userunknown},   {"1.1", BounceReason::userunknown},   {"1.2", BounceReason::hostunknown},
    {"1.3", BounceReason::userunknown},   {"1.4", BounceReason::userunknown},   {"1.5", BounceReason::delivered},
    {"1.6", BounceReason::hasmoved},      {"1.7", BounceReason::rejected},      {"1.8", BounceReason::rejected},
    {"1.9", BounceReason::systemerror},   {"1.10", BounceReason::notaccept},    {"2.1", BounceReason::suspend},
    {"2.2", BounceReason::mailboxfull},   {"2.3", BounceReason::exceedlimit},   {"2.4", BounceReason::filtered},
    {"3.1", BounceReason::systemfull},    {"3.2", BounceReason::notaccept},     {"3.3", BounceReason::systemerror},
    {"3.4", BounceReason::mesgtoobig},    {"3.5", BounceReason::systemerror},   {"4.1", BounceReason::expired},
    {"4.2", BounceReason::networkerror},  {"4.3", BounceReason::networkerror},  {"4.4", BounceReason::hostunknown},
    {"4.5", BounceReason::expired},       {"4.6", BounceReason::networkerror},  {"4.7", BounceReason::expired},
    {"5.1", BounceReason::syntaxerror},   {"5.2", BounceReason::syntaxerror},   {"5.3", BounceReason::syntaxerror},
    {"5.4", BounceReason::syntaxerror},   {"5.5", BounceReason::syntaxerror},   {"6.0", BounceReason::contenterror},
    {"6.1", BounceReason::contenterror},  {"6.2", BounceReason::contenterror},  {"6.3", BounceReason::contenterror},
    {"6.5", BounceReason::contenterror},  {"6.6", BounceReason::contenterror},  {"6.7", BounceReason::contenterror},
    {"6.9", BounceReason::contenterror},  {"7.2", BounceReason::filtered},      {"7.3", BounceReason::securityerror},
    {"7.4", BounceReason::securityerror}, {"7.5", BounceReason::securityerror}, {"7.6", BounceReason::securityerror},
    {"7.8", BounceReason::securityerror}, {"7.9", BounceReason::securityerror}, {"7.13", BounceReason::suspend},
    {"7.17", BounceReason::hasmoved},     {"7.18", BounceReason::hasmoved},     {"7.20", BounceReason::authfailure},
    {"7.21", BounceReason::authfailure},  {"7.22", BounceReason::authfailure},  {"7.23", BounceReason::authfailure},
    {"7.24", BounceReason::authfailure},  {"7.25", BounceReason::requireptr},   {"7.26", BounceReason::authfailure},
    {"7.27", BounceReason::notaccept},    {"7.28", BounceReason::speeding},
});

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

bool is_status_code(std::string_view text) {
  if (text.size() < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5') || text[1] != '.') return false;
  std::size_t at = 2;
  const auto number = [&] {
    const auto begin = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - begin >= 1 && at - begin <= 3;
  };
  if (!number() || at >= text.size() || text[at] != '.') return false;
  ++at;
  return number() && at == text.size();
}

bool is_telling_status(std::string_view status) {
  constexpr auto kTelling =
      std::to_array<std::string_view>({"1.2", "1.6", "1.8", "2.2", "2.3", "3.4", "7.13", "7.25", "7.26", "7.27"});
  if (!is_status_code(status) || status[0] == '2') return false;
  for (const auto code : kTelling)
    if (status.substr(2) == code) return true;
  return false;
}

BounceReason reason_of_status(std::string_view status) {
  if (!is_status_code(status)) return BounceReason::undefined;
  if (status[0] == '2') return BounceReason::delivered;
  const auto code = status.substr(2);
  // A moment's trouble with the name server is no proof that there is no such host.
  if (status[0] == '4' && code == "4.4" && !ORGO_PLANT(trouble_of_a_name_server_is_final))
    return BounceReason::networkerror;
  // Large providers answer so to one who sends too fast.
  if (status[0] == '4' && code == "2.1") return BounceReason::undefined;
  for (const auto& known : kKnown)
    if (known.subject_and_detail == code) return known.reason;
  return BounceReason::undefined;
}

}  // namespace orgo
