#include "engine/throttle.h"

#include <algorithm>

namespace cruddur::engine {
namespace {

constexpr double kBurstSeconds = 300;
// Units are halves at least; sums of fractions of a second may be off by a little.
constexpr double kNothing = 1e-6;

}  // namespace

bool Throttle::Admits(UnitKind kind, double rate) {
  const std::lock_guard lock(mutex_);
  return Filled(kind, rate).units > kNothing;
}

void Throttle::Charge(UnitKind kind, double rate, double units) {
  const std::lock_guard lock(mutex_);
  Filled(kind, rate).units -= units;
}

Throttle::Bucket& Throttle::Filled(UnitKind kind, double rate) {
  Bucket& bucket = buckets_[static_cast<size_t>(kind)];
  const base::Micros now = clock_.Now();
  const double most = rate * kBurstSeconds;
  // A clock that was set back fills nothing.
  const std::chrono::duration<double> passed = std::max(now - bucket.filled_at, base::Micros(0));
  const double filled = bucket.units + bucket.rate * passed.count();
  bucket.units = bucket.used ? std::min({filled, bucket.rate * kBurstSeconds, most}) : most;
  bucket.used = true;
  bucket.rate = rate;
  bucket.filled_at = now;
  return bucket;
}

}  // namespace cruddur::engine
