// What a worker does under a lease: the records of one shard, or the pass over the table.
#pragma once

#include <functional>
#include <string>

#include "base/task.h"

namespace cruddur::stream {

// All of it on one loop.
class LeaseWork {
 public:
  using TellCheckpoint = std::function<void(std::string checkpoint)>;

  virtual ~LeaseWork() = default;

  // True: all is done. False: it was stopped. What was told as a checkpoint is done by then, and
  // nothing of the work is under way any more.
  virtual base::Task<bool> Run() = 0;
  virtual void Stop() = 0;
  // Records that nobody can read any more were passed over, and it wasn't asked before.
  virtual bool TakeGap() = 0;
};

}  // namespace cruddur::stream
