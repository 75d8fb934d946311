#pragma once
#include "base/metrics.h"

namespace orgo {

/// What the watch over the ledger finds.
struct LedgerProbe {
  metrics::Gauge stateless{"orgo_ledger_stateless", "Messages in no state, as of the last look at all; must be 0."};
  metrics::Gauge lost{"orgo_ledger_lost", "Messages whose bytes are not there, as of the last look at all; must be 0."};
  metrics::Gauge missing{"orgo_ledger_missing",
                         "Messages that were accepted and are gone from the database, as of the last look at all; must "
                         "be 0."};
};

}  // namespace orgo
