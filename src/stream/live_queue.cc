#include "stream/live_queue.h"

#include <utility>

namespace cruddur::stream {

// DynamoDB's measure of keys and images, each attribute's place, and the record itself.
size_t MemoryOf(const model::StreamRecord& record) {
  constexpr size_t kAttribute = 96, kRecord = 512;
  size_t attributes = record.keys.size();
  if (record.new_image) attributes += record.new_image->size();
  if (record.old_image) attributes += record.old_image->size();
  return kRecord + attributes * kAttribute + static_cast<size_t>(record.size_bytes);
}

LiveQueue::LiveQueue(size_t capacity, size_t max_bytes, std::function<void()> wake)
    : capacity_(capacity), max_bytes_(max_bytes), wake_(std::move(wake)) {
  waiting_.lost = true;
}

void LiveQueue::Open() {
  const std::lock_guard lock(mutex_);
  waiting_ = {};
  waiting_bytes_ = 0;
  awake_ = false;
}

void LiveQueue::Push(std::span<const model::StreamRecord> records,
                     const std::function<bool(const model::StreamRecord&)>& wanted) {
  std::unique_lock lock(mutex_);
  if (records.empty()) {
    first_sequence_number_.clear();
  } else if (first_sequence_number_.empty()) {
    first_sequence_number_ = records.front().sequence_number;
  }
  if (waiting_.lost) return;
  if (!records.empty()) waiting_.last_sequence_number = records.back().sequence_number;
  for (const model::StreamRecord& record : records) {
    if (!wanted(record)) continue;
    waiting_bytes_ += MemoryOf(record);
    if (waiting_.records.size() == capacity_ || waiting_bytes_ > max_bytes_) {
      waiting_.lost = true;
      break;
    }
    waiting_.records.push_back(record);
  }
  if (records.empty()) waiting_.lost = true;
  if (waiting_.lost) waiting_.records = {};
  Wake(lock);
}

// Records that nobody wants need no wake-up; their sequence number goes along with the next ones.
void LiveQueue::Wake(std::unique_lock<std::mutex>& lock) {
  if (awake_ || (waiting_.records.empty() && !waiting_.lost)) return;
  awake_ = true;
  lock.unlock();
  wake_();
}

LiveQueue::Taken LiveQueue::Take() {
  const std::lock_guard lock(mutex_);
  awake_ = false;
  const bool lost = waiting_.lost;
  Taken taken = std::exchange(waiting_, {});
  waiting_bytes_ = 0;
  waiting_.lost = lost;
  return taken;
}

std::string LiveQueue::FirstSequenceNumber() const {
  const std::lock_guard lock(mutex_);
  return first_sequence_number_;
}

}  // namespace cruddur::stream
