#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "core/processing/context.h"

namespace orgo::sql {

/// One mail whose context is read, step by step beside the others of its batch: what a step asks for leans on what the
/// steps before it have found, and one step asks for all mails at once.
struct ContextReading {
  const ContextQuery& query;
  ContextFacts facts{};
  std::optional<Error> error{};  ///< it has no part in further steps
};
using ContextReadings = std::vector<ContextReading>;

/// `one` gets each that goes on, and its place; its error is that one's.
template <typename One>
void each_reading(ContextReadings& readings, const One& one) {
  for (std::size_t i = 0; i < readings.size(); ++i) {
    if (readings[i].error) continue;
    Status status = one(i, readings[i]);
    if (!status) readings[i].error = std::move(status).error();
  }
}

}  // namespace orgo::sql
