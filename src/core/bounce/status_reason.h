#pragma once
#include <string_view>

#include "core/bounce/bounce_reason.h"

namespace orgo {

/// The reason that an enhanced status code (RFC 3463, and the registry of RFC 5248) stands for when no words say more;
/// undefined for codes that say too little ("5.0.0", "5.7.0").
BounceReason reason_of_status(std::string_view status);

/// Codes that are precise and that systems write with care: 5.1.2, 5.1.6, 5.1.8, 5.2.2, 5.2.3, 5.3.4, 5.7.13, 5.7.25
/// to 5.7.27.
bool is_telling_status(std::string_view status);

/// "5.1.1": a class of 2, 4 or 5, two numbers of up to three digits.
bool is_status_code(std::string_view text);

}  // namespace orgo
