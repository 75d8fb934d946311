#include "service/gateway/core/token_secret.h"

namespace orgo::gateway {

std::string new_token_secret() {
  return "orgo_" + random_hex(32);
}
Sha256 token_hash(std::string_view secret) {
  return sha256(secret);
}

}  // namespace orgo::gateway
