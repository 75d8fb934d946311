#pragma once
#include <optional>
#include <string_view>

namespace orgo {

/// Why a mail did not arrive. The names are stable and go into events and rules; they are the classes that bounce
/// analysis has settled on (those of the Sisimai library, so that its corpus can measure us).
enum class BounceReason {
  undefined,        ///< the report does not say, or in words that nobody knows
  userunknown,      ///< no such mailbox
  hasmoved,         ///< mailbox moved to another address
  hostunknown,      ///< no such domain or host
  notaccept,        ///< the domain accepts no mail (null MX, not a mail host)
  mailboxfull,      ///< over quota
  suspend,          ///< mailbox disabled, inactive or suspended
  filtered,         ///< refused by the recipient's own filter, without saying that the mailbox is missing
  onhold,           ///< refused without any reason that can be acted upon; held
  expired,          ///< tried until the time was over, or delayed
  networkerror,     ///< no connection, DNS trouble, routing loop
  systemerror,      ///< the receiving system is broken or misconfigured
  systemfull,       ///< its disk is full
  mailererror,      ///< a program on the way failed
  mesgtoobig,       ///< too big for the system
  exceedlimit,      ///< too big or too much for this recipient
  toomanyconn,      ///< too many connections
  speeding,         ///< too many mails in too short a time
  blocked,          ///< our host or address is on a block list
  badreputation,    ///< our host's reputation is too low
  requireptr,       ///< our host has no (good) reverse name
  authfailure,      ///< SPF, DKIM or DMARC failed
  spamdetected,     ///< taken for spam
  virusdetected,    ///< taken for malware
  policyviolation,  ///< against a rule of the receiving site
  contenterror,     ///< broken MIME or forbidden content
  notcompliantrfc,  ///< a header breaks RFC 5322
  norelaying,       ///< the host does not relay for us
  rejected,         ///< our sender address is refused
  securityerror,    ///< authentication or encryption is missing, or access denied
  syntaxerror,      ///< an SMTP command was not understood
  feedback,         ///< a complaint (RFC 5965)
  vacation,         ///< an absence notice
  delivered,        ///< it did arrive
};
/// "userunknown": lower case, one word.
std::string_view to_string(BounceReason reason);
/// nullopt: no such reason.
std::optional<BounceReason> bounce_reason(std::string_view name);

}  // namespace orgo
