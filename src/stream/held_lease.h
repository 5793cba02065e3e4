// A lease that this worker has taken, for as long as it works on it: renewed before others take the
// worker for dead, and told how far the work has come.
//
// Belongs to one loop. One coroutine, Keep, writes; everything else only says what is wanted.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "stream/lease_table.h"
#include "stream/wake_up.h"

namespace cruddur::stream {

struct LeaseTimes {
  std::chrono::milliseconds lease{10'000};  // an owner that is silent for so long is dead
  // Between two checkpoints that are written.
  std::chrono::milliseconds checkpoints{1'000};

  // So often leases are renewed, and looked at: a dead worker's are taken within 1.5 times `lease`
  // and what the store needs.
  std::chrono::milliseconds step() const { return lease / 4; }
};

class HeldLease {
 public:
  // REQUIRES: taken just now. `lost` is called when it has become another's, or might have.
  // `before_write` has to succeed before a new checkpoint is written.
  HeldLease(base::Executor executor, LeaseTable& table, Lease lease, LeaseTimes times,
            std::function<void()> lost, std::function<base::Task<model::DbStatus>()> before_write);

  const Lease& lease() const { return lease_; }
  bool lost() const { return lost_; }

  // How far the work has come.
  void SetCheckpoint(std::string checkpoint);
  // There is no more work. Nothing is to follow.
  void End();

  // Until the lease is lost, or the last checkpoint after End is written with the lease's release.
  // Where that can't be written before the lease has run out, it is left to others as it is.
  base::Task<void> Keep();

 private:
  using SteadyClock = WakeUp::SteadyClock;

  base::Task<void> Write();
  SteadyClock::time_point NextWrite() const;

  LeaseTable& table_;
  Lease lease_;
  const LeaseTimes times_;
  const std::function<void()> tell_lost_;
  const std::function<base::Task<model::DbStatus>()> before_write_;
  const std::shared_ptr<WakeUp> wake_up_;

  std::string checkpoint_;  // wanted
  bool ending_ = false, released_ = false, lost_ = false;
  SteadyClock::time_point renewed_, tried_;
  bool failed_ = false;  // the last try
};

}  // namespace cruddur::stream
