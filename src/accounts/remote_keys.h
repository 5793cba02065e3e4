// The keys of somebody else's tokens: a JWKS, fetched over HTTP.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "accounts/key_source.h"
#include "base/clock.h"
#include "base/result.h"
#include "net/client.h"

namespace cruddur::accounts {

// Thread-safe. Without keys until the first fetch that succeeds.
class RemoteKeys final : public KeySource {
 public:
  // `path` on `origin`. `clock` must outlive it.
  RemoteKeys(net::Origin origin, std::string path, const base::Clock& clock);

  std::shared_ptr<const auth::Jwks> Keys() const override;
  uint64_t Generation() const override { return generation_.load(std::memory_order_acquire); }

  // At most once in kKeyRefreshInterval; whoever asks while a fetch is under way waits for it, and
  // who asks soon after it has its outcome. Keys are kept when it fails.
  base::Task<base::Status> Fetch() override;

 private:
  base::Task<base::Status> FetchNow();
  base::Task<void> AwaitFetch();

  net::HttpClient http_;
  const std::string path_;
  const base::Clock& clock_;

  mutable std::mutex mutex_;
  std::shared_ptr<const auth::Jwks> keys_;  // protected by mutex_
  base::Micros fetched_at_{};               // of the last attempt; protected by mutex_
  bool attempted_ = false;                  // protected by mutex_
  base::Status outcome_;                    // of the last attempt; protected by mutex_
  std::atomic<bool> fetching_{false};
  std::atomic<uint64_t> generation_{0};
};

}  // namespace cruddur::accounts
