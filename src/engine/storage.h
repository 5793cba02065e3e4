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
#include <thread>

#include "base/clock.h"
#include "base/result.h"
#include "engine/idle_iterators.h"

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

  // Writes all of the batch or nothing, and returns once it is durable. After a failure (a full
  // disk) reads go on, later calls fail at once, and recovery is tried in the background. What a
  // failed call wrote stays invisible, but may come back if the process dies before it has
  // recovered. Refuses before that where the disk is nearly full.
  base::Status Write(rocksdb::WriteBatch& batch);

  // False between a failed write and recovery.
  bool Healthy() const { return !failed_.load(std::memory_order_relaxed); }

 private:
  Storage() = default;
  base::Status OpenDb(const StorageOptions& options);
  base::Status CheckFormat(const std::string& directory);
  base::Status CheckRoom(size_t bytes);
  rocksdb::Status WriteBounded(rocksdb::WriteBatch& batch);
  bool MemtablesAreEmpty() const;
  void StartRecovery();

  std::unique_ptr<rocksdb::Env> memory_env_;  // outlives db_
  const std::shared_ptr<IdleIterators> idle_iterators_ = std::make_shared<IdleIterators>();
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilies> families_{};
  rocksdb::WriteOptions write_options_;
  std::string directory_;
  bool in_memory_ = false;
  bool full_ = false, stalled_ = false;  // the committer's thread only
  std::atomic<bool> failed_ = false;
  bool needs_reopening_ = false;
  std::chrono::steady_clock::time_point next_recovery_{};
  std::atomic<bool> recovering_ = false, recovered_ = false;
  std::thread recovery_;
};

}  // namespace cruddur::engine
