// Takes a shard of a stream to a handler, under a lease. The stream may be anywhere: it is asked
// for more every so often.
#pragma once

#include <chrono>

#include "base/metrics.h"
#include "stream/lease.h"
#include "stream/lease_work.h"
#include "stream/shard_runner.h"

namespace cruddur::stream {

struct ShardWorkOptions {
  std::string name;  // for the log
  MappingOptions mapping;
  std::string region = "us-east-1";
  std::chrono::milliseconds poll_interval{250};
  std::chrono::milliseconds unreadable_pause{1'000};
};

class ShardWork final : public LeaseWork {
 public:
  // The references must outlive it.
  ShardWork(base::Executor executor, dynamo::Client& client, const RecordsHandler& handler,
            const base::Clock& clock, const ShardWorkOptions& options, const Lease& lease,
            TellCheckpoint tell_checkpoint);

  base::Task<bool> Run() override;
  void Stop() override { signals_.Stop(); }
  bool TakeGap() override;

  const MappingMetrics& metrics() const { return metrics_; }

 private:
  base::Task<bool> Read();
  base::Task<bool> Poll();

  base::Registry registry_;  // its own: the metrics of a shard are not told
  MappingMetrics metrics_;
  HandlerTarget target_;
  DeadLetterFile no_dead_letters_{""};
  MappingContext context_;
  RunnerSignals signals_;
  ShardRunner runner_;
  const std::chrono::milliseconds poll_interval_;
  const std::shared_ptr<WakeUp> poll_;
  bool ended_ = false;
  uint64_t gaps_ = 0;
};

}  // namespace cruddur::stream
