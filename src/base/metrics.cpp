#include "base/metrics.h"

#include <dirent.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <map>
#include <memory>
#include <mutex>
#include <sstream>

namespace orgo::metrics {

struct Family {
  Definition definition;
  std::vector<double> bounds;
  mutable std::mutex mutex;
  std::map<std::vector<std::string>, std::unique_ptr<Value>> values;
  std::map<std::vector<std::string>, std::unique_ptr<Distribution>> distributions;
};

namespace {

struct Registry {
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<Family>, std::less<>> families;
  std::mutex hooks_mutex;
  std::map<int, std::function<void()>> hooks;
  int next_hook = 1;
};
Registry& registry() {
  static auto* const the_registry = new Registry;  // never destroyed: threads may count while the program ends
  return *the_registry;
}

/// Our own mistake, found by the first test that runs the code: say which and stop.
void demand(bool holds, std::string_view name, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "metric %.*s: %s\n", static_cast<int>(name.size()), name.data(), what);
  std::abort();
}

Family* declare(std::string_view name, Type type, std::string_view help, LabelNames labels,
                std::vector<double> bounds = {}) {
  demand(name.starts_with("orgo_") || name.starts_with("process_"), name, "a name starts with orgo_");
  demand(name.ends_with("_total") == (type == Type::counter), name, "_total stands on counters and only there");
  demand(!help.empty(), name, "the help text is missing");
  demand(std::is_sorted(bounds.begin(), bounds.end()), name, "bounds must grow");
  auto& the = registry();
  const std::lock_guard lock(the.mutex);
  const std::vector<std::string> label_names(labels.begin(), labels.end());
  if (const auto found = the.families.find(name); found != the.families.end()) {
    const auto& known = *found->second;
    demand(known.definition.type == type && known.definition.labels == label_names && known.definition.help == help &&
               known.bounds == bounds,
           name, "declared before in another way");
    return found->second.get();
  }
  auto family = std::make_unique<Family>();
  family->definition = {std::string(name), type, std::string(help), label_names};
  family->bounds = std::move(bounds);
  auto* const address = family.get();
  the.families.emplace(name, std::move(family));
  return address;
}

/// The series with these label values; made when it is new, "other" when there are too many.
template <typename Series, typename Make>
Series& series(Family& family, std::map<std::vector<std::string>, std::unique_ptr<Series>>& all, LabelValues values,
               Make make) {
  demand(values.size() == family.definition.labels.size(), family.definition.name, "a value for each label");
  std::vector<std::string> key(values.begin(), values.end());
  const std::lock_guard lock(family.mutex);
  auto found = all.find(key);
  if (found == all.end() && all.size() >= kSeriesMax) {
    key.assign(key.size(), "other");
    found = all.find(key);
  }
  if (found == all.end()) found = all.emplace(std::move(key), make()).first;
  return *found->second;
}

Value& value_of(Family& family, LabelValues values) {
  return series<Value>(family, family.values, values, [] { return std::make_unique<Value>(); });
}
Distribution& distribution_of(Family& family, LabelValues values) {
  return series<Distribution>(family, family.distributions, values,
                              [&] { return std::make_unique<Distribution>(family.bounds); });
}

std::vector<prometheus::ClientMetric::Label> labels_of(const Family& family, const std::vector<std::string>& values) {
  std::vector<prometheus::ClientMetric::Label> labels;
  for (std::size_t i = 0; i < values.size(); ++i) labels.push_back({family.definition.labels[i], values[i]});
  return labels;
}

prometheus::MetricFamily collect(const Family& family) {
  prometheus::MetricFamily out;
  out.name = family.definition.name;
  out.help = family.definition.help;
  const std::lock_guard lock(family.mutex);
  for (const auto& [values, value] : family.values) {
    prometheus::ClientMetric metric;
    metric.label = labels_of(family, values);
    if (family.definition.type == Type::counter) metric.counter.value = value->get();
    else metric.gauge.value = value->get();
    out.metric.push_back(std::move(metric));
  }
  for (const auto& [values, distribution] : family.distributions) {
    prometheus::ClientMetric metric;
    metric.label = labels_of(family, values);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < family.bounds.size(); ++i) {
      sum += distribution->count(i);
      metric.histogram.bucket.push_back({sum, family.bounds[i]});
    }
    sum += distribution->count(family.bounds.size());
    metric.histogram.sample_count = sum;
    metric.histogram.sample_sum = distribution->sum();
    out.metric.push_back(std::move(metric));
  }
  switch (family.definition.type) {
    case Type::counter:
      out.type = prometheus::MetricType::Counter;
      break;
    case Type::gauge:
      out.type = prometheus::MetricType::Gauge;
      break;
    case Type::histogram:
      out.type = prometheus::MetricType::Histogram;
      break;
  }
  return out;
}

