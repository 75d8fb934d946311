#include "adapter/mail_out/smtp_channel.h"

#include <optional>
#include <utility>

#include "adapter/mail_out/smtp_connection.h"
#include "adapter/net/without_sigpipe.h"
#include "base/printable.h"

namespace orgo {
namespace {

SendResult to_result(smtp::MailOutcome outcome) {
  using From = smtp::MailOutcome::Kind;
  using To = SendResult::Kind;
  To kind = To::temporary;
  switch (outcome.kind) {
    case From::delivered:
      kind = To::delivered;
      break;
    case From::temporary:
      kind = To::temporary;
      break;
    case From::permanent:
      kind = To::permanent;
      break;
    case From::unknown:
      kind = To::unknown;
      break;
  }
  return {kind, std::move(outcome.detail)};
}

}  // namespace

Result<std::unique_ptr<SmtpChannel>> SmtpChannel::open(SmtpChannelOptions options) {
  ORGO_TRY(tls, net::client_tls(options.ca_file));
  return std::unique_ptr<SmtpChannel>(new SmtpChannel(std::move(options), std::move(tls)));
}

SmtpChannel::SmtpChannel(SmtpChannelOptions options, net::TlsContext tls)
    : options_(std::move(options)), tls_(std::move(tls)) {}

std::vector<SendResult> SmtpChannel::send(std::span<const Outgoing> mails, Deadline deadline) {
  const net::WithoutSigpipe no_signal;
  std::vector<SendResult> results;
  results.reserve(mails.size());
  std::optional<mail_out::SmtpConnection> connection;
  int carried = 0;           // by this connection
  int idle_connections = 0;  // in a row that carried nothing to its end
  const auto give_up = [&](const std::string& cause) {
    while (results.size() < mails.size()) results.push_back({SendResult::Kind::temporary, cause});
  };
  while (results.size() < mails.size()) {
    if (const auto& to = mails[results.size()].recipient; to.kind != ContactKind::mail || to.empty()) {
      results.push_back(
          {SendResult::Kind::permanent, "'" + printable_line(to_string(to), 100) + "' is no mail address"});
      continue;
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      give_up("not tried, the time was up");
      break;
    }
    if (!connection || !connection->usable()) {
      idle_connections = carried > 0 ? 0 : idle_connections + 1;
      if (idle_connections > 2) {
        give_up("not tried, the server ends each connection: " + results.back().detail);
        break;
      }
      carried = 0;
      connection.emplace(options_, tls_);
      if (auto opened = connection->open(deadline); !opened) {
        connection.reset();
        give_up(opened.error().message);
        break;
      }
    }
    auto outcome = connection->send(mails[results.size()], deadline);
    if (outcome.connection_fault && carried > 0 && std::chrono::steady_clock::now() < deadline) continue;
    if (!outcome.connection_fault && outcome.kind != smtp::MailOutcome::Kind::unknown) ++carried;
    results.push_back(to_result(std::move(outcome)));
  }
  if (connection) connection->close();
  return results;
}

}  // namespace orgo
