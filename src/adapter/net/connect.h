#pragma once
#include <cstdint>
#include <string>

#include "adapter/net/socket.h"
#include "adapter/net/stop_signal.h"
#include "adapter/net/tls.h"
#include "base/result.h"
#include "base/time.h"

namespace orgo::net {

/// A connection to `host`, by the first of its addresses that answers in its part of the time. unavailable: none does,
/// or stop(); the sentence says why the last one did not.
Result<Socket> connect_to(const std::string& host, std::uint16_t port, const StopSignal& stop, Deadline until);

/// TLS over it, with the certificate verified against `host`. unavailable: the peer speaks none, is slow, or is
/// somebody else.
Status begin_tls(Socket& socket, const TlsContext& context, const std::string& host, const StopSignal& stop,
                 Deadline until);

}  // namespace orgo::net
