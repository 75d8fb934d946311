#pragma once
#include <cstdint>
#include <string>

#include "base/result.h"

namespace orgo {

/// Could a server listen there now? unavailable says why not: taken, not ours (a port below 1024), no such address.
/// Port 0 is always free.
Status port_is_free(const std::string& host, std::uint16_t port);

}  // namespace orgo
