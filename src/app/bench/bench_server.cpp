#include "app/bench/bench_server.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "adapter/data_folder/write_file.h"
#include "app/api.h"
#include "app/bench/sample_mail.h"
#include "app/storage/store_place.h"

namespace orgo {
namespace {

constexpr int kRules = 100;
constexpr int kPage = 1'000;
constexpr const char* kNeighbourName = "neighbour";

std::string config_text(const std::string& folder) {
  return "organization: {name: Bench, domain: bench.example, addresses: [office@bench.example]}\n"
         "log: {level: warn}\nrules: {files: ['" +
         folder + "/rules.yaml']}\n";
}

Result<BenchOutcome> outcome_of(SqlStores& stores, TenantId tenant) {
  BenchOutcome outcome;
  std::map<MessageId, TimePoint> accepted;
  TimePoint first{}, last{};
  for (MessageListRequest request{.tenant = tenant, .before = {}, .limit = kPage, .task = {}};;) {
    ORGO_TRY(page, stores.messages.list(request));
    for (const auto& one : page) accepted.emplace(one.message.id, one.message.envelope.received_at);
    if (static_cast<int>(page.size()) < kPage) break;
    request.before = page.back().message.id;
  }
  for (const auto& [id, at] : accepted) first = first == TimePoint{} ? at : std::min(first, at);
  for (std::int64_t after = 0;;) {
    ORGO_TRY(page, stores.tasks.events_after(tenant, after, kPage));
    if (page.empty()) break;
    after = page.back().sequence;
    for (const auto& [sequence, event] : page) {
      outcome.tasks += event.kind == EventKind::task_opened ? 1 : 0;
      const auto known = accepted.find(event.message);
      if (event.kind != EventKind::message_decided || known == accepted.end()) continue;
      last = std::max(last, event.at);
      outcome.decided_ms.push_back(static_cast<float>((event.at - known->second).count()));
    }
  }
  outcome.decided_seconds = static_cast<double>((last - first).count()) / 1'000;
  ORGO_TRY(ledger, stores.ledger.count_ledger());
  outcome.balanced = true;
  for (const auto& line : ledger) {
    if (line.tenant != tenant) continue;
    outcome.accepted += line.accepted;
    outcome.decided += line.decided;
    outcome.balanced = outcome.balanced && imbalances(line).empty();
  }
  return outcome;
}

}  // namespace

Result<std::unique_ptr<BenchServer>> BenchServer::start(const std::string& folder, const BenchDatabase& database) {
  const auto config = folder + "/config.yaml";
  ORGO_CHECK(write_file(config, config_text(folder)));
  ORGO_CHECK(write_file(folder + "/rules.yaml", sample_rules(kRules)));
  ConfigSources sources{.path = config};
  for (const auto& [option, value] : std::map<std::string, std::string>{{"data.dir", folder + "/data"},
                                                                        {"database.url", database.url},
                                                                        {"database.password", database.password},
                                                                        {"http.listen", "127.0.0.1:0"},
                                                                        {"lmtp.listen", "127.0.0.1:0"},
                                                                        {"smtp_in.listen", "off"}})
    if (!value.empty()) sources.overrides.push_back({option, value, "orgo bench"});
  auto loaded = load_config(sources);
  if (!loaded.errors.empty()) return failure(Errc::invalid_input, to_string(loaded.errors, loaded.sources));
  std::unique_ptr<BenchServer> bench(new BenchServer(std::move(loaded.config), folder));
  ORGO_TRY(roles, Roles::parse(""));
  ORGO_TRY(server, Server::start(bench->config_, roles));
  bench->server_ = std::move(server);
  ORGO_TRY(stores, SqlStores::open(to_read(store_place(bench->config_))));
  bench->stores_ = std::move(stores);
  return bench;
}

Status BenchServer::add_neighbour() {
  CommonOptions common;
  common.config = folder_ + "/config.yaml";
  common.data = *config_.data.dir;
  ORGO_TRY(api, Api::open(common, Api::Purpose::change));
  ORGO_TRY(added,
           api->ask("POST", "/api/v1/tenants",
                    std::string(R"({"name": ")") + kNeighbourName + R"(", "recipients": ["neighbour.example"]})"));
  (void)added;
  return write_file(*config_.data.dir + "/tenants/" + kNeighbourName + "/rules.yaml", sample_rules(kRules));
}

int BenchServer::lmtp_port() const {
  const auto address = server_->lmtp_address();
  int port = 0;
  const auto at = address.rfind(':') + 1;
  std::from_chars(address.data() + at, address.data() + address.size(), port);
  return port;
}

Result<std::int64_t> BenchServer::waiting() {
  return stores_->work.depth(WorkKind::process);
}

Result<std::vector<BenchOutcome>> BenchServer::finish() {
  server_->stop();
  std::vector<BenchOutcome> outcomes;
  ORGO_TRY(tenants, stores_->tenants.list_tenants(TenantId{0}, 2));
  for (const auto& tenant : tenants) {
    ORGO_TRY(outcome, outcome_of(*stores_, tenant.id));
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

}  // namespace orgo
