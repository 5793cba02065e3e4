#include "stream/stream_worker.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_future.hpp>
#include <exception>
#include <utility>

#include "base/log.h"
#include "base/when_all.h"

namespace cruddur::stream {

using base::LogLevel;

// A lease and the work under it.
struct StreamWorker::Holding {
  std::unique_ptr<LeaseWork> work;
  std::unique_ptr<HeldLease> lease;
  bool gap = false;  // to be reported yet
};

StreamWorker::StreamWorker(base::Loop& loop, dynamo::Client& client, RecordsHandler handler,
                           PageHandler pages, const base::Clock& clock, StreamWorkerOptions options)
    : loop_(loop),
      client_(client),
      handler_(std::move(handler)),
      pages_(std::move(pages)),
      clock_(clock),
      options_(std::move(options)),
      table_(client, options_.lease_table, options_.worker),
      wake_up_(std::make_shared<WakeUp>(loop.get_executor())),
      watch_(options_.times.lease) {}

StreamWorker::~StreamWorker() { Stop(); }

void StreamWorker::Start() { ended_ = base::asio::co_spawn(loop_, Run(), base::asio::use_future); }

void StreamWorker::Stop() {
  if (!ended_) return;
  stopping_.store(true);
  wake_up_->Wake();
  ended_->wait();
  ended_.reset();
}

base::Task<void> StreamWorker::Run() {
  while (!stopping_) {
    const auto next = SteadyClock::now() + options_.times.step();
    model::DbStatus outcome;
    try {
      outcome = co_await Step();
    } catch (const std::exception& error) {
      outcome = model::DbFail(model::DbErrorCode::kInternalServerError, error.what());
    }
    LogOutcome(outcome);
    if (!stopping_) co_await wake_up_->Wait(next);
  }
  for (const auto& [key, holding] : holdings_) holding->work->Stop();
  while (!holdings_.empty()) co_await wake_up_->Wait();
}

// What goes on failing in the same way is said once.
void StreamWorker::LogOutcome(const model::DbStatus& outcome) {
  const std::string error = outcome ? "" : outcome.error().message;
  if (error == last_error_) return;
  if (outcome) {
    base::Log(LogLevel::kInfo, "leases are readable again", {{"table", options_.lease_table}});
  } else {
    base::Log(LogLevel::kWarn, "leases not brought up to date",
              {{"table", options_.lease_table}, {"reason", error}});
  }
  last_error_ = error;
}

base::Task<model::DbStatus> StreamWorker::Step() {
  if (!ensured_) {
    CO_TRY(co_await table_.Ensure());
    ensured_ = true;
  }
  if (SteadyClock::now() >= next_discovery_) {
    CO_TRY(co_await Discover());
    next_discovery_ = SteadyClock::now() + options_.discovery;
  }
  co_return co_await TakeLeases();
}

base::Task<model::DbStatus> StreamWorker::Discover() {
  CO_TRY_ASSIGN(const auto streams, co_await DescribeStreams(client_, options_.table));
  if (has_stream_ != !streams.empty()) {
    has_stream_ = !streams.empty();
    base::Log(LogLevel::kInfo, *has_stream_ ? "stream found" : "the table has no stream yet",
              {{"table", options_.table}});
  }
  CO_TRY_ASSIGN(const auto leases, co_await table_.List());
  // First that, then its shards: who dies between them leaves a stream that is new to the next one.
  if (pages_ && HasNewStream(streams, leases)) {
    const auto pass = std::ranges::find(leases, kTableLeaseKey, &Lease::key);
    const bool begins =
        pass != leases.end() && pass->owner.empty() && pass->checkpoint == kTrimHorizon;
    if (!begins) CO_TRY(co_await table_.BeginTablePass());
  }
  for (const Lease& lease : MissingLeases(streams, leases)) CO_TRY(co_await table_.Add(lease));
  co_return co_await ForgetOld(streams, leases);
}

// A description may be a little out of date, and a lease that was deleted too early would be made
// anew and its shard read again.
base::Task<model::DbStatus> StreamWorker::ForgetOld(const std::vector<StreamShards>& streams,
                                                    const std::vector<Lease>& leases) {
  std::set<std::string> described;
  for (const StreamShards& stream : streams) {
    for (const model::Shard& shard : stream.shards) {
      described.insert(LeaseKeyOfShard(stream.arn, shard.id));
    }
  }
  const auto now = SteadyClock::now();
  std::map<std::string, SteadyClock::time_point, std::less<>> absent;
  for (const Lease& lease : leases) {
    if (lease.of_table() || !lease.finished() || described.contains(lease.key)) continue;
    const auto before = absent_since_.find(lease.key);
    const auto since = before == absent_since_.end() ? now : before->second;
    if (now - since < options_.forget_after) {
      absent.emplace(lease.key, since);
    } else {
      CO_TRY(co_await table_.Delete(lease));
    }
  }
  absent_since_ = std::move(absent);
  co_return model::DbStatus();
}

base::Task<model::DbStatus> StreamWorker::TakeLeases() {
  CO_TRY_ASSIGN(const auto leases, co_await table_.List());
  const auto now = SteadyClock::now();
  watch_.See(leases, now);
  std::vector<Lease> workable = Workable(leases);
  if (!pages_) std::erase_if(workable, &Lease::of_table);
  std::set<std::string> held;
  for (const auto& [key, holding] : holdings_) held.insert(key);
  for (Lease& lease : ChooseLeases(workable, watch_, options_.worker, held, now)) {
    if (stopping_) break;
    const std::string from = lease.owner;
    CO_TRY_ASSIGN(const bool taken, co_await table_.Take(lease));
    if (!taken) continue;
    base::Log(LogLevel::kInfo, "lease taken",
              {{"lease", lease.key}, {"checkpoint", lease.checkpoint}, {"from", from}});
    Begin(std::move(lease));
  }
  co_return model::DbStatus();
}

void StreamWorker::Begin(Lease lease) {
  const base::Executor executor = loop_.get_executor();
  auto holding = std::make_shared<Holding>();
  Holding& made = *holding;
  const auto tell = [&made](std::string checkpoint) {
    made.lease->SetCheckpoint(std::move(checkpoint));
  };
  if (lease.of_table()) {
    made.work = std::make_unique<TablePass>(executor, pages_, options_.shards.unreadable_pause,
                                            lease, tell);
  } else {
    made.work = std::make_unique<ShardWork>(executor, client_, handler_, clock_, options_.shards,
                                            lease, tell);
  }
  made.lease = std::make_unique<HeldLease>(
      executor, table_, lease, options_.times, [&made] { made.work->Stop(); },
      [this, &made] { return ReportGaps(made); });
  holdings_.emplace(lease.key, holding);
  held_count_.store(holdings_.size(), std::memory_order_relaxed);
  base::asio::co_spawn(executor, Hold(std::move(holding)), base::asio::detached);
}

base::Task<void> StreamWorker::Hold(std::shared_ptr<Holding> holding) {
  std::vector<base::Task<bool>> tasks;
  tasks.push_back(Work(holding));
  tasks.push_back(Keep(holding));
  const std::vector<bool> outcomes = co_await base::WhenAll(std::move(tasks));
  const Lease& lease = holding->lease->lease();
  const bool finished = outcomes[0] && outcomes[1];
  base::Log(LogLevel::kInfo, finished ? "lease finished" : "lease given up",
            {{"lease", lease.key}, {"checkpoint", lease.checkpoint}});
  // What waited for it may begin now, and a shard that has ended has children.
  if (finished) next_discovery_ = {};
  holdings_.erase(holdings_.find(lease.key));
  held_count_.store(holdings_.size(), std::memory_order_relaxed);
  wake_up_->Wake();
}

base::Task<bool> StreamWorker::Work(std::shared_ptr<Holding> holding) {
  bool finished = false;
  try {
    finished = co_await holding->work->Run();
  } catch (const std::exception& error) {
    // Whoever takes the lease next goes on at its checkpoint.
    base::Log(LogLevel::kError, "work under a lease broke off",
              {{"lease", holding->lease->lease().key}, {"reason", std::string_view(error.what())}});
  }
  if (finished) holding->lease->SetCheckpoint(std::string(kShardEnd));
  holding->lease->End();
  co_return finished;
}

// A lease that isn't kept runs out, and so must the work.
base::Task<bool> StreamWorker::Keep(std::shared_ptr<Holding> holding) {
  try {
    co_await holding->lease->Keep();
    co_return !holding->lease->lost();
  } catch (const std::exception& error) {
    base::Log(LogLevel::kError, "lease not kept",
              {{"lease", holding->lease->lease().key}, {"reason", std::string_view(error.what())}});
  }
  holding->work->Stop();
  co_return false;
}

base::Task<model::DbStatus> StreamWorker::ReportGaps(Holding& holding) {
  holding.gap = holding.work->TakeGap() || holding.gap;
  if (!holding.gap || !pages_) co_return model::DbStatus();
  CO_TRY(co_await table_.BeginTablePass());
  holding.gap = false;
  co_return model::DbStatus();
}

}  // namespace cruddur::stream
