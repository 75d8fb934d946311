#include "protocol/mime/date_words.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/charset.h"
#include "base/text.h"
#include "base/unicode.h"

namespace orgo::mime {
namespace {

struct Month {
  std::string_view begins;
  int month;
};
// Other languages' months by their first letters, in the form of fold_case(); the longer before the shorter. German,
// French, Spanish, Italian, Portuguese, Dutch, Nordic, Finnish, Polish, Czech, Croatian, Hungarian, Turkish, Romanian,
// Russian, Ukrainian, Greek.
constexpr Month kOtherMonths[] = {
    {"juil", 7},   {"juin", 6},   {"jän", 1},    {"jaen", 1},  {"janv", 1},   {"jún", 6},      {"júl", 7},
    {"ene", 1},    {"gen", 1},    {"ian", 1},    {"oca", 1},   {"sty", 1},    {"tammi", 1},    {"led", 1},
    {"sij", 1},    {"янв", 1},    {"січ", 1},    {"ιαν", 1},   {"fév", 2},    {"fev", 2},      {"lut", 2},
    {"úno", 2},    {"uno", 2},    {"velj", 2},   {"helmi", 2}, {"şub", 2},    {"sub", 2},      {"фев", 2},
    {"лют", 2},    {"φεβ", 2},    {"mär", 3},    {"mrz", 3},   {"maerz", 3},  {"mrt", 3},      {"maart", 3},
    {"maalis", 3}, {"már", 3},    {"bře", 3},    {"bre", 3},   {"ožu", 3},    {"мар", 3},      {"бер", 3},
    {"μαρ", 3},    {"μάρ", 3},    {"avr", 4},    {"abr", 4},   {"ápr", 4},    {"kwi", 4},      {"huhti", 4},
    {"dub", 4},    {"tra", 4},    {"nis", 4},    {"апр", 4},   {"квіт", 4},   {"απρ", 4},      {"mai", 5},
    {"mei", 5},    {"maj", 5},    {"máj", 5},    {"mag", 5},   {"touko", 5},  {"kvě", 5},      {"kve", 5},
    {"svi", 5},    {"май", 5},    {"мая", 5},    {"трав", 5},  {"μαι", 5},    {"μαϊ", 5},      {"μάι", 5},
    {"μαΐ", 5},    {"giu", 6},    {"iun", 6},    {"cze", 6},   {"kesä", 6},   {"červenec", 7}, {"července", 7},
    {"čvc", 7},    {"červ", 6},   {"čer", 6},    {"čvn", 6},   {"lipnja", 6}, {"lipanj", 6},   {"haz", 6},
    {"июн", 6},    {"черв", 6},   {"ιουν", 6},   {"ιούν", 6},  {"lug", 7},    {"iul", 7},      {"lip", 7},
    {"heinä", 7},  {"srpnja", 7}, {"srpanj", 7}, {"tem", 7},   {"июл", 7},    {"лип", 7},      {"ιουλ", 7},
    {"ιούλ", 7},   {"août", 8},   {"aout", 8},   {"ago", 8},   {"sie", 8},    {"elo", 8},      {"srp", 8},
    {"kol", 8},    {"ağu", 8},    {"agu", 8},    {"авг", 8},   {"серп", 8},   {"αυγ", 8},      {"αύγ", 8},
    {"set", 9},    {"szept", 9},  {"wrz", 9},    {"syys", 9},  {"zář", 9},    {"zar", 9},      {"ruj", 9},
    {"eyl", 9},    {"сен", 9},    {"вер", 9},    {"σεπ", 9},   {"ott", 10},   {"out", 10},     {"okt", 10},
    {"paź", 10},   {"paz", 10},   {"loka", 10},  {"říj", 10},  {"rij", 10},   {"eki", 10},     {"окт", 10},
    {"жовт", 10},  {"οκτ", 10},   {"noi", 11},   {"lis", 11},  {"stud", 11},  {"kas", 11},     {"ноя", 11},
    {"лист", 11},  {"νοε", 11},   {"νοέ", 11},   {"déc", 12},  {"dez", 12},   {"dic", 12},     {"des", 12},
    {"gru", 12},   {"joulu", 12}, {"pro", 12},   {"ara", 12},  {"дек", 12},   {"груд", 12},    {"δεκ", 12},
};
// Baltic, Estonian, Slovenian, Bulgarian, Serbian, Icelandic; Chinese and Japanese by numbers,
// Arabic, Hebrew, Thai, Hindi.
constexpr Month kMoreMonths[] = {
    {"jaan", 1},
    {"saus", 1},
    {"яну", 1},
    {"јан", 1},
    {"veeb", 2},
    {"vas", 2},
    {"kov", 3},
    {"bal", 4},
    {"geg", 5},
    {"maí", 5},
    {"мај", 5},
    {"birž", 6},
    {"jūn", 6},
    {"juun", 6},
    {"юни", 6},
    {"јун", 6},
    {"liep", 7},
    {"jūl", 7},
    {"juul", 7},
    {"юли", 7},
    {"јул", 7},
    {"rugp", 8},
    {"avg", 8},
    {"ágú", 8},
    {"rugs", 9},
    {"spal", 10},
    {"lapkr", 11},
    {"ное", 11},
    {"нов", 11},
    {"nóv", 11},
    {"gruod", 12},
    {"dets", 12},
    {"дец", 12},
    {"十一月", 11},
    {"十二月", 12},
    {"十月", 10},
    {"一月", 1},
    {"二月", 2},
    {"三月", 3},
    {"四月", 4},
    {"五月", 5},
    {"六月", 6},
    {"七月", 7},
    {"八月", 8},
    {"九月", 9},
    {"يناير", 1},
    {"فبراير", 2},
    {"مارس", 3},
    {"أبريل", 4},
    {"ابريل", 4},
    {"مايو", 5},
    {"يونيو", 6},
    {"يوليو", 7},
    {"أغسطس", 8},
    {"سبتمبر", 9},
    {"أكتوبر", 10},
    {"اكتوبر", 10},
    {"نوفمبر", 11},
    {"ديسمبر", 12},
    {"ינואר", 1},
    {"פברואר", 2},
    {"מרץ", 3},
    {"אפריל", 4},
    {"מאי", 5},
    {"יוני", 6},
    {"יולי", 7},
    {"אוגוסט", 8},
    {"ספטמבר", 9},
    {"אוקטובר", 10},
    {"נובמבר", 11},
    {"דצמבר", 12},
    {"בנובמבר", 11},  //
    {"มกราคม", 1},
    {"กุมภาพันธ์", 2},
    {"มีนาคม", 3},
    {"เมษายน", 4},  //
    {"พฤษภาคม", 5},
    {"มิถุนายน", 6},
    {"กรกฎาคม", 7},
    {"สิงหาคม", 8},  //
    {"กันยายน", 9},
    {"ตุลาคม", 10},
    {"พฤศจิกายน", 11},
    {"ธันวาคม", 12},
    //
    {"जनवरी", 1},
    {"फरवरी", 2},
    {"मार्च", 3},
    {"अप्रैल", 4},
    {"मई", 5},
    {"जून", 6},
    {"जुलाई", 7},
    {"अगस्त", 8},
    {"सितंबर", 9},
    {"अक्टूबर", 10},
    {"नवंबर", 11},
    {"दिसंबर", 12},
};

/// The first three bytes as one number; no month is shorter.
constexpr std::uint32_t three_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(ascii_lower(text[i])));
  };
  return byte(0) | byte(1) << 8U | byte(2) << 16U;
}

