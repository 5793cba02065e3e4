// Goes over a table page by page, under a lease, for what its stream doesn't tell.
#pragma once

#include <chrono>
#include <memory>

#include "stream/follower_options.h"
#include "stream/lease.h"
#include "stream/lease_work.h"
#include "stream/wake_up.h"

namespace cruddur::stream {

class TablePass final : public LeaseWork {
 public:
  // The handler must outlive it.
  TablePass(base::Executor executor, const PageHandler& handler,
            std::chrono::milliseconds unreadable_pause, const Lease& lease,
            TellCheckpoint tell_checkpoint);

  base::Task<bool> Run() override;
  void Stop() override;
  bool TakeGap() override { return false; }

 private:
  const PageHandler& handler_;
  const std::chrono::milliseconds unreadable_pause_;
  const std::string begin_;
  const TellCheckpoint tell_checkpoint_;
  const std::shared_ptr<WakeUp> wake_up_;
  bool stopping_ = false;
};

}  // namespace cruddur::stream