/// What every Prometheus client tells of its process, under the names that dashboards know.
struct ProcessProbe {
  Counter cpu{"process_cpu_seconds_total", "User and system CPU time spent, in seconds."};
  Gauge memory{"process_resident_memory_bytes", "Resident memory, in bytes."};
  Gauge files{"process_open_fds", "Open file descriptors."};
  double counted_cpu = 0;

  void refresh() {
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
      const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
      };
      const auto now = seconds(usage.ru_utime) + seconds(usage.ru_stime);
      cpu.add(now - counted_cpu);
      counted_cpu = now;
    }
    if (auto* file = std::fopen("/proc/self/statm", "r")) {
      long total = 0;
      long resident = 0;
      if (std::fscanf(file, "%ld %ld", &total, &resident) == 2)
        memory.set(static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)));
      (void)std::fclose(file);
    }
    if (auto* folder = opendir("/proc/self/fd")) {
      int count = -3;  // ".", ".." and the folder itself
      while (readdir(folder) != nullptr) ++count;
      closedir(folder);
      files.set(count);
    }
  }
};

std::string_view name_of(Type type) {
  switch (type) {
    case Type::counter:
      return "counter";
    case Type::gauge:
      return "gauge";
    case Type::histogram:
      return "histogram";
  }
  return "unknown";
}

}  // namespace

Counter::Counter(std::string_view name, std::string_view help, LabelNames labels)
    : family_(declare(name, Type::counter, help, labels)),
      only_(labels.size() == 0 ? &value_of(*family_, {}) : nullptr) {}
Value& Counter::with(LabelValues values) const {
  return value_of(*family_, values);
}

Gauge::Gauge(std::string_view name, std::string_view help, LabelNames labels)
    : family_(declare(name, Type::gauge, help, labels)), only_(labels.size() == 0 ? &value_of(*family_, {}) : nullptr) {
}
Value& Gauge::with(LabelValues values) const {
  return value_of(*family_, values);
}

Histogram::Histogram(std::string_view name, std::string_view help, LabelNames labels, std::vector<double> bounds)
    : family_(
          declare(name, Type::histogram, help, labels,
                  bounds.empty() ? std::vector<double>(std::begin(kLatencyBounds), std::end(kLatencyBounds)) : bounds)),
      only_(labels.size() == 0 ? &distribution_of(*family_, {}) : nullptr) {}
Distribution& Histogram::with(LabelValues values) const {
  return distribution_of(*family_, values);
}

ScrapeHook::ScrapeHook(std::function<void()> hook) {
  auto& the = registry();
  const std::lock_guard lock(the.hooks_mutex);
  id_ = the.next_hook++;
  the.hooks.emplace(id_, std::move(hook));
}

ScrapeHook::~ScrapeHook() {
  auto& the = registry();
  const std::lock_guard lock(the.hooks_mutex);  // waits for a hook that is running
  the.hooks.erase(id_);
}

std::string exposition() {
  auto& the = registry();
  {
    const std::lock_guard lock(the.hooks_mutex);
    static ProcessProbe process;
    process.refresh();
    for (const auto& [id, hook] : the.hooks) hook();
  }
  std::vector<const Family*> families;
  {
    const std::lock_guard lock(the.mutex);
    for (const auto& [name, family] : the.families) families.push_back(family.get());
  }
  std::vector<prometheus::MetricFamily> collected;
  collected.reserve(families.size());
  for (const auto* family : families) collected.push_back(collect(*family));
  std::ostringstream out;
  out.imbue(std::locale::classic());
  prometheus::TextSerializer().Serialize(out, collected);
  return std::move(out).str();
}

std::vector<Definition> definitions() {
  auto& the = registry();
  const std::lock_guard lock(the.mutex);
  std::vector<Definition> out;
  for (const auto& [name, family] : the.families) out.push_back(family->definition);
  return out;
}

std::string markdown(const std::vector<Definition>& definitions) {
  std::string out =
      "# Metrics\n\n"
      "What `GET /metrics` tells, in the text format of Prometheus. This page is generated from the code: a test "
      "compares it,\n"
      "and `ORGO_UPDATE=1 ./test` writes it again.\n\n"
      "| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n";
  for (const auto& definition : definitions) {
    out += "| `" + definition.name + "` | " + std::string(name_of(definition.type)) + " | ";
    for (std::size_t i = 0; i < definition.labels.size(); ++i)
      out += (i > 0 ? ", `" : "`") + definition.labels[i] + "`";
    out += " | " + definition.help + " |\n";
  }
  return out;
}

}  // namespace orgo::metrics
