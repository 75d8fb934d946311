#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

/// Metrics for Prometheus, each declared once as a member of a probe:
///   struct DeliveryProbe {
///     metrics::Counter sent{"orgo_delivery_sent_total", "Messages that a provider accepted.", {"channel"}};
///     metrics::Histogram delay{"orgo_delivery_delay_seconds", "From acceptance to the provider's answer."};
///   };
/// Names: orgo_<part>_<what>[_<unit>][_total], base units (seconds, bytes), `_total` on counters and only there; a name
/// or a declaration that contradicts an earlier one is our own mistake and asserted. Declaring the same again (a second
/// listener, a test) shares the values. No label whose values a stranger chooses: past kSeriesMax the rest counts as
/// "other". Counting is one relaxed atomic operation; with() takes a lock, so hot paths keep what it returns. Any
/// thread.
namespace orgo::metrics {

inline constexpr std::size_t kSeriesMax = 500;  ///< series of one metric

/// The value of one series. Lives as long as the program.
class Value {
 public:
  void add(double amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  Value& operator++() {
    add();
    return *this;
  }
  [[nodiscard]] double get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

/// Observations of one series, counted in buckets.
class Distribution {
 public:
  explicit Distribution(const std::vector<double>& bounds) : bounds_(bounds), counts_(bounds.size() + 1) {}
  void observe(double value) {
    std::size_t i = 0;
    while (i < bounds_.size() && value > bounds_[i]) ++i;
    counts_[i].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }
  [[nodiscard]] const std::vector<double>& bounds() const { return bounds_; }
  [[nodiscard]] std::uint64_t count(std::size_t bucket) const {
    return counts_[bucket].load(std::memory_order_relaxed);
  }
  [[nodiscard]] double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  const std::vector<double>& bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_;
  std::atomic<double> sum_{0};
};

enum class Type : std::int8_t { counter, gauge, histogram };

struct Family;  ///< all series of one metric; in metrics.cpp

using LabelNames = std::initializer_list<std::string_view>;
using LabelValues = std::initializer_list<std::string_view>;

/// Only grows. Without labels it is used directly; with labels through with().
class Counter {
 public:
  Counter(std::string_view name, std::string_view help, LabelNames labels = {});
  [[nodiscard]] Value& with(LabelValues values) const;
  void add(double amount = 1) const { only_->add(amount); }
  const Counter& operator++() const {
    only_->add();
    return *this;
  }
  [[nodiscard]] double get() const { return only_->get(); }

 private:
  Family* family_;
  Value* only_ = nullptr;  ///< the series of a metric without labels
};

/// Goes up and down.
class Gauge {
 public:
  Gauge(std::string_view name, std::string_view help, LabelNames labels = {});
  [[nodiscard]] Value& with(LabelValues values) const;
  void set(double value) const { only_->set(value); }
  void add(double amount) const { only_->add(amount); }
  [[nodiscard]] double get() const { return only_->get(); }

 private:
  Family* family_;
  Value* only_ = nullptr;
};

/// 0.5 ms to 60 s: what a person or a peer waits.
inline constexpr double kLatencyBounds[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                            0.25,   0.5,   1,      2.5,   5,    10,    30,   60};

/// How values are spread; `bounds` are upper ends, growing.
class Histogram {
 public:
  Histogram(std::string_view name, std::string_view help, LabelNames labels = {}, std::vector<double> bounds = {});
  [[nodiscard]] Distribution& with(LabelValues values) const;
  void observe(double value) const { only_->observe(value); }

 private:
  Family* family_;
  Distribution* only_ = nullptr;
};

/// Runs before each exposition, while the object lives: for gauges that are cheaper to ask for than to keep (queue
/// depth). Must be quick and must not declare metrics.
class ScrapeHook {
 public:
  explicit ScrapeHook(std::function<void()> hook);
  ~ScrapeHook();
  ScrapeHook(const ScrapeHook&) = delete;
  ScrapeHook& operator=(const ScrapeHook&) = delete;

 private:
  int id_;
};

/// Text format 0.0.4 with everything declared so far and process_* of this process.
std::string exposition();

struct Definition {
  std::string name;
  Type type = Type::counter;
  std::string help;
  std::vector<std::string> labels;
};
/// Everything declared so far, by name.
std::vector<Definition> definitions();
/// docs/metrics.md from them.
std::string markdown(const std::vector<Definition>& definitions);

}  // namespace orgo::metrics
