#pragma once
#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace orgo {

/// Could a server listen there now? unavailable says why not: taken, not ours (a port below 1024), no such address.
/// Port 0 is always free.
Status port_is_free(const std::string& host, std::uint16_t port);

/// Does a server answer there? Connects within `time` and closes. invalid_input: the name is not known to DNS;
/// unavailable: nobody answers, and why; deadline_exceeded. What it resolved to goes to `address`: "192.0.2.7".
Status port_answers(const std::string& host, std::uint16_t port, Millis time, std::string& address);

}  // namespace orgo
