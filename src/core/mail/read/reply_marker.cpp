#include "core/mail/read/reply_marker.h"

#include "core/mail/read/phrases.h"

namespace orgo {
namespace {

constexpr std::size_t kMarkerMost = 200;  // bytes; a longer line is prose

constexpr std::string_view kReplyMarkers[] = {"type your reply above", "please do not edit below this line",
                                              "do not write below this line", "do not remove this line"};
/// A marker says to do one of these ...
constexpr std::string_view kReplyActs[] = {
    "reply",   "replies", "respon",   "write",   "type ",   "answer", "comment", "antwort",  "schreib", "eingabe",
    "repon",   "répon",   "écri",     "ecri",    "saisi",   "escrib", "escrev",  "conteste", "rispo",   "scriv",
    "reage",   "reactie", "antwoord", "schrijf", "svar",    "skriv",  "vasta",   "kirjoita", "odpow",   "odpov",
    "odpis",   "napis",   "napíš",    "napiš",   "pište",   "pisz",   "wpisz",   "válasz",   "írja",    "ответ",
    "напиш",   "пишите",  "відпов",   "yanıt",   "cevap",   "απαντ",  "γράψ",    "răspun",   "scrie",   "отговор",
    "odgovor", "vastake", "atsaky",   "atbild",  "返信",    "返答",   "回答",    "ご記入",   "回复",    "答复",
    "回覆",    "답장",    "회신",     "답변",    "trả lời", "balas",  "ตอบ",     "השב",      "תשוב",    "الرد"};
/// ... above this line.
constexpr std::string_view kReplyPlaces[] = {"above this line",
                                             "above the line",
                                             "above this text",
                                             "above this message",
                                             "above this marker",
                                             "above these dashes",
                                             "above this delimiter",
                                             "oberhalb dieser",
                                             "oberhalb der linie",
                                             "über dieser",
                                             "über diese zeile",
                                             "über diese linie",
                                             "ueber dieser",
                                             "au-dessus de cette",
                                             "au dessus de cette",
                                             "au-dessus de la ligne",
                                             "avant cette ligne",
                                             "encima de esta",
                                             "encima de la línea",
                                             "sobre esta línea",
                                             "sobre esta linea",
                                             "arriba de esta",
                                             "sopra questa",
                                             "sopra a questa",
                                             "sopra di questa",
                                             "sopra la linea",
                                             "acima desta",
                                             "acima dessa",
                                             "acima da linha",
                                             "boven deze",
                                             "boven de lijn",
                                             "ovanför denna",
                                             "ovanför den här",
                                             "över denna",
                                             "över den här raden",
                                             "over denne",
                                             "ovenfor denne",
                                             "tämän rivin ylä",
                                             "tämän viivan ylä",
                                             "powyżej tej",
                                             "nad tą lini",
                                             "ponad tą",
                                             "nad tento řádek",
                                             "nad tímto řádk",
                                             "nad tuto čár",
                                             "nad touto čar",
                                             "nad tento riadok",
                                             "nad týmto riadk",
                                             "sor fölé",
                                             "vonal fölé",
                                             "выше этой",
                                             "над этой",
                                             "над чертой",
                                             "вище цього",
                                             "вище цієї",
                                             "над цим рядком",
                                             "satırın üst",
                                             "çizginin üst",
                                             "πάνω από αυτή",
                                             "deasupra acestei",
                                             "deasupra acestui",
                                             "над този ред",
                                             "над тази",
                                             "iznad ov",
                                             "nad to vrstico",
                                             "nad to črto",
                                             "この行より上",
                                             "この線より上",
                                             "この行の上",
                                             "この線の上",
                                             "此行上方",
                                             "此线上方",
                                             "此行以上",
                                             "此線上方",
                                             "這行上方",
                                             "这行上方",
                                             "이 줄 위",
                                             "이 선 위",
                                             "phía trên dòng này",
                                             "di atas baris ini",
                                             "di atas garis ini",
                                             "מעל שורה זו",
                                             "מעל קו זה",
                                             "فوق هذا السطر"};

}  // namespace

bool is_reply_marker(std::string_view folded) {
  static const Phrases markers{kReplyMarkers}, acts{kReplyActs}, places{kReplyPlaces};
  if (folded.size() >= kMarkerMost) return false;
  return markers.any_in(folded) || (places.any_in(folded) && acts.any_in(folded));
}

}  // namespace orgo
