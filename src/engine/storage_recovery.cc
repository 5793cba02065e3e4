#include <rocksdb/convenience.h>

#include "base/log.h"
#include "engine/storage.h"

namespace cruddur::engine {
namespace {

constexpr auto kRecoveryPause = std::chrono::milliseconds(100);
constexpr auto kLongestFlush = std::chrono::seconds(3);

}  // namespace

void Storage::Revive() {
  if (full_.load(std::memory_order_relaxed)) (void)CheckRoom(0);
  if (!Healthy()) StartRecovery();
}

// Not on the committer's thread: it waits for flushes.
void Storage::StartRecovery() {
  const auto now = std::chrono::steady_clock::now();
  if (recovering_.load(std::memory_order_acquire) || now < last_recovery_ + kRecoveryPause) return;
  last_recovery_ = now;
  if (recovery_.joinable()) recovery_.join();
  recovering_.store(true, std::memory_order_relaxed);
  recovery_ = std::thread([this] {
    Recover();
    recovering_.store(false, std::memory_order_release);
  });
}

// Flushes the memtables and starts a new log: what the failed write left in the old one, part of it
// or all, is then of no account. That waits for compactions, which may go on failing while there is
// no room for them: without them meanwhile.
void Storage::Recover() {
  for (rocksdb::ColumnFamilyHandle* family : families_) {
    db_->SetOptions(family, {{"disable_auto_compactions", "true"}}).PermitUncheckedError();
  }
  // While RocksDB knows of no error the flushes under way go on. After them there is none to lose.
  if (errors_->log_broken()) AwaitFlushes();
  bool recovered = SwitchLog().ok();
  if (!recovered) recovered = db_->Resume().ok() && SwitchLog().ok();
  db_->EnableAutoCompaction({families_.begin(), families_.end()}).PermitUncheckedError();
  if (!recovered) return;
  errors_->Clear();
  base::Log(base::LogLevel::kInfo, "writes go on");
}

// A flush starts a new log if there is anything to flush: here a row that is there already, written
// past the log. RocksDB 7.8 wants to end the old log first, and overlooks its failure only within
// Resume. So with a broken log this fails, as a flush does, and then there is something for Resume
// to flush; with a good one it tells that writes can go on.
rocksdb::Status Storage::SwitchLog() {
  rocksdb::WriteOptions past_the_log;
  past_the_log.disableWAL = true;
  past_the_log.no_slowdown = true;
  rocksdb::ColumnFamilyHandle* catalog = family(Family::kCatalog);
  rocksdb::Status status =
      db_->Put(past_the_log, catalog, rocksdb::Slice(kFormatKey.data(), kFormatKey.size()),
               rocksdb::Slice(&kFormatVersion, 1));
  if (status.ok()) status = db_->Flush(rocksdb::FlushOptions(), catalog);
  return status;
}

void Storage::AwaitFlushes() {
  const auto busy = [this](const std::string& property) {
    uint64_t sum = 0;
    for (rocksdb::ColumnFamilyHandle* family : families_) {
      uint64_t own = 0;
      if (db_->GetIntProperty(family, property, &own)) sum += own;
    }
    return sum != 0;
  };
  using Properties = rocksdb::DB::Properties;
  const auto give_up = std::chrono::steady_clock::now() + kLongestFlush;
  // Pending without being under way for long: an earlier one failed, and none is about to begin.
  while (busy(Properties::kNumRunningFlushes) ||
         (busy(Properties::kMemTableFlushPending) && std::chrono::steady_clock::now() < give_up)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace cruddur::engine