/// Nearly all that is asked for is the English name of a day: false for it without a look at each month.
bool may_be_other_month(std::string_view ascii_word) {
  static constexpr auto kBegins = [] {
    constexpr auto kOther = std::size(kOtherMonths);
    std::array<std::uint32_t, kOther + std::size(kMoreMonths)> begins{};
    for (std::size_t i = 0; i < begins.size(); ++i)
      begins[i] = three_bytes(i < kOther ? kOtherMonths[i].begins : kMoreMonths[i - kOther].begins);
    return begins;
  }();
  bool found = false;
  for (const auto begin : kBegins) found |= begin == three_bytes(ascii_word);
  return found;
}

struct Zone {
  std::string_view name;
  int minutes;
};
// RFC 5322, section 4.3, and the others that mailers write. Single military letters mean UTC: their signs were
// published wrong, so that nobody can rely on them.
constexpr Zone kZones[] = {
    {"UT", 0},      {"UTC", 0},    {"GMT", 0},        {"Z", 0},          {"EST", -300},      {"EDT", -240},
    {"CST", -360},  {"CDT", -300}, {"MST", -420},     {"MDT", -360},     {"PST", -480},      {"PDT", -420},
    {"WET", 0},     {"WEST", 60},  {"BST", 60},       {"CET", 60},       {"CEST", 120},      {"MET", 60},
    {"MEST", 120},  {"MESZ", 120}, {"MEZ", 60},       {"EET", 120},      {"EEST", 180},      {"MSK", 180},
    {"MSD", 240},   {"IST", 330},  {"JST", 540},      {"KST", 540},      {"HKT", 480},       {"SGT", 480},
    {"AEST", 600},  {"AEDT", 660}, {"NZST", 720},     {"NZDT", 780},     {"AKST", -540},     {"AKDT", -480},
    {"HST", -600},  {"NST", -210}, {"NDT", -150},     {"AST", -240},     {"ADT", -180},      {"BRT", -180},
    {"BRST", -120}, {"ART", -180}, {"CLT", -240},     {"COT", -300},     {"PET", -300},      {"VET", -240},
    {"WAT", 60},    {"CAT", 120},  {"EAT", 180},      {"SAST", 120},     {"TRT", 180},       {"GST", 240},
    {"PKT", 300},   {"NPT", 345},  {"ICT", 420},      {"WIB", 420},      {"WITA", 480},      {"WIT", 540},
    {"PHT", 480},   {"AWST", 480}, {"ACST", 570},     {"ACDT", 630},     {"NZT", 720},       {"MSZ", 120},
    {"HNEC", 60},   {"HAEC", 120}, {"Eastern", -300}, {"Central", -360}, {"Mountain", -420}, {"Pacific", -480}};

