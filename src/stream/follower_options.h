// What a Follower is told by its owner: where records come from, where they go, and the bounds.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.h"
#include "model/table_operations.h"

namespace cruddur::stream {

// Answers the sequence numbers of the records that failed. `perhaps_repeated`: some may have been
// handed out before, by this process or by one that crashed.
using BatchHandler = std::function<base::Task<std::vector<std::string>>(
    std::span<const model::StreamRecord> records, bool perhaps_repeated)>;

// Brings up to date what depends on a page of the table's items, from `after` on (empty: the
// first), as if they had come from the stream. Answers where the next page goes on; empty: that was
// all of the table. A page whose error may pass is asked for again.
using PageHandler = std::function<base::Task<model::DbResult<model::Item>>(model::Item after)>;

// What the source of committed records calls (engine::Engine::Subscribe), on any thread.
using CommitListener = std::function<void(std::span<const model::StreamRecord> records)>;
using SubscribeFunction =
    std::function<std::shared_ptr<void>(const std::string& table, CommitListener)>;

struct FollowerOptions {
  std::string table;
  std::string checkpoint_path;                               // empty: keeps none
  std::function<bool(const model::StreamRecord&)> concerns;  // others are not handed out
  PageHandler records_lost;                                  // null: nobody cares
  size_t max_queued = 10'000, max_queued_bytes = 32 << 20;
  size_t max_batch = 1'000;
  // Beyond, nothing new is taken until some of them succeed.
  size_t max_failed = 1'000, max_failed_bytes = 32 << 20;
  std::chrono::milliseconds checkpoint_interval{1'000};
  std::chrono::milliseconds first_retry{50}, last_retry{30'000};
  std::chrono::milliseconds unreadable_pause{500};  // of a stream, a page, or after a failure
};

}  // namespace cruddur::stream
