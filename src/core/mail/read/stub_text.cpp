#include "core/mail/read/stub_text.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo {
namespace {

constexpr std::size_t kRemarkMax = 500;  // bytes: whoever writes more about HTML means it

// White space and what has no width, beside ASCII.
constexpr auto kInvisible = std::to_array<std::string_view>({
    "\u00a0", "\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u180e", "\u2000", "\u2001", "\u2002", "\u2003",
    "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u200b", "\u200c", "\u200d", "\u200e",
    "\u200f", "\u2028", "\u2029", "\u202f", "\u205f", "\u2060", "\u2063", "\u3000", "\u3164", "\ufeff", "\ufffc",
});

// In the form of fold_case(). Each has "html" in it, for which one look is enough.
constexpr auto kRemarksOfHtml = std::to_array<std::string_view>({
    "not support html",
    "not supporting html",
    "doesn't support html",
    "unable to display html",
    "cannot display html",
    "can't display html",
    "can not display html",
    "not display html",
    "html-enabled",
    "html enabled",
    "html-capable",
    "html capable",
    "html compatible",
    "html-compatible",
    "requires html",
    "require html",
    "in html format",
    "as html",
    "is html",
    "an html e-mail",
    "an html email",
    "an html message",
    "an html mail",
    "enable html",
    "view the html",
    "html version",
    "html part",
    "html viewer",
    "unterstützt kein html",
    "kein html",
    "keine html",
    "html-fähig",
    "html fähig",
    "html-format",
    "html-ansicht",
    "html-darstellung",
    "html-mail",
    "html-e-mail",
    "html nicht",
    "pas le html",
    "pas l'html",
    "pas en charge le html",
    "format html",
    "no soporta html",
    "no admite html",
    "formato html",
    "compatible con html",
    "non supporta html",
    "non supporta l'html",
    "não suporta html",
    "não suporta o html",
    "geen html",
    "html niet",
    "inte html",
    "stöder inte html",
    "ikke html",
    "ei tue html",
    "obsługuje html",
    "formacie html",
    "nepodporuje html",
    "formátu html",
    "html formátum",
    "html'i desteklemiyor",
    "html desteklemiyor",
    "не поддерживает html",
    "в формате html",
    "не підтримує html",
    "htmlメール",
    "html形式",
    "htmlに対応",
    "不支持html",
    "html格式",
    "不支援html",
    "html을 지원",
    "html 형식",
    "html-formaat",
    "html-opmaak",
    "html biçim",
    "html olarak",
    "only html",
    "html only",
});

// All that is seen, in the form of fold_case(), but for what stands around it.
constexpr auto kPlaceholders = std::to_array<std::string_view>({
    "html",
    "no text",
    "text",
    "no plain text",
    "no text version",
    "no plain text version",
    "text version not available",
    "plain text version not available",
    "no text version available",
    "no plain text version available",
    "this is a multi-part message in mime format",
    "kein text",
    "keine textversion",
    "pas de texte",
    "sin texto",
    "nessun testo",
    "sem texto",
    "geen tekst",
    "brak tekstu",
    "нет текста",
});

constexpr auto kRemarksOfBrowser = std::to_array<std::string_view>({
    "in your browser",
    "im browser",
    "dans votre navigateur",
    "en su navegador",
    "en tu navegador",
    "nel browser",
    "no seu navegador",
    "in uw browser",
    "в браузере",
    "can't see this message",
    "cannot see this message",
    "can't read this message",
    "cannot read this message",
    "can't view this message",
    "cannot view this message",
    "trouble viewing this",
    "problems viewing this",
    "trouble reading this",
});

constexpr std::string_view kAround = " \t\r\n.!?()[]{}<>-_*=~|";  ///< what may stand around a placeholder
constexpr std::size_t kPlaceholderMost = 48;                      // bytes; more than the longest has

/// What lines are drawn with.
bool is_ornament(char c) {
  return std::string_view("-_=*.|~ ").find(c) != std::string_view::npos;
}

/// Without white space, invisible characters, places of pictures and links. Of a text that says something, its begin,
/// past kRemarkMax.
std::string what_is_seen(std::string_view text) {
  std::string seen;
  bool ink = false;
  for (std::size_t at = 0; at < text.size() && !(ink && seen.size() > kRemarkMax + 1);) {
    const auto rest = text.substr(at);
    const char c = text[at];
    if (static_cast<unsigned char>(c) <= ' ') {
      if (!seen.empty() && seen.back() != ' ') seen += ' ';
      ++at;
      continue;
    }
    if (static_cast<unsigned char>(c) >= 0xC2) {
      const auto found =
          std::find_if(kInvisible.begin(), kInvisible.end(), [&](auto one) { return rest.starts_with(one); });
      if (found != kInvisible.end()) {
        if (!seen.empty() && seen.back() != ' ') seen += ' ';
        at += found->size();
        continue;
      }
    }
    if (c == '[' && (ascii_istarts_with(rest, "[cid:") || ascii_istarts_with(rest, "[image:") ||
                     ascii_istarts_with(rest, "[inline image"))) {
      if (const auto close = rest.find(']'); close != std::string_view::npos && close < 300) {
        at += close + 1;
        continue;
      }
    }
    if (c == '<' && ascii_istarts_with(rest, "<http")) {  // the picture's link behind its place
      if (const auto close = rest.find('>'); close != std::string_view::npos && close < 2000) {
        at += close + 1;
        continue;
      }
    }
    ink = ink || !is_ornament(c);
    seen += c;
    ++at;
  }
  return std::string(trim(seen));
}

}  // namespace

bool is_stub(std::string_view text) {
  const auto seen = what_is_seen(text);
  if (seen.empty()) return true;
  if (std::all_of(seen.begin(), seen.end(), is_ornament)) return true;
  if (seen.size() > kRemarkMax) return false;
  const auto folded = fold_case(seen);
  const auto has = [&](std::string_view words) { return folded.find(words) != std::string::npos; };
  const auto bare = std::string_view(folded).substr(0, folded.find_last_not_of(kAround) + 1);
  const auto begin = std::min(bare.find_first_not_of(kAround), bare.size());
  if (std::ranges::find(kPlaceholders, bare.substr(begin)) != kPlaceholders.end()) return true;
  return (has("html") && std::ranges::any_of(kRemarksOfHtml, has)) || std::ranges::any_of(kRemarksOfBrowser, has);
}

bool is_surely_no_stub(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || !is_ascii(text)) return false;
  const char c = static_cast<char>(text[first] | 0x20);
  if (c < 'a' || c > 'z') return false;
  if (text.find_last_not_of(kAround) - first < kPlaceholderMost) return false;
  // The rarest letter of each kind of remark ("html", "browser", "navegador", "navigateur"), and what stands around it.
  const auto has = [&](char letter, std::size_t before, std::string_view word) {
    for (const char one : {letter, static_cast<char>(letter - 0x20)})
      for (std::size_t at = 0; (at = text.find(one, at)) != std::string_view::npos; ++at)
        if (at >= before && ascii_istarts_with(text.substr(at - before), word)) return true;
    return false;
  };
  return !has('m', 2, "html") && !has('w', 3, "browser") && !has('v', 2, "nav") && !has('v', 0, "viewing this") &&
         !has('m', 5, "this message") && !has('g', 6, "reading this");
}

}  // namespace orgo
