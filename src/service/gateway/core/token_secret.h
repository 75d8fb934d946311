#pragma once
#include <string>
#include <string_view>

#include "base/hash.h"

namespace orgo::gateway {

/// The secret of a new token: "orgo_" and 256 random bits. Shown once, kept only as its hash.
std::string new_token_secret();
Sha256 token_hash(std::string_view secret);

}  // namespace orgo::gateway
