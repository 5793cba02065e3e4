// Hands the stream of a table to a handler, each record at least once, and shares its shards with
// other workers: on any DynamoDB Streams endpoint, in any number of processes and machines.
//
// Each shard is worked on under a lease in a table of the same endpoint (lease_table.h). A shard
// begins when its parent is finished. Where one dies, the others go on at its last checkpoint after
// 1.5 times the lease's time at the latest; one that comes anew gets its share. Where two work on a
// shard for a moment, since one was taken for dead, both hand its records out, and only one of them
// writes checkpoints.
//
// What the stream doesn't tell (from before it was there; trimmed before it was read) is looked for
// in the table, under a lease as well.
#pragma once

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stream/held_lease.h"
#include "stream/lease_taking.h"
#include "stream/shard_work.h"
#include "stream/stream_shards.h"
#include "stream/table_pass.h"

namespace cruddur::stream {

struct StreamWorkerOptions {
  std::string table;
  std::string lease_table;
  std::string worker;  // a name that no other process has or had
  LeaseTimes times;
  ShardWorkOptions shards;
  // Between two looks at which shards there are, unless one has come to its end.
  std::chrono::milliseconds discovery{10'000};
  // For how long a shard must not be described before its finished lease is deleted.
  std::chrono::milliseconds forget_after{60'000};
};

class StreamWorker {
 public:
  // All run on `loop`; the references must outlive the worker. `pages` may be null.
  StreamWorker(base::Loop& loop, dynamo::Client& client, RecordsHandler handler, PageHandler pages,
               const base::Clock& clock, StreamWorkerOptions options);
  ~StreamWorker();  // as Stop()

  void Start();
  // Finishes the batches under way, writes the checkpoints and releases the leases. Blocks; not on
  // the loop's thread, while the loop runs. Idempotent.
  void Stop();

  size_t held() const { return held_count_.load(std::memory_order_relaxed); }

 private:
  struct Holding;
  using SteadyClock = std::chrono::steady_clock;

  base::Task<void> Run();
  base::Task<model::DbStatus> Step();
  base::Task<model::DbStatus> Discover();
  base::Task<model::DbStatus> ForgetOld(const std::vector<StreamShards>& streams,
                                        const std::vector<Lease>& leases);
  base::Task<model::DbStatus> TakeLeases();
  void Begin(Lease lease);
  base::Task<void> Hold(std::shared_ptr<Holding> holding);
  base::Task<bool> Work(std::shared_ptr<Holding> holding);
  base::Task<bool> Keep(std::shared_ptr<Holding> holding);
  base::Task<model::DbStatus> ReportGaps(Holding& holding);
  void LogOutcome(const model::DbStatus& outcome);

  base::Loop& loop_;
  dynamo::Client& client_;
  const RecordsHandler handler_;
  const PageHandler pages_;
  const base::Clock& clock_;
  const StreamWorkerOptions options_;
  LeaseTable table_;
  const std::shared_ptr<WakeUp> wake_up_;
  std::atomic<bool> stopping_{false};
  std::atomic<size_t> held_count_{0};
  std::optional<std::future<void>> ended_;

  // Touched on the loop only.
  bool ensured_ = false;
  std::optional<bool> has_stream_;  // that was logged
  std::string last_error_;          // that was logged; empty: all went well
  LeaseWatch watch_;
  SteadyClock::time_point next_discovery_;
  std::map<std::string, std::shared_ptr<Holding>, std::less<>> holdings_;
  std::map<std::string, SteadyClock::time_point, std::less<>> absent_since_;
};

}  // namespace cruddur::stream
