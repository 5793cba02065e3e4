// Takes one shard of a stream through an event source mapping: reads it, hands batches to the
// function, keeps what is given up, and says how far it has come.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "stream/dead_letters.h"
#include "stream/filter_criteria.h"
#include "stream/mapping_metrics.h"
#include "stream/shard_mapping.h"
#include "stream/shard_reader.h"
#include "stream/target.h"
#include "stream/wake_up.h"

namespace cruddur::stream {

// What all shards of a mapping share; outlives them.
struct MappingContext {
  std::string name;
  MappingOptions options;
  FilterCriteria filters;
  std::string region, function_arn;
  std::chrono::milliseconds stop_grace{10'000};  // for invocations under way
  std::chrono::milliseconds unreadable_pause{500};
  dynamo::Client& client;
  Target& target;
  DeadLetters& dead_letters;
  MappingMetrics& metrics;
  const base::Clock& clock;
  // Whether a record lies before where the mapping begins: then it isn't handed over. Null: none.
  std::function<bool(const model::StreamRecord&)> before_start = nullptr;
};

// What a runner is told from outside, by any thread.
class RunnerSignals {
 public:
  explicit RunnerSignals(base::Executor executor) : wake_up_(std::make_shared<WakeUp>(executor)) {}

  // There may be something new to read.
  void Notice() {
    if (!news_.exchange(true)) wake_up_->Wake();
  }
  void Stop() {
    stopping_.store(true);
    wake_up_->Wake();
  }

 private:
  friend class ShardRunner;
  friend class EventSourceMapping;
  const std::shared_ptr<WakeUp> wake_up_;
  std::atomic<bool> news_{true}, stopping_{false};
};

// All of it on the signals' loop. Run returns when nothing of it is under way any more.
class ShardRunner {
 public:
  // `checkpoint` is told each new one. `after` and `iterator` as of ShardReader.
  ShardRunner(MappingContext& context, RunnerSignals& signals, std::string stream_arn,
              std::string shard_id, std::string after,
              std::function<void(const std::string&)> checkpoint, std::string iterator = "");

  // Until the shard is closed, or gone, and all that was read is settled (true), or until a stop
  // (false). Throws what client, target and dead letters throw.
  base::Task<bool> Run();
  // The shard, or its stream, was no longer there before it was read to its end.
  bool gone() const { return gone_; }

 private:
  using SteadyClock = std::chrono::steady_clock;
  struct LastError {
    std::string request_id, message;
    bool unhandled = false;
  };

  base::Task<bool> Work();
  base::Task<void> ReadMore();
  void NotReadable(const model::DbError& error);
  void CountGaps(uint64_t gaps);
  void Take(const model::StreamRecord& record);
  void StartWork();
  base::Task<void> Perform(ShardMapping::Work work);
  base::Task<void> Invoke(ShardMapping::Work work);
  void TellFailure(const Invocation& invocation, const ShardMapping::Work& work, size_t handled,
                   std::string_view what, std::string_view why) const;
  void WarnOfUnreadReport(std::string_view answer);
  base::Task<void> Keep(ShardMapping::Work work);
  base::Micros Now() const;
  void TellProgress(bool at_once);
  SteadyClock::time_point NextTime() const;
  base::Task<void> EndWork();

  MappingContext& context_;
  RunnerSignals& signals_;
  const std::string stream_arn_, shard_id_;
  // Wall-clock time for ages, but going like the steady clock: pauses don't depend on who sets it.
  const base::Micros started_at_;
  const SteadyClock::time_point started_;
  ShardReader reader_;
  ShardMapping mapping_;
  const std::function<void(const std::string&)> tell_checkpoint_;
  std::string told_;
  SteadyClock::time_point tell_next_;
  std::map<size_t, LastError> last_errors_;  // by lane
  SteadyClock::time_point unreadable_until_;
  bool gone_ = false;
  bool warned_of_report_ = false;
  uint64_t gaps_ = 0;
  size_t under_way_ = 0;
  std::exception_ptr failure_;  // of something that was under way
};

}  // namespace cruddur::stream
