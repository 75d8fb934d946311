#pragma once
#include <netdb.h>

#include <cstdint>
#include <memory>
#include <string>

#include "adapter/net/stop_signal.h"
#include "base/result.h"

namespace orgo::net {

using Addresses = std::shared_ptr<addrinfo>;

/// The addresses of `host`. The system's resolver can't be interrupted, so it works in a thread that nobody waits for
/// longer than until `until` or stop(). unavailable, deadline_exceeded.
Result<Addresses> resolve(const std::string& host, std::uint16_t port, const StopSignal& stop, Deadline until);

}  // namespace orgo::net
