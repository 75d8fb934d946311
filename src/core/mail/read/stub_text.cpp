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
    "\u200f", "\u2028", "\u2029", "\u202f", "\u205f", "\u2060", "\u2061", "\u2062", "\u2063", "\u2064", "\u206a",
    "\u206b", "\u206c", "\u206d", "\u206e", "\u206f", "\u2800", "\u1680", "\u17b4", "\u17b5", "\u180b", "\u180c",
    "\u180d", "\ufe0e", "\ufe0f", "\uffa0", "\u3000", "\u3164", "\ufeff", "\ufffc",
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

// A remark about the mail itself has a word for it, one for reading, and one for what hinders or where else to look.
// Whoever writes so of another mail loses nothing: the HTML beside it says the same.
constexpr auto kMailWords = std::to_array<std::string_view>(
    {"mail",    "message",  "messagg", "mensaje",    "mensagem", "nachricht", "bericht", "meddel",
     "viesti",  "wiadom",   "zpráv",   "správ",      "üzenet",   "levelet",   "сообщ",   "письм",
     "повідом", "ileti",    "posta",   "メール",     "邮件",     "郵件",      "信件",    "메일",
     "mesaj",   "courriel", "correo",  "newsletter", "e-post",   "epost",     "μήνυμα"});
constexpr auto kReadWords = std::to_array<std::string_view>(
    {"view",     "see ",      "read",   "display",  "open",   "click",    "voir",      "lire",      "affich",
     "consult",  "visuali",   " ver ",  "leer",     "abrir",  "anzeig",   "angezeigt", "lesen",     "ansehen",
     "darstell", "öffnen",    "legger", "vedere",   "aprire", "bekij",    "lezen",     "weergeven", "weergegeven",
     "läsa",     "visas ",    "visa ",  "vise ",    "læse",   "lese ",    "lukea",     "näyt",      "wyświetl",
     "odczyt",   "przeczyt",  "zobraz", "přečíst",  "olvas",  "megjelen", "прочит",    "просмотр",  "откр",
     "перегл",   "görüntüle", "okuya",  "表示",     "閲覧",   "ご覧",     "查看",      "阅读",      "浏览",
     "檢視",     "보기",      "citi",   "vizualiz", "διαβάσ", "εμφανί",   "ler "});
constexpr auto kHinderWords = std::to_array<std::string_view>(
    {"not ", "n't",   "if ",     "http",   "click", "requir", "online",   "need",  "unable", "nicht",   "kein",
     "wenn", "falls", "benötig", " pas ",  "si ",   "cliqu",  "nécessit", " no ",  "clic",   "necesit", "se ",
     "non ", "clicc", "não ",    "necess", "niet",  "als u",  "klik",     "klick", "ikke",   "inte ",   "hvis",
     "jos ", "nie ",  "jeśli",   "nelze",  "pokud", "ha nem", "не ",      "если",  "якщо",   "ご覧",    "できない",
     "如果", "无法",  "無法",    "않",     "değil", "için",   "dacă",     "nu ",   "δεν ",   "modern"});

constexpr std::string_view kAround = " \t\r\n.!?()[]{}<>-_*=~|";  ///< what may stand around a placeholder
constexpr std::size_t kPlaceholderMost = 48;                      // bytes; more than the longest has

/// "[image: logo]", "[Bild]", "[image001.png]", "<image001.png>": where a picture stands.
bool is_picture(std::string_view in_brackets) {
  constexpr auto kWords = std::to_array<std::string_view>(
      {"cid:",       "image",      "inline image", "embedded image", "attached image", "bild",
       "grafik",     "foto",       "photo",        "picture",        "imagen",         "imagem",
       "immagine",   "afbeelding", "logo",         "obraz",          "obrázek",        "kép",
       "kuva",       "billede",    "bilde",        "картинка",       "изображение",    "рисунок",
       "зображення", "resim",      "görsel",       "画像",           "图片",           "图像",
       "圖片",       "이미지",     "imagine",      "εικόνα",         "slika"});
  const auto folded = fold_case(trim(in_brackets));
  for (const std::string_view end : {".png", ".gif", ".jpg", ".jpeg", ".bmp", ".svg", ".webp"})
    if (folded.ends_with(end)) return true;
  return std::ranges::any_of(kWords, [&](std::string_view word) {
    const auto known = fold_case(word);
    if (!folded.starts_with(known)) return false;
    // "[image]", "[image 1]", "[image: logo]", and no sentence.
    const auto rest = std::string_view(folded).substr(known.size());
    return known.ends_with(':') || trim(rest).starts_with(':') ||
           rest.find_first_not_of(" #0123456789") == std::string_view::npos;
  });
}

/// How many bytes at the begin of `text` are the place of a picture or its link; 0: none.
std::size_t picture_length(std::string_view text) {
  if (text.empty() || (text[0] != '[' && text[0] != '<')) return 0;
  const auto close = text.find(text[0] == '[' ? ']' : '>');
  if (close == std::string_view::npos) return 0;
  if (text[0] == '<' && ascii_istarts_with(text, "<http")) return close < 2000 ? close + 1 : 0;
  return close < 300 && is_picture(text.substr(1, close - 1)) ? close + 1 : 0;
}

/// How many bytes at the begin of `text` an entity takes that is not seen ("&nbsp;"), of HTML that was not decoded.
std::size_t blank_entity_length(std::string_view text) {
  for (const std::string_view entity :
       {"&nbsp;", "&#160;", "&#xa0;", "&zwnj;", "&zwsp;", "&#8203;", "&#8204;", "&#847;", "&shy;", "&#173;", "&ensp;",
        "&emsp;", "&thinsp;", "<br>", "<br/>", "<br />"})
    if (ascii_istarts_with(text, entity)) return entity.size();
  return 0;
}

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
    if (const auto unseen = std::max(picture_length(rest), c == '&' || c == '<' ? blank_entity_length(rest) : 0);
        unseen > 0) {
      at += unseen;
      continue;
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
  if ((has("html") && std::ranges::any_of(kRemarksOfHtml, has)) || std::ranges::any_of(kRemarksOfBrowser, has))
    return true;
  return std::ranges::any_of(kMailWords, has) &&
         (has("html") || (std::ranges::any_of(kReadWords, has) && std::ranges::any_of(kHinderWords, has)));
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
  // A text that a remark never is as long as.
  if (text.find_first_of("[<&") == std::string_view::npos && std::ranges::count_if(text, [](char one) {
                                                               return static_cast<unsigned char>(one) > ' ';
                                                             }) > static_cast<std::ptrdiff_t>(kRemarkMax))
    return true;
  for (const std::string_view word : {"mail", "mess", "mens", "meddel", "mesaj"})
    if (has('m', 0, word)) return false;
  if (has('c', 2, "nachricht") || has('b', 0, "bericht") || has('p', 0, "post") || has('w', 2, "newsletter") ||
      has('v', 0, "viesti") || has('w', 0, "wiadom") || has('c', 0, "courriel") || has('c', 0, "correo") ||
      has('v', 2, "levelet") || has('i', 0, "ileti"))
    return false;
  return !has('m', 2, "html") && !has('w', 3, "browser") && !has('v', 2, "nav") && !has('v', 0, "viewing this") &&
         !has('m', 5, "this message") && !has('g', 6, "reading this");
}

}  // namespace orgo
