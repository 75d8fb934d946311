#include "app/http/http_options.h"

#include "app/options/checks.h"

namespace orgo {

using namespace std::chrono_literals;

void declare(OptionSet& options, HttpConfig& http) {
  options.section("http", "The HTTP interface and the page of tasks.")
      .text({"http.listen", "Address and port; `off`: no HTTP at all.", "127.0.0.1:5000"}, http.listen,
            option::check_listen)
      .text({"http.tls.certificate", "PEM file with the certificate and its chain; with one, only HTTPS is spoken.",
             "/etc/orgo/tls/cert.pem"},
            http.tls.certificate)
      .text({"http.tls.key", "PEM file with the private key.", "/etc/orgo/tls/key.pem"}, http.tls.key)
      .bytes(
          {"http.max_body",
           "Largest request body, which is that of old mail that is imported; no less than limits.message_size, which "
           "bounds new messages here, too.",
           "26 MB"},
          http.max_body, option::kKilobyte, 1024 * option::kMegabyte)
      .integer({"http.connections", "Connections at once; more are closed.", "1000"}, http.connections, 1, 100'000)
      .duration({"http.idle_time", "How long a connection may be silent.", "1 minute"}, http.idle_time, 1s, 1h)
      .text({"http.public_url", "How people reach this server; with it, mails carry links to their tasks.",
             "https://orgo.school.org"},
            http.public_url, option::check_url)
      .choice<MetricsAccess>(
          {"http.metrics",
           "Who may read /metrics: loopback opens it to everybody where HTTP listens on the loopback only, and asks "
           "for a token elsewhere.",
           "token"},
          http.metrics,
          {{"loopback", MetricsAccess::loopback}, {"open", MetricsAccess::open}, {"token", MetricsAccess::token}});
}

void check(const HttpConfig& http, std::uint64_t message_size, const OptionSet& options,
           std::vector<Diagnostic>& errors) {
  check(http.tls, "http.tls", options, errors);
  if (http.listen.peek() != "off" && http.max_body.peek() < message_size)
    errors.push_back(options.at(
        "http.max_body",
        "http.max_body is less than limits.message_size, so that the largest mails could not be posted", ""));
}

}  // namespace orgo
