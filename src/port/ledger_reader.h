#pragma once
#include <vector>

#include "base/result.h"
#include "core/ledger/ledger.h"

namespace orgo {

/// Counts the ledger from the tables themselves, in one consistent snapshot. A line for each tenant and channel.
class LedgerReader {
 public:
  virtual ~LedgerReader() = default;
  virtual Result<std::vector<LedgerLine>> count_ledger() = 0;
};

}  // namespace orgo
