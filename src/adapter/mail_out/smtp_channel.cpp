#include "adapter/mail_out/smtp_channel.h"

#include <optional>
#include <utility>

#include "adapter/mail_out/smtp_connection.h"
#include "base/planted.h"
#include "base/printable.h"

namespace orgo {
namespace {

SendResult::Kind kind_of(smtp::MailOutcome::Kind kind) {
  using From = smtp::MailOutcome::Kind;
  switch (kind) {
    case From::delivered:
      return SendResult::Kind::delivered;
    case From::temporary:
      return SendResult::Kind::temporary;
    case From::permanent:
      return SendResult::Kind::permanent;
    case From::unknown:
      return SendResult::Kind::unknown;
  }
  return SendResult::Kind::temporary;
}

SendResult::Stage stage_of(smtp::MailOutcome::Stage stage) {
  using From = smtp::MailOutcome::Stage;
  switch (stage) {
    case From::none:
      return SendResult::Stage::none;
    case From::sender:
      return SendResult::Stage::sender;
    case From::recipient:
      return SendResult::Stage::recipient;
    case From::data:
      return SendResult::Stage::data;
    case From::text:
      return SendResult::Stage::text;
  }
  return SendResult::Stage::none;
}

/// The mails of one send_each(), told of one after the other.
class Mails {
 public:
  Mails(std::span<const Outgoing> mails, const OutboundChannel::Told& told) : mails_(mails), told_(told) {}
  [[nodiscard]] bool more() const { return going_on_ && next_ < mails_.size(); }
  [[nodiscard]] const Outgoing& current() const { return mails_[next_]; }
  void tell(SendResult result) {
    last_detail_ = result.detail;
    going_on_ = told_(next_++, std::move(result));
  }
  void give_up(const std::string& cause) {
    while (more()) tell({SendResult::Kind::temporary, cause});
  }
  [[nodiscard]] const std::string& last_detail() const { return last_detail_; }

 private:
  std::span<const Outgoing> mails_;
  const OutboundChannel::Told& told_;
  std::size_t next_ = 0;
  bool going_on_ = true;
  std::string last_detail_;
};

}  // namespace

Result<std::unique_ptr<SmtpChannel>> SmtpChannel::open(SmtpChannelOptions options) {
  ORGO_TRY(tls, net::client_tls(options.ca_file));
  return std::unique_ptr<SmtpChannel>(new SmtpChannel(std::move(options), std::move(tls)));
}

SmtpChannel::SmtpChannel(SmtpChannelOptions options, net::TlsContext tls)
    : options_(std::move(options)), tls_(std::move(tls)) {}

void SmtpChannel::interrupt() {
  if (!ORGO_PLANT(stop_waits_for_the_relay)) stop_.stop();
}

void SmtpChannel::send_each(std::span<const Outgoing> batch, Deadline deadline, const Told& told) {
  Mails mails(batch, told);
  std::optional<mail_out::SmtpConnection> connection;
  int carried = 0;           // by this connection
  int idle_connections = 0;  // in a row that carried nothing to its end
  while (mails.more()) {
    if (const auto& to = mails.current().recipient; to.kind != ContactKind::mail || to.empty()) {
      mails.tell({SendResult::Kind::permanent, "'" + printable_line(to_string(to), 100) + "' is no mail address",
                  SendResult::Stage::recipient});
      continue;
    }
    if (stop_.stopped() || std::chrono::steady_clock::now() >= deadline) {
      mails.give_up(stop_.stopped() ? "not tried, Orgo stops" : "not tried, the time was up");
      break;
    }
    if (!connection || !connection->usable()) {
      idle_connections = carried > 0 ? 0 : idle_connections + 1;
      if (idle_connections > 2) {
        mails.give_up("not tried, the server ends each connection: " + mails.last_detail());
        break;
      }
      carried = 0;
      connection.emplace(options_, tls_, stop_);
      if (auto opened = connection->open(deadline); !opened) {
        // What is refused before any mail was named is about us: it holds for each, until somebody mends it.
        if (connection->refused())
          while (mails.more())
            mails.tell({SendResult::Kind::permanent, opened.error().message, SendResult::Stage::sender});
        connection.reset();
        mails.give_up(opened.error().message);
        break;
      }
    }
    auto outcome = connection->send(mails.current(), deadline);
    if (outcome.connection_fault && carried > 0 && std::chrono::steady_clock::now() < deadline) continue;
    if (!outcome.connection_fault && outcome.kind != smtp::MailOutcome::Kind::unknown) ++carried;
    mails.tell({kind_of(outcome.kind), std::move(outcome.detail), stage_of(outcome.stage)});
  }
  if (connection) connection->close();
}

}  // namespace orgo
