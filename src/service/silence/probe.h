#pragma once
#include "base/metrics.h"

namespace orgo {

/// What the silence alarm counts. Sources are mailboxes by their configured names, and channels.
struct SilenceProbe {
  metrics::Counter alarms{"orgo_silence_alarms_total", "Silences that the learned rhythm did not explain.", {"source"}};
  metrics::Gauge open{"orgo_silence_open", "1 while an alarm is open.", {"source"}};
  metrics::Gauge expected{"orgo_silence_expected_mails", "Mails that should have come since the last one.", {"source"}};
};

}  // namespace orgo
