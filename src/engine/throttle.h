// The throughput of one table or global index, where it is enforced (--throttle): a bucket of read
// units and one of write units. What isn't used of the last 300 seconds is there for a burst; a new
// table begins with that.
//
// A request is admitted as long as anything is left, and pays when its cost is known: so a bucket
// may go below zero, and what follows waits until it is filled again.
//
// Thread-safe.
#pragma once

#include <array>
#include <mutex>

#include "base/clock.h"

namespace cruddur::engine {

enum class UnitKind { kRead, kWrite };

class Throttle {
 public:
  // The clock outlives it.
  explicit Throttle(const base::Clock& clock) : clock_(clock) {}

  // `rate`: units a second, as they are provisioned at that moment.
  bool Admits(UnitKind kind, double rate);
  void Charge(UnitKind kind, double rate, double units);

 private:
  struct Bucket {
    bool used = false;
    double rate = 0;  // of the last call: what it has filled at since
    double units = 0;
    base::Micros filled_at{0};
  };
  Bucket& Filled(UnitKind kind, double rate);

  const base::Clock& clock_;
  std::mutex mutex_;
  std::array<Bucket, 2> buckets_;  // protected by mutex_
};

}  // namespace cruddur::engine
