#pragma once
#include <string>

#include "core/suppression/suppression.h"

namespace orgo {

/// The next version of an entry of the suppression list, or its end. `entry.version` is the version seen + 1 (1: a new
/// one); the store compares (conflict). What is not on the list cannot end (conflict).
struct SuppressionChange {
  Suppression entry;
  bool removed = false;

  [[nodiscard]] std::string key() const { return "suppression:" + entry.address; }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

}  // namespace orgo
