#include "core/bounce/reason_words.h"

#include <array>

namespace orgo {
namespace {

using enum BounceReason;

// The words of mail systems, the more telling before the more general. What stands first wins, so that "mailbox full"
// in "rejected: mailbox full" is not taken for a refusal. Collected from the sources and manuals of Postfix, Exim,
// Sendmail, qmail, Courier, OpenSMTPD, Exchange and from what the large providers write in their help pages.
constexpr auto kTelling = std::to_array<ReasonWords>({
    {mailererror, "procmail"},
    {contenterror, "duplicate header"},
    {rejected, "domain of sender address"},
    {policyviolation, "header error|presents a potential"},
    {hostunknown, "missing the proper dns entries"},
    {rejected, "address that has been blacklisted|groups.google.com|sender address * does not exist"},
    {securityerror, "unauthenticated senders"},
    {networkerror, "dns query failed"},
    {requireptr, "mismatches client ip"},
    {suspend, "recipient account is blocked"},
    {spamdetected, "blacklisted url|blacklisted link"},
    {badreputation, "unexpected volume or user complaints|ip reputation"},
    {notcompliantrfc, "multiple addresses in from"},
    // Said by one system in one sense.
    {networkerror,
     "dns violates|host lookup did not complete|cname lookup failed|lost connection with|"
     "address family mismatch|all routes to destination blocked|bad dns lookup|network error on destination|bounce "
     "between two servers"},
    {hostunknown, "no mx found for"},
    {notaccept, "destination seem to reject all mails"},
    {expired, "have been failing for a long time"},
    {suspend, "address no longer accepts mail"},
    {contenterror, "data format error"},
    {mesgtoobig, "exceeds the maximum size"},
    {filtered,
     "do not have permission to send to this recipient|"
     "don't have permission to send to this recipient"},
    {blocked, "ask your postmaster for help or to contact|refused to talk to"},
    {systemerror, "unknown mail transport error|unable to create lock file|temporary lookup failure"},
    {securityerror,
     "certificate not verified|certificate not trusted|"
     "cannot verify server certificate|sendernotauthenticated"},
    {userunknown,
     "wasn’t found at|wasn't found at|address couldn't be found|"
     "address couldn’t be found|no existe|n'existe pas"},
    // Who may send as that domain.
    {authfailure,
     "dmarc|unauthenticated email from|unauthenticated mail is prohibited|spf * fail|fail* spf|spf check|"
     "spf validation|spf record|sender policy framework|not permitted to send as|dkim * fail|dkim * not |"
     "spf-sender|is not allowed to send mail from|is not allowed to send from|not designated as permitted sender|"
     "sender id * fail|both spf and dkim|does not pass authentication|fails authentication|"
     "authentication checks * fail|email authentication"},
    // No room.
    {mailboxfull,
     "mailbox full|mailbox is full|mail box full|mail box is full|mailbox for * is full|mailbox * is full|"
     "mailfolder is full|folder is full|inbox is full|inbox full|account is full|account full|maildir is full|"
     "maildir over quota|maildir delivery failed: * quota|over quota|overquota|over the quota|over its quota|"
     "over disk quota|over his quota|over allowed quota|exceeded * quota|exceeds * quota|exceed * quota|"
     "exceeding * quota|quota exceed|quota violation|quota is exceeded|quota for * exceeded|quotaexceeded|"
     "quota full|out of storage|out of email storage|storage quota|storage limit|storage is full|"
     "not enough storage space|not enough disk space * mailbox|not enough space in mailbox|mailbox has exceeded|"
     "mailbox size limit|mailbox exceeded|mailbox exceeds|exceeded * mailbox|exceeded local limit|"
     "exceeded the local limit|exceeded storage allocation|exceeded the space limit|exceeded disk|"
     "size of the mailbox|size of recipient's mailbox|too many messages in mailbox|"
     "too many messages on this mailbox|too many mails in mailbox|insufficient quota|"
     "insufficient disk space for user|insufficient space|no space left for|disk quota|user disk quota|"
     "maximum storage|disk full for user|buzon lleno|mailbox voll|postfach voll|postfach ist voll|boîte pleine|"
     "casella piena|full mailbox"},
    {systemfull,
     "mail system full|insufficient system storage|insufficient system resources|no space left on device|"
     "disk full|requested mail action aborted: exceeded storage allocation"},
    // Too big.
    {exceedlimit,
     "message size exceeds limit of recipient|message too large for recipient|"
     "message too large for this recipient|larger than the recipient|the recipient's * size limit"},
    {mesgtoobig,
     "message too large|message too big|message is too large|message is too big|mail is too large|mail too large|"
     "mail size limit|message size exceed|message size limit|message size violation|message exceeds * size|"
     "message exceeded * size|message length exceeds|message larger than|maximum message size|max message size|"
     "exceeded maximum * size|exceeds maximum * size|size limit exceeded|size exceeds|too large|"
     "data size exceeded|line limit exceeded|rmsz"},
    // A mailbox that is there, but shut.
    {suspend,
     "account has been disabled|account * disabled|account disabled|account is locked|account locked|"
     "account is suspended|account * suspended|account has been suspended|"
     "account that you tried to reach is disabled|account that you tried to reach is inactive|account inactive|"
     "account is inactive|account * inactive|account not active|account is not active|account not activated|"
     "account deactivated|account expired|account has expired|account closed|user * suspended|user suspended|"
     "user disabled|user is disabled|user is inactive|user inactive|user * disabled|user not active|"
     "mailbox disabled|mailbox is disabled|mailbox * disabled|mailbox is inactive|mailbox inactive|"
     "mailbox * inactive|mailbox is blocked|mailbox is frozen|mailbox frozen|mailbox is suspended|"
     "mailbox suspended|mailbox temporarily|mailbox currently suspended|mailbox unavailable or access denied|"
     "mailbox closed|recipient suspend|recipient * suspended|recipient address * disabled|recipient is inactive|"
     "recipient inactive|address * suspended|email account that you tried to reach is over|is currently suspended|"
     "temporarily suspended|service suspended|domain has been suspended|domain is suspended|"
     "customer's domain * suspended|inactive account|inactive mailbox|disabled mailbox|disabled due to inactivity|"
     "out of order mailbox|"
     "sorry your message to * cannot be delivered. this account has been disabled or discontinued|"
     "boite du destinataire archivee|not accepting mail for this user at this time"},
    // Gone elsewhere.
    {hasmoved,
     "has moved|address has been replaced by|has been replaced by|no longer at this address|address changed|"
     "mailbox has moved"},
    // Relaying.
    {norelaying,
     "relaying denied|relay access denied|relay denied|relay not permitted|relay operation rejected|"
     "relaying not allowed|relaying is prohibited|relaying prohibited|relaying mail to * is not allowed|"
     "relaying disallowed|relaying is not permitted|unable to relay|not permitted to relay|not allowed to relay|"
     "no relaying|cannot relay|mail server requires authentication when attempting to send to a non-local|"
     "insecure mail relay|that domain isn't in my list of allowed rcpthosts|domain isn't in my list|"
     "this system is not configured to relay|we do not relay|ip authorization check failed"},
    // Our host has no good name.
    {requireptr,
     "reverse dns|reverse hostname|reverse host|reverse lookup|ptr record|ptr * lookup|cannot find your hostname|"
     "cannot find your reverse|cannot resolve your address|ip name lookup failed|without reverse|no ptr|"
     "missing ptr|rdns|fix reverse dns|forward-confirmed|unresolvable relay host name|dns lookup failure * ptr|"
     "all mail servers must have a ptr|must have a reverse"},
    // Too much, too fast.
    {speeding, "too many recipients this|has sent to too many"},
    {toomanyconn,
     "too many connections|too many concurrent|too many smtp sessions|too many sessions|connection limit|"
     "connection rate|connection frequency|concurrent connections|simultaneous connections|"
     "all available ips are at maximum connection|unable to accept message because the server is too busy|"
     "too many recipients|no more connections|domain-wide connection"},
    {speeding,
     "too many messages sent|message rate|rate limit|ratelimit|rate-limit|receiving mail at a rate|"
     "receiving mail too quickly|sending rate|sending limit|sent too many|too many emails|exceeded the rate|"
     "unusual rate of|throttl|have sent too|please try again slower|slow down|temporarily deferred due to * volume"},
    // Malware before spam.
    {virusdetected,
     "contains a virus|contained a virus|virus found|virus detected|virus rejected|virus was|"
     "infected with a virus|viruses found|found the virus|malware|is infected|was infected|infected file|"
     "infected message|ransomware|trojan horse|your computer may have been"},
    // Reputation and block lists.
    {badreputation,
     "reputation|very low * score|on our block list as * temporarily rate|"
     "server temporarily unavailable due to * activity|ipreput"},
    {spamdetected,
     "spam message|scored as spam|looks like spam|look like spam|considered spam|considered unsolicited|"
     "considered to be spam|classified as spam|identified as spam|identified as junk|detected as spam|"
     "marked as spam|rejected as spam|rejected as bulk|recognized as spam|recognised as spam|appears to be spam|"
     "appears to be unsolicited|is likely spam|probably spam|probable spam|likely unsolicited|likely suspicious|"
     "spam detected|spam content|spam score|spam rejection|spam mail|spam refused|spam filter|spam-like|spamlike|"
     "spamassassin|spam email|spam not accepted|blocked by * anti-spam|blocked by * antispam|anti-spam|antispam|"
     "unsolicited|high spam|hi-spam|this message scored|message scored|bulk email|bulk mail|junk mail|"
     "message is spam|mail is spam|ube, id=|content filter rejection|detected your message as spam|"
     "message contains spam|message content rejected|mail contains * url * blacklist|mail rejete. mail rejected|"
     "phishing"},
    {blocked,
     "blacklist|black list|blocklist|block list|blocked using|blocked by * rbl|blocked by * dnsbl|blocked - see|"
     "blocked, look at|dnsbl|spamhaus|spamcop|barracudacentral|sorbs.net|sorbs dnsbl|cbl.abuseat|uceprotect|"
     "surriel| rbl|client host * blocked|client host rejected|your host * reject|your ip * block|your ip address|"
     "your server's ip|your mail server * block|your server * block|ip address * block|your ip|ip is blocked|"
     "ip was blocked|ip blocked|ip has been|ip address * reject|ip address * banned|ip address * not allowed|"
     "banned sending ip|ip address has been|ip address is not|sending ip|connection refused by|"
     "connection rejected|connection not accepted|connection dropped|connections from * refused|"
     "connections not accepted from|connections not accepted|connections will not be accepted from|"
     "mail from your host|no access from mail server|access denied. ip|access from ip address|open relay|"
     "dynamic ip|dialup|dynamic address|dynamic/residential|use the smtp server of your isp|use your isp|"
     "hosts with dynamic|we do not accept mail from|not accepting mail from|refused to talk to|refuse to talk|"
     "helo command rejected|bad helo|invalid helo|part of their network is on our block|spam source|known spammer|"
     "sender's ip|domain does not match|go away|you are not allowed to connect|you have been denied"},
    // No such user, in plain words.
    {userunknown,
     "user unknown|unknown user|user not found|user not exist|user not known|user does not exist|"
     "user doesn't exist|user doesn't have|user * does not exist|user * not found|user invalid|user missing|"
     "user ambiguous|user (* unknown|user * is not listed|user was not found|no such user|no such mailbox|"
     "no such recipient|no such address|no such account|no such person|no such virtual|no such local|no such name|"
     "no such email|no user by that name|no mailbox|no mail box|no account by that name|no user in directory|"
     "no user with|no valid recipient|no valid cert|not a known user|not a local address|not a valid mailbox|"
     "not a valid user|not a valid recipient|not a valid address|not our customer|is not known at this|"
     "isn't a valid|mailbox not found|mailbox not exist|mailbox does not exist|mailbox doesn't exist|"
     "mailbox unknown|mailbox unavailable|mailbox is unavailable|mailbox not available|mailbox not present|"
     "mailbox invalid|mailbox * does not exist|mailbox you are trying to reach * not|mailbox has been removed|"
     "mailbox currently unavailable|mailbox nonexistent|mailbox doesn|unknown recipient|unknown address|"
     "unknown mailbox|unknown local|unknown account|unknown email|unknown e-mail|unknown virtual|"
     "unroutable address|undeliverable address|invalid recipient|invalid mailbox|invalid address|invalid user|"
     "invalid mail address|invalid final delivery user|bad address syntax|bad destination mailbox|bad recipient|"
     "badrcptto|recipient unknown|recipient not found|recipient does not exist|recipient doesn't exist|"
     "recipient not exist|recipient * was not found in|recipient name is not recognized|recipient no longer|"
     "recipient is not local|recipient is not exist|recipient is unknown|recipient rejected: address unknown|"
     "recipient address rejected: address unknown|recipient address rejected: undeliverable|"
     "recipient address rejected: unknown|recipient address rejected: invalid|"
     "recipient address rejected: unverified|recipient address rejected: access denied|recipient address unknown|"
     "recipient verify failed|recipnotfound|address not found|address unknown|address does not exist|"
     "address doesn't exist|address * does not exist|address is unknown|address * couldn't be found|"
     "address not present in directory|address error|address invalid|address rejected * unknown|"
     "account does not exist|account doesn't exist|account not found|account * does not exist|account unknown|"
     "account not available|account is unavailable|addressee unknown|addressee not found|"
     "destination addresses were unknown|destination server rejected recipients|does not like recipient|"
     "does not have an account|doesn't have * account|doesn't have a yahoo|don't have a mailbox|"
     "not listed in * directory|not listed in domino|not listed in public name|not found in * directory|"
     "unable to deliver to * check if address is correct|check if address is correct|said it doesn't exist|"
     "says it doesn't exist|nosuchuser|utilisateur inconnu|adresse inconnue|destinataire inconnu|"
     "unbekannter empfänger|unbekannter benutzer|empfänger unbekannt|benutzer unbekannt|existiert nicht|"
     "adresse d au moins un destinataire invalide|adresse d'au moins un destinataire invalide|usuario desconocido|"
     "utente sconosciuto|utente inesistente|non existent user|nonexistent user|non-existent user|"
     "address no longer|no longer on server|no longer valid|no longer available|is not a user|not a mailbox|"
     "no valid recipients"},
    // The host.
    {hostunknown,
     "host unknown|unknown host|host not found|host or domain name not found|no such host|no such domain|"
     "domain not found|domain does not exist|domain doesn't exist|domain * does not exist|domain name not found|"
     "domain is not reachable|domain must exist|domain must resolve|domain syntax error|name or service not known|"
     "non-existent domain|nonexistent domain|nxdomain|illegal host/domain name|illegal host name|"
     "invalid domain name|recipient domain must exist|unrouteable mail domain|unrouteable domain|"
     "couldn't find any host|couldn't find any host by that name|cannot resolve * domain|"
     "name server * host or domain|bad domain|server address * not found|address resolution * failed|"
     "dns domain * not exist|all relevant mx records point to non-existent"},
    {notaccept,
     "null mx|nullmx|does not accept mail|doesn't accept mail|does not accept email|not accept any mail|"
     "mail receiving disabled|smtp protocol returned a permanent error|no mx record|no mail exchanger|"
     "couldn't find a mail exchanger or ip|lowest numbered mx record points to local host|"
     "did not accept our requests to connect * null|name server: host not configured"},
    // Filters of the recipient.
    {filtered,
     "because the recipient is only accepting mail from specific email addresses|bounced by|"
     "due to extended inactivity new mail is not|has been blocked by the recipient|"
     "refused due to recipient preferences|recipient preferences|resolver.rst.notauthorized|"
     "resolver.rst.restricted|rejected by the recipient|rejected by user|rejected by recipient|message filtered|"
     "message rejected due to user rules|not found recipient account|recipient refuses to accept your mail|"
     "recipient only accepts mail from|recipient has * blocked|sender is in * blocked list|"
     "permission to send messages to this recipient|user refuses to receive this mail|user reject|"
     "we failed to deliver mail because the following address recipient id refuse|"
     "you have been blocked by the recipient|rejected by a remote mail server|refused to accept your mail: user"},
    // Rules of the site, and of the list.
    {notcompliantrfc,
     "rfc 5322|rfc5322|rfc 5321|rfc 2822|rfc2822|rfc 822|not rfc compliant|non-rfc|missing * header|"
     "bare lf|bare newline|multiple from"},
    {contenterror,
     "8bit data in mime|improper use of 8-bit|header size exceeds|improper mime|malformed mime|"
     "mime is not supported|mime error|message header size|message contains invalid|message mime complexity|"
     "routing loop * header|unencoded|does not comply with|needs to be encoded|contains 8-bit|8-bit characters|"
     "message content error"},
    {policyviolation,
     "attachment * not allowed|attachment * prohibited|attachment * blocked|banned attachment|banned name|"
     "banned filename|banned content|blocked by policy|blocked due to policy|blocked for policy|"
     "because the message contains|closed mailing list|content policy|security policy|policy reason|"
     "policy violation|policy rejection|policy restriction|policy detected|message refused|"
     "message rejected * policy|local policy|violation of * policy|violates * policy|prohibited by administrator|"
     "not allowed by policy|administrative policy|administrative prohibition|disallowed|protocol violation|"
     "you have exceeded the maximum number of recipients|denied by policy|we have blocked * attachment|executable|"
     "potential security issue|presents a potential security|mail rejected. bounce"},
    // Our sender.
    {rejected,
     "sender rejected|sender was rejected|sender is rejected|sender address rejected|sender address has been|"
     "sender address verify failed|sender verify failed|sender verification|sender domain|sender not allowed|"
     "sender not pre-approved|sender denied|sender unknown|sender refused|sender's address|sender email * reject|"
     "bad sender|invalid sender|unknown sender|unable to verify sender|access denied, sending domain|"
     "mail from * not allowed|mail from * rejected|mail from * denied|mail from command rejected|"
     "no permission to post|not permission to post|permission to post|are not member|"
     "not a member of this mailing list|not a member of|non-member|only subscribers|not allowed to post|"
     "not allowed to send * list|address rejected * from|backscatter|batv|by non-member|from address rejected|"
     "from address is not|invalid from address|from address not|null sender|fixed sender|"
     "server does not accept mail from|address not allowed as sender|from user invalid|emetteur invalide|"
     "after mail from"},
    // Security.
    {securityerror,
     "authentication required|authentication is required|authentication fail|authentication turned on|"
     "authentication credentials|authrequired|authentication unsuccessful|requires authentication|"
     "require authentication|must authenticate|please authenticate|must issue a starttls|starttls|tls is required|"
     "tls required|encryption required|encryption needed|require encryption|requires encryption|certificate verif|"
     "invalid certificate|certificate has expired|untrusted certificate|codes d'authentification invalide|"
     "sorry, you don't authenticate|unauthorized|verification failure|you are not authorized|"
     "account not subscribed to|executable files are not allowed|unable to authenticate"},
    // Loops, names, networks.
    {networkerror,
     "too many hops|hop count exceeded|hopcount exceeded|maximum hop|mail loop|loops back to myself|loop detected|"
     "loop was found|too many received headers|unrouteable: too many|malformed or unexpected name server reply|"
     "malformed name server reply|host name lookup failure|name server loop|"
     "dns records for the destination computer could not be found|dns temporary failure|dns lookup failed|"
     "temporary failure in name resolution|temporary dns|no route to host|network error|network is unreachable|"
     "connection aborted|connection was closed|connection lost|connection reset|"
     "could not connect and send the mail to|couldn't establish an smtp connection|"
     "wasn't able to establish an smtp connection|unable to establish an smtp connection|"
     "unable to connect to remote host|no response from host|no network available|not a gateway|"
     "establish ssl connection|message looping|message probably in a routing loop|this message is looping|"
     "server for the recipient domain * could not be found"},
    // Time is over.
    {expired,
     "connection timed out|operation timed out|connect timeout|timed out|could not find a gateway for|"
     "delivery attempts will continue|delivery expired|delivery failed * attempts|delivery time expired|"
     "envelope expired|failed to deliver to domain|giving up on|had been in the queue|been in the queue too long|"
     "too long in the queue|too long on the queue|it has not been collected after|message expired|"
     "message timed out|message timeout|message could not be delivered for|message is delayed|delay reason|"
     "retry time not reached for any host|retry timeout exceeded|retry time exceeded|retries exceeded|retry count|"
     "will be retried|will keep trying|will retry|still being retried|not yet been delivered|"
     "has not been delivered|was not delivered within|undeliverable for|"
     "unable to deliver message after multiple retries|recipient server did not accept our requests to connect|"
     "couldn't deliver * within|waited too long|connection refused|host not reachable|socket error|"
     "could not be delivered within|within the time limit|maximum time"},
    // Their machinery.
    {systemerror,
     "can't create user output file|could not load * profile|cannot send this message|config error|"
     "configuration error|internal error|internal server error|internal software error|interrupted system call|"
     "local configuration|local error in processing|local error|out of memory|queue file write error|"
     "server configuration|service currently unavailable|system config error|system error|temporary local problem|"
     "temporarily unable to process|timeout waiting for input|transaction failed|unable to lookup|"
     "unexpected server response|mail server is temporarily|aliasing/forwarding loop|unable to run"},
    {mailererror,
     "command failed|mailer error|pipe to|exited with|command died|died on signal|command time limit|x-unix|"
     "killed by signal|command output|local delivery agent|lmtp error|cannot open mailbox|"
     "mailbox could not be opened"},
    {syntaxerror,
     "syntax error|command unrecognized|command not recognized|unrecognized command|bad sequence of commands|"
     "improper command|unimplemented command|bad command|must be in quotes|expected rcpt|data command failed|"
     "malformed address|improper sequence of commands"},
    {onhold, "on hold"},
    {securityerror, "not authorized"},
    {expired, "could not deliver for the last"},
    {userunknown, "is not a registered"},
    {systemerror, "could not load"},
    {networkerror, "host is not responding"},
    {hostunknown, "unrouteable address"},
});

constexpr auto kVague = std::to_array<ReasonWords>({
    {userunknown, "@ does not exist|@ doesn't exist"},
    {hostunknown, "does not exist"},
    {userunknown, "recipient address rejected"},
    {securityerror, "access denied"},
    {policyviolation, "policy"},
    {spamdetected, "spam"},
    {blocked, "blocked"},
});

}  // namespace

std::span<const ReasonWords> telling_words() {
  return kTelling;
}
std::span<const ReasonWords> vague_words() {
  return kVague;
}

}  // namespace orgo
