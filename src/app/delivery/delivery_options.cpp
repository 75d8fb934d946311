#include "app/delivery/delivery_options.h"

#include "app/options/checks.h"

namespace orgo {

using namespace std::chrono_literals;

void declare(OptionSet& options, RelayConfig& smtp) {
  options.section("smtp", "The mail server that our mails go out through.")
      .text({"smtp.host",
             "Name or address. Empty: no mail is sent, and what should be waits in the outbox; webhooks go out.",
             "mail.school.org"},
            smtp.host, option::check_host)
      .integer({"smtp.port", "25, or 587 for submission with a password.", "587"}, smtp.port, 1, 65'535)
      .text({"smtp.username", "For AUTH; empty: none.", "orgo@school.org"}, smtp.username, option::check_one_line)
      .text({"smtp.password", "For AUTH.", "", Applies::at_start, Secret::yes}, smtp.password, option::check_one_line)
      .choice<OutgoingTls>(
          {"smtp.tls",
           "required refuses to send without TLS and checks the certificate; opportunistic uses TLS where the server "
           "offers it, and checks the certificate only where a password goes out; none never uses it.",
           "required"},
          smtp.tls,
          {{"none", OutgoingTls::none},
           {"opportunistic", OutgoingTls::opportunistic},
           {"required", OutgoingTls::required}})
      .text({"smtp.from", "Address that our mails come from. Empty: orgo@ and the organization's domain.",
             "helpdesk@school.org"},
            smtp.from, option::check_address)
      .text({"smtp.from_name", "Name beside that address. Empty: organization.name.", "School helpdesk"},
            smtp.from_name, option::check_one_line)
      .text({"smtp.ca_file",
             "PEM file of the authorities that may sign the server's certificate; empty: those of the system.",
             "/etc/ssl/our-ca.pem"},
            smtp.ca_file)
      .duration({"smtp.timeout", "How long one answer of the server may take.", "1 minute"}, smtp.timeout, 1s, 10min);
}

void declare(OptionSet& options, DeliveryConfig& delivery) {
  options.section("delivery", "Sending from the outbox: mails and webhooks.")
      .integer({"delivery.workers", "Sends at once, by each channel; one more takes only what is urgent.", "4"},
               delivery.workers, 1, 64)
      .integer(
          {"delivery.attempts", "After so many temporary failures, or five days of them, a send has failed.", "20"},
          delivery.attempts, 1, 100)
      .duration({"delivery.retry_first",
                 "Wait before the second attempt; it doubles with each further one, with jitter.", "1 minute"},
                delivery.retry_first, 1s, 24h)
      .duration({"delivery.retry_most", "Longest wait between attempts.", "4 hours"}, delivery.retry_most, 1s, 168h)
      .integer({"delivery.total_factor",
                "Brake against loops: all tasks together may send this many times what one task may send to one "
                "address (10 mails in 10 minutes, 15 in 30, 25 in 60, 50 in 180, 100 in 600); the mails of one sender "
                "may set off a fifth of it, one rule half of it; past it mails wait. What is urgent is counted by "
                "itself. 0: no brake on the whole.",
                "100"},
               delivery.total_factor, 0, 1'000'000)
      .integer(
          {"delivery.hops",
           "A mail that so many automatic mails of Orgos have led to (X-Orgo-Hop) is kept and makes no further ones.",
           "5"},
          delivery.hops, 1, 100);
}

void declare(OptionSet& options, WebhookConfig& webhooks) {
  options.section("webhooks", "Calls to other programs by the rules.")
      .text({"webhooks.secret",
             "Signs each call by Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature); whsec_ and "
             "base64, or any text. Empty: not signed.",
             "", Applies::at_start, Secret::yes},
            webhooks.secret, option::check_one_line)
      .list({"webhooks.allow_networks",
             "Networks outside the public internet that may be called; without any, none may, so that no rule reaches "
             "into this house.",
             "[10.1.0.0/16, 127.0.0.1]"},
            webhooks.allow_networks, option::check_network);
}

void check(const RelayConfig& smtp, const OptionSet& options, std::vector<Diagnostic>& errors) {
  const bool named = !smtp.username.peek().empty();
  if (named != !smtp.password.peek().empty()) {
    const std::string present = named ? "smtp.username" : "smtp.password";
    const std::string missing = named ? "smtp.password" : "smtp.username";
    errors.push_back(options.at(present, present + " without " + missing, "set both or none"));
  }
  if (!smtp.password.peek().empty() && smtp.tls.peek() == OutgoingTls::none)
    errors.push_back(
        options.at("smtp.tls", "smtp.tls is none, so the password would go out in the clear", "write required"));
}

void check(const DeliveryConfig& delivery, const OptionSet& options, std::vector<Diagnostic>& errors) {
  option::check_order(delivery.retry_first, delivery.retry_most, "delivery", options, errors);
}

}  // namespace orgo
