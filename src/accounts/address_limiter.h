// How many requests an address may make: a bucket of `burst` that fills by `rate` a second.
//
// Of as many addresses as the capacity, those seen last; an IPv6 address counts by its first 64
// bits, which one household has. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "accounts/sharded_cache.h"
#include "base/clock.h"

namespace cruddur::accounts {

class AddressLimiter {
 public:
  // A rate of 0: no limit. `clock` must outlive it.
  AddressLimiter(double rate, double burst, const base::Clock& clock, size_t capacity = 20'000)
      : rate_(rate), burst_(burst), clock_(clock), buckets_(capacity) {}

  // 0: the request may pass, and counts. Else the seconds until one may.
  int Take(std::string_view address);

 private:
  struct Bucket {
    double left = 0;
    base::Micros at{};
  };

  const double rate_, burst_;
  const base::Clock& clock_;
  ShardedCache<Bucket> buckets_;
};

}  // namespace cruddur::accounts
