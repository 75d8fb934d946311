#include "core/mail/findings/find_out_of_office.h"

#include <array>
#include <string>

#include "base/text.h"
#include "base/unicode.h"
#include "core/mail/findings/find_auto_reply.h"
#include "core/mail/findings/machine_sender.h"

namespace orgo {
namespace {

// What Outlook, Exchange, Gmail and Thunderbird put before the original subject. In the form of fold_case().
constexpr auto kPrefixes = std::to_array<std::string_view>({
    "automatic reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "out of office autoreply",
    "auto response",
    "autoresponse",
    "automatische antwort",
    "automatische antwoord",
    "automatisch antwoord",
    "automatische beantwortung",
    "abwesenheitsnotiz",
    "abwesenheitsnachricht",
    "abwesenheitsmeldung",
    "réponse automatique",
    "reponse automatique",
    "message d'absence",
    "respuesta automática",
    "respuesta automatica",
    "risposta automatica",
    "resposta automática",
    "resposta automatica",
    "स्वचालित उत्तर",
    "स्वत: उत्तर",
    "स्वचालित जवाब",
    "odpowiedź automatyczna",
    "automatyczna odpowiedź",
    "automatiskt svar",
    "automatisk svar",
    "автоответ",
    "自動応答",
});

// What people may write as well.
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
    "abwesenheit",
    "abwesend",
    "nicht im büro",
    "im urlaub",
    "ausser haus",
    "absence du bureau",
    "absent du bureau",
    "en congé",
    "absence",
    "fuera de la oficina",
    "fuera de oficina",
    "de vacaciones",
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
    "कार्यालय से बाहर",
});

constexpr auto kMachineFields = std::to_array<std::string_view>(
    {"X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "X-MS-Exchange-Inbox-Rules-Loop"});

bool is_reply_subject(std::string_view lower) {
  for (const std::string_view prefix :
       {"re:", "aw:", "sv:", "antw:", "rif:", "r:", "tr:", "wg:", "fw:", "fwd:", "res:", "enc:"})
    if (lower.starts_with(prefix)) return true;
  return false;
}

std::string evidence_of_machine(const Envelope& envelope, const Message& message, bool reply_subject) {
  if (auto word = auto_submitted(message); !word.empty()) return "Auto-Submitted: " + word;
  for (const auto name : kMachineFields)
    if (!message.header(name).empty()) return std::string(name);
  if (find_auto_reply(envelope, message)) return "a field of an answering program";
  if (has_null_sender(envelope, message)) return "the null sender";
  if (!message.in_reply_to.empty() && !reply_subject) return "it answers " + message.in_reply_to.substr(0, 100);
  return {};
}

}  // namespace

std::optional<Finding> find_out_of_office(const Envelope& envelope, const Message& message) {
  // Folded, so that "RÉPONSE AUTOMATIQUE" and decomposed accents are found; the no-break space becomes a space.
  const auto folded = fold_case(trim(cut_utf8(message.subject, 300)));
  const std::string_view lower = folded;
  if (lower.empty()) return std::nullopt;
  for (const auto prefix : kPrefixes) {
    if (!lower.starts_with(prefix)) continue;
    const auto rest = lower.substr(prefix.size());
    // Followed by its colon (French puts a space before it) or by nothing; "Auto reply broken" is a person.
    const auto after = trim(rest);
    if (after.empty() || after.starts_with(':'))
      return Finding{FindingKind::out_of_office, "subject begins with '" + std::string(prefix) + "'"};
  }
  for (const auto word : kWords) {
    if (lower.find(word) == std::string_view::npos) continue;
    const auto evidence = evidence_of_machine(envelope, message, is_reply_subject(lower));
    if (evidence.empty()) return std::nullopt;
    return Finding{FindingKind::out_of_office, "subject has '" + std::string(word) + "', and " + evidence};
  }
  return std::nullopt;
}

}  // namespace orgo
