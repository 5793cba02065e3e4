// Newest pages as the bytes that go out, under the partition key that they were read from.
//
// Whoever changes a partition drops its page before the writer is answered: in process the engine's
// listener, which sees the commits of everybody, else the writer himself. So a page is never older
// than the last write that was acknowledged in this process, nor, where the processes share a
// cache, in any of them.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cache/cache.h"
#include "cache/shared_loads.h"
#include "net/http.h"

namespace cruddur::api {

class PageCache {
 public:
  // Null: nothing is kept.
  explicit PageCache(cache::Cache* cache) : cache_(cache) {}

  // Fills the answer's body and page headers with the newest page of a partition: as it is kept, or
  // as load(net::Response&) -> Task<Status> appends it. Of those who need it at the same time one
  // loads.
  template <class Load>
  base::Task<base::Status> Fill(std::string_view partition, net::Response& response, Load load) {
    cache::Lookup lookup;
    if (cache_ && exact_.load(std::memory_order_relaxed)) {
      lookup = co_await cache_->Get(partition);
      if (lookup.bytes && Unpack(*lookup.bytes, response)) co_return base::Status();
    }
    if (lookup.version == 0) co_return co_await load(response);
    const auto loaded = co_await loads_.Run(
        partition, lookup.version, [&]() -> base::Task<cache::SharedLoads::Loaded> {
          net::Response page;
          CO_TRY(co_await load(page));
          cache::Bytes bytes = Pack(page);
          if (exact_.load(std::memory_order_relaxed)) {
            co_await cache_->SetIfNewer(partition, lookup.version, bytes);
          }
          co_return bytes;
        });
    if (!loaded) co_return std::unexpected(loaded.error());
    Unpack(**loaded, response);
    co_return base::Status();
  }

  // A commit touched an item of this partition.
  void Drop(std::string_view partition);
  // The same for all processes on the cache, as far as it can be reached.
  base::Task<void> DropEverywhere(std::vector<std::string> partitions);
  void DropAll();
  // The table or its stream was replaced: forgets all pages, and keeps new ones only while `exact`
  // says that every commit is told here.
  void SetExact(bool exact);

  uint64_t shared_loads() const { return loads_.shared(); }

 private:
  static cache::Bytes Pack(const net::Response& page);
  // False: not a page.
  static bool Unpack(std::string_view bytes, net::Response& response);

  cache::Cache* const cache_;
  cache::SharedLoads loads_;
  std::atomic<bool> exact_{true};
};

}  // namespace cruddur::api
