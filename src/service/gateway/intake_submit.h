#pragma once
#include "service/gateway/route.h"
#include "service/intake/intake_service.h"

namespace orgo::gateway {

/// Submits through the batches of intake and waits for the commit: what Services::submit usually is. After the deadline
/// the outcome is unknown (deadline_exceeded); sending the same message again is harmless. `intake` outlives it.
Submit submit_through(IntakeService& intake);

}  // namespace orgo::gateway
