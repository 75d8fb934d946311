#pragma once
#include <string_view>

namespace orgo {

/// Named character references that mail uses: those of HTML 4, and of HTML 5 those of European letters and signs.
/// Sorted by name (bytes).
struct HtmlEntity {
  std::string_view name;
  char32_t code_point;
  bool without_semicolon = false;  ///< also known as "&amp" (HTML, section 13.5)
};
// clang-format off: a table
inline constexpr HtmlEntity kHtmlEntities[] = {
    {"AElig", 0xC6, true}, {"AMP", 0x26, true}, {"Aacute", 0xC1, true}, {"Abreve", 0x102}, {"Acirc", 0xC2, true},
    {"Agrave", 0xC0, true}, {"Alpha", 0x391}, {"Amacr", 0x100}, {"Aogon", 0x104}, {"Aring", 0xC5, true},
    {"Atilde", 0xC3, true}, {"Auml", 0xC4, true}, {"Beta", 0x392}, {"COPY", 0xA9, true}, {"Cacute", 0x106},
    {"Ccaron", 0x10C}, {"Ccedil", 0xC7, true}, {"Chi", 0x3A7}, {"Dagger", 0x2021}, {"Dcaron", 0x10E},
    {"Delta", 0x394}, {"Dstrok", 0x110}, {"ETH", 0xD0, true}, {"Eacute", 0xC9, true}, {"Ecaron", 0x11A},
    {"Ecirc", 0xCA, true}, {"Egrave", 0xC8, true}, {"Emacr", 0x112}, {"Eogon", 0x118}, {"Epsilon", 0x395},
    {"Eta", 0x397}, {"Euml", 0xCB, true}, {"GT", 0x3E, true}, {"Gamma", 0x393}, {"Gbreve", 0x11E},
    {"Iacute", 0xCD, true}, {"Icirc", 0xCE, true}, {"Idot", 0x130}, {"Igrave", 0xCC, true}, {"Iota", 0x399},
    {"Iuml", 0xCF, true}, {"Kappa", 0x39A}, {"LT", 0x3C, true}, {"Lambda", 0x39B}, {"Lcaron", 0x13D},
    {"Lstrok", 0x141}, {"Mu", 0x39C}, {"Nacute", 0x143}, {"Ncaron", 0x147}, {"NewLine", 0xA}, {"Ntilde", 0xD1, true},
    {"Nu", 0x39D}, {"OElig", 0x152}, {"Oacute", 0xD3, true}, {"Ocirc", 0xD4, true}, {"Odblac", 0x150},
    {"Ograve", 0xD2, true}, {"Omega", 0x3A9}, {"Omicron", 0x39F}, {"Oslash", 0xD8, true}, {"Otilde", 0xD5, true},
    {"Ouml", 0xD6, true}, {"Phi", 0x3A6}, {"Pi", 0x3A0}, {"Prime", 0x2033}, {"Psi", 0x3A8}, {"QUOT", 0x22, true},
    {"REG", 0xAE, true}, {"Rcaron", 0x158}, {"Rho", 0x3A1}, {"Sacute", 0x15A}, {"Scaron", 0x160}, {"Scedil", 0x15E},
    {"Sigma", 0x3A3}, {"THORN", 0xDE, true}, {"TRADE", 0x2122}, {"Tab", 0x9}, {"Tau", 0x3A4}, {"Tcaron", 0x164},
    {"Tcedil", 0x162}, {"Theta", 0x398}, {"Uacute", 0xDA, true}, {"Ucirc", 0xDB, true}, {"Udblac", 0x170},
    {"Ugrave", 0xD9, true}, {"Upsilon", 0x3A5}, {"Uring", 0x16E}, {"Uuml", 0xDC, true}, {"Xi", 0x39E},
    {"Yacute", 0xDD, true}, {"Yuml", 0x178}, {"Zacute", 0x179}, {"Zcaron", 0x17D}, {"Zdot", 0x17B}, {"Zeta", 0x396},
    {"aacute", 0xE1, true}, {"abreve", 0x103}, {"acirc", 0xE2, true}, {"acute", 0xB4, true}, {"aelig", 0xE6, true},
    {"agrave", 0xE0, true}, {"alefsym", 0x2135}, {"alpha", 0x3B1}, {"amacr", 0x101}, {"amp", 0x26, true},
    {"and", 0x2227}, {"ang", 0x2220}, {"angst", 0xC5}, {"aogon", 0x105}, {"apos", 0x27}, {"aring", 0xE5, true},
    {"ast", 0x2A}, {"asymp", 0x2248}, {"atilde", 0xE3, true}, {"auml", 0xE4, true}, {"bdquo", 0x201E},
    {"beta", 0x3B2}, {"blank", 0x2423}, {"block", 0x2588}, {"brvbar", 0xA6, true}, {"bsol", 0x5C}, {"bull", 0x2022},
    {"bullet", 0x2022}, {"cacute", 0x107}, {"cap", 0x2229}, {"ccaron", 0x10D}, {"ccedil", 0xE7, true},
    {"cedil", 0xB8, true}, {"cent", 0xA2, true}, {"centerdot", 0xB7}, {"check", 0x2713}, {"checkmark", 0x2713},
    {"chi", 0x3C7}, {"circ", 0x2C6}, {"clubs", 0x2663}, {"colon", 0x3A}, {"comma", 0x2C}, {"commat", 0x40},
    {"cong", 0x2245}, {"copy", 0xA9, true}, {"copysr", 0x2117}, {"crarr", 0x21B5}, {"cross", 0x2717}, {"cup", 0x222A},
    {"curren", 0xA4, true}, {"dArr", 0x21D3}, {"dagger", 0x2020}, {"darr", 0x2193}, {"dcaron", 0x10F},
    {"deg", 0xB0, true}, {"delta", 0x3B4}, {"diams", 0x2666}, {"divide", 0xF7, true}, {"dollar", 0x24},
    {"downarrow", 0x2193}, {"dstrok", 0x111}, {"eacute", 0xE9, true}, {"ecaron", 0x11B}, {"ecirc", 0xEA, true},
    {"egrave", 0xE8, true}, {"emacr", 0x113}, {"empty", 0x2205}, {"emsp", 0x2003}, {"ensp", 0x2002}, {"eogon", 0x119},
    {"epsilon", 0x3B5}, {"equals", 0x3D}, {"equiv", 0x2261}, {"eta", 0x3B7}, {"eth", 0xF0, true},
    {"euml", 0xEB, true}, {"euro", 0x20AC}, {"excl", 0x21}, {"exist", 0x2203}, {"female", 0x2640}, {"flat", 0x266D},
    {"fnof", 0x192}, {"forall", 0x2200}, {"frac12", 0xBD, true}, {"frac13", 0x2153}, {"frac14", 0xBC, true},
    {"frac18", 0x215B}, {"frac23", 0x2154}, {"frac34", 0xBE, true}, {"frac38", 0x215C}, {"frac58", 0x215D},
    {"frac78", 0x215E}, {"frasl", 0x2044}, {"gamma", 0x3B3}, {"gbreve", 0x11F}, {"ge", 0x2265}, {"grave", 0x60},
    {"gt", 0x3E, true}, {"hArr", 0x21D4}, {"hairsp", 0x200A}, {"half", 0xBD}, {"harr", 0x2194}, {"hearts", 0x2665},
    {"hellip", 0x2026}, {"horbar", 0x2015}, {"iacute", 0xED, true}, {"icirc", 0xEE, true}, {"iexcl", 0xA1, true},
    {"igrave", 0xEC, true}, {"image", 0x2111}, {"imath", 0x131}, {"infin", 0x221E}, {"inodot", 0x131},
    {"int", 0x222B}, {"iota", 0x3B9}, {"iquest", 0xBF, true}, {"isin", 0x2208}, {"iuml", 0xEF, true},
    {"kappa", 0x3BA}, {"lArr", 0x21D0}, {"lambda", 0x3BB}, {"lang", 0x27E8}, {"laquo", 0xAB, true}, {"larr", 0x2190},
    {"lbrace", 0x7B}, {"lcaron", 0x13E}, {"lceil", 0x2308}, {"lcub", 0x7B}, {"ldquo", 0x201C}, {"ldquor", 0x201E},
    {"le", 0x2264}, {"leftarrow", 0x2190}, {"lfloor", 0x230A}, {"lowast", 0x2217}, {"lowbar", 0x5F}, {"loz", 0x25CA},
    {"lpar", 0x28}, {"lrm", 0x200E}, {"lsaquo", 0x2039}, {"lsqb", 0x5B}, {"lsquo", 0x2018}, {"lsquor", 0x201A},
    {"lstrok", 0x142}, {"lt", 0x3C, true}, {"macr", 0xAF, true}, {"male", 0x2642}, {"mdash", 0x2014},
    {"micro", 0xB5, true}, {"middot", 0xB7, true}, {"minus", 0x2212}, {"mldr", 0x2026}, {"mu", 0x3BC},
    {"nabla", 0x2207}, {"nacute", 0x144}, {"natural", 0x266E}, {"nbsp", 0xA0, true}, {"ncaron", 0x148},
    {"ndash", 0x2013}, {"ne", 0x2260}, {"ni", 0x220B}, {"nldr", 0x2025}, {"not", 0xAC, true}, {"notin", 0x2209},
    {"nsub", 0x2284}, {"ntilde", 0xF1, true}, {"nu", 0x3BD}, {"num", 0x23}, {"numero", 0x2116}, {"numsp", 0x2007},
    {"oacute", 0xF3, true}, {"ocirc", 0xF4, true}, {"odblac", 0x151}, {"oelig", 0x153}, {"ograve", 0xF2, true},
    {"oline", 0x203E}, {"omega", 0x3C9}, {"omicron", 0x3BF}, {"oplus", 0x2295}, {"or", 0x2228}, {"ordf", 0xAA, true},
    {"ordm", 0xBA, true}, {"oslash", 0xF8, true}, {"otilde", 0xF5, true}, {"otimes", 0x2297}, {"ouml", 0xF6, true},
    {"para", 0xB6, true}, {"part", 0x2202}, {"percnt", 0x25}, {"period", 0x2E}, {"permil", 0x2030}, {"perp", 0x22A5},
    {"phi", 0x3C6}, {"phone", 0x260E}, {"pi", 0x3C0}, {"piv", 0x3D6}, {"plus", 0x2B}, {"plusmn", 0xB1, true},
    {"pound", 0xA3, true}, {"prime", 0x2032}, {"prod", 0x220F}, {"prop", 0x221D}, {"psi", 0x3C8}, {"puncsp", 0x2008},
    {"quest", 0x3F}, {"quot", 0x22, true}, {"rArr", 0x21D2}, {"radic", 0x221A}, {"rang", 0x27E9},
    {"raquo", 0xBB, true}, {"rarr", 0x2192}, {"rbrace", 0x7D}, {"rcaron", 0x159}, {"rceil", 0x2309}, {"rcub", 0x7D},
    {"rdquo", 0x201D}, {"real", 0x211C}, {"reg", 0xAE, true}, {"rfloor", 0x230B}, {"rho", 0x3C1},
    {"rightarrow", 0x2192}, {"rlm", 0x200F}, {"rpar", 0x29}, {"rsaquo", 0x203A}, {"rsqb", 0x5D}, {"rsquo", 0x2019},
    {"sacute", 0x15B}, {"sbquo", 0x201A}, {"scaron", 0x161}, {"scedil", 0x15F}, {"sdot", 0x22C5},
    {"sect", 0xA7, true}, {"semi", 0x3B}, {"sharp", 0x266F}, {"shy", 0xAD, true}, {"sigma", 0x3C3}, {"sigmaf", 0x3C2},
    {"sim", 0x223C}, {"sol", 0x2F}, {"spades", 0x2660}, {"squ", 0x25A1}, {"square", 0x25A1}, {"star", 0x2606},
    {"starf", 0x2605}, {"sub", 0x2282}, {"sube", 0x2286}, {"sum", 0x2211}, {"sung", 0x266A}, {"sup", 0x2283},
    {"sup1", 0xB9, true}, {"sup2", 0xB2, true}, {"sup3", 0xB3, true}, {"supe", 0x2287}, {"szlig", 0xDF, true},
    {"tau", 0x3C4}, {"tcaron", 0x165}, {"tcedil", 0x163}, {"there4", 0x2234}, {"theta", 0x3B8}, {"thetasym", 0x3D1},
    {"thinsp", 0x2009}, {"thorn", 0xFE, true}, {"tilde", 0x2DC}, {"times", 0xD7, true}, {"trade", 0x2122},
    {"uArr", 0x21D1}, {"uacute", 0xFA, true}, {"uarr", 0x2191}, {"ucirc", 0xFB, true}, {"udblac", 0x171},
    {"ugrave", 0xF9, true}, {"uml", 0xA8, true}, {"uparrow", 0x2191}, {"upsih", 0x3D2}, {"upsilon", 0x3C5},
    {"uring", 0x16F}, {"uuml", 0xFC, true}, {"verbar", 0x7C}, {"vert", 0x7C}, {"weierp", 0x2118}, {"xi", 0x3BE},
    {"yacute", 0xFD, true}, {"yen", 0xA5, true}, {"yuml", 0xFF, true}, {"zacute", 0x17A}, {"zcaron", 0x17E},
    {"zdot", 0x17C}, {"zeta", 0x3B6}, {"zwj", 0x200D}, {"zwnj", 0x200C},
};

}  // namespace orgo
