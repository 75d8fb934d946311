#include "core/mail/findings/find_out_of_office.h"

#include <array>
#include <string>

#include "base/text.h"
#include "base/unicode.h"
#include "core/mail/findings/find_auto_reply.h"
#include "core/mail/findings/machine_sender.h"
#include "core/mail/read/phrases.h"
#include "core/message/reply_subject.h"

namespace orgo {
namespace {

// What Outlook, Exchange, Gmail and Thunderbird put before the original subject: "reply", "answer". No portal that
// tells of somebody's absence begins so. In the form of fold_case().
constexpr auto kAnswerPrefixes = std::to_array<std::string_view>({
    "automatic reply",
    "automated reply",
    "automatic response",
    "automated response",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto: ",
    "out of office autoreply",
    "out of office reply",
    "auto response",
    "auto-response",
    "autoresponse",
    "vacation reply",
    "vacation response",
    "automatische antwort",
    "automatische antwoord",
    "automatisch antwoord",
    "automatische beantwortung",
    "réponse automatique",
    "reponse automatique",
    "respuesta automática",
    "respuesta automatica",
    "resposta automàtica",
    "risposta automatica",
    "resposta automática",
    "resposta automatica",
    "स्वचालित उत्तर",
    "स्वत: उत्तर",
    "स्वचालित जवाब",
    "odpowiedź automatyczna",
    "automatyczna odpowiedź",
    "automatiskt svar",
    "autosvar",
    "automatisk svar",
    "automaattinen vastaus",
    "automatická odpověď",
    "automatická odpoveď",
    "automatikus válasz",
    "răspuns automat",
    "automatski odgovor",
    "samodejni odgovor",
    "automatinis atsakymas",
    "automātiska atbilde",
    "automaatvastus",
    "αυτόματη απάντηση",
    "автоматичен отговор",
    "автоматический ответ",
    "автоматична відповідь",
    "автоответ",
    "otomatik yanıt",
    "otomatik cevap",
    "رد تلقائي",
    "תשובה אוטומטית",
    "پاسخ خودکار",
    "balasan otomatis",
    "trả lời tự động",
    "การตอบกลับอัตโนมัติ",
    "自動応答",
    "自動返信",
    "自动答复",
    "自动回复",
    "自動回覆",
    "자동 회신",
    "자동 응답",
});

// What programs put there and people or portals write as well ("Message d'absence : Tim Muster, 5b").
constexpr auto kWords = std::to_array<std::string_view>({
    "out of office",
    "out of the office",
    "out-of-office",
    "away from the office",
    "away from my mail",
    "on vacation",
    "on leave",
    "on annual leave",
    "on holiday",
    "vacation reply",
    "vacation response",
    "away until",
    "away from",
    "absence",
    "absent",
    "abwesenheit",
    "abwesend",
    "nicht im büro",
    "im urlaub",
    "ausser haus",
    "absence du bureau",
    "absent du bureau",
    "en congé",
    "fuera de la oficina",
    "fuera de oficina",
    "de vacaciones",
    "ausencia",
    "ausente",
    "fuori ufficio",
    "fuori sede",
    "assenza",
    "in ferie",
    "fora do escritório",
    "ausência",
    "de férias",
    "afwezig",
    "niet aanwezig",
    "frånvaro",
    "inte på kontoret",
    "fravær",
    "ikke på kontoret",
    "poissa toimistosta",
    "poissaolo",
    "nieobecność",
    "poza biurem",
    "nieobecny",
    "mimo kancelář",
    "nepřítomnost",
    "házon kívül",
    "távollét",
    "ofis dışında",
    "în afara biroului",
    "вне офиса",
    "отсутствие на работе",
    "в отпуске",
    "поза офісом",
    "εκτός γραφείου",
    "कार्यालय से बाहर",
    "不在",
    "休暇",
    "外出",
    "부재 중",
});

struct Proof {
  std::string words;
  bool answers = false;  ///< a machine *answered*, it did not only write
  bool field = false;    ///< by a field that says so
};

/// What shows that a machine sent this mail. Not the mere fact that it answers something: people write a new subject
/// into the answer of an old mail.
Proof proof_of_machine(const Envelope& envelope, const Message& message) {
  if (const auto field = find_auto_reply(envelope, message)) return {field->detail, true, true};
  if (!message.header("X-MS-Exchange-Inbox-Rules-Loop").empty()) return {"X-MS-Exchange-Inbox-Rules-Loop", true, true};
  // A machine wrote it; whether it answers is told by what it refers to.
  Proof proof{{}, !message.in_reply_to.empty() || !message.references.empty(), false};
  if (auto word = auto_submitted(message); !word.empty()) {
    proof.words = "Auto-Submitted: " + word;
  } else if (proof.answers && !message.header("X-Auto-Response-Suppress").empty()) {
    // By itself it only asks for no automatic answer, as portals and mail programs do for what people write.
    proof.words = "X-Auto-Response-Suppress";
  } else if (has_null_sender(envelope, message)) {
    proof.words = "the null sender";
  } else if (const auto precedence = trim(message.header("Precedence"));
             (ascii_iequals(precedence, "bulk") || ascii_iequals(precedence, "junk")) &&
             message.header("List-Id").empty() && message.header("List-Unsubscribe").empty()) {
    proof.words = "Precedence: " + std::string(precedence);
  }
  return proof;
}

/// The prefix that stands before its colon (French puts a space before it, Japanese has a wide one) or all alone;
/// "Auto reply broken" is a person.
std::string_view answer_prefix(std::string_view folded) {
  static const Phrases prefixes(kAnswerPrefixes);
  for (const std::string_view prefix : prefixes.like(folded)) {
    if (!folded.starts_with(prefix)) continue;
    const auto after = trim(folded.substr(prefix.size()));
    if (prefix.ends_with(": ") || after.empty() || after.starts_with(':') || after.starts_with("：")) return prefix;
  }
  return {};
}

}  // namespace

std::optional<Finding> find_out_of_office(const Envelope& envelope, const Message& message) {
  // Folded, so that "RÉPONSE AUTOMATIQUE" and decomposed accents are found; the no-break space becomes a space.
  const auto folded = fold_case(trim(cut_utf8(message.subject, 300)));
  if (folded.empty()) return std::nullopt;
  if (const auto prefix = answer_prefix(folded); !prefix.empty()) {
    const auto proof = proof_of_machine(envelope, message);
    if (proof.words.empty()) return std::nullopt;
    return Finding{FindingKind::out_of_office,
                   "subject begins with '" + std::string(trim(prefix)) + "', and " + proof.words};
  }
  static const Phrases words(kWords);
  if (!words.any_in(folded)) return std::nullopt;
  for (const auto word : kWords) {
    if (folded.find(word) == std::string_view::npos) continue;
    const auto proof = proof_of_machine(envelope, message);
    if (proof.words.empty() || !proof.answers) return std::nullopt;
    // Systems that mark all they send also send what a person answers; that keeps our subject behind its "Re:".
    if (!proof.field && is_reply_subject(message.subject)) return std::nullopt;
    return Finding{FindingKind::out_of_office, "subject has '" + std::string(word) + "', and " + proof.words};
  }
  return std::nullopt;
}

}  // namespace orgo
