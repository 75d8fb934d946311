#include "app/suppression/suppression_options.h"

namespace orgo {

using namespace std::chrono_literals;

void declare(OptionSet& options, SuppressionConfig& suppression) {
  options
      .section("suppression",
               "Addresses that mails of ours did not reach are not written to any more (`orgo suppression`).")
      .boolean({"suppression.enabled", "Put addresses on the list by what delivery reports say.", "true"},
               suppression.enabled)
      .integer({"suppression.failures",
                "So many failures for a passing reason (mailbox full, no connection) within the window put an address "
                "on the list; 0: none ever do. A dead mailbox is on it at once.",
                "3"},
               suppression.failures, 0, 1'000)
      .duration({"suppression.window", "Within which these failures count.", "7 days"}, suppression.window, 1min, 8760h)
      .duration({"suppression.temporary_time", "How long such an address stays on the list; 0: until it is removed.",
                 "7 days"},
                suppression.temporary_time, 0s, 87'600h)
      .duration({"suppression.permanent_time", "How long a dead mailbox stays on it; 0: until it is removed.", "0 s"},
                suppression.permanent_time, 0s, 87'600h);
}

SuppressionPolicy suppression_policy(const SuppressionConfig& options) {
  SuppressionPolicy policy;
  policy.enabled = *options.enabled;
  policy.temporary_failures = static_cast<int>(*options.failures);
  policy.window = *options.window;
  policy.permanent_time = *options.permanent_time;
  policy.temporary_time = *options.temporary_time;
  return policy;
}

}  // namespace orgo
