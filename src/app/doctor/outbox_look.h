#pragma once
#include <optional>

#include "app/doctor/look.h"
#include "port/workload_reader.h"

namespace orgo {

/// What waits to go out, for how long, and why as far as one can see. `relay`: smtp.host is set; `served`: a server
/// runs that sends.
Look look_at_outbox(const Workload& load, const std::optional<WaitingSend>& oldest, bool relay, bool served,
                    TimePoint now);

}  // namespace orgo
