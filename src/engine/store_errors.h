// Hears of the errors that stop RocksDB's writes, wherever they happen: in a write or in the
// background.
#pragma once

#include <rocksdb/listener.h>

#include <atomic>

namespace cruddur::engine {

// RocksDB 7.8 answers any error by stopping everything, and may then lose track of a flush that was
// about to begin: a recovery that follows waits for that for ever. So it is told of an error only
// where it has to know.
//
// Thread-safe.
class StoreErrors final : public rocksdb::EventListener {
 public:
  // Writes are impossible.
  bool failed() const { return failed_.load(std::memory_order_acquire); }
  // The log takes no more; RocksDB doesn't know.
  bool log_broken() const { return log_broken_.load(std::memory_order_acquire); }
  void Fail() { failed_.store(true, std::memory_order_release); }
  void Clear() {
    log_broken_.store(false, std::memory_order_release);
    failed_.store(false, std::memory_order_release);
  }

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override {
    using enum rocksdb::BackgroundErrorReason;
    using rocksdb::Status;
    if (error->IsIOError()) {
      // It is tried again after a second, whatever is done here.
      if (reason == kCompaction) return Forget(*error);
      // Nobody else writes, and we don't before another log is there.
      if (reason == kWriteCallback) {
        log_broken_.store(true, std::memory_order_release);
        Fail();
        return Forget(*error);
      }
      // What is in memory is still there to be written: Resume may try.
      if (error->severity() == Status::kFatalError) *error = Status(*error, Status::kHardError);
    }
    if (error->severity() >= Status::kHardError) Fail();
  }
  // Its own recovery waits for more room than a small disk may have, and keeps ours out meanwhile.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* automatic) override {
    *automatic = false;
  }

 private:
  static void Forget(rocksdb::Status& error) { error = rocksdb::Status::OK(); }

  std::atomic<bool> failed_ = false, log_broken_ = false;
};

}  // namespace cruddur::engine
