// What an event source mapping counts, for /metrics: each with the label trigger="NAME".
#pragma once

#include <atomic>
#include <string_view>

#include "base/clock.h"
#include "base/metrics.h"

namespace cruddur::stream {

// Thread-safe. Must live as long as the registry is rendered, and the registry as long as this.
class MappingMetrics {
 public:
  MappingMetrics(base::Registry& registry, std::string_view name, const base::Clock& clock);

  base::Counter& invocations;   // of the function
  base::Counter& errors;        // of these, that failed, wholly or in part
  base::Counter& unreached;     // attempts that didn't reach it, of none of the two above
  base::Counter& records;       // that were handled
  base::Counter& filtered;      // that no pattern matched
  base::Counter& dead_letters;  // records that were given up and kept
  base::Counter& gaps;          // where records were gone before they were read

  // When the oldest record was written that isn't settled; 0: all are.
  void SetOldest(base::Micros written) {
    oldest_.store(written.count(), std::memory_order_relaxed);
  }
  base::Micros iterator_age() const;

 private:
  const base::Clock& clock_;
  std::atomic<int64_t> oldest_{0};
};

}  // namespace cruddur::stream
