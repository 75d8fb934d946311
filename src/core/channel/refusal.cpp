#include "core/channel/refusal.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/planted.h"
#include "base/text.h"
#include "base/unicode.h"

namespace orgo {
namespace {

using Stage = SendResult::Stage;

/// Authentication is wanted, too weak, failed, or must be encrypted (RFC 4954, section 6); commands that it does not
/// know or not now (RFC 5321, section 4.2.4): no other mail of ours would fare better.
constexpr auto kCodesAboutUs = std::to_array<std::string_view>({"500", "502", "503", "530", "534", "535", "538"});
/// The sender's address (5.1.7, 5.1.8), too much at once (5.4.5: Google's limit of sending), security of ours (5.7.8
/// and on: RFC 4954; 5.7.23 to 5.7.27: RFC 7372 and 7505, SPF, reverse DNS), another mailbox system's "relay denied"
/// stands in words.
constexpr auto kEnhancedAboutUs =
    std::to_array<std::string_view>({"5.1.7", "5.1.8", "5.4.5", "5.7.4", "5.7.8", "5.7.9", "5.7.11", "5.7.12", "5.7.13",
                                     "5.7.14", "5.7.23", "5.7.24", "5.7.25", "5.7.26", "5.7.27"});
/// Each in small letters; what is refused is our mail, whoever it is for.
constexpr auto kWordsAboutUs = std::to_array<std::string_view>({"relay access denied",
                                                                "relaying denied",
                                                                "relay denied",
                                                                "relaying not allowed",
                                                                "relay not permitted",
                                                                "relaying is prohibited",
                                                                "not permitted to relay",
                                                                "unable to relay",
                                                                "we do not relay",
                                                                "relaying prohibited",
                                                                "relaying not permitted",
                                                                "relay not allowed",
                                                                "not allowed to relay",
                                                                "relay is not permitted",
                                                                "cannot relay",
                                                                "authentication required",
                                                                "authentication is required",
                                                                "must authenticate",
                                                                "must be authenticated",
                                                                "not authenticated",
                                                                "smtp auth",
                                                                "authenticate first",
                                                                "login first",
                                                                "client was not authenticated",
                                                                "sender address rejected",
                                                                "sender rejected",
                                                                "sender denied",
                                                                "sender verify failed",
                                                                "sender not allowed",
                                                                "send as",
                                                                "not owned by user",
                                                                "invalid sender",
                                                                "unknown sender",
                                                                "bad sender",
                                                                "sender is not",
                                                                "sender address is not",
                                                                "client host rejected",
                                                                "client host [",
                                                                "blocked using",
                                                                "blacklist",
                                                                "blocklist",
                                                                "block list",
                                                                "black list",
                                                                "spamhaus",
                                                                "poor reputation",
                                                                "your ip",
                                                                "your host",
                                                                "your server",
                                                                "sending ip",
                                                                "reverse dns",
                                                                "no ptr",
                                                                "ptr record",
                                                                "helo command rejected",
                                                                "starttls",
                                                                "sending from this",
                                                                "sending account",
                                                                "your account",
                                                                "sender account",
                                                                "account is not allowed to send"});
/// How much we may send; a recipient's quota (5.2.2) is another thing.
constexpr auto kLimitsOfSending = std::to_array<std::string_view>({
    "sending quota",
    "send quota",
    "sender quota",
    "quota for sending",
    "submission quota",
    "relay quota",
    "outgoing quota",
    "outbound quota",
    "outgoing mail quota",
    "outgoing message quota",
    "outgoing limit",
    "outbound limit",
    "outgoing mail limit",
    "outgoing message limit",
    "sending limit",
    "sending rate",
    "send limit",
    "send rate",
    "submission limit",
    "submission rate",
    "relay limit",
    "rate limit",
    "ratelimit",
    "daily limit",
    "hourly limit",
    "monthly limit",
    "daily message limit",
    "hourly message limit",
    "message limit",
    "too many messages",
    "too many emails",
    "too many mails",
    "emails per hour",
    "mails per hour",
    "messages per hour",
    "emails per day",
    "mails per day",
    "messages per day",
    "limit of messages",
    "number of messages",
    "sending credits",
    "sendelimit",
    "sendekontingent",
    "sende-limit",
    "versandlimit",
    "versand-limit",
    "versandkontingent",
    "versandgrenze",
    "tageslimit",
    "stundenlimit",
    "mails pro stunde",
    "mails pro tag",
    "nachrichten pro stunde",
    "nachrichten pro tag",
    "quota d'envoi",
    "quota d’envoi",
    "limite d'envoi",
    "limite d’envoi",
    "limite quotidienne",
    "limite journali",
    "limite horaire",
    "messages par heure",
    "messages par jour",
    "cuota de env",
    "límite de env",
    "limite de env",
    "límite diario",
    "limite diario",
    "correos por hora",
    "mensajes por hora",
    "limite di invio",
    "limite giornalier",
    "messaggi all'ora",
    "verzendlimiet",
    "limit wysył",
    "лимит отправ",
    "лимит исходящих",
    "发送限",
    "发信限",
    "发送频率",
    "发信频率",
    "送信制限",
    "送信数",
    "送信上限",
});
/// In the languages in which relays speak: we are to log in; what our domain publishes about its mail; how we greet.
constexpr auto kSecurityOfOurs = std::to_array<std::string_view>({
    "authentifizierung",
    "authentisierung",
    "authentifizieren",
    "nicht authentifiziert",
    "anmeldung erforderlich",
    "anmeldung notwendig",
    "nicht angemeldet",
    "zuerst anmelden",
    "authentification",
    "authentifier",
    "non authentifi",
    "autenticaci",
    "autentificaci",
    "autenticars",
    "autenticarse",
    "no autenticado",
    "autenticazione",
    "autenticaç",
    "autenticac",
    "authenticatie",
    "uwierzytelni",
    "autentisering",
    "autentificare",
    "kimlik doğrulama",
    "аутентификац",
    "авторизац",
    "認証",
    "认证",
    "身份验证",
    "驗證",
    "인증",
    "authentication needed",
    "authentication is needed",
    "authentication failed",
    "authentication mandatory",
    "requires authentication",
    "require authentication",
    "need to authenticate",
    "please authenticate",
    "please log in",
    "please login",
    "log in first",
    "not logged in",
    "unauthenticated",
    "spf",
    "dkim",
    "dmarc",
    "sender policy framework",
    "helo",
    "ehlo",
    "greeting name",
    "fully-qualified hostname",
    "fully qualified hostname",
    "rdns",
    "reverse hostname",
    "schwarze liste",
    "schwarzen liste",
    "sperrliste",
    "liste noire",
    "lista negra",
    "lista nera",
    "absenderadresse",
    "absender abgelehnt",
    "absender nicht",
    "ungültiger absender",
    "adresse d'expéditeur",
    "adresse de l'expéditeur",
    "expéditeur refusé",
    "expéditeur non autorisé",
    "remitente rechazado",
    "remitente no",
    "dirección del remitente",
    "mittente rifiutato",
    "mittente non",
    "weiterleitung nicht",
    "weiterleitung verweigert",
    "relay verweigert",
    "relay nicht",
    "relais non autorisé",
    "relais refusé",
    "relais interdit",
    "relayage",
    "relay no permitido",
    "no se permite relay",
    "relay non consentito",
});
/// A group that takes no mail from outside says that we have not logged in: elsewhere we need not.
constexpr auto kGroupsForInsiders =
    std::to_array<std::string_view>({"resolver.rst", "not authenticated for group", "authenticated senders only"});
constexpr auto kEnhancedAboutThem =
    std::to_array<std::string_view>({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.0", "5.2.2"});

template <typename List>
bool holds(const List& list, std::string_view one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

/// Is one of them there, at the beginning of a word? Of a script without spaces anywhere.
template <typename List>
bool says(const List& list, const std::string& words) {
  return std::any_of(list.begin(), list.end(), [&](std::string_view one) {
    const auto anywhere = (static_cast<unsigned char>(one.front()) & 0x80U) != 0;
    for (auto at = words.find(one); at != std::string::npos; at = words.find(one, at + 1)) {
      const char before = at == 0 ? ' ' : words[at - 1];
      const bool inside = (before >= 'a' && before <= 'z') || (static_cast<unsigned char>(before) & 0x80U) != 0;
      if (anywhere || !inside) return true;
    }
    return false;
  });
}

/// In small letters and without addresses, whose words say nothing.
std::string words_of(std::string_view answer) {
  std::string out;
  for (const auto word : split(answer, ' '))
    if (word.find('@') == std::string_view::npos) out.append(out.empty() ? "" : " ").append(word);
  return fold_case(out);
}

bool names(std::string_view lower_answer, std::string_view address) {
  return !address.empty() && lower_answer.find("<" + ascii_lower(address) + ">") != std::string_view::npos;
}

}  // namespace

std::string_view enhanced_code(std::string_view answer) {
  for (std::size_t at = 0; at + 5 <= std::min<std::size_t>(answer.size(), 40); ++at) {
    if (answer[at] != '5' || answer[at + 1] != '.' ||
        (at > 0 && answer[at - 1] != ' ' && answer[at - 1] != '-' && answer[at - 1] != '#'))
      continue;
    std::size_t end = at;
    while (end < answer.size() && ((answer[end] >= '0' && answer[end] <= '9') || answer[end] == '.')) ++end;
    const auto code = answer.substr(at, end - at);
    if (std::count(code.begin(), code.end(), '.') == 2 && !code.ends_with('.')) return code;
  }
  return {};
}

About judge_refusal(Stage stage, std::string_view answer, std::string_view sender, std::string_view recipient) {
  if (ORGO_PLANT(stage_of_refusal_ignored)) return About::them;
  const auto code = answer.substr(0, 3);
  const auto enhanced = enhanced_code(answer);
  const auto lower = ascii_lower(answer);
  const auto words = words_of(answer);
  if (says(kGroupsForInsiders, words)) return About::them;
  if (says(kLimitsOfSending, words) && enhanced != "5.2.2") return About::us;
  const bool of_size = code == "552" || enhanced == "5.3.4" || enhanced == "5.2.3";
  if (of_size && stage != Stage::recipient && enhanced != "5.2.2") return About::mail;
  if (holds(kCodesAboutUs, code) || holds(kEnhancedAboutUs, enhanced)) return About::us;
  if (names(lower, sender) && !names(lower, recipient)) return About::us;
  if (says(kWordsAboutUs, words) || says(kSecurityOfOurs, words)) return About::us;
  switch (stage) {
    case Stage::sender:
      return About::us;
    case Stage::recipient:
      return About::them;
    case Stage::data:
    case Stage::text:
      // Who delivers by LMTP, or looks only then, judges the recipient at the end.
      return holds(kEnhancedAboutThem, enhanced) ? About::them : About::mail;
    case Stage::none:
      return About::them;
  }
  return About::them;
}

}  // namespace orgo
