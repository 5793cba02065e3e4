// What other processes do to the built-in user pool while this one runs: commands and servers
// beside it end sign-ins and add keys.
//
// Looks when it is made and then every `interval`, on a thread of its own: so a sign-in that is
// ended elsewhere is over here within that, and a key that was added signs. While the database is
// away nothing is forgotten: the next look reads what was missed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "accounts/built_in_keys.h"
#include "accounts/database.h"
#include "accounts/revocations.h"
#include "base/clock.h"
#include "base/result.h"

namespace cruddur::accounts {

// What it is given must outlive it.
class PoolWatch {
 public:
  PoolWatch(DatabaseOptions database, std::vector<BuiltInKeys*> keys, Revocations& revocations,
            const base::Clock& clock,
            std::chrono::milliseconds interval = std::chrono::milliseconds(2000));
  ~PoolWatch();
  PoolWatch(const PoolWatch&) = delete;
  PoolWatch& operator=(const PoolWatch&) = delete;

  void Stop();  // idempotent

 private:
  void Work();
  void Look();
  base::Status ReadEnded();

  const DatabaseOptions database_;
  const std::vector<BuiltInKeys*> keys_;
  Revocations& revocations_;
  const base::Clock& clock_;
  const std::chrono::milliseconds interval_;

  // Of whoever looks: the constructor, then the thread.
  std::unique_ptr<Connection> connection_;
  std::optional<base::Micros> seen_until_;  // nullopt: nothing was read yet
  bool away_ = false;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // protected by mutex_
  std::thread thread_;
};

}  // namespace cruddur::accounts
