// Follows the stream of one table in this process and hands its records to a handler, each at least
// once: first what the checkpoint has not seen, read through the Streams API, then what is
// committed, as it is committed.
//
// Records that the handler reports as failed are tried again, with growing pauses, while the others
// go on; the checkpoint waits for them. Order: that of the stream, but for what is tried again.
//
// Where the stream can't be continued at the checkpoint (records are kept for 24 hours, a stream
// may be switched off and on, a checkpoint may be gone), the handler's owner goes over the table
// itself, before the stream is read on.
#pragma once

#include <atomic>
#include <boost/asio/basic_waitable_timer.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "dynamo/client.h"
#include "stream/checkpoint.h"
#include "stream/follower_options.h"
#include "stream/live_queue.h"

namespace cruddur::stream {

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
  // How often the whole table was gone over, and how often all was started over after an exception.
  uint64_t passes() const { return passes_.load(std::memory_order_relaxed); }
  uint64_t restarts() const { return restarts_.load(std::memory_order_relaxed); }
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
  base::Task<void> Follow();  // until Stop; may throw what client and handler throw
  // Reads the stream from the position to its end. False: it could not be read.
  base::Task<bool> CatchUp();
  // Goes over the table and begins the stream anew. False: it could not be done.
  base::Task<bool> MakeUpForLostRecords(std::string stream_arn);
  base::Task<model::DbStatus> ReadShard(const model::Shard& shard);
  base::Task<void> FollowLive();  // until records were lost, or Stop

  base::Task<void> HandOutRead(std::vector<Record> records, bool again);
  base::Task<void> HandOut(std::vector<Record> records, bool perhaps_repeated);
  base::Task<void> RetryFailed();
  void CountFailedBytes();
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
  bool loaded_ = false;
  bool partly_handed_out_ = false;  // some of what is behind the position was
  Position position_;               // handed out up to here
  Position settled_;                // and nothing of that has to be tried again
  Position saved_;
  SteadyClock::time_point next_save_;
  std::vector<Record> failed_;
  size_t failed_bytes_ = 0;
  std::chrono::milliseconds retry_pause_;
  SteadyClock::time_point next_retry_;

  std::atomic<uint64_t> handled_{0}, failed_attempts_{0}, catch_ups_{0}, passes_{0}, restarts_{0};
  std::atomic<int64_t> age_{0};
};

}  // namespace cruddur::stream
