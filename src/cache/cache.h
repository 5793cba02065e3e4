// A cache of bytes under keys, between the service and its store.
//
// The rule that every adapter keeps: a value that was loaded before its key was dropped is never
// served after it. A loader therefore takes the version with its miss and hands it in with the
// value. A cache may forget anything at any time, and never fails a request.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "base/task.h"

namespace cruddur::cache {

using Bytes = std::shared_ptr<const std::string>;

struct Lookup {
  Bytes bytes;  // null: not there
  // Of the key, as of the look-up. 0: the cache can't be used now, and nothing that is loaded is
  // kept or shared.
  uint64_t version = 0;
};

struct CacheCounters {
  base::Counter hits;
  base::Counter misses;    // also while the cache is away
  base::Counter refused;   // values that came too late to be kept
  base::Counter failures;  // of a cache elsewhere: refused, late or broken answers
  // Of look-ups; of some of them, where the cache is in memory. Null: nobody asks. Set before the
  // first look-up.
  base::Histogram* lookup_time = nullptr;
};

// Thread-safe. Keys must live until the task has ended.
class Cache {
 public:
  virtual ~Cache() = default;

  virtual base::Task<Lookup> Get(std::string_view key) = 0;
  // Nothing happens if the key was dropped since the look-up that gave `version`.
  virtual base::Task<void> SetIfNewer(std::string_view key, uint64_t version, Bytes bytes) = 0;

  // When these return, no later Get of this process sees what was there; other processes on the
  // same cache follow. They don't block.
  virtual void Drop(std::string_view key) = 0;
  virtual void DropAll() = 0;
  // Ends when no process sees what was there, or when that can't be had in the cache's patience:
  // then it is done as soon as the cache is back.
  virtual base::Task<void> DropEverywhere(std::vector<std::string> keys) = 0;

  CacheCounters& counters() { return counters_; }

 protected:
  CacheCounters counters_;
};

}  // namespace cruddur::cache
