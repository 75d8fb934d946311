#pragma once
#include "base/metrics.h"

namespace orgo {

/// What delivery counts.
struct DeliveryProbe {
  metrics::Counter sent{"orgo_delivery_sent_total", "Messages that a peer accepted.", {"channel"}};
  metrics::Counter deferred{"orgo_delivery_deferred_total", "Attempts that will be made again.", {"channel"}};
  metrics::Counter failed{"orgo_delivery_failed_total", "Messages given up for good.", {"channel"}};
  metrics::Counter refused{
      "orgo_delivery_refused_total", "Messages held back by the brake against loops.", {"channel"}};
  metrics::Gauge refuses_us{"orgo_delivery_refuses_us",
                            "1 while the server that mail goes out through refuses us, not a recipient.",
                            {"channel"}};
  metrics::Histogram delay{"orgo_delivery_delay_seconds", "From the decision to send to the answer of the peer."};
};

/// What a restore holds.
struct RestoredProbe {
  metrics::Gauge held{"orgo_delivery_restored",
                      "Mails and webhooks that a restore holds until a person releases or drops them."};
};

}  // namespace orgo
