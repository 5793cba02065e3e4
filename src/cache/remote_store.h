// A key-value server elsewhere, as RemoteCache needs it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/task.h"

namespace cruddur::cache {

// Thread-safe; each call runs on the caller's loop and ends by `patience`. Any error means that the
// server can't be used now; its message names the server, never a secret. Destroyed before the
// loops that it was used on.
class RemoteStore {
 public:
  struct Values : std::vector<std::optional<std::string>> {
    using vector::vector;
    // Which server has answered, and in which of its lives: another number where what it has may be
    // older than what it, or another one in its place, had.
    uint64_t source = 0;
  };

  virtual ~RemoteStore() = default;

  // In the order of the keys; nullopt: not there.
  virtual base::Task<base::Result<Values>> Get(std::vector<std::string> keys,
                                               std::chrono::milliseconds patience) = 0;
  // At least a second, at most 24 hours, of at most max_value_bytes().
  virtual base::Task<base::Status> Put(std::string key, std::string value,
                                       std::chrono::seconds time_to_live,
                                       std::chrono::milliseconds patience) = 0;

  virtual size_t max_value_bytes() const = 0;
};

}  // namespace cruddur::cache
