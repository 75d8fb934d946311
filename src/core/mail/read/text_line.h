#pragma once
#include <algorithm>
#include <array>
#include <string_view>

#include "core/mail/read/mail_phrases.h"

namespace orgo::text_line {

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// "10:45" or "10.45" or "10h45": a time of day.
inline bool has_time(std::string_view text) {
  for (std::size_t i = 1; i + 2 < text.size(); ++i)
    if ((text[i] == ':' || text[i] == '.' || text[i] == 'h') && is_digit(text[i - 1]) && is_digit(text[i + 1]) &&
        is_digit(text[i + 2]))
      return true;
  return false;
}
inline bool has_year(std::string_view text) {
  for (std::size_t i = 0; i + 4 <= text.size(); ++i)
    if ((text[i] == '1' || text[i] == '2') && is_digit(text[i + 1]) && is_digit(text[i + 2]) && is_digit(text[i + 3]) &&
        (i == 0 || !is_digit(text[i - 1])) && (i + 4 == text.size() || !is_digit(text[i + 4])))
      return true;
  return false;
}
inline bool ends_with_colon(std::string_view text) {
  return text.ends_with(':') || text.ends_with("\xEF\xBC\x9A");
}

/// "Wish: ...", of a folded line: a label that is no contact's ("Tel: ...") and no link.
inline bool is_form_label(std::string_view folded) {
  const auto colon = folded.find(':');
  return colon != std::string_view::npos && colon > 0 && colon < 30 && !is_contact_line(folded) &&
         !folded.substr(0, colon).starts_with("http");
}

inline std::string_view trim_left(std::string_view text) {
  const auto at = text.find_first_not_of(" \t");
  return at == std::string_view::npos ? std::string_view{} : text.substr(at);
}

/// Only what lines are drawn with.
inline bool is_rule(std::string_view line) {
  return line.find_first_not_of("_-*=#~ ") == std::string_view::npos;
}

/// A line longer than those of signatures; `folded`: the same.
inline bool is_prose(std::string_view line, std::string_view folded) {
  return line.size() > 90 && !is_contact_line(folded) && folded.find('|') == std::string_view::npos &&
         folded.find("http") == std::string_view::npos && folded.find('@') == std::string_view::npos;
}

/// "Message: ...", of a folded line: under it stands what somebody typed into a form.
inline bool is_message_label(std::string_view folded) {
  constexpr auto kLabels = std::to_array<std::string_view>(
      {"message",      "your message", "nachricht",   "ihre nachricht", "mitteilung",  "anliegen",    "ihr anliegen",
       "kommentar",    "comment",      "comments",    "remarks",        "bemerkung",   "bemerkungen", "frage",
       "ihre frage",   "question",     "questions",   "request",        "enquiry",     "inquiry",     "description",
       "beschreibung", "details",      "problem",     "text",           "inhalt",      "content",     "mensaje",
       "comentario",   "comentarios",  "consulta",    "messaggio",      "richiesta",   "mensagem",    "comentários",
       "bericht",      "opmerking",    "opmerkingen", "vraag",          "meddelande",  "besked",      "melding",
       "viesti",       "wiadomość",    "treść",       "zpráva",         "üzenet",      "mesaj",       "сообщение",
       "повідомлення", "вопрос",       "μήνυμα",      "demande",        "commentaire", "メッセージ",  "内容"});
  const auto begin = folded.find_first_not_of("*_ ");
  auto end = folded.find(':');
  if (const auto wide = folded.find("\xEF\xBC\x9A"); wide < end) end = wide;
  if (begin == std::string_view::npos || end == std::string_view::npos || end <= begin) return false;
  auto label = folded.substr(begin, end - begin);
  label = label.substr(0, label.find_last_not_of("*_ ") + 1);
  return std::find(kLabels.begin(), kLabels.end(), label) != kLabels.end();
}

}  // namespace orgo::text_line
