#include "base/metrics.h"

#include <gtest/gtest.h>

#include <thread>

namespace cruddur::base {
namespace {

TEST(Metrics, RenderAFamilyOnceWithAllItsSeries) {
  Registry registry;
  registry.AddCounter("requests_total", "Requests.", "status=\"200\"").Add(2);
  registry.AddCounter("requests_total", "Requests.", "status=\"404\"").Add();
  registry.AddGauge("connections", "Open now.", [] { return 3.5; });
  EXPECT_EQ(registry.Render(),
            "# HELP requests_total Requests.\n# TYPE requests_total counter\n"
            "requests_total{status=\"200\"} 2\nrequests_total{status=\"404\"} 1\n"
            "# HELP connections Open now.\n# TYPE connections gauge\nconnections 3.5\n");
}

TEST(Metrics, RenderCumulativeBuckets) {
  Registry registry;
  Histogram& histogram = registry.AddHistogram("seconds", "Time.", "route=\"x\"");
  histogram.Observe(std::chrono::microseconds(50));  // the first bound is inclusive
  histogram.Observe(std::chrono::microseconds(300));
  histogram.Observe(std::chrono::seconds(100));
  const std::string text = registry.Render();
  for (const char* line :
       {"seconds_bucket{route=\"x\",le=\"5e-05\"} 1\n",
        "seconds_bucket{route=\"x\",le=\"0.00025\"} 1\n",
        "seconds_bucket{route=\"x\",le=\"0.0005\"} 2\n",
        "seconds_bucket{route=\"x\",le=\"10\"} 2\n", "seconds_bucket{route=\"x\",le=\"+Inf\"} 3\n",
        "seconds_sum{route=\"x\"} 100.000350000\n", "seconds_count{route=\"x\"} 3\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

TEST(Metrics, LoseNothingBetweenThreads) {
  Counter counter;
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 10'000; ++n) counter.Add();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 120'000u);
}

}  // namespace
}  // namespace cruddur::base
