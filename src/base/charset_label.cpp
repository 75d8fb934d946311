#include "base/charset_label.h"

#include <unicode/ucnv.h>
#include <unicode/utypes.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace orgo {
namespace {

constexpr std::string_view kShiftJis = "ibm-943_P15A-2003";  // windows-31j, and the yen sign is a backslash
constexpr std::string_view kThai = "windows-874-2000";

struct Alias {
  std::string_view label, name;
};
// Letters and digits of what mailers write and ICU refuses or reads too narrowly.
constexpr auto kAliases = std::to_array<Alias>({
    {"al32utf8", "utf-8"},
    {"ibm1208", "utf-8"},
    {"cp1208", "utf-8"},
    {"iso10646utf8", "utf-8"},
    {"isoir196", "utf-8"},
    {"u8", "utf-8"},
    {"unicode11utf8", "utf-8"},
    {"unicode20utf8", "utf-8"},
    {"utf", "utf-8"},
    {"utf8", "utf-8"},
    {"utf8bom", "utf-8"},
    {"utf8mac", "utf-8"},
    {"utf8mb3", "utf-8"},
    {"utf8mb4", "utf-8"},
    {"utf8n", "utf-8"},
    {"utf8sig", "utf-8"},
    {"utf8ucs2", "utf-8"},
    {"utf8ucs4", "utf-8"},
    {"utf8unix", "utf-8"},
    {"unicode11utf7", "utf-7"},
    {"unicodefffe", "utf-16be"},
    {"unicodefeff", "utf-16le"},
    {"ansi", "windows-1252"},
    {"ibm819", "windows-1252"},
    {"cp819", "windows-1252"},
    {"iso885915windows1252", "windows-1252"},
    {"isoir100", "windows-1252"},
    {"latin", "windows-1252"},
    {"msansi", "windows-1252"},
    {"western", "windows-1252"},
    {"windowsansi", "windows-1252"},
    {"iso8859l", "windows-1252"},
    {"msee", "windows-1250"},
    {"mscyrl", "windows-1251"},
    {"cyrillicwindows", "windows-1251"},
    {"msgreek", "windows-1253"},
    {"msturk", "windows-1254"},
    {"turkish", "windows-1254"},
    {"isoir148", "windows-1254"},
    {"mshebr", "windows-1255"},
    {"msarab", "windows-1256"},
    {"winbaltrim", "windows-1257"},
    {"hebrew", "iso-8859-8"},
    {"logical", "iso-8859-8"},
    {"visual", "iso-8859-8"},
    {"isoir179", "iso-8859-13"},
    {"isoir199", "iso-8859-14"},
    {"isoceltic", "iso-8859-14"},
    {"isoir203", "iso-8859-15"},
    {"isoir226", "iso-8859-16"},
    {"koi", "koi8-r"},
    {"koi8", "koi8-r"},
    {"koi8r", "koi8-r"},
    {"koi8rus", "koi8-r"},
    {"gost1976874", "koi8-r"},
    {"koi8ru", "koi8-u"},
    {"koi8u", "koi8-u"},
    {"alt", "ibm-866"},
    {"isoir166", kThai},
    {"tis620", kThai},
    {"tis6200", kThai},
    {"tis6202533", kThai},
    {"tis62025330", kThai},
    {"tis62025290", kThai},
    {"tis62025291", kThai},
    {"thai", kThai},
    {"thai8", kThai},
    {"big5", "windows-950"},
    {"big5eten", "windows-950"},
    {"big5tw", "windows-950"},
    {"bigfive", "windows-950"},
    {"chinesebig5", "windows-950"},
    {"cnbig5", "windows-950"},
    {"etenbig5", "windows-950"},
    {"tca", "windows-950"},
    {"xbig5", "windows-950"},
    {"zhtw", "windows-950"},
    {"mactradchinese", "windows-950"},
    {"big5hk", "Big5-HKSCS"},
    {"big5hkscs", "Big5-HKSCS"},
    {"big5hkscs2001", "Big5-HKSCS"},
    {"big5hkscs2004", "Big5-HKSCS"},
    {"big5solaris", "Big5-HKSCS"},
    {"hkscs", "Big5-HKSCS"},
    {"ms950hkscs", "Big5-HKSCS"},
    {"chinese", "gb18030"},
    {"cngb", "gb18030"},
    {"cngbisoir165", "gb18030"},
    {"euccn", "gb18030"},
    {"eucgb", "gb18030"},
    {"eucgb2312cn", "gb18030"},
    {"gb", "gb18030"},
    {"gb13000", "gb18030"},
    {"gb18030", "gb18030"},
    {"gb180302000", "gb18030"},
    {"gb180302005", "gb18030"},
    {"gb180302022", "gb18030"},
    {"gb2312", "gb18030"},
    {"gb231280", "gb18030"},
    {"gb23121980", "gb18030"},
    {"gbk", "gb18030"},
    {"gbk2312", "gb18030"},
    {"iso58gb231280", "gb18030"},
    {"isoir58", "gb18030"},
    {"simplifiedchinese", "gb18030"},
    {"zhcn", "gb18030"},
    {"macsimpchinese", "gb18030"},
    {"hz", "hz-gb-2312"},
    {"hzgb", "hz-gb-2312"},
    {"euckr", "windows-949"},
    {"isoir149", "windows-949"},
    {"5601", "windows-949"},
    {"korean", "windows-949"},
    {"ksc5601", "windows-949"},
    {"ksc56011987", "windows-949"},
    {"ksc56011989", "windows-949"},
    {"ksc56011992", "windows-949"},
    {"kseuckr", "windows-949"},
    {"ksx1001", "windows-949"},
    {"ksx10011992", "windows-949"},
    {"ksx10012002", "windows-949"},
    {"mackorean", "windows-949"},
    {"uhc", "windows-949"},
    {"eucj", "euc-jp"},
    {"eucjp", "euc-jp"},
    {"eucjpms", "euc-jp"},
    {"eucjpopen", "euc-jp"},
    {"eucjpwin", "euc-jp"},
    {"eucjis2004", "euc-jp"},
    {"eucjisx0213", "euc-jp"},
    {"euc", "euc-jp"},
    {"macjapanese", kShiftJis},
    {"mskanji", kShiftJis},
    {"pck", kShiftJis},
    {"shiftjis", kShiftJis},
    {"shiftjis2004", kShiftJis},
    {"shiftjisms", kShiftJis},
    {"shiftjisx0213", kShiftJis},
    {"sjis", kShiftJis},
    {"sjis2004", kShiftJis},
    {"sjiscp932", kShiftJis},
    {"sjisms", kShiftJis},
    {"sjiswin", kShiftJis},
    {"sjisx0213", kShiftJis},
    {"windows31j", kShiftJis},
    {"iso2022jp", "iso-2022-jp"},
    {"iso2022jp1", "iso-2022-jp"},
    {"iso2022jp2004", "iso-2022-jp"},
    {"iso2022jp3", "iso-2022-jp"},
    {"iso2022jpext", "iso-2022-jp"},
    {"iso2022jpms", "iso-2022-jp"},
    {"jis", "iso-2022-jp"},
    {"windowsiso2022jp", "iso-2022-jp"},
    {"appleroman", "macintosh"},
    {"mac", "macintosh"},
    {"macroman", "macintosh"},
    {"macgreek", "x-mac-greek"},
    {"macturkish", "x-mac-turkish"},
    {"maccenteuro", "x-mac-centraleurroman"},
    {"maccentraleurope", "x-mac-centraleurroman"},
    {"macce", "x-mac-centraleurroman"},
    {"maclatin2", "x-mac-centraleurroman"},
    {"maccyrillic", "x-mac-cyrillic"},
    {"macukraine", "x-mac-cyrillic"},
    {"macukrainian", "x-mac-cyrillic"},
});

struct CodePage {
  int number;
  std::string_view name;
};
// As Windows numbers them, and those of DOS that ICU has under names of IBM only.
constexpr auto kCodePages = std::to_array<CodePage>({
    {437, "ibm-437"},
    {737, "ibm-737"},
    {775, "ibm-775"},
    {850, "ibm-850"},
    {852, "ibm-852"},
    {855, "ibm-855"},
    {857, "ibm-857"},
    {858, "ibm-858"},
    {860, "ibm-860"},
    {861, "ibm-861"},
    {862, "ibm-862"},
    {863, "ibm-863"},
    {864, "ibm-864"},
    {865, "ibm-865"},
    {866, "ibm-866"},
    {869, "ibm-869"},
    {874, kThai},
    {932, kShiftJis},
    {936, "gb18030"},
    {943, kShiftJis},
    {949, "windows-949"},
    {950, "windows-950"},
    {1200, "utf-16le"},
    {1201, "utf-16be"},
    {1250, "windows-1250"},
    {1251, "windows-1251"},
    {1252, "windows-1252"},
    {1253, "windows-1253"},
    {1254, "windows-1254"},
    {1255, "windows-1255"},
    {1256, "windows-1256"},
    {1257, "windows-1257"},
    {1258, "windows-1258"},
    {10000, "macintosh"},
    {10006, "x-mac-greek"},
    {10007, "x-mac-cyrillic"},
    {10029, "x-mac-centraleurroman"},
    {10081, "x-mac-turkish"},
    {12000, "utf-32le"},
    {12001, "utf-32be"},
    {20866, "koi8-r"},
    {20932, "euc-jp"},
    {20936, "gb18030"},
    {21866, "koi8-u"},
    {28591, "windows-1252"},
    {28592, "iso-8859-2"},
    {28593, "iso-8859-3"},
    {28594, "iso-8859-4"},
    {28595, "iso-8859-5"},
    {28596, "iso-8859-6"},
    {28597, "iso-8859-7"},
    {28598, "iso-8859-8"},
    {28599, "windows-1254"},
    {28603, "iso-8859-13"},
    {28605, "iso-8859-15"},
    {38598, "iso-8859-8"},
    {50220, "iso-2022-jp"},
    {50221, "iso-2022-jp"},
    {50222, "iso-2022-jp"},
    {50225, "iso-2022-kr"},
    {51932, "euc-jp"},
    {51936, "gb18030"},
    {51949, "windows-949"},
    {52936, "hz-gb-2312"},
    {54936, "gb18030"},
    {65000, "utf-7"},
    {65001, "utf-8"},
});
constexpr auto kCodePagePrefixes =
    std::to_array<std::string_view>({"", "cp", "ms", "win", "windows", "windowscp", "wincp", "mswin", "msdos", "dos",
                                     "ansi", "codepage", "ibm", "ibmcp", "microsoftcp", "w"});

/// ISO 8859 by its part.
std::string_view iso_8859(int part) {
  constexpr auto kParts = std::to_array<std::string_view>(
      {"windows-1252", "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6", "iso-8859-7", "iso-8859-8",
       "windows-1254", "iso-8859-10", kThai, "", "iso-8859-13", "iso-8859-14", "iso-8859-15", "iso-8859-16"});
  return part >= 1 && part <= static_cast<int>(kParts.size()) ? kParts[static_cast<std::size_t>(part) - 1] : "";
}

/// "iso-8859-2", "iso8859_2:1987", "x-iso-8859-8-i", "8859-1" and what else has that number with a part behind it.
std::string_view name_of_iso_8859(std::string_view label) {
  const auto at = label.find("8859");
  if (at == std::string_view::npos || at > 10) return {};
  for (const char c : label.substr(0, at))
    if (c >= '0' && c <= '9') return {};
  auto rest = label.substr(at + 4);
  if (rest.empty()) return iso_8859(1);
  while (!rest.empty() && (rest[0] == '-' || rest[0] == '_' || rest[0] == '.' || rest[0] == ' ')) rest.remove_prefix(1);
  int part = 0;
  std::from_chars(rest.data(), rest.data() + std::min<std::size_t>(rest.size(), 2), part);
  return iso_8859(part);
}

/// "latin2", "l9", "isolatin5": alphabets by their number, which is not that of the part.
std::string_view name_of_latin(std::string_view name) {
  for (const std::string_view prefix : {"isolatin", "latin", "l"}) {
    if (!name.starts_with(prefix)) continue;
    constexpr auto kPartOf = std::to_array<int>({15, 1, 2, 3, 4, 9, 10, 13, 14, 15, 16});
    const auto digits = name.substr(prefix.size());
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc{} && end == digits.data() + digits.size() && number < kPartOf.size())
      return iso_8859(kPartOf[number]);
  }
  return {};
}

