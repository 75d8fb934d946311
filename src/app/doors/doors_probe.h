#pragma once
#include "base/metrics.h"

namespace orgo {

/// What is asked for when somebody looks at /metrics.
struct MailDoorsProbe {
  metrics::Gauge connections{"orgo_mail_connections", "Open connections of the mail doors.", {"door"}};
};

}  // namespace orgo
