// A Redis server (6 or later, or what speaks like it) as the cache's server. One connection a loop.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "cache/redis_connection.h"
#include "cache/remote_store.h"

namespace cruddur::cache {

class RedisStore final : public RemoteStore {
 public:
  // `ca_file`: PEM, for rediss://; the system's certificates if empty. Throws when it can't be
  // used.
  explicit RedisStore(RedisAddress address, const std::string& ca_file = {});
  ~RedisStore() override;

  base::Task<base::Result<Values>> Get(std::vector<std::string> keys,
                                       std::chrono::milliseconds patience) override;
  base::Task<base::Status> Put(std::string key, std::string value,
                               std::chrono::seconds time_to_live,
                               std::chrono::milliseconds patience) override;
  size_t max_value_bytes() const override { return 8 * 1024 * 1024; }

 private:
  struct Shared;
  std::shared_ptr<RedisConnection> ConnectionOf(base::Loop& loop);

  const std::shared_ptr<Shared> shared_;
  std::mutex mutex_;
  // Protected by mutex_.
  std::vector<std::pair<base::Loop*, std::shared_ptr<RedisConnection>>> connections_;
};

}  // namespace cruddur::cache
