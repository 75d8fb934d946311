#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "adapter/broker/probe.h"
#include "adapter/http/probe.h"
#include "adapter/mail_in/mail_loop.h"
#include "app/doors/doors_probe.h"
#include "app/policies/policies_probe.h"
#include "app/storage/storage_probe.h"
#include "app/storage/workload_probe.h"
#include "base/metrics.h"
#include "service/delivery/probe.h"
#include "service/escalation/probe.h"
#include "service/feeds/probe.h"
#include "service/gateway/core/probe.h"
#include "service/mailbox/probe.h"
#include "service/node/probe.h"
#include "service/processing/probe.h"
#include "service/search/probe.h"
#include "service/silence/probe.h"
#include "service/work/probe.h"
#include "tests/support/source_dir.h"

namespace orgo {
namespace {

/// Every probe of the program, one by one: a metric that is not here is not in docs/metrics.md, and the test of the
/// served program (tests/e2e/http_test.py) then finds it undocumented.
TEST(MetricsPage, IsWhatTheProbesDeclare) {
  const HttpServerProbe http;
  const mail_in::DoorProbe doors;
  const StorageProbe storage;
  const WorkloadProbe workload;
  const PoliciesProbe rules;
  const MailDoorsProbe mail_doors;
  const DeliveryProbe delivery;
  const RestoredProbe restored;
  const EscalationProbe escalation;
  const FeedProbe feeds;
  const gateway::GatewayProbe api;
  const MailboxProbe mailbox;
  const ProcessingProbe processing;
  const SearchProbe search;
  const SilenceProbe silence;
  (void)HintsProbe::instance();
  const LedgerProbe ledger;
  (void)NodeProbe::instance();
  (void)metrics::exposition();  // declares process_*
  const auto page = metrics::markdown(metrics::definitions());
  const std::string path = source_dir() + "/docs/metrics.md";
  if (std::getenv("ORGO_UPDATE") != nullptr) std::ofstream(path, std::ios::binary) << page;
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_EQ(text.str(), page) << "docs/metrics.md is not what the code declares; ORGO_UPDATE=1 writes it again";
}

}  // namespace
}  // namespace orgo
