#include "base/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace cruddur::base {
namespace {

// name{labels} or name: a series.
std::string Series(std::string_view name, std::string_view labels) {
  return labels.empty() ? std::string(name) : fmt::format("{}{{{}}}", name, labels);
}

}  // namespace

size_t Counter::ThreadShard() {
  static std::atomic<size_t> next{0};
  thread_local const size_t shard = next.fetch_add(1, std::memory_order_relaxed) % kShards;
  return shard;
}

uint64_t Counter::value() const {
  uint64_t sum = 0;
  for (const Shard& shard : shards_) sum += shard.value.load(std::memory_order_relaxed);
  return sum;
}

void Histogram::Observe(std::chrono::nanoseconds duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  const size_t bucket = std::ranges::lower_bound(kBounds, seconds) - kBounds.begin();
  buckets_[bucket].Add();
  sum_nanoseconds_.Add(static_cast<uint64_t>(std::max<int64_t>(duration.count(), 0)));
}

Registry::Family& Registry::FamilyOf(std::string name, std::string help, std::string_view type) {
  const auto found = std::ranges::find(families_, name, &Family::name);
  if (found != families_.end()) return *found;
  return families_.emplace_back(Family{std::move(name), std::move(help), std::string(type), {}});
}

Counter& Registry::AddCounter(std::string name, std::string help, std::string labels) {
  Counter& counter = counters_.emplace_back();
  FamilyOf(std::move(name), std::move(help), "counter")
      .metrics.push_back({.labels = std::move(labels), .counter = &counter});
  return counter;
}

Histogram& Registry::AddHistogram(std::string name, std::string help, std::string labels) {
  Histogram& histogram = histograms_.emplace_back();
  FamilyOf(std::move(name), std::move(help), "histogram")
      .metrics.push_back({.labels = std::move(labels), .histogram = &histogram});
  return histogram;
}

void Registry::AddGauge(std::string name, std::string help, std::function<double()> read,
                        std::string labels) {
  FamilyOf(std::move(name), std::move(help), "gauge")
      .metrics.push_back({.labels = std::move(labels), .gauge = std::move(read)});
}

// Buckets are cumulative on the wire; the count is read off them, so that both always agree.
void Registry::RenderHistogram(const Family& family, const Metric& metric, std::string& out) {
  const std::string_view comma = metric.labels.empty() ? "" : ",";
  uint64_t count = 0;
  for (size_t i = 0; i < metric.histogram->buckets_.size(); ++i) {
    count += metric.histogram->buckets_[i].value();
    const std::string bound =
        i < Histogram::kBounds.size() ? fmt::format("{}", Histogram::kBounds[i]) : "+Inf";
    fmt::format_to(std::back_inserter(out), "{}_bucket{{{}{}le=\"{}\"}} {}\n", family.name,
                   metric.labels, comma, bound, count);
  }
  const uint64_t sum = metric.histogram->sum_nanoseconds_.value();
  fmt::format_to(std::back_inserter(out), "{} {}.{:09}\n{} {}\n",
                 Series(family.name + "_sum", metric.labels), sum / 1'000'000'000,
                 sum % 1'000'000'000, Series(family.name + "_count", metric.labels), count);
}

std::string Registry::Render() const {
  std::string out;
  for (const Family& family : families_) {
    fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", family.name,
                   family.help, family.name, family.type);
    for (const Metric& metric : family.metrics) {
      if (metric.histogram != nullptr) {
        RenderHistogram(family, metric, out);
      } else if (metric.counter != nullptr) {
        fmt::format_to(std::back_inserter(out), "{} {}\n", Series(family.name, metric.labels),
                       metric.counter->value());
      } else {
        fmt::format_to(std::back_inserter(out), "{} {}\n", Series(family.name, metric.labels),
                       metric.gauge());
      }
    }
  }
  return out;
}

}  // namespace cruddur::base
