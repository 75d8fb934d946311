// What the store costs by itself: accept a mail of 2 KB, then write its decision (task, three events, outbox row,
// timer), in batches; and work by itself. Prints JSON lines. Usage: store_bench [messages] [batch] [folder]
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "adapter/sql/stores.h"
#include "core/processing/message_decision.h"
#include "core/task/task_change.h"

namespace {

constexpr orgo::TenantId kTenant{1};  ///< as the first migration makes it

using namespace orgo;
using SteadyClock = std::chrono::steady_clock;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

void report(const char* what, int count, int batch, SteadyClock::time_point begin, double cpu_begin) {
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
  std::printf("{\"bench\":\"%s\",\"count\":%d,\"batch\":%d,\"per_second\":%.0f,\"cpu_us_each\":%.1f}\n", what, count,
              batch, count / seconds, (cpu_seconds() - cpu_begin) / count * 1e6);
  std::fflush(stdout);
}

void must(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "store_bench: %s failed\n", what);
  std::exit(1);
}

/// A decision as processing makes it: a task, three events with the acceptance, a mail, a timer.
Changes decision_about(std::int64_t message, TimePoint now) {
  Changes change{.tenant = kTenant};
  change.at = now;
  MessageDecision decision;
  decision.message = {message};
  decision.outcome = Outcome::task_opened;
  decision.subject = "Water leak in room 102";
  decision.from = "secretary@organization.example";
  decision.reason = "rule 'water' routed it to maintenance@organization.example";
  decision.rules_version = "0123456789abcdef";
  decision.trace = std::string(300, 't');
  decision.task = TaskRef::nth_new(0);
  change.add(decision);
  Task task{.tenant = kTenant};
  task.title = "Water leak in room 102";
  task.requester = mail_contact("secretary@organization.example");
  task.team = "maintenance@organization.example";
  task.tags = {"water"};
  task.version = 1;
  task.escalation = {{{Millis{7'200'000}, "supervisor@organization.example"}}, 0, now};
  task.origin = {message};
  task.created_at = task.updated_at = now;
  change.add(TaskChange{task});
  change.events.push_back({EventKind::task_opened,
                           TaskRef::nth_new(0),
                           {message},
                           {},
                           now,
                           "rules",
                           "{\"rule\":\"water\",\"team\":\"maintenance\"}"});
  change.events.push_back({EventKind::message_decided, TaskRef::nth_new(0), {message}, {}, now, "rules", ""});
  Send send;
  send.recipient = mail_contact("maintenance@organization.example");
  send.template_name = "task_opened";
  send.message = {message};
  send.due_at = now;
  send.subject = TaskRef::nth_new(0);
  change.sends.push_back(send);
  change.timers.push_back(deadline_set(TaskRef::nth_new(0), now + Millis{7'200'000}));
  return change;
}

/// Accepts mails of 2 KB; their work.
std::vector<WorkKey> bench_accept(SqlStores& store, int count, int batch, TimePoint now) {
  const std::string body(2000, 'x');
  const auto begin = SteadyClock::now();
  const auto cpu = cpu_seconds();
  std::vector<WorkKey> work;
  for (int at = 0; at < count; at += batch) {
    std::vector<std::string> mails;
    std::vector<RawMessage> raw;
    for (int i = at; i < std::min(count, at + batch); ++i)
      mails.push_back("Message-ID: <" + std::to_string(i) + "@bench>\r\nSubject: Water leak " + std::to_string(i) +
                      "\r\n\r\n" + body);
    for (const auto& mail : mails)
      raw.push_back({{.tenant = kTenant,
                      .sender = mail_contact("a@b.example"),
                      .recipient = mail_contact("office@school.example"),
                      .peer = "127.0.0.1",
                      .received_at = now},
                     mail});
    auto accepted = store.messages.accept(raw, within(std::chrono::seconds(60)));
    must(accepted.has_value(), "accept");
    for (const auto& one : *accepted) work.push_back({kTenant, WorkKind::process, one.message.value});
  }
  report("store_accept", count, batch, begin, cpu);
  return work;
}

void bench_decide(SqlStores& store, const std::vector<WorkKey>& work, int batch, TimePoint now) {
  const int count = static_cast<int>(work.size());
  const auto begin = SteadyClock::now();
  const auto cpu = cpu_seconds();
  for (int at = 0; at < count; at += batch) {
    const auto keys = std::vector(work.begin() + at, work.begin() + std::min(count, at + batch));
    const auto leases = store.work.claim({}, keys, now, std::chrono::seconds(300));
    must(leases && leases->size() == keys.size(), "claim");
    std::vector<Changes> changes;
    for (const auto& lease : *leases) changes.push_back(decision_about(lease.key.reference, now));
    const auto done = store.changes.commit(changes, within(std::chrono::seconds(60)));
    must(done && done->front().has_value(), "commit");
    must(store.work.complete(*leases).has_value(), "complete");
  }
  report("store_decide", count, batch, begin, cpu);
}

void bench_work(SqlStores& store, int count, int batch, TimePoint now) {
  const auto begin = SteadyClock::now();
  const auto cpu = cpu_seconds();
  for (int at = 0; at < count; at += batch) {
    std::vector<WorkKey> keys;
    for (int i = 0; i < batch; ++i) keys.push_back({kTenant, WorkKind::process, at + i + 1});
    must(store.work.add(keys, now).has_value(), "add");
  }
  for (int at = 0; at < count; at += batch) {
    const auto keys = store.work.unclaimed(WorkKind::process, now, batch);
    must(keys.has_value(), "unclaimed");
    const auto leases = store.work.claim({}, *keys, now, std::chrono::seconds(300));
    must(leases && static_cast<int>(leases->size()) == batch, "claim");
    must(store.work.complete(*leases).value_or(0) == batch, "complete");
  }
  report("queue_enqueue_lease_complete", count, batch, begin, cpu);
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 100'000;
  const int batch = argc > 2 ? std::atoi(argv[2]) : 100;
  const std::string folder =
      argc > 3 ? argv[3] : (std::filesystem::temp_directory_path() / "orgo-store-bench").string();
  std::filesystem::remove_all(folder);
  auto opened = SqlStores::open({.folder = folder});
  must(opened.has_value(), "opening");
  auto& store = **opened;
  const auto now = std::chrono::floor<Millis>(std::chrono::system_clock::now());
  bench_decide(store, bench_accept(store, count, batch, now), batch, now);
  bench_work(store, count, batch, now);
  store.engine->close();
  std::filesystem::remove_all(folder);
}
