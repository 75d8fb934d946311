#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <optional>
#include <thread>

#include "adapter/mail_load/lmtp_load.h"
#include "app/backup/progress_line.h"
#include "app/bench/bench_server.h"
#include "app/bench/pace.h"
#include "app/bench/sample_mail.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/settings.h"
#include "app/table.h"
#include "base/json_writer.h"
#include "base/log.h"

namespace orgo {
namespace {

constexpr int kCountAtMax = 20'000;
constexpr Millis kTimeAtARate{60'000};
constexpr Millis kLookAtWaiting{100};
constexpr Millis kStuck{60'000};              ///< nothing was decided for so long
constexpr std::size_t kNeighbours = 1 << 30;  ///< numbers of the neighbour's mails begin here

struct Plan {
  double per_second = 0;
  int count = 0;
};

Result<Plan> plan_of(const BenchMailsOptions& options) {
  Plan plan;
  ORGO_TRY(rate, parse_pace(options.rate));
  plan.per_second = rate;
  plan.count = options.count;
  if (!options.time.empty() && (rate == 0 || plan.count > 0))
    return failure(Errc::invalid_input, "--for is for a rate, as in `--rate 10000/h --for 5m`, and without --count");
  if (plan.count > 0) return plan;
  auto time = kTimeAtARate;
  if (!options.time.empty()) {
    ORGO_TRY(named, parse_duration(options.time));
    time = named;
  }
  plan.count = rate == 0 ? kCountAtMax : static_cast<int>(rate * static_cast<double>(time.count()) / 1'000);
  if (plan.count < 1) return failure(Errc::invalid_input, "not one mail comes within that time at that rate");
  return plan;
}

struct Report {
  Plan plan;
  LmtpLoadResult load;
  BenchOutcome outcome;
  double cpu_us = 0;  ///< of this process, for each mail that was taken
  std::optional<LmtpLoadResult> neighbour_load;
  std::optional<BenchOutcome> neighbour;

  [[nodiscard]] bool is_good() const {
    const auto whole = [](const LmtpLoadResult& sent, const BenchOutcome& there) {
      return sent.failed == 0 && there.balanced && there.accepted == sent.taken && there.decided == sent.taken;
    };
    return whole(load, outcome) && (!neighbour || whole(*neighbour_load, *neighbour));
  }
};

/// Until nothing waits any more. unavailable: nothing went on for a minute.
Status wait_until_decided(BenchServer& server, ProgressLine& line, int taken) {
  std::mutex mutex;
  std::condition_variable never;
  auto fewest = static_cast<std::int64_t>(taken) + 1;
  for (auto until = within(kStuck); std::chrono::steady_clock::now() < until;) {
    ORGO_TRY(waiting, server.waiting());
    if (waiting == 0) return {};
    if (waiting < fewest) until = within(kStuck);
    fewest = std::min(fewest, waiting);
    line.show("deciding", std::max<std::int64_t>(taken - waiting, 0), taken, " mails");
    std::unique_lock lock(mutex);
    never.wait_for(lock, kLookAtWaiting);
  }
  return failure(Errc::unavailable, std::to_string(fewest) + " messages wait, and nothing was decided for a minute");
}

Result<Report> run(const BenchMailsOptions& options, const Plan& plan, BenchServer& server) {
  Report report{.plan = plan};
  ProgressLine line;
  std::mutex shown;
  const auto size = static_cast<std::size_t>(options.size);
  const LmtpLoad load{
      .port = server.lmtp_port(),
      .recipient = BenchServer::kRecipient,
      .connections = std::min(options.connections, plan.count),
      .count = plan.count,
      .per_second = plan.per_second,
      .mail = [size](int n) { return sample_mail(static_cast<std::size_t>(n), BenchServer::kRecipient, size); },
      .go_on =
          [&](int taken) {
            const std::lock_guard lock(shown);
            line.show("sending", taken, plan.count, " mails");
            return true;
          }};
  std::atomic<bool> ends{false};
  std::optional<Result<LmtpLoadResult>> beside;
  std::thread neighbour;
  if (options.neighbour) {
    ORGO_CHECK(server.add_neighbour());
    neighbour = std::thread([&] {
      const LmtpLoad calm{.port = server.lmtp_port(),
                          .recipient = BenchServer::kNeighbour,
                          .connections = 2,
                          .count = 1'000'000,
                          .per_second = 1,
                          .mail =
                              [size](int n) {
                                return sample_mail(kNeighbours + static_cast<std::size_t>(n), BenchServer::kNeighbour,
                                                   size);
                              },
                          .go_on = [&](int) { return !ends; }};
      beside = run_lmtp_load(calm);
    });
  }
  const auto cpu = cpu_seconds();
  auto sent = run_lmtp_load(load);
  auto decided = sent ? wait_until_decided(server, line, sent->taken) : Status{};
  ends = true;
  if (neighbour.joinable()) neighbour.join();
  if (!sent) return tl::unexpected(sent.error());
  report.load = *std::move(sent);
  report.cpu_us = (cpu_seconds() - cpu) * 1e6 / std::max(report.load.taken, 1);
  ORGO_CHECK(decided);
  if (beside) {
    if (!*beside) return tl::unexpected(beside->error());
    report.neighbour_load = **std::move(beside);
    ORGO_CHECK(wait_until_decided(server, line, report.neighbour_load->taken));
  }
  line.end();
  ORGO_TRY(outcomes, server.finish());
  report.outcome = std::move(outcomes.front());
  if (options.neighbour) report.neighbour = std::move(outcomes.back());
  return report;
}

void write_waits(JsonWriter& json, std::string_view name, const std::vector<float>& waits) {
  const auto p = percentiles(waits);
  json.key(name).begin_object();
  const auto add = [&](std::string_view which, double value) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.1f", value);
    json.key(which).raw(text);
  };
  add("p50", p.p50);
  add("p95", p.p95);
  add("p99", p.p99);
  add("max", p.most);
  json.end_object();
}

std::int64_t per_second(std::int64_t count, double seconds) {
  return seconds > 0 ? static_cast<std::int64_t>(static_cast<double>(count) / seconds) : 0;
}

void write_part(JsonWriter& json, const LmtpLoadResult& load, const BenchOutcome& outcome) {
  json.field("taken", load.taken).field("failed", load.failed);
  json.key("errors").begin_object();
  for (const auto& [what, count] : load.errors) json.field(what, count);
  json.end_object();
  write_waits(json, "taken_ms", load.waits_ms);
  write_waits(json, "decided_ms", outcome.decided_ms);
  json.field("accepted", outcome.accepted).field("decided", outcome.decided).field("tasks", outcome.tasks);
  json.field("balanced", outcome.balanced);
}

void tell_json(const BenchMailsOptions& options, const Report& report) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("database", options.database.empty() ? "embedded" : "server").field("rate", options.rate);
  json.field("mails", report.plan.count).field("mail_bytes", options.size).field("connections", options.connections);
  json.field("taken_per_second", per_second(report.load.taken, report.load.seconds));
  json.field("decided_per_second", per_second(report.outcome.decided, report.outcome.decided_seconds));
  json.field("cpu_us_each", static_cast<std::int64_t>(report.cpu_us));
  write_part(json, report.load, report.outcome);
  if (report.neighbour) {
    json.key("neighbour").begin_object();
    write_part(json, *report.neighbour_load, *report.neighbour);
    json.end_object();
  }
  json.field("good", report.is_good()).end_object();
  std::cout << out << '\n';
}

void tell(const Report& report) {
  Table table({"MAILS", "HALF WITHIN", "95% WITHIN", "99% WITHIN", "LONGEST"});
  const auto add = [&](std::string what, const std::vector<float>& waits) {
    const auto ms = [](double value) { return std::to_string(static_cast<std::int64_t>(value + 0.5)) + " ms"; };
    const auto p = percentiles(waits);
    table.add({std::move(what), ms(p.p50), ms(p.p95), ms(p.p99), ms(p.most)});
  };
  add("taken (250)", report.load.waits_ms);
  add("decided, from then on", report.outcome.decided_ms);
  if (report.neighbour) {
    add("another tenant's, taken", report.neighbour_load->waits_ms);
    add("another tenant's, decided", report.neighbour->decided_ms);
  }
  std::cout << report.load.taken << " mails taken, " << per_second(report.load.taken, report.load.seconds)
            << " a second; " << report.outcome.decided << " decided, "
            << per_second(report.outcome.decided, report.outcome.decided_seconds) << " a second; "
            << report.outcome.tasks << " tasks; " << static_cast<std::int64_t>(report.cpu_us)
            << " us of CPU for each, with the load itself\n"
            << table.text();
  for (const auto* load : {&report.load, report.neighbour_load ? &*report.neighbour_load : nullptr})
    if (load != nullptr)
      for (const auto& [what, count] : load->errors) std::cout << count << " failed: " << what << "\n";
  std::cout << (report.is_good() ? "the ledger balances: each that was taken was decided, once\n"
                                 : "NOT GOOD: a mail failed, or the ledger does not balance\n");
}

}  // namespace

int cmd_bench_mails(const BenchMailsOptions& options) {
  log::configure({.level = log::Level::error});
  const auto plan = plan_of(options);
  if (!plan) return report(plan.error());
  const auto settings = read_settings(options.common);
  if (!settings) return report(settings.error());
  const auto database = bench_database(options.database, options.password_file);
  if (!database) return report(database.error().in("--password-file"));
  const auto folder = BenchFolder::beside(settings->data);
  if (!folder) return report(folder.error());
  if (const auto empty = check_bench_database(*database, folder->path()); !empty) return report(empty.error());
  const auto server = BenchServer::start(folder->path(), *database);
  if (!server) return report(server.error());
  const auto done = run(options, *plan, **server);
  if (!done) return report(done.error());
  if (options.common.json) tell_json(options, *done);
  else tell(*done);
  return done->is_good() ? kDone : kFailed;
}

}  // namespace orgo
