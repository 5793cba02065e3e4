// A cache of bytes under keys, between the service and its store.
//
// The rule that every adapter keeps: a value that was loaded before its key was dropped is never
// stored after it. A loader therefore takes the version with its miss and hands it in with the
// value. A cache may forget anything at any time, and never fails a request.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/task.h"

namespace cruddur::cache {

using Bytes = std::shared_ptr<const std::string>;

struct Lookup {
  Bytes bytes;           // null: not there
  uint64_t version = 0;  // of the key, as of the look-up
};

// Thread-safe.
class Cache {
 public:
  virtual ~Cache() = default;

  virtual base::Task<Lookup> Get(std::string_view key) = 0;
  // Nothing happens if the key was dropped since the look-up that gave `version`.
  virtual base::Task<void> SetIfNewer(std::string_view key, uint64_t version, Bytes bytes) = 0;
  // When this returns, no later Get sees what was there. Doesn't block.
  virtual void Drop(std::string_view key) = 0;
  virtual void DropAll() = 0;
};

}  // namespace cruddur::cache
