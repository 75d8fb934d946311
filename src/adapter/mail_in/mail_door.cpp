#include "adapter/mail_in/mail_door.h"

#include <sys/socket.h>

#include <utility>

#include "adapter/mail_in/mail_loop.h"
#include "adapter/net/listener.h"

namespace orgo {

struct MailDoor::State {
  State(MailDoorOptions options, MailSink& sink, Clock& clock, net::TlsContext tls, int descriptor)
      : shared(std::move(options), sink, clock, std::move(tls), descriptor) {}
  mail_in::DoorShared shared;
  std::vector<std::unique_ptr<mail_in::MailLoop>> loops;
  bool stopped = false;
};

Result<std::unique_ptr<MailDoor>> MailDoor::open(MailDoorOptions options, MailSink& sink, Clock& clock) {
  net::TlsContext tls;
  if (!options.tls.empty()) {
    ORGO_TRY(context, net::server_tls(options.tls));
    tls = std::move(context);
  }
  if (tls == nullptr && (options.implicit_tls || options.session.requires_tls)) {
    return failure(Errc::invalid_input, "a mail door with TLS needs a certificate and its key");
  }
  ORGO_TRY(descriptor, net::listen_on(options.host, options.port));
  auto state = std::make_unique<State>(std::move(options), sink, clock, std::move(tls), descriptor);
  state->shared.port = net::port_of(descriptor);
  for (int i = 0; i < state->shared.options.threads; ++i) {
    state->loops.push_back(std::make_unique<mail_in::MailLoop>(state->shared));
  }
  for (auto& loop : state->loops) loop->start();
  return std::unique_ptr<MailDoor>(new MailDoor(std::move(state)));
}

MailDoor::MailDoor(std::unique_ptr<State> state) : state_(std::move(state)) {}
MailDoor::~MailDoor() {
  stop();
}

std::uint16_t MailDoor::port() const {
  return state_->shared.port;
}
int MailDoor::connections() const {
  return state_->shared.connections;
}

void MailDoor::stop(Millis grace) {
  if (std::exchange(state_->stopped, true)) return;
  state_->shared.stop_by = (std::chrono::steady_clock::now() + grace).time_since_epoch().count();
  state_->shared.stopping.store(true, std::memory_order_release);
  for (auto& loop : state_->loops) loop->wake();
  for (auto& loop : state_->loops) loop->join();
  // Peers that are still in the queue of the listener would wait for a greeting that never comes.
  ::shutdown(state_->shared.listener, SHUT_RDWR);
}

}  // namespace orgo
