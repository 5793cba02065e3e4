#include "engine/storage_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/compaction_filter.h>
#include <rocksdb/comparator.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <atomic>
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <mutex>

#include "base/log.h"
#include "engine/key_codec.h"

namespace cruddur::engine {
namespace {

constexpr size_t kMiB = 1024 * 1024;

// RocksDB's own warnings go into our log, once the store is open: what keeps it from opening is
// told once, by its error. The LOG file, which RocksDB would rename before it has locked the
// directory, is not written.
class LogBridge final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  rocksdb::InfoLogLevel GetInfoLogLevel() const override { return level_.load(); }
  void SetInfoLogLevel(const rocksdb::InfoLogLevel level) override { level_.store(level); }
  void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level < GetInfoLogLevel() || level == rocksdb::InfoLogLevel::HEADER_LEVEL) return;
    Logv(format, arguments);
  }
  void Logv(const char* format, va_list arguments) override {
    if (!MayLog()) return;
    char text[512];
    std::vsnprintf(text, sizeof text, format, arguments);
    std::string_view line(text);
    while (line.ends_with('\n')) line.remove_suffix(1);
    base::Log(base::LogLevel::kWarn, "rocksdb", {{"text", line}});
  }

 private:
  bool MayLog() {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - minute_ > std::chrono::minutes(1)) {
      minute_ = now;
      lines_ = 0;
    }
    return ++lines_ <= kLinesAMinute;
  }

  static constexpr int kLinesAMinute = 6;
  // Our own: RocksDB's threads read it while it is set.
  std::atomic<rocksdb::InfoLogLevel> level_ = rocksdb::InfoLogLevel::FATAL_LEVEL;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point minute_{};  // protected by mutex_
  int lines_ = 0;                                   // protected by mutex_
};

// Drops idempotency tokens whose time is over. The value begins with it (see tokens.h).
class ExpiredTokenFilter final : public rocksdb::CompactionFilter {
 public:
  explicit ExpiredTokenFilter(const base::Clock& clock) : clock_(clock) {}
  const char* Name() const override { return "cruddur.ExpiredTokens"; }
  bool Filter(int, const rocksdb::Slice&, const rocksdb::Slice& value, std::string*,
              bool*) const override {
    if (value.size() < 8) return false;
    const uint64_t expires = ReadUint64({value.data(), value.size()});
    return static_cast<int64_t>(expires) < clock_.Now().count();
  }

 private:
  const base::Clock& clock_;
};

class ExpiredTokenFilterFactory final : public rocksdb::CompactionFilterFactory {
 public:
  explicit ExpiredTokenFilterFactory(const base::Clock& clock) : clock_(clock) {}
  const char* Name() const override { return "cruddur.ExpiredTokens"; }
  std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
      const rocksdb::CompactionFilter::Context&) override {
    return std::make_unique<ExpiredTokenFilter>(clock_);
  }

 private:
  const base::Clock& clock_;
};

}  // namespace

rocksdb::DBOptions MakeDbOptions(const StorageOptions& options) {
  rocksdb::DBOptions db;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  db.info_log = std::make_shared<LogBridge>();
  if (options.env != nullptr) db.env = options.env;

  // The committer is the only writer: nothing to coordinate.
  db.allow_concurrent_memtable_write = false;
  db.enable_write_thread_adaptive_yield = false;

  // What a restart replays, at roughly 100 MB/s.
  db.max_total_wal_size = 8 * kMiB;
  db.avoid_flush_during_recovery = true;
  db.avoid_flush_during_shutdown = true;

  // A start must not read every file's statistics.
  db.skip_stats_update_on_db_open = true;
  db.skip_checking_sst_file_sizes_on_db_open = true;
  db.max_file_opening_threads = 1;
  db.max_open_files = 1024;

  db.max_background_jobs = 2;
  db.bytes_per_sync = kMiB;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(const StorageOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes, 4);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;

  rocksdb::ColumnFamilyOptions common;
  common.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  common.compression = rocksdb::kLZ4Compression;
  common.write_buffer_size = kMiB;
  // A flush under way must not hold up the committer: filled memtables wait for it.
  common.max_write_buffer_number = 6;
  // Reads merge every file of level 0: few of them.
  common.level0_file_num_compaction_trigger = 2;
  // No slowing down by degrees: Storage waits when RocksDB stops.
  common.level0_slowdown_writes_trigger = common.level0_stop_writes_trigger = 36;
  common.soft_pending_compaction_bytes_limit = 0;
  common.level_compaction_dynamic_level_bytes = true;

  rocksdb::ColumnFamilyOptions items = common;
  items.comparator = rocksdb::ReverseBytewiseComparator();
  items.write_buffer_size = 8 * kMiB;
  // Flushes are small, for the log is (see above): RocksDB's own sizes (a level of 256 MB, files of
  // 64) would rewrite a hundred bytes for each one that a busy conversation adds. Small files and a
  // level between make it ten.
  items.level0_file_num_compaction_trigger = 4;
  items.max_bytes_for_level_base = 32 * kMiB;
  items.target_file_size_base = 4 * kMiB;
  // What will soon be rewritten isn't worth the packing: the files of flushes, and the level that
  // they go to.
  items.compression_per_level = {rocksdb::kNoCompression, rocksdb::kNoCompression,
                                 rocksdb::kLZ4Compression};
  // Queries skip files and memtables that don't hold their partition.
  items.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kPrefixBytes));
  items.memtable_prefix_bloom_size_ratio = 0.02;
  items.memtable_whole_key_filtering = true;

  rocksdb::ColumnFamilyOptions streams = common;
  streams.write_buffer_size = 4 * kMiB;

  rocksdb::ColumnFamilyOptions tokens = common;
  tokens.compaction_filter_factory = std::make_shared<ExpiredTokenFilterFactory>(*options.clock);

  return {{rocksdb::kDefaultColumnFamilyName, common},
          {"items", items},
          {"streams", streams},
          {"tokens", tokens}};
}

}  // namespace cruddur::engine
