// Committed stream records on their way from the committer's thread to a loop. Bounded: when it is
// full it lets go of everything, and its reader reads the stream itself instead.
#pragma once

#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "model/table_operations.h"

namespace cruddur::stream {

// What a record takes while it waits, roughly.
size_t MemoryOf(const model::StreamRecord& record);

class LiveQueue {
 public:
  // Full is at `capacity` records or at `max_bytes` of memory. `wake` is called, on the pushing
  // thread, when something comes into an idle queue.
  LiveQueue(size_t capacity, size_t max_bytes, std::function<void()> wake);

  // Starts anew, empty.
  void Open();

  // Keeps those that `wanted` says yes to; of the others only the last sequence number matters. No
  // records at all mean that the table or its stream was replaced.
  void Push(std::span<const model::StreamRecord> records,
            const std::function<bool(const model::StreamRecord&)>& wanted);

  struct Taken {
    std::vector<model::StreamRecord> records;
    std::string last_sequence_number;  // of all that was pushed; empty: nothing was
    bool lost = false;  // it was full, or the stream was replaced: nothing comes until Open
  };
  Taken Take();

  // Of all that was pushed since the stream began or was replaced, kept or not; empty: nothing was.
  // Records from here on are of this process's time.
  std::string FirstSequenceNumber() const;

 private:
  void Wake(std::unique_lock<std::mutex>& lock);

  const size_t capacity_, max_bytes_;
  const std::function<void()> wake_;

  mutable std::mutex mutex_;  // protects all below
  std::string first_sequence_number_;
  Taken waiting_;
  size_t waiting_bytes_ = 0;
  bool awake_ = false;  // wake_ was called since the last Take
};

}  // namespace cruddur::stream
