#pragma once
#include <string>

#include "core/intake/raw_message.h"

namespace orgo {

/// What the event `message.repeated` tells of a message that came once more: by which door, for whom, from where. JSON.
std::string repeated_data(const Envelope& envelope);

}  // namespace orgo
