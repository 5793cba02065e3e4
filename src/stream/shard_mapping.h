// One shard's part of an event source mapping, as a machine without I/O: takes the shard's records
// in order, says which batch to hand to the function and when, is told what came of it, and knows
// how far the checkpoint may go.
//
// Records go to as many lanes as the parallelization factor says, by their item, so that those of
// one item stay in order. A lane has one batch under way; while that is tried again the lane waits,
// the others don't. A batch that fails is tried again as a whole, or from the lowest record on that
// the function reported, or in halves, each with attempts of its own (a single record can't be
// halved). What didn't reach the function wasn't tried. What has used its attempts, or is too old,
// is given up: the owner keeps it somewhere and then says so. The checkpoint is the last record
// before which, and with which, all were handled, filtered out, or kept.
//
// A window begins with the first record that waits, or when the batch before it is done.
//
// Not thread-safe. Time is given with each call, and never goes back.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stream/lambda_event.h"
#include "stream/mapping_options.h"

namespace cruddur::stream {

class ShardMapping {
 public:
  enum class Reason { kRetryAttemptsExhausted, kRecordAgeExceeded };

  // Something to do. `events` are in order.
  struct Work {
    size_t lane = 0;
    std::vector<StreamEvent> events;
    int attempts = 0;                // made before
    std::optional<Reason> given_up;  // to be kept; else to be handed to the function
  };

  explicit ShardMapping(const MappingOptions& options);

  // False: take no more records until something is done.
  bool HasRoom() const;
  // The shard's next record. REQUIRES: a sequence number behind all before.
  void Add(StreamEvent event, base::Micros now);
  // The next one, which the function doesn't want.
  void Skip(std::string sequence_number);

  // What is to be done now; one Finish belongs to each. Null: nothing before Due, or Add, or
  // Finish.
  std::optional<Work> Next(base::Micros now);
  // When Next may have something that it doesn't have now; null: only Add or Finish brings it.
  std::optional<base::Micros> Due(base::Micros now) const;

  // What came of handing it over: so many events from the front were handled.
  void FinishInvocation(Work work, size_t handled, base::Micros now);
  // That it didn't reach the function: it is to be handed over again after a pause, as if it hadn't
  // been tried.
  void PutBack(Work work, base::Micros now);
  // Whether what was given up is kept; if not, it is asked for again later.
  void FinishKeeping(Work work, bool kept, base::Micros now);

  // Empty: none yet.
  const std::string& checkpoint() const { return checkpoint_; }
  // All that was added is behind the checkpoint.
  bool settled() const { return open_.empty(); }
  // When the oldest record that isn't settled was written; null: all are.
  std::optional<base::Micros> oldest() const;
  // What is kept in mind: no more than about twice what HasRoom lets in.
  size_t tracked() const { return open_.size(); }

 private:
  // Events that are tried together.
  struct Batch {
    std::vector<StreamEvent> events;
    int attempts = 0;
  };
  struct Lane {
    std::deque<StreamEvent> waiting;
    size_t waiting_bytes = 0;
    base::Micros since{0};      // when their window began
    std::deque<Batch> batches;  // that were tried, in order; before what waits
    std::deque<Work> to_keep;
    bool busy = false;
    int failures = 0;  // in a row
    base::Micros not_before{0};
  };
  // A record behind the checkpoint that isn't settled, or a run of those that are: its last.
  struct Open {
    std::string sequence_number;
    base::Micros created_at{0};
    bool settled = false;
  };

  bool TooOld(const StreamEvent& event, base::Micros now) const;
  bool Ripe(const Lane& lane, base::Micros now) const;
  Batch TakeBatch(Lane& lane);
  // Moves what is too old from the batch to what is to be kept.
  void GiveUpOld(Lane& lane, Batch& batch, base::Micros now);
  void TryAgain(Lane& lane, Batch batch, size_t handled);
  void Pause(Lane& lane, base::Micros now);
  // All of a batch is settled.
  void EndBatch(Lane& lane, base::Micros now);
  void Settle(std::span<const StreamEvent> events);
  void SettleOne(const StreamEvent& event);

  const MappingOptions options_;
  std::vector<Lane> lanes_;
  // All behind the checkpoint, by their order. Runs are one entry, so that one record that is stuck
  // doesn't make it grow with all that are handled meanwhile.
  std::map<uint64_t, Open> open_;
  uint64_t next_order_ = 0;
  size_t held_ = 0, held_bytes_ = 0;
  std::string checkpoint_;
};

}  // namespace cruddur::stream
