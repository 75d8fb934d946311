#include "adapter/net/resolve.h"

#include <sys/socket.h>

#include <atomic>
#include <system_error>
#include <thread>

namespace orgo::net {
namespace {

/// Lives as long as whoever needs it longest: the thread, or who waits.
struct Asked {
  std::string host;
  std::string port;
  int flags = 0;
  int error = 0;
  addrinfo* found = nullptr;
  std::atomic<bool> answered = false;  ///< what is above may be read
  StopSignal done;

  ~Asked() {
    if (found != nullptr) freeaddrinfo(found);
  }
  void ask() {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | flags;
    error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
  }
};

Result<Addresses> result_of(const std::shared_ptr<Asked>& asked) {
  if (asked->error != 0) return failure(Errc::unavailable, gai_strerror(asked->error));
  return Addresses(asked, asked->found);
}

}  // namespace

Result<Addresses> resolve(const std::string& host, std::uint16_t port, const StopSignal& stop, Deadline until) {
  const auto asked = std::make_shared<Asked>();
  asked->host = host;
  asked->port = std::to_string(port);
  asked->flags = AI_NUMERICHOST;
  asked->ask();
  if (asked->error == 0) return result_of(asked);
  asked->flags = AI_ADDRCONFIG;
  try {
    std::thread([asked] {
      asked->ask();
      asked->answered.store(true, std::memory_order_release);
      asked->done.stop();
    }).detach();
  } catch (const std::system_error& error) {
    return failure(Errc::unavailable, error.what());
  }
  switch (stop.wait(asked->done.descriptor(), POLLIN, until)) {
    case StopSignal::Waited::ready:
      if (asked->answered.load(std::memory_order_acquire)) return result_of(asked);
      [[fallthrough]];
    case StopSignal::Waited::late:
      return failure(Errc::unavailable, "no answer from the name service in time");
    case StopSignal::Waited::stopped:
      break;
  }
  return failure(Errc::unavailable, "stopped");
}

}  // namespace orgo::net
