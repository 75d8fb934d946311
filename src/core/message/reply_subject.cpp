#include "core/message/reply_subject.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/one_line.h"
#include "base/text.h"
#include "base/unicode.h"

namespace orgo {
namespace {

// What mail programs of some forty languages write for "Re:" and "Fwd:", with the shortened forms of Outlook, Lotus and
// GroupWise; in the form of fold_case(), without a full stop at the end. Where two languages use one word for both
// ("VS" answers in Finland and forwards in Denmark), it stands with the answers.
constexpr auto kReply = std::to_array<std::string_view>({
    "re",         "ré",         "rép",        "réponse",  "réf",      "ref",       "réf",        "aw",
    "antw",       "antwort",    "antwoord",   "betr",     "sv",       "svar",      "vs",         "vast",
    "vastaus",    "rif",        "r",          "risp",     "risposta", "res",       "resp",       "resposta",
    "respuesta",  "rta",        "odp",        "odpověď",  "odpoveď",  "odpowiedź", "odg",        "odgovor",
    "ynt",        "yan",        "yanıt",      "cvp",      "atb",      "ats",       "bls",        "balas",
    "vá",         "válasz",     "răsp",       "răspuns",  "përgj",    "απ",        "σχετ",       "απάντηση",
    "отв",        "ответ",      "відп",       "отг",      "одг",      "回复",      "回覆",       "答复",
    "答覆",       "返信",       "返事",       "답장",     "회신",     "답변",      "رد",         "پاسخ",
    "תגובה",      "השב",        "תשובה",      "ตอบ",      "ตอบกลับ",   "उत्तर",      "जवाब",       "tl",
    "trả lời",    "freag",      "erantzun",   "svara",    "vst",      "პასუხი",    "պատ",        "উত্তর",
    "vedr",       "vedrørende", "ang",        "angående", "tilsvar",  "ri",        "rsp",        "responder",
    "respondre",  "réponse à",  "на",         "отвечать", "ответить", "відповідь", "відповісти", "одговор",
    "отговор",    "адказ",      "жауап",      "hồi âm",   "phúc đáp", "kuiri",     "nuo",        "atsakymas",
    "atbilde",    "vastus",     "javob",      "cavab",    "jawab",    "jawapan",   "balasan",    "ateb",
    "resposta a", "rispondi",   "antwort an", "vastaa",   "reply",    "хариу",     "پاسخ به",    "பதில்",
    "മറുപടി",      "ಉತ್ತರ",       "సమాధానం",      "જવાબ",     "ਜਵਾਬ",     "जवाफ",      "ответ на",   "回信",
    "回函",       "回應",
});
constexpr auto kForward = std::to_array<std::string_view>({
    "fw",          "fwd",          "forward",   "wg",     "weitergel",     "weitergeleitet",
    "tr",          "trans",        "transf",    "enc",    "encam",         "vb",
    "doorst",      "doorgest",     "pd",        "rv",     "reenv",         "i",
    "inoltra",     "vl",           "fs",        "vidbef", "videresendt",   "továbbítás",
    "tov",         "továbbít",     "ilt",       "i̇lt",    "iletilen",      "trs",
    "trsn",        "terusan",      "yml",       "přep",   "předáno",       "prep",
    "prosl",       "proslijeđeno", "posr",      "redir",  "redirecționat", "πρθ",
    "προωθ",       "пересл",       "переслано", "пер",    "препр",         "转发",
    "轉寄",        "轉發",         "转寄",      "転送",   "전달",          "إعادة توجيه",
    "اعادة توجيه", "ارجاع",        "הועבר",     "ส่งต่อ",   "अग्रेषित",        "chuyển tiếp",
    "persiųsta",   "pārs",         "edasi",
});

constexpr std::size_t kPrefixMax = 40;  // bytes before its colon

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& known) {
  return std::find(known.begin(), known.end(), word) != known.end();
}

/// "re" of "re[2]", "re(3)", "re^2", "re*2", "re-2", "re 2", "re2" and "antw."; what else is in it stays.
std::string_view without_count(std::string_view word) {
  auto end = word.size();
  if (end > 0 && (word[end - 1] == ']' || word[end - 1] == ')')) --end;
  const auto digits = end;
  while (end > 0 && word[end - 1] >= '0' && word[end - 1] <= '9') --end;
  if (end < digits) {
    if (end > 0 && std::string_view("[(^*-").find(word[end - 1]) != std::string_view::npos) --end;
    word = trim(word.substr(0, end));
  }
  if (word.ends_with('.')) word.remove_suffix(1);
  return trim(word);
}

enum class Prefix : std::uint8_t { reply, forward };

/// One "Re:", "AW[2]:", "Fwd :" at the start, or the wide colon of East Asian programs; npos: there is none.
std::size_t prefix_end(std::string_view folded, Prefix& kind) {
  const auto head = folded.substr(0, kPrefixMax);
  const auto colon = head.find(':');
  const auto wide = head.find("：");
  const auto end = std::min(colon, wide);
  if (end == std::string_view::npos) return end;
  const auto word = without_count(trim(folded.substr(0, end)));
  if (is_one_of(word, kReply)) kind = Prefix::reply;
  else if (is_one_of(word, kForward)) kind = Prefix::forward;
  else return std::string_view::npos;
  return end + (end == wide ? std::string_view("：").size() : 1);
}

/// "[T-12]" or the name of a list in brackets at the start; npos: none.
std::size_t bracket_end(std::string_view folded) {
  if (!folded.starts_with('[')) return std::string_view::npos;
  const auto close = folded.substr(0, 60).find(']');
  return close == std::string_view::npos ? close : close + 1;
}

struct Stripped {
  std::string_view rest;
  bool reply = false;  ///< one of the prefixes is one of answers
  std::optional<Prefix> first;
};

/// What is left when all prefixes are gone.
Stripped strip(std::string_view folded) {
  Stripped out;
  for (int i = 0; i < 20; ++i) {
    folded = trim(folded);
    Prefix kind{};
    auto end = prefix_end(folded, kind);
    if (end == std::string_view::npos) {
      end = bracket_end(folded);
    } else {
      if (!out.first) out.first = kind;
      out.reply = out.reply || kind == Prefix::reply;
    }
    // A subject that is nothing but a bracket is its own name.
    if (end == std::string_view::npos || trim(folded.substr(end)).empty()) break;
    folded.remove_prefix(end);
  }
  out.rest = trim(folded);
  return out;
}

/// Folded, one line, without the marks of writing direction that programs put before and behind their prefix.
std::string folded_subject(std::string_view subject) {
  auto folded = fold_case(one_line(subject, 500));
  for (const std::string_view mark : {"\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u2068", "\u2069", "\ufeff"})
    for (auto at = folded.find(mark); at != std::string::npos; at = folded.find(mark, at))
      folded.erase(at, mark.size());
  return folded;
}

}  // namespace

std::string plain_subject(std::string_view subject) {
  return one_line(strip(folded_subject(subject)).rest, 500);
}

bool is_reply_subject(std::string_view subject) {
  return strip(folded_subject(subject)).reply;
}

bool is_forward_subject(std::string_view subject) {
  return strip(folded_subject(subject)).first == Prefix::forward;
}

}  // namespace orgo
