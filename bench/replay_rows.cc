// The rate at which RocksDB's own group commit makes durable the rows that POST /api/messages
// writes: the measure that bench/api.sh holds the server's POST against.
//
// replay_rows sequence SOURCE            prints the store's last sequence number: a row, a number
// replay_rows run SOURCE FIRST POSTS TARGET THREADS SECONDS
//
// POSTS posts were written to SOURCE since its sequence number was FIRST, and SOURCE's process was
// killed, so that its log is as it was. `run` takes the rows from that log as the engine wrote them
// (the newest some ten megabytes), cuts them into posts of as many rows as the posts had in the
// mean, and lets THREADS threads write one synced batch a post to a store at TARGET that is opened
// as the engine opens its own.
#include <rocksdb/transaction_log.h>
#include <rocksdb/write_batch.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "engine/storage.h"

namespace {

using namespace cruddur;
using Clock = std::chrono::steady_clock;

struct Row {
  uint32_t family;
  bool removes;
  std::string key, value;
};

class RowCollector final : public rocksdb::WriteBatch::Handler {
 public:
  explicit RowCollector(std::vector<Row>& rows) : rows_(rows) {}
  rocksdb::Status PutCF(uint32_t family, const rocksdb::Slice& key,
                        const rocksdb::Slice& value) override {
    rows_.push_back({family, false, key.ToString(), value.ToString()});
    return {};
  }
  rocksdb::Status DeleteCF(uint32_t family, const rocksdb::Slice& key) override {
    rows_.push_back({family, true, key.ToString(), ""});
    return {};
  }
  rocksdb::Status SingleDeleteCF(uint32_t family, const rocksdb::Slice& key) override {
    return DeleteCF(family, key);
  }
  rocksdb::Status DeleteRangeCF(uint32_t, const rocksdb::Slice&, const rocksdb::Slice&) override {
    return {};
  }
  rocksdb::Status MergeCF(uint32_t, const rocksdb::Slice&, const rocksdb::Slice&) override {
    return {};
  }

 private:
  std::vector<Row>& rows_;
};

std::unique_ptr<engine::Storage> Open(const char* directory) {
  static const base::SystemClock clock;
  engine::StorageOptions options;
  options.directory = directory;
  options.clock = &clock;
  auto storage = engine::Storage::Open(options);
  if (!storage) {
    std::fprintf(stderr, "%s\n", storage.error().message.c_str());
    std::exit(1);
  }
  return std::move(*storage);
}

// What the log still holds, oldest first.
std::vector<Row> RowsOfLog(rocksdb::DB& db) {
  rocksdb::VectorLogPtr files;
  if (!db.GetSortedWalFiles(files).ok() || files.empty()) return {};
  std::vector<Row> rows;
  RowCollector collector(rows);
  for (const auto& file : files) {
    std::unique_ptr<rocksdb::TransactionLogIterator> log;
    if (!db.GetUpdatesSince(std::max<uint64_t>(1, file->StartSequence()), &log).ok()) continue;
    for (; log->Valid(); log->Next()) log->GetBatch().writeBatchPtr->Iterate(&collector);
    break;  // the iterator goes through the files behind it
  }
  return rows;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return time.tv_sec + time.tv_usec / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// One post's rows from `from` on, under new keys: overwriting would leave less to compact.
void FillBatch(const std::vector<Row>& rows, size_t from, size_t count, uint64_t stamp,
               engine::Storage& target, rocksdb::WriteBatch& batch) {
  batch.Clear();
  for (size_t i = from; i < from + count; ++i) {
    const Row& row = rows[i % rows.size()];
    std::string key = row.key;
    key.append(reinterpret_cast<const char*>(&stamp), sizeof stamp);
    auto* family = target.family(static_cast<engine::Family>(row.family));
    (row.removes ? batch.Delete(family, key) : batch.Put(family, key, row.value))
        .PermitUncheckedError();
  }
}

int Run(char** argv) {
  const auto source = Open(argv[2]);
  const auto sequence = static_cast<double>(source->db().GetLatestSequenceNumber());
  const double rows_per_post = (sequence - std::atof(argv[3])) / std::atof(argv[4]);
  const auto target = Open(argv[5]);
  const int threads = std::atoi(argv[6]);
  const std::chrono::duration<double> time(std::atof(argv[7]));
  std::vector<Row> rows = RowsOfLog(source->db());
  std::erase_if(rows, [](const Row& row) { return row.family >= engine::kFamilies; });
  if (rows.empty() || rows_per_post < 1) {
    std::fprintf(stderr, "no rows in the log of %s\n", argv[2]);
    return 1;
  }
  std::atomic<uint64_t> posts = 0, written = 0, bytes = 0;
  rocksdb::WriteOptions durable;
  durable.sync = true;
  const double cpu_before = CpuSeconds();
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(time);
  std::vector<std::jthread> writers;
  for (int n = 0; n < threads; ++n) {
    writers.emplace_back([&] {
      rocksdb::WriteBatch batch;
      while (Clock::now() < end) {
        const uint64_t post = posts.fetch_add(1);
        const auto from = static_cast<size_t>(post * rows_per_post);
        const size_t count = static_cast<size_t>((post + 1) * rows_per_post) - from;
        FillBatch(rows, from, count, post, *target, batch);
        bytes.fetch_add(batch.GetDataSize());
        written.fetch_add(count);
        if (!target->db().Write(durable, &batch).ok()) std::abort();
      }
    });
  }
  writers.clear();
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const double count = static_cast<double>(posts.load());
  std::printf("%.0f posts/s of %.1f rows and %.0f bytes, %.1f us CPU a post\n", count / seconds,
              static_cast<double>(written.load()) / count,
              static_cast<double>(bytes.load()) / count, (CpuSeconds() - cpu_before) / count * 1e6);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  if (command == "sequence" && argc == 3) {
    std::printf("%llu\n",
                static_cast<unsigned long long>(Open(argv[2])->db().GetLatestSequenceNumber()));
    return 0;
  }
  if (command == "run" && argc == 8) return Run(argv);
  std::fprintf(
      stderr,
      "usage: replay_rows sequence SOURCE | run SOURCE FIRST POSTS TARGET THREADS SECONDS\n");
  return 2;
}
