// Follows the stream of one table in this process and hands its records to a handler, each at least
// once: first what the checkpoint has not seen, read through the Streams API, then what is
// committed, as it is committed.
//
// Records that the handler reports as failed are tried again, with growing pauses, while the others
// go on; the checkpoint waits for them. Order: that of the stream, but for what is tried again.
#pragma once

#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "dynamo/client.h"
#include "stream/checkpoint.h"
#include "stream/live_queue.h"

namespace cruddur::stream {

// Answers the sequence numbers of the records that failed. `perhaps_repeated`: some may have been
// handed out before, by this process or by one that crashed.
using BatchHandler = std::function<base::Task<std::vector<std::string>>(
    std::span<const model::StreamRecord> records, bool perhaps_repeated)>;

// What the source of committed records calls (engine::Engine::Subscribe), on any thread.
using CommitListener =
    std::function<void(std::string_view table, std::span<const model::StreamRecord> records)>;
using SubscribeFunction = std::function<std::shared_ptr<void>(CommitListener)>;

struct FollowerOptions {
  std::string table;
  std::string checkpoint_path;                               // empty: keeps none
  std::function<bool(const model::StreamRecord&)> concerns;  // others are not handed out
  size_t max_queued = 10'000;
  size_t max_batch = 1'000;
  size_t max_failed = 1'000;  // beyond, nothing new is taken until some of them succeed
  std::chrono::milliseconds checkpoint_interval{1'000};
  std::chrono::milliseconds first_retry{50}, last_retry{30'000};
};

class Follower {
 public:
  // Client and handler run on `loop`; both must outlive the follower.
  Follower(base::Loop& loop, dynamo::Client& client, SubscribeFunction subscribe,
           BatchHandler handler, FollowerOptions options);
  ~Follower();  // as Stop()

  void Start();
  // Ends after the batch under way and saves the checkpoint. Blocks; call it from a thread that
  // isn't the loop's, while the loop still runs. Idempotent.
  void Stop();

  // For metrics; any thread.
  uint64_t handled() const { return handled_.load(std::memory_order_relaxed); }
  uint64_t failed_attempts() const { return failed_attempts_.load(std::memory_order_relaxed); }
  uint64_t catch_ups() const { return catch_ups_.load(std::memory_order_relaxed); }
  // How old the last record was when it was handled.
  std::chrono::microseconds age() const {
    return std::chrono::microseconds(age_.load(std::memory_order_relaxed));
  }

 private:
  using Record = model::StreamRecord;
  using SteadyClock = std::chrono::steady_clock;
  using Timer = base::asio::basic_waitable_timer<SteadyClock, base::asio::wait_traits<SteadyClock>,
                                                 base::Executor>;

  base::Task<void> Run();
  // Reads the stream from the position to its end. False: it could not be read.
  base::Task<bool> CatchUp();
  base::Task<model::DbStatus> ReadShard(const model::Shard& shard);
  base::Task<void> FollowLive();  // until records were lost, or Stop

  base::Task<void> HandOutRead(std::vector<Record> records, bool again);
  base::Task<void> HandOut(std::vector<Record> records, bool perhaps_repeated);
  base::Task<void> RetryFailed();
  void Advance(const std::string& sequence_number);
  void SaveCheckpoint();
  base::Task<void> Sleep(SteadyClock::time_point until);
  void Wake();

  base::Loop& loop_;
  dynamo::Client& client_;
  const SubscribeFunction subscribe_;
  const BatchHandler handler_;
  const FollowerOptions options_;
  Checkpoint checkpoint_;
  LiveQueue queue_;
  std::shared_ptr<void> subscription_;

  std::atomic<bool> stopping_{false};
  std::optional<std::future<void>> ended_;

  // Touched on the loop's thread only.
  Timer timer_;
  bool woken_ = false;
  Position position_;  // handed out up to here
  Position settled_;   // and nothing of that has to be tried again
  Position saved_;
  SteadyClock::time_point next_save_;
  std::vector<Record> failed_;
  std::chrono::milliseconds retry_pause_;
  SteadyClock::time_point next_retry_;

  std::atomic<uint64_t> handled_{0}, failed_attempts_{0}, catch_ups_{0};
  std::atomic<int64_t> age_{0};
};

}  // namespace cruddur::stream
