#include "app/doors/doors_options.h"

#include "app/options/checks.h"

namespace orgo {

using namespace std::chrono_literals;

void declare(OptionSet& options, LmtpConfig& lmtp) {
  options.section("lmtp", "Mail from a mail server that knows the recipients (Postfix, Exim, Dovecot).")
      .text({"lmtp.listen", "Address and port; `off`: no LMTP.", "127.0.0.1:2424"}, lmtp.listen, option::check_listen);
}

void declare(OptionSet& options, SmtpInConfig& smtp_in) {
  options.section("smtp_in", "Mail by SMTP, also straight from the Internet.")
      .text({"smtp_in.listen", "Address and port; `off`: no SMTP.", "127.0.0.1:2525"}, smtp_in.listen,
            option::check_listen)
      .text({"smtp_in.tls.certificate", "PEM file with the certificate and its chain; with one, STARTTLS is offered.",
             "/etc/orgo/tls/cert.pem"},
            smtp_in.tls.certificate)
      .text({"smtp_in.tls.key", "PEM file with the private key.", "/etc/orgo/tls/key.pem"}, smtp_in.tls.key)
      .boolean({"smtp_in.require_tls", "Take no mail in the clear.", "true"}, smtp_in.require_tls)
      .list({"smtp_in.recipients",
             "Domains and addresses that mail is taken for; others are refused. Empty: organization.addresses; where "
             "these are empty, too, all, which is right on loopback only.",
             "[school.org, office@college.org]"},
            smtp_in.recipients, option::check_recipient);
}

void declare(OptionSet& options, DoorLimits& limits) {
  options.section("limits", "What both mail doors take from one peer.")
      .bytes({"limits.message_size", "Largest new mail, by whatever door.", "25 MB"}, limits.message_size,
             64 * option::kKilobyte, 1024 * option::kMegabyte)
      .integer({"limits.recipients", "Recipients of one mail; RFC 5321 wants 100 at least.", "100"}, limits.recipients,
               1, 10'000)
      .integer({"limits.connections", "Connections at once to one door.", "500"}, limits.connections, 1, 100'000)
      .duration({"limits.idle_time", "How long a peer may be silent; RFC 5321 wants 5 minutes.", "5 minutes"},
                limits.idle_time, 1s, 1h);
}

void check(const SmtpInConfig& smtp_in, const OptionSet& options, std::vector<Diagnostic>& errors) {
  check(smtp_in.tls, "smtp_in.tls", options, errors);
  if (smtp_in.require_tls.peek() && smtp_in.tls.empty())
    errors.push_back(options.at("smtp_in.require_tls", "smtp_in.require_tls without a certificate",
                                "set smtp_in.tls.certificate and .key"));
}

}  // namespace orgo