struct WindowsZone {
  std::string_view name, place;
};
// As Windows names them before " Standard Time", with the place that has their rules.
constexpr WindowsZone kWindowsZones[] = {{"w. europe", "Europe/Berlin"},
                                         {"w.europe", "Europe/Berlin"},
                                         {"central europe", "Europe/Budapest"},
                                         {"central european", "Europe/Warsaw"},
                                         {"romance", "Europe/Paris"},
                                         {"gmt", "Europe/London"},
                                         {"e. europe", "Europe/Chisinau"},
                                         {"fle", "Europe/Kiev"},
                                         {"gtb", "Europe/Bucharest"},
                                         {"russian", "Europe/Moscow"},
                                         {"turkey", "Europe/Istanbul"},
                                         {"turkish", "Europe/Istanbul"},
                                         {"israel", "Asia/Jerusalem"},
                                         {"tokyo", "Asia/Tokyo"},
                                         {"korea", "Asia/Seoul"},
                                         {"china", "Asia/Shanghai"},
                                         {"taipei", "Asia/Taipei"},
                                         {"singapore", "Asia/Singapore"},
                                         {"india", "Asia/Kolkata"},
                                         {"arabian", "Asia/Dubai"},
                                         {"aus eastern", "Australia/Sydney"},
                                         {"new zealand", "Pacific/Auckland"},
                                         {"e. south america", "America/Sao_Paulo"}};

}  // namespace

std::string_view place_of_windows_zone(std::string_view text) {
  const auto lower = ascii_lower(text.substr(0, 48));
  const auto end = std::min({lower.find(" standard time"), lower.find(" daylight time"), lower.find(" summer time")});
  if (end == std::string::npos) return {};
  for (const auto& [name, place] : kWindowsZones)
    if (std::string_view(lower).substr(0, end) == name) return place;
  return {};
}

int month_of(std::string_view word) {
  static constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (word.size() < 3) return 0;
  const char a = ascii_lower(word[0]), b = ascii_lower(word[1]), c = ascii_lower(word[2]);
  for (std::size_t i = 0; i < 12; ++i)
    if (kMonths[3 * i] == a && kMonths[3 * i + 1] == b && kMonths[3 * i + 2] == c) return static_cast<int>(i) + 1;
  return 0;
}

int any_month_of(std::string_view word) {
  if (ascii_istarts_with(word, "marras")) return 11;  // Finnish, and not March
  if (const int month = month_of(word); month != 0) return month;
  if (word.size() < 3 || word.size() > 40 || (is_ascii(word) && !may_be_other_month(word))) return 0;
  const auto folded = fold_case(word);
  for (const auto& months : {std::span<const Month>(kOtherMonths), std::span<const Month>(kMoreMonths)})
    for (const auto& [begins, month] : months)
      if (std::string_view(folded).starts_with(begins)) return month;
  return 0;
}

bool is_weekday(std::string_view word) {
  static constexpr std::string_view kDays = "montuewedthufrisatsun";
  if (word.size() < 3) return false;
  for (std::size_t i = 0; i < 7; ++i)
    if (ascii_iequals(word.substr(0, 3), kDays.substr(3 * i, 3))) return true;
  return false;
}

std::optional<int> minutes_of_zone(std::string_view word) {
  const auto zone = std::ranges::find_if(kZones, [&](const Zone& one) { return ascii_iequals(one.name, word); });
  return zone == std::end(kZones) ? std::nullopt : std::optional(zone->minutes);
}

}  // namespace orgo::mime
