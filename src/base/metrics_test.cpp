#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace orgo {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, CountsAndShowsText) {
  const metrics::Counter sent{"orgo_sample_sent_total", "Messages \"sent\".", {"channel"}};
  auto& mail = sent.with({"mail"});
  ++mail;
  mail.add(2);
  ++sent.with({"we\"b\n"});
  const metrics::Gauge depth{"orgo_sample_depth", "Waiting."};
  depth.set(7);
  const auto text = metrics::exposition();
  EXPECT_THAT(text, HasSubstr("# TYPE orgo_sample_sent_total counter\n"));
  EXPECT_THAT(text, HasSubstr("orgo_sample_sent_total{channel=\"mail\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("orgo_sample_sent_total{channel=\"we\\\"b\\n\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("orgo_sample_depth 7\n"));
  EXPECT_THAT(text, HasSubstr("process_resident_memory_bytes"));
}

TEST(Metrics, HistogramBucketsAreCumulative) {
  const metrics::Histogram delay{"orgo_sample_delay_seconds", "How long.", {}, {0.1, 1}};
  delay.observe(0.1);  // an upper end belongs to its bucket
  delay.observe(0.5);
  delay.observe(5);
  const auto text = metrics::exposition();
  EXPECT_THAT(text, HasSubstr("orgo_sample_delay_seconds_bucket{le=\"0.1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("orgo_sample_delay_seconds_bucket{le=\"1\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("orgo_sample_delay_seconds_bucket{le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("orgo_sample_delay_seconds_count 3\n"));
  EXPECT_THAT(text, HasSubstr("orgo_sample_delay_seconds_sum 5.6\n"));
}

TEST(Metrics, TheSameDeclarationSharesItsValues) {
  const metrics::Counter one{"orgo_sample_shared_total", "Shared."};
  const metrics::Counter two{"orgo_sample_shared_total", "Shared."};
  ++one;
  ++two;
  EXPECT_EQ(one.get(), 2);
}

TEST(Metrics, BoundsTheNumberOfSeries) {
  const metrics::Counter many{"orgo_sample_many_total", "Too many.", {"who"}};
  for (std::size_t i = 0; i < metrics::kSeriesMax + 50; ++i) ++many.with({"x" + std::to_string(i)});
  const auto text = metrics::exposition();
  EXPECT_THAT(text, HasSubstr("orgo_sample_many_total{who=\"x499\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("who=\"x500\"")));
  EXPECT_THAT(text, HasSubstr("orgo_sample_many_total{who=\"other\"} 50\n"));
}

TEST(Metrics, LosesNoCountBetweenThreads) {
  const metrics::Counter busy{"orgo_sample_busy_total", "Counted by many."};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) ++busy;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(busy.get(), 40'000);
}

TEST(Metrics, HooksRunBeforeEachExposition) {
  const metrics::Gauge depth{"orgo_sample_hooked", "Asked for."};
  int asked = 0;
  {
    const metrics::ScrapeHook hook([&] { depth.set(++asked); });
    EXPECT_THAT(metrics::exposition(), HasSubstr("orgo_sample_hooked 1\n"));
    EXPECT_THAT(metrics::exposition(), HasSubstr("orgo_sample_hooked 2\n"));
  }
  (void)metrics::exposition();
  EXPECT_EQ(asked, 2);
}

TEST(Metrics, ListsWhatIsDeclared) {
  const metrics::Counter one{"orgo_sample_listed_total", "In the list.", {"a", "b"}};
  const auto all = metrics::definitions();
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const auto& x, const auto& y) { return x.name < y.name; }));
  EXPECT_THAT(metrics::markdown(all),
              HasSubstr("| `orgo_sample_listed_total` | counter | `a`, `b` | In the list. |\n"));
}

TEST(MetricsDeathTest, RefusesContradictions) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(metrics::Counter("orgo_sample_count", "x"), "_total stands on counters");
  EXPECT_DEATH(metrics::Gauge("sample", "x"), "a name starts with orgo_");
  EXPECT_DEATH(
      {
        const metrics::Counter a("orgo_sample_twice_total", "x");
        const metrics::Counter b("orgo_sample_twice_total", "y");
      },
      "declared before in another way");
}

}  // namespace
}  // namespace orgo
