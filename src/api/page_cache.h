// Newest pages as the bytes that go out, under the partition key that they were read from.
//
// Whoever sees the table's commits (in process: the engine's listener, before the writer is
// answered) drops what they touch, so a page is never older than the last acknowledged write. For
// stores without that there is no page cache: pass null and nothing is kept.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "cache/cache.h"
#include "net/http.h"

namespace cruddur::api {

class PageCache {
 public:
  explicit PageCache(cache::Cache* cache) : cache_(cache) {}

  struct Found {
    bool hit = false;
    uint64_t version = 0;  // for Keep; taken before the store is read
  };
  // On a hit the answer's body and page headers are filled.
  base::Task<Found> Fill(std::string_view partition, net::Response& response);
  // `headers`: the header lines that belong to the page.
  base::Task<void> Keep(std::string_view partition, uint64_t version, std::string_view headers,
                        std::string_view body);

  // A commit touched an item of this partition.
  void Drop(std::string_view partition);
  // The table or its stream was replaced: forgets all pages, and keeps new ones only while `exact`
  // says that every commit is told here.
  void SetExact(bool exact);

 private:
  cache::Cache* const cache_;
  std::atomic<bool> exact_{true};
};

}  // namespace cruddur::api