std::string_view name_of_code_page(std::string_view name) {
  const auto digits = std::min(name.find_first_of("0123456789"), name.size());
  const auto prefix = name.substr(0, digits);
  if (std::find(kCodePagePrefixes.begin(), kCodePagePrefixes.end(), prefix) == kCodePagePrefixes.end()) return {};
  int number = 0;
  const auto [end, error] = std::from_chars(name.data() + digits, name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size()) return {};
  for (const auto& page : kCodePages)
    if (page.number == number) return page.name;
  return {};
}

bool says_nothing(std::string_view name) {
  constexpr auto kNothing = std::to_array<std::string_view>(
      {"8bit",  "7bit",    "646",     "ansix341968",    "ansix341986", "any",        "auto",     "binary", "charset",
       "cp367", "cp20127", "default", "defaultcharset", "ibm367",      "iso646irv",  "iso646us", "isoir6", "none",
       "null",  "other",   "us",      "undefined",      "unspecified", "userdefined"});
  return name.empty() || name.find("ascii") != std::string_view::npos || name.starts_with("unknown") ||
         std::find(kNothing.begin(), kNothing.end(), name) != kNothing.end();
}

/// True, and the name, where that is a spelling of ours. `squeezed`: its letters and digits.
bool find_alias(std::string_view squeezed, std::string_view& name) {
  if (says_nothing(squeezed)) {
    name = {};
    return true;
  }
  for (const auto& alias : kAliases)
    if (alias.label == squeezed) {
      name = alias.name;
      return true;
    }
  name = name_of_latin(squeezed);
  return !name.empty();
}

