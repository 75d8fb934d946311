#include "adapter/mail_out/smtp_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "adapter/net/resolve.h"

#include "core/contact/mail_address.h"

namespace orgo::mail_out {
namespace {

using Want = smtp::ClientSession::Want;

Deadline earlier(Deadline deadline, Millis time) {
  return std::min(deadline, within(time));
}

}  // namespace

SmtpConnection::SmtpConnection(const SmtpChannelOptions& options, const net::TlsContext& tls,
                               const net::StopSignal& stop)
    : options_(options), tls_(tls), stop_(stop), session_(options.session, options.implicit_tls) {}

std::string SmtpConnection::where() const {
  return "SMTP to " + options_.host + ":" + std::to_string(options_.port);
}

SmtpConnection::Waited SmtpConnection::wait(net::Io what, Deadline deadline) {
  switch (stop_.wait(socket_.descriptor(), what == net::Io::want_write ? POLLOUT : POLLIN, deadline)) {
    case net::StopSignal::Waited::ready:
      return Waited::ready;
    case net::StopSignal::Waited::stopped:
      lost_ = "Orgo stops";
      return Waited::late;
    case net::StopSignal::Waited::late:
      break;
  }
  lost_ = "no answer in time";
  return Waited::late;
}

Status SmtpConnection::connect(Deadline deadline) {
  const auto addresses = net::resolve(options_.host, options_.port, stop_, earlier(deadline, options_.connect_time));
  if (!addresses) return failure(Errc::unavailable, where() + ": " + addresses.error().message);
  std::string cause = "no address";
  for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
    const int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
      cause = std::strerror(errno);
      continue;
    }
    socket_ = net::Socket(descriptor);
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    int error = ::connect(descriptor, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
      if (wait(net::Io::want_write, earlier(deadline, options_.connect_time)) != Waited::ready) {
        cause = "no connection: " + lost_;
        continue;
      }
      socklen_t size = sizeof error;
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error == 0) return {};
    cause = std::strerror(error);
  }
  socket_.close();
  return failure(Errc::unavailable, where() + ": " + cause);
}

Status SmtpConnection::start_tls(Deadline deadline) {
  const bool verify =
      options_.verify_certificate && (options_.implicit_tls || options_.session.tls == smtp::TlsPolicy::required ||
                                      !options_.session.username.empty());
  socket_.begin_client_tls(tls_, options_.host, verify);
  const Deadline until = earlier(deadline, options_.reply_time);
  for (;;) {
    const net::Io step = socket_.handshake();
    if (step == net::Io::done) return {};
    if (step == net::Io::closed) return failure(Errc::unavailable, where() + ": " + socket_.error());
    if (wait(step, until) != Waited::ready) return failure(Errc::unavailable, where() + ": TLS handshake: " + lost_);
  }
}

SmtpConnection::Waited SmtpConnection::write_all(Deadline deadline) {
  std::string_view rest = out_;
  Waited waited = Waited::ready;
  while (!rest.empty() && waited == Waited::ready) {
    std::size_t count = 0;
    const net::Io step = socket_.write(rest, count);
    rest.remove_prefix(count);
    if (step == net::Io::closed) {
      lost_ = socket_.error();
      waited = Waited::lost;
    } else if (step != net::Io::done) {
      waited = wait(step, earlier(deadline, options_.reply_time));
    }
  }
  out_.erase(0, out_.size() - rest.size());
  return waited;
}

SmtpConnection::Waited SmtpConnection::run(Want& want, Deadline deadline) {
  std::array<char, 8192> buffer;
  while (want == Want::read || want == Want::start_tls) {
    if (std::chrono::steady_clock::now() >= deadline || stop_.stopped()) {  // one that always has more to say
      lost_ = stop_.stopped() ? "Orgo stops" : "no answer in time";
      return Waited::late;
    }
    if (want == Want::start_tls) {
      if (auto started = start_tls(deadline); !started) {
        lost_ = started.error().message;
        return Waited::lost;
      }
      want = session_.on_tls_started(out_);
      continue;
    }
    if (const Waited waited = write_all(deadline); waited != Waited::ready) {
      // It may have answered before it closed ("421 too many"): that says more than "connection reset".
      std::size_t count = 0;
      if (socket_.read(buffer.data(), buffer.size(), count) == net::Io::done) {
        std::string ignored;
        want = session_.consume({buffer.data(), count}, ignored);
        if (want != Want::read && want != Want::start_tls) return Waited::ready;
      }
      return waited;
    }
    // Counted from here for each reply; a server that sends bit by bit is bounded by the caller's deadline.
    const Deadline until =
        earlier(deadline, session_.awaits_acceptance() ? options_.acceptance_time : options_.reply_time);
    std::size_t count = 0;
    net::Io step = net::Io::want_read;
    while ((step = socket_.read(buffer.data(), buffer.size(), count)) != net::Io::done) {
      if (step == net::Io::closed) {
        lost_ = socket_.error();
        return Waited::lost;
      }
      if (const Waited waited = wait(step, until); waited != Waited::ready) return waited;
    }
    want = session_.consume({buffer.data(), count}, out_);
  }
  return Waited::ready;
}

Status SmtpConnection::open(Deadline deadline) {
  ORGO_CHECK(connect(deadline));
  if (options_.implicit_tls) ORGO_CHECK(start_tls(deadline));
  Want want = Want::read;
  if (run(want, deadline) != Waited::ready) {
    socket_.close();
    const bool told = lost_.starts_with("SMTP to ");
    return failure(Errc::unavailable, told ? lost_ : where() + ": " + lost_);
  }
  if (want != Want::idle) {
    socket_.close();
    return failure(Errc::unavailable, where() + ": " + session_.failure());
  }
  return {};
}

smtp::MailOutcome SmtpConnection::send(const Outgoing& mail, Deadline deadline) {
  // Domains in ASCII: most servers take no others, and DNS knows none.
  const auto sender = address_on_wire(mail.sender.address), recipient = address_on_wire(mail.recipient.address);
  Want want = session_.send({sender, recipient, mail.body}, out_);
  if (run(want, deadline) == Waited::ready) {
    auto outcome = session_.take_outcome();
    if (!session_.usable()) socket_.close();
    return outcome;
  }
  const auto outcome = session_.on_lost(where() + ": " + lost_, out_.empty());
  socket_.close();
  return outcome;
}

void SmtpConnection::close() {
  if (!usable()) return;
  session_.quit(out_);
  Want want = Want::read;
  (void)run(want, within(Millis{1000}));
  socket_.end_sending();
  socket_.close();
}

}  // namespace orgo::mail_out
