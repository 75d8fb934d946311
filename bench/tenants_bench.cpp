// What tenants cost in memory: many that nobody writes to, and many that work. JSON, one line for each measurement.
//   tenants_bench [--idle 10000] [--active 1000] [--rules 20] [--most 1000]
#include <malloc.h>

#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "adapter/clock/system_clock.h"
#include "adapter/sql/stores.h"
#include "service/policy/policy_book.h"
#include "service/silence/silence_round.h"
#include "service/tenants/tenant_directory.h"

namespace {

using namespace orgo;

long number(int argc, char** argv, const char* name, long fallback) {
  for (int i = 1; i + 1 < argc; ++i)
    if (std::strcmp(argv[i], name) == 0) return std::atol(argv[i + 1]);
  return fallback;
}

void must(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "tenants_bench: %s\n", what.c_str());
  std::exit(1);
}

/// Resident, after what is free was given back.
long resident_kb() {
  malloc_trim(0);
  std::ifstream statm("/proc/self/statm");
  long pages = 0, resident = 0;
  statm >> pages >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/// As many rules as asked for, each with words of its own.
std::string rules_of(TenantId tenant, long count) {
  std::string text = "match: first\nrules:\n";
  for (long i = 0; i < count; ++i) {
    const auto name = std::to_string(tenant.value) + "_" + std::to_string(i);
    text += "  - {name: rule" + name + ", condition: \"subject contains 'word" + name + "' or body contains 'text" +
            name + "'\", action: {route_to: \"team" + name + "@organization.com\", tag: t" + std::to_string(i) + "}}\n";
  }
  return text;
}

class Written final : public PolicySource {
 public:
  Written(TenantId tenant, long rules) : tenant_(tenant), rules_(rules) {}
  Result<Read> read() override {
    Read read;
    read.files = {{"/rules.yaml", rules_of(tenant_, rules_)}};
    return read;
  }
  bool changed() override { return false; }
  [[nodiscard]] std::vector<std::string> feed_urls() const override { return {}; }

 private:
  TenantId tenant_;
  long rules_;
};

/// From the one number to before the other; side by side, so that they share commits.
void add_tenants(SqlStores& stores, TenantId operators, long from, long to) {
  std::vector<std::jthread> threads;
  for (long part = 0; part < 32; ++part)
    threads.emplace_back([&stores, operators, part, from, to] {
      for (long i = from + part; i < to; i += 32) {
        const auto name = "tenant-" + std::to_string(i);
        const auto update = commands::add_tenant(name, {name + ".example"}, "user:bench", SystemClock().now());
        must(update.has_value(), "a name");
        const auto added = stores.tenants.put_tenant(operators, *update);
        must(added.has_value(), added ? "" : added.error().message);
      }
    });
}

}  // namespace

int main(int argc, char** argv) {
  const auto idle = number(argc, argv, "--idle", 10'000), active = number(argc, argv, "--active", 1'000);
  const auto rules = number(argc, argv, "--rules", 20), most = number(argc, argv, "--most", 1'000);
  std::string folder = (std::filesystem::temp_directory_path() / "orgo-tenants-XXXXXX").string();
  must(mkdtemp(folder.data()) != nullptr, "no temporary folder");
  {
    auto opened = SqlStores::open({.folder = folder});
    must(opened.has_value(), "the store can't be opened");
    auto& stores = **opened;
    SystemClock clock;
    const auto operators = stores.tenants.find_tenant(kFirstTenantName)->id;
    PolicyBook book(
        [rules](TenantId tenant) -> Result<std::unique_ptr<PolicySource>> {
          return std::make_unique<Written>(tenant, rules);
        },
        stores.rules, stores.changes, clock, {.most = static_cast<std::size_t>(most)});
    TenantDirectory directory(stores.tenants, clock);
    SilenceRound silence({stores.tenants, stores.silence, stores.tasks, stores.changes}, clock,
                         [&](TenantId tenant) { return book.of(tenant); });
    must(book.of(operators).has_value(), "the first policy");
    must(silence.step().has_value(), "silence");

    // What the store itself keeps (caches of pages and statements) has its size before it counts.
    add_tenants(stores, operators, 0, 100);
    must(silence.step().has_value(), "silence");
    const auto before = resident_kb();
    const auto begun = std::chrono::steady_clock::now();
    add_tenants(stores, operators, 100, idle);
    must(silence.step().has_value(), "a round over all of them");
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    const auto with_idle = resident_kb();
    std::printf(
        "{\"bench\":\"tenants_idle\",\"tenants\":%ld,\"grown_kb\":%ld,\"bytes_each\":%.0f,\"policies\":%zu,\"seconds\":"
        "%.1f}\n",
        idle, with_idle - before, 1024.0 * static_cast<double>(with_idle - before) / static_cast<double>(idle),
        book.size(), took.count());
    std::fflush(stdout);

    const auto page = stores.tenants.list_tenants(operators, 1'000);
    must(page.has_value(), "the list");
    std::vector<TenantId> chosen;
    for (const auto& tenant : *page)
      if (static_cast<long>(chosen.size()) < active) chosen.push_back(tenant.id);
    const auto loading = std::chrono::steady_clock::now();
    for (const auto tenant : chosen) must(book.of(tenant).has_value(), "a policy");
    const std::chrono::duration<double> loaded = std::chrono::steady_clock::now() - loading;
    const auto with_active = resident_kb();
    const auto count = static_cast<double>(chosen.size());
    std::printf(
        "{\"bench\":\"tenants_active\",\"tenants\":%zu,\"rules_each\":%ld,\"grown_kb\":%ld,\"kb_each\":%.1f,"
        "\"policies\":%zu,\"ms_to_load_each\":%.2f}\n",
        chosen.size(), rules, with_active - with_idle, static_cast<double>(with_active - with_idle) / count,
        book.size(), loaded.count() * 1'000 / count);
    std::fflush(stdout);

    const auto asking = std::chrono::steady_clock::now();
    constexpr int kRounds = 200;
    for (int round = 0; round < kRounds; ++round)
      for (const auto tenant : chosen) must(book.of(tenant).has_value(), "a policy");
    const std::chrono::duration<double> asked = std::chrono::steady_clock::now() - asking;
    std::printf("{\"bench\":\"policy_of\",\"us\":%.3f}\n", asked.count() * 1e6 / (kRounds * count));
    stores.engine->close();
  }
  std::filesystem::remove_all(folder);
  return 0;
}