/// Lower case, without what stands around it; as long as labels are.
std::string clean_label(std::string_view charset) {
  std::string label;
  for (const char c : charset.substr(0, 64)) {
    if (c == '*') break;  // RFC 2231, section 5: charset*language
    if (static_cast<unsigned char>(c) > ' ' && static_cast<unsigned char>(c) < 0x7F && c != '"' && c != '\'' &&
        c != ';')
      label += ascii_lower(c);
  }
  return label;
}

std::string squeeze(std::string_view label) {
  std::string squeezed;
  for (const char c : label)
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) squeezed += c;
  return squeezed;
}

bool is_name_of_icu(const std::string& name) {
  UErrorCode error = U_ZERO_ERROR;
  return ucnv_countAliases(name.c_str(), &error) > 0 && U_SUCCESS(error);
}

}  // namespace

std::string charset_of_label(std::string_view raw) {
  const auto label = clean_label(raw);
  if (label == "utf-8") return label;
  const auto squeezed = squeeze(label);
  std::string_view name;
  if (find_alias(squeezed, name)) return std::string(name);
  if (name = name_of_iso_8859(label); !name.empty()) return std::string(name);
  if (name = name_of_code_page(squeezed); !name.empty()) return std::string(name);
  // "x-" and "cs" stand before names that nobody has registered, or that IANA has given.
  std::string_view rest = squeezed;
  if (rest.starts_with("x")) rest.remove_prefix(1);
  if (rest.starts_with("cs")) rest.remove_prefix(2);
  const bool bare_name = rest.size() == squeezed.size() || rest.empty();
  if (!bare_name && find_alias(rest, name)) return std::string(name);
  if (name = bare_name ? std::string_view() : name_of_code_page(rest); !name.empty()) return std::string(name);
  if (bare_name || is_name_of_icu(label)) return label;
  const std::string bare(rest);
  return is_name_of_icu(bare) ? bare : label;
}

}  // namespace orgo
