#include "stream/held_lease.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace cruddur::stream {

using base::LogLevel;

HeldLease::HeldLease(base::Executor executor, LeaseTable& table, Lease lease, LeaseTimes times,
                     std::function<void()> lost,
                     std::function<base::Task<model::DbStatus>()> before_write)
    : table_(table),
      lease_(std::move(lease)),
      times_(times),
      tell_lost_(std::move(lost)),
      before_write_(std::move(before_write)),
      wake_up_(std::make_shared<WakeUp>(executor)),
      checkpoint_(lease_.checkpoint),
      renewed_(SteadyClock::now()),
      tried_(renewed_) {}

void HeldLease::SetCheckpoint(std::string checkpoint) {
  checkpoint_ = std::move(checkpoint);
  wake_up_->Wake();
}

void HeldLease::End() {
  ending_ = true;
  wake_up_->Wake();
}

HeldLease::SteadyClock::time_point HeldLease::NextWrite() const {
  const auto retry = tried_ + std::min(times_.step(), times_.checkpoints);
  if (failed_) return retry;
  if (ending_) return tried_;
  const auto renewal = renewed_ + times_.step();
  if (checkpoint_ == lease_.checkpoint) return renewal;
  return std::min(renewal, tried_ + times_.checkpoints);
}

base::Task<void> HeldLease::Keep() {
  while (!lost_ && !released_) {
    const auto now = SteadyClock::now();
    if (now >= renewed_ + times_.lease) {
      // Whether or not somebody has taken it: it can't be told.
      base::Log(LogLevel::kWarn, "lease not renewed in time", {{"lease", lease_.key}});
      lost_ = true;
    } else if (now >= NextWrite()) {
      co_await Write();
    } else {
      co_await wake_up_->Wait(std::min(NextWrite(), renewed_ + times_.lease));
    }
  }
  if (lost_) tell_lost_();
}

base::Task<void> HeldLease::Write() {
  tried_ = SteadyClock::now();
  const bool release = ending_;
  std::string checkpoint = checkpoint_;
  const model::DbStatus ready = co_await before_write_();
  // The lease goes on; only how far the work has come must not be said.
  if (!ready) checkpoint = lease_.checkpoint;
  auto written = release && ready ? co_await table_.Release(lease_, std::move(checkpoint))
                                  : co_await table_.Renew(lease_, std::move(checkpoint));
  failed_ = !written || !ready;
  if (!written) {
    base::Log(LogLevel::kWarn, "lease not written",
              {{"lease", lease_.key}, {"reason", written.error().message}});
  } else if (!*written) {
    base::Log(LogLevel::kInfo, "lease lost to another worker", {{"lease", lease_.key}});
    lost_ = true;
  } else {
    renewed_ = tried_;
    released_ = release && ready.has_value();
  }
}

}  // namespace cruddur::stream
