#include "adapter/mail_out/smtp_channel.h"

#include <openssl/ssl.h>

#include <csignal>
#include <ctime>
#include <optional>
#include <utility>

#include "adapter/mail_out/smtp_connection.h"

namespace orgo {
namespace {

SendResult to_result(smtp::MailOutcome outcome) {
  using From = smtp::MailOutcome::Kind;
  using To = SendResult::Kind;
  To kind = To::temporary;
  switch (outcome.kind) {
    case From::delivered: kind = To::delivered; break;
    case From::temporary: kind = To::temporary; break;
    case From::permanent: kind = To::permanent; break;
    case From::unknown: kind = To::unknown; break;
  }
  return {kind, std::move(outcome.detail)};
}

/// OpenSSL writes with write(), which raises SIGPIPE when the peer is gone; whoever calls us must not die of that.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutSigpipe() {
    if (!was_pending_) {
      const timespec now{};
      while (sigtimedwait(&pipe_, nullptr, &now) == SIGPIPE) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

}  // namespace

Result<std::unique_ptr<SmtpChannel>> SmtpChannel::open(SmtpChannelOptions options) {
  namespace ssl = boost::asio::ssl;
  net::TlsContext tls = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX* native = tls->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_mode(native, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const int loaded = options.ca_file.empty()
                         ? SSL_CTX_set_default_verify_paths(native)
                         : SSL_CTX_load_verify_locations(native, options.ca_file.c_str(), nullptr);
  if (loaded != 1) {
    return failure(Errc::invalid_input, "certificate authorities in " + options.ca_file + ": " + net::last_tls_error());
  }
  return std::unique_ptr<SmtpChannel>(new SmtpChannel(std::move(options), std::move(tls)));
}

SmtpChannel::SmtpChannel(SmtpChannelOptions options, net::TlsContext tls)
    : options_(std::move(options)), tls_(std::move(tls)) {}

std::vector<SendResult> SmtpChannel::send(std::span<const OutgoingMail> mails, Deadline deadline) {
  const WithoutSigpipe no_signal;
  std::vector<SendResult> results;
  results.reserve(mails.size());
  std::optional<mail_out::SmtpConnection> connection;
  int carried = 0;              // by this connection
  int idle_connections = 0;     // in a row that carried nothing to its end
  const auto give_up = [&](const std::string& cause) {
    while (results.size() < mails.size()) results.push_back({SendResult::Kind::temporary, cause});
  };
  while (results.size() < mails.size()) {
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
