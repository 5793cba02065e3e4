// The engine's RocksDB: opening, checking, its column families, durable writes and their failure.
//
// Thread-safe for reads; Write is for the committer's thread only. What the keys and values mean is
// in docs/formats.md.
#pragma once

#include <rocksdb/db.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/result.h"
#include "engine/idle_iterators.h"
#include "engine/store_errors.h"

namespace cruddur::engine {

enum class Family {
  kCatalog,  // the default column family: format version, tables, streams, counts
  kItems,    // items and index entries, sorted downwards: see key_codec.h
  kStreams,  // stream records
  kTokens,   // idempotency tokens of transactions
};
inline constexpr size_t kFamilies = 4;

struct StorageOptions {
  std::string directory;
  bool in_memory = false;
  bool sync = true;
  size_t block_cache_bytes = 8 * 1024 * 1024;
  const base::Clock* clock = nullptr;  // required; outlives the storage
  rocksdb::Env* env = nullptr;         // for tests: instead of the system's files
};

class Storage {
 public:
  // Under this key of the catalog: one byte, the version of all formats in the store.
  static constexpr std::string_view kFormatKey = "format";
  static constexpr char kFormatVersion = 1;

  // Creates the directory and the store in it where there is none. Errors are those of
  // Engine::Open.
  static base::Result<std::unique_ptr<Storage>> Open(const StorageOptions& options);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* family(Family which) const {
    return families_[static_cast<size_t>(which)];
  }

  // For reads within one partition.
  IdleIterators& idle_iterators() const { return *idle_iterators_; }

  // Writes all of the batch or nothing, and returns once it is durable. After a failure (kIo: a
  // full disk) reads go on, later calls fail at once, and recovery is tried in the background. What
  // a failed call wrote stays invisible, but may come back if the process dies before it has
  // recovered. kUnavailable, and nothing written, where the disk is nearly full or no write is
  // possible at the time.
  base::Status Write(rocksdb::WriteBatch& batch);

  // False between a failure and recovery, and while the disk is nearly full: Write would be
  // refused. Thread-safe, and cheap.
  bool Writable() const { return Healthy() && !full_.load(std::memory_order_relaxed); }
  // Looks whether anything is to be recovered, and has it done in the background. Cheap. For the
  // committer's thread, now and then: every tenth of a second while it is not Writable.
  void Revive();

 private:
  Storage() = default;
  base::Status OpenDb(const StorageOptions& options);
  base::Status CheckFormat(const std::string& directory);
  base::Status CheckRoom(size_t bytes);
  rocksdb::Status WriteBounded(rocksdb::WriteBatch& batch);
  bool Healthy() const { return !errors_->failed(); }
  void StartRecovery();
  void Recover();
  rocksdb::Status SwitchLog();
  void AwaitFlushes();

  std::unique_ptr<rocksdb::Env> memory_env_;  // outlives db_
  const std::shared_ptr<IdleIterators> idle_iterators_ = std::make_shared<IdleIterators>();
  const std::shared_ptr<StoreErrors> errors_ = std::make_shared<StoreErrors>();
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilies> families_{};
  rocksdb::WriteOptions write_options_;
  std::string directory_;
  bool in_memory_ = false;
  std::atomic<bool> full_ = false;
  bool stalled_ = false;  // the committer's thread only
  std::chrono::steady_clock::time_point last_recovery_{};
  std::atomic<bool> recovering_ = false;
  std::thread recovery_;
};

}  // namespace cruddur::engine
