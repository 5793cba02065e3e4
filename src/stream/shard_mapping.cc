#include "stream/shard_mapping.h"

#include <algorithm>
#include <iterator>

namespace cruddur::stream {

ShardMapping::ShardMapping(const MappingOptions& options)
    : options_(options), lanes_(static_cast<size_t>(options.parallelization_factor)) {}

// Two batches for each lane: one under way, one that gathers meanwhile.
bool ShardMapping::HasRoom() const {
  const size_t batches = 2 * lanes_.size();
  return held_ < batches * static_cast<size_t>(options_.batch_size) &&
         held_bytes_ < batches * kMaxPayloadBytes;
}

void ShardMapping::Add(StreamEvent event, base::Micros now) {
  event.order = next_order_++;
  open_.emplace_hint(open_.end(), event.order, Open{event.sequence_number, event.created_at});
  ++held_;
  held_bytes_ += event.json.size();
  Lane& lane = lanes_[event.item % lanes_.size()];
  if (lane.waiting.empty()) lane.since = now;
  lane.waiting_bytes += event.json.size() + 1;
  lane.waiting.push_back(std::move(event));
}

void ShardMapping::Skip(std::string sequence_number) {
  if (open_.empty()) {
    checkpoint_ = std::move(sequence_number);
  } else if (Open& last = open_.rbegin()->second; last.settled) {
    last.sequence_number = std::move(sequence_number);
  } else {
    open_.emplace_hint(open_.end(), next_order_++,
                       Open{.sequence_number = std::move(sequence_number), .settled = true});
  }
}

bool ShardMapping::TooOld(const StreamEvent& event, base::Micros now) const {
  return options_.maximum_record_age.count() >= 0 &&
         now - event.created_at > options_.maximum_record_age;
}

bool ShardMapping::Ripe(const Lane& lane, base::Micros now) const {
  return !lane.waiting.empty() &&
         (lane.waiting.size() >= static_cast<size_t>(options_.batch_size) ||
          lane.waiting_bytes + kPayloadFrameBytes >= kMaxPayloadBytes ||
          now >= lane.since + options_.batching_window);
}

ShardMapping::Batch ShardMapping::TakeBatch(Lane& lane) {
  Batch batch;
  size_t bytes = kPayloadFrameBytes;
  while (!lane.waiting.empty() && batch.events.size() < static_cast<size_t>(options_.batch_size)) {
    const size_t size = lane.waiting.front().json.size() + 1;
    if (!batch.events.empty() && bytes + size > kMaxPayloadBytes) break;
    bytes += size;
    lane.waiting_bytes -= size;
    batch.events.push_back(std::move(lane.waiting.front()));
    lane.waiting.pop_front();
  }
  return batch;
}

void ShardMapping::GiveUpOld(Lane& lane, Batch& batch, base::Micros now) {
  const auto too_old = [&](const StreamEvent& event) { return TooOld(event, now); };
  if (std::ranges::none_of(batch.events, too_old)) return;
  Work old{.attempts = batch.attempts, .given_up = Reason::kRecordAgeExceeded};
  std::vector<StreamEvent> young;
  for (StreamEvent& event : batch.events) {
    (too_old(event) ? old.events : young).push_back(std::move(event));
  }
  lane.to_keep.push_back(std::move(old));
  batch.events = std::move(young);
}

std::optional<ShardMapping::Work> ShardMapping::Next(base::Micros now) {
  for (Lane& lane : lanes_) {
    if (lane.busy || now < lane.not_before) continue;
    while (lane.to_keep.empty() && (!lane.batches.empty() || Ripe(lane, now))) {
      if (lane.batches.empty()) lane.batches.push_back(TakeBatch(lane));
      Batch batch = std::move(lane.batches.front());
      lane.batches.pop_front();
      GiveUpOld(lane, batch, now);
      if (!lane.to_keep.empty()) {
        // First that, then the rest: the order of the records of an item is the stream's.
        if (!batch.events.empty()) lane.batches.push_front(std::move(batch));
        break;
      }
      lane.busy = true;
      return Work{.lane = static_cast<size_t>(&lane - lanes_.data()),
                  .events = std::move(batch.events),
                  .attempts = batch.attempts};
    }
    if (lane.to_keep.empty()) continue;
    Work work = std::move(lane.to_keep.front());
    lane.to_keep.pop_front();
    work.lane = static_cast<size_t>(&lane - lanes_.data());
    lane.busy = true;
    return work;
  }
  return std::nullopt;
}

std::optional<base::Micros> ShardMapping::Due(base::Micros now) const {
  std::optional<base::Micros> due;
  for (const Lane& lane : lanes_) {
    if (lane.busy) continue;
    base::Micros at = lane.not_before;
    if (lane.to_keep.empty() && lane.batches.empty()) {
      if (lane.waiting.empty()) continue;
      if (!Ripe(lane, now)) at = std::max<base::Micros>(at, lane.since + options_.batching_window);
    }
    due = due ? std::min(*due, at) : at;
  }
  return due;
}

void ShardMapping::FinishInvocation(Work work, size_t handled, base::Micros now) {
  Lane& lane = lanes_[work.lane];
  lane.busy = false;
  Settle(std::span(work.events).first(handled));
  if (handled == work.events.size()) return EndBatch(lane, now);
  // Where some were handled, the rest is a new batch, whose first record has failed once.
  const int attempts = handled > 0 ? 1 : work.attempts + 1;
  if (handled > 0) {
    lane.failures = 0;
  } else {
    Pause(lane, now);
  }
  TryAgain(lane, {std::move(work.events), attempts}, handled);
}

void ShardMapping::PutBack(Work work, base::Micros now) {
  Lane& lane = lanes_[work.lane];
  lane.busy = false;
  Pause(lane, now);
  lane.batches.push_front({std::move(work.events), work.attempts});
}

void ShardMapping::TryAgain(Lane& lane, Batch batch, size_t handled) {
  auto& events = batch.events;
  events.erase(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(handled));
  if (options_.bisect_batch_on_function_error && (handled > 0 || events.size() > 1)) {
    // Halved where the function said that it failed, else in the middle.
    Batch second;
    if (handled == 0) {
      const auto middle = events.begin() + static_cast<std::ptrdiff_t>(events.size() / 2);
      second.events.assign(std::move_iterator(middle), std::move_iterator(events.end()));
      events.erase(middle, events.end());
    }
    batch.attempts = 0;
    if (!second.events.empty()) lane.batches.push_front(std::move(second));
    lane.batches.push_front(std::move(batch));
    return;
  }
  if (options_.maximum_retry_attempts >= 0 && batch.attempts > options_.maximum_retry_attempts) {
    lane.to_keep.push_back({.events = std::move(events),
                            .attempts = batch.attempts,
                            .given_up = Reason::kRetryAttemptsExhausted});
    // It is kept without a pause, and what comes next hasn't failed yet.
    lane.failures = 0;
    lane.not_before = base::Micros(0);
    return;
  }
  lane.batches.push_front(std::move(batch));
}

void ShardMapping::FinishKeeping(Work work, bool kept, base::Micros now) {
  Lane& lane = lanes_[work.lane];
  lane.busy = false;
  if (kept) {
    EndBatch(lane, now);
    Settle(work.events);
  } else {
    Pause(lane, now);
    lane.to_keep.push_front(std::move(work));
  }
}

void ShardMapping::EndBatch(Lane& lane, base::Micros now) {
  lane.failures = 0;
  lane.since = now;
}

void ShardMapping::Pause(Lane& lane, base::Micros now) {
  const int doublings = std::min(lane.failures++, 20);
  const base::Micros pause = options_.first_retry * (1 << doublings);
  lane.not_before = now + std::min<base::Micros>(pause, options_.last_retry);
}

void ShardMapping::Settle(std::span<const StreamEvent> events) {
  for (const StreamEvent& event : events) SettleOne(event);
  if (!open_.empty() && open_.begin()->second.settled) {
    checkpoint_ = std::move(open_.begin()->second.sequence_number);
    open_.erase(open_.begin());
  }
}

void ShardMapping::SettleOne(const StreamEvent& event) {
  --held_;
  held_bytes_ -= event.json.size();
  auto at = open_.find(event.order);
  at->second.settled = true;
  if (at != open_.begin()) {
    if (const auto before = std::prev(at); before->second.settled) {
      before->second.sequence_number = std::move(at->second.sequence_number);
      open_.erase(at);
      at = before;
    }
  }
  if (const auto behind = std::next(at); behind != open_.end() && behind->second.settled) {
    at->second.sequence_number = std::move(behind->second.sequence_number);
    open_.erase(behind);
  }
}

std::optional<base::Micros> ShardMapping::oldest() const {
  if (open_.empty()) return std::nullopt;
  return open_.begin()->second.created_at;
}

}  // namespace cruddur::stream
