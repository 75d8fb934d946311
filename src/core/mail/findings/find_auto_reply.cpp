#include "core/mail/findings/find_auto_reply.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/unicode.h"
#include "core/mail/findings/machine_sender.h"
#include "core/message/reply_subject.h"

namespace orgo {
namespace {

// Their mere presence says it; who sets them: qmail-autoresponder, cPanel, Plesk, Courier, GMX, Kerio, Lotus, Novell.
constexpr auto kPresence = std::to_array<std::string_view>({"X-Autoreply", "X-Autorespond", "X-Autoresponder",
                                                            "X-Auto-Reply", "X-Auto-Respond", "X-Autoreply-From",
                                                            "X-Auto-Reply-From", "X-Mail-Autoreply", "X-Autoresponse"});

// Subjects of reports that a mail arrived or went on, at their begin; in the form of fold_case().
constexpr auto kTitlesOfSuccess = std::to_array<std::string_view>({"successful mail delivery",
                                                                   "relayed:",
                                                                   "delivered:",
                                                                   "expanded:",
                                                                   "zugestellt:",
                                                                   "übermittelt:",
                                                                   "erweitert:",
                                                                   "weitergeleitet:",
                                                                   "remis:",
                                                                   "remis :",
                                                                   "relayé:",
                                                                   "relayé :",
                                                                   "entregado:",
                                                                   "retransmitido:",
                                                                   "consegnato:",
                                                                   "recapitato:",
                                                                   "inoltrato:",
                                                                   "entregue:",
                                                                   "retransmitida:",
                                                                   "retransmitido:",
                                                                   "bezorgd:",
                                                                   "geleverd:",
                                                                   "doorgestuurd:",
                                                                   "levererat:",
                                                                   "vidarebefordrat:",
                                                                   "leveret:",
                                                                   "levert:",
                                                                   "toimitettu:",
                                                                   "dostarczono:",
                                                                   "przekazano:",
                                                                   "doručeno:",
                                                                   "předáno:",
                                                                   "доставлено:",
                                                                   "ретранслировано:",
                                                                   "teslim edildi:",
                                                                   "delivery status notification (success",
                                                                   "delivery status notification (relay",
                                                                   "delivery report (success",
                                                                   "mail delivery report (success",
                                                                   "success notice",
                                                                   "successful delivery",
                                                                   "return receipt",
                                                                   "delivery confirmation:",
                                                                   "配信済み:",
                                                                   "已送达:",
                                                                   "已傳遞:"});

// What such a report says above the address, where it is no delivery status but words; in the form of fold_case().
constexpr auto kWordsOfSuccess = std::to_array<std::string_view>({"has been delivered to",
                                                                  "was delivered to",
                                                                  "have been delivered to",
                                                                  "successfully delivered to",
                                                                  "delivery to these recipients",
                                                                  "delivery to the following recipient",
                                                                  "was successfully relayed",
                                                                  "no delivery notification was sent",
                                                                  "has been relayed to",
                                                                  "ihre nachricht wurde",
                                                                  "an folgende empfänger",
                                                                  "zustellung an diese empfänger",
                                                                  "an diese empfänger",
                                                                  "wurde zugestellt",
                                                                  "aux destinataires suivants",
                                                                  "à ces destinataires",
                                                                  "votre message a été remis",
                                                                  "se entregó a los siguientes",
                                                                  "a los siguientes destinatarios",
                                                                  "a estos destinatarios",
                                                                  "è stato recapitato",
                                                                  "ai destinatari seguenti",
                                                                  "ai seguenti destinatari",
                                                                  "foi entregue",
                                                                  "aos seguintes destinatários",
                                                                  "aos destinatários a seguir",
                                                                  "is bezorgd bij",
                                                                  "aan de volgende geadresseerden",
                                                                  "aan de volgende ontvangers",
                                                                  "har levererats till",
                                                                  "er leveret til",
                                                                  "zostało dostarczone",
                                                                  "byla doručena",
                                                                  "доставлено следующим",
                                                                  "доставлено указанным"});

bool has_title_of_success(const Message& message) {
  const auto subject = fold_case(cut_utf8(message.subject, 500));
  return std::ranges::any_of(kTitlesOfSuccess, [&](auto title) { return subject.starts_with(title); });
}

/// "Relayed: hello" of Exchange, in words alone: by the null sender or its own address.
bool tells_of_delivery_in_words(const Envelope& envelope, const Message& message) {
  const std::string_view from = message.from ? std::string_view(message.from->address) : std::string_view{};
  if (!has_null_sender(envelope, message) && !is_exchange(from)) return false;
  if (!has_title_of_success(message) || message.text.find('@') == std::string::npos) return false;
  const auto text = fold_case(cut_utf8(message.text, 4'096));
  return std::ranges::any_of(kWordsOfSuccess, [&](auto words) { return text.find(words) != std::string::npos; });
}

}  // namespace

std::string auto_submitted(const Message& message) {
  // "auto-replied (vacation)" and "auto-generated; owner=..." both occur (RFC 3834, section 5; RFC 5436,
  // section 2.7.1).
  auto value = trim(message.header("Auto-Submitted"));
  value = trim(value.substr(0, value.find_first_of(";( \t")));
  return ascii_iequals(value, "no") ? std::string{} : ascii_lower(value.substr(0, 64));
}

bool tells_of_delivery(const Message& message) {
  const auto& report = message.as_mail().report;
  if (report.kind != MachineReport::Kind::delivery_status || report.delivered.empty()) return false;
  // A part alone, among others, is what a person may have attached: then the subject has to be a report's, too.
  return report.whole || has_title_of_success(message);
}

std::optional<Finding> find_auto_reply(const Envelope& envelope, const Message& message) {
  const auto found = [](std::string detail) { return Finding{FindingKind::auto_reply, std::move(detail)}; };
  if (const auto& report = message.as_mail().report; report.kind == MachineReport::Kind::disposition) {
    // A part alone, below a subject of forwarding, is what a person shows us.
    if (report.whole || !is_forward_subject(message.subject))
      return found("message/disposition-notification: a read receipt");
  } else if (tells_of_delivery(message)) {
    return found("message/delivery-status: a report that the mail was " + report.delivered);
  } else if (tells_of_delivery_in_words(envelope, message)) {
    return found("a report that the mail was delivered or relayed");
  }
  for (const auto& field : message.as_mail().headers) {
    const auto& [name, value] = field;
    // By the first letters, since most fields of most mails are none of these.
    if (name.size() < 7 || name.size() > 22) continue;
    switch (ascii_lower(name[0])) {
      case 'a':
        if (ascii_iequals(name, "Auto-Submitted") && auto_submitted(message) == "auto-replied")
          return found("Auto-Submitted: auto-replied");
        break;
      case 'c':
        if (ascii_iequals(name, "Content-Type") && is_report(value, "disposition-notification"))
          return found("multipart/report; report-type=disposition-notification: a read receipt");
        break;
      case 'd':
        if (ascii_iequals(name, "Delivered-To") && ascii_iequals(trim(value), "autoresponder"))
          return found("Delivered-To: Autoresponder");
        break;
      case 'p':
        if (ascii_iequals(name, "Precedence") &&
            (ascii_iequals(trim(value), "auto_reply") || ascii_iequals(trim(value), "auto-reply")))
          return found("Precedence: auto_reply");
        break;
      case 'x':
        if (ascii_iequals(name, "X-POST-MessageClass") && ascii_lower(value).find("autoresponder") != std::string::npos)
          return found("X-POST-MessageClass: Autoresponder");
        if (ascii_iequals(name, "X-Autogenerated") && ascii_iequals(trim(value), "reply"))
          return found("X-Autogenerated: Reply");
        if (ascii_istarts_with(name, "X-Auto") || ascii_istarts_with(name, "X-Mail-A")) {
          if (std::any_of(kPresence.begin(), kPresence.end(),
                          [&field](auto known) { return ascii_iequals(field.name, known); }) &&
              !ascii_iequals(trim(value), "no"))
            return found(name + ": " + std::string(trim(value).substr(0, 80)));
        }
        break;
      default:
        break;
    }
  }
  return std::nullopt;
}

}  // namespace orgo
