// Counters, gauges and histograms, rendered in Prometheus' text format.
//
// A Registry is made by the composition root and handed to who counts; its metrics live as long as
// it does. Register at start; counting and rendering are thread-safe and lock-free after that, and
// counting is cheap enough for every request: a relaxed addition to a counter of the thread's own
// cache line.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cruddur::base {

class Counter {
 public:
  void Add(uint64_t n = 1) { shards_[ThreadShard()].value.fetch_add(n, std::memory_order_relaxed); }
  uint64_t value() const;

 private:
  static constexpr size_t kShards = 8;
  struct alignas(64) Shard {
    std::atomic<uint64_t> value{0};
  };
  static size_t ThreadShard();

  std::array<Shard, kShards> shards_;
};

// Durations, in buckets from 50 microseconds to 10 seconds.
class Histogram {
 public:
  void Observe(std::chrono::nanoseconds duration);

 private:
  friend class Registry;
  static constexpr std::array<double, 16> kBounds = {  // seconds
      0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
      0.025,   0.05,   0.1,     0.25,   0.5,   1,      2.5,   10};
  std::array<Counter, kBounds.size() + 1> buckets_;
  Counter sum_nanoseconds_;
};

class Registry {
 public:
  // `labels` as they appear between the braces: `route="/api/messages",status="200"`; empty for
  // none. Metrics of one name share its help.
  Counter& AddCounter(std::string name, std::string help, std::string labels = {});
  Histogram& AddHistogram(std::string name, std::string help, std::string labels = {});
  // `read` is called at each rendering, from any thread.
  void AddGauge(std::string name, std::string help, std::function<double()> read,
                std::string labels = {});

  std::string Render() const;

 private:
  struct Metric {
    std::string labels;
    const Counter* counter = nullptr;
    const Histogram* histogram = nullptr;
    std::function<double()> gauge;
  };
  struct Family {
    std::string name, help, type;
    std::vector<Metric> metrics;
  };
  Family& FamilyOf(std::string name, std::string help, std::string_view type);
  static void RenderHistogram(const Family& family, const Metric& metric, std::string& out);

  std::deque<Counter> counters_;
  std::deque<Histogram> histograms_;
  std::deque<Family> families_;
};

}  // namespace cruddur::base
