#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "adapter/broker/hints_broker.h"

namespace orgo {

inline constexpr std::string_view kNoBroker = "embedded";

/// What is wrong with an address of a broker, with how to mend it; empty: nothing. kNoBroker is none.
std::string check_broker_url(std::string_view url);

/// The broker that an address names; nullptr: kNoBroker. It connects when it is first used. `installation` tells the
/// nodes of one Orgo from those of another one at the same broker. invalid_input: as check_broker_url().
Result<std::unique_ptr<HintsBroker>> open_broker(const std::string& url, const std::string& password,
                                                 const std::string& installation);

}  // namespace orgo
