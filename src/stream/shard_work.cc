#include "stream/shard_work.h"

#include <utility>

#include "base/when_all.h"

namespace cruddur::stream {
namespace {

// The handler says which records failed.
MappingOptions WithReports(MappingOptions options) {
  options.report_batch_item_failures = true;
  return options;
}

}  // namespace

ShardWork::ShardWork(base::Executor executor, dynamo::Client& client, const RecordsHandler& handler,
                     const base::Clock& clock, const ShardWorkOptions& options, const Lease& lease,
                     TellCheckpoint tell_checkpoint)
    : metrics_(registry_, options.name, clock),
      target_(handler),
      context_{.name = options.name,
               .options = WithReports(options.mapping),
               .region = options.region,
               .unreadable_pause = options.unreadable_pause,
               .client = client,
               .target = target_,
               .dead_letters = no_dead_letters_,
               .metrics = metrics_,
               .clock = clock},
      signals_(executor),
      runner_(context_, signals_, lease.stream_arn, lease.shard_id,
              lease.checkpoint == kTrimHorizon ? "" : lease.checkpoint, std::move(tell_checkpoint)),
      poll_interval_(options.poll_interval),
      poll_(std::make_shared<WakeUp>(executor)) {}

base::Task<bool> ShardWork::Run() {
  std::vector<base::Task<bool>> tasks;
  tasks.push_back(Read());
  tasks.push_back(Poll());
  const std::vector<bool> outcomes = co_await base::WhenAll(std::move(tasks));
  co_return outcomes.front();
}

base::Task<bool> ShardWork::Read() {
  const auto end = [this] {
    ended_ = true;
    poll_->Wake();
  };
  try {
    const bool finished = co_await runner_.Run();
    end();
    co_return finished;
  } catch (...) {
    end();
    throw;
  }
}

base::Task<bool> ShardWork::Poll() {
  while (!ended_) {
    signals_.Notice();
    co_await poll_->Wait(WakeUp::SteadyClock::now() + poll_interval_);
  }
  co_return true;
}

bool ShardWork::TakeGap() {
  const uint64_t gaps = metrics_.gaps.value();
  return std::exchange(gaps_, gaps) != gaps;
}

}  // namespace cruddur::stream
