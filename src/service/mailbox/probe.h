#pragma once
#include "base/metrics.h"

namespace orgo {

/// What mailboxes count, each under its configured name.
struct MailboxProbe {
  metrics::Counter taken{"orgo_mailbox_taken_total", "Mails that were fetched and stored.", {"mailbox"}};
  metrics::Counter duplicates{
      "orgo_mailbox_duplicates_total", "Mails that were fetched and had been stored before.", {"mailbox"}};
  metrics::Counter refused{"orgo_mailbox_refused_total", "Mails that were too large to fetch.", {"mailbox"}};
  metrics::Counter failures{"orgo_mailbox_failures_total", "Looks that failed.", {"mailbox"}};
  metrics::Gauge up{"orgo_mailbox_up",
                    "1 when the last look went well, 0 when it failed, NaN when the mailbox was taken away.",
                    {"mailbox"}};
  metrics::Gauge last_success{
      "orgo_mailbox_last_success_timestamp_seconds", "When a look last went well; 0: never.", {"mailbox"}};
};

}  // namespace orgo
