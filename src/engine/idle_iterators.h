// Iterators over the items that wait to be used again. Making one costs a quarter of reading a page
// of 20 rows: it looks up the memtables and files that there are. One that is used again only takes
// note of the newest write.
//
// Thread-safe. An idle iterator keeps the memtables and files alive that it was made over; when a
// flush or compaction has replaced some, all idle ones go.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/listener.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace cruddur::engine {

class IdleIterators final : public rocksdb::EventListener {
 public:
  struct Lease {
    std::unique_ptr<rocksdb::Iterator> iterator;
    uint64_t generation = 0;  // of the files and memtables
  };

  // An iterator that sees all that was written before. It stays within the partition that it is
  // sought in, and knows no other bounds: RocksDB 7.8 remembers for a block whether the bounds
  // matter in it, so that bounds which change between two seeks are not kept.
  Lease Take(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* items);
  void Give(Lease lease);

  // Before the database closes: nothing is kept from then on.
  void Close();

  void OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo&) override { DropAll(); }
  void OnCompactionCompleted(rocksdb::DB*, const rocksdb::CompactionJobInfo&) override {
    DropAll();
  }

 private:
  void DropAll();

  std::mutex mutex_;
  std::vector<std::unique_ptr<rocksdb::Iterator>> idle_;  // protected by mutex_
  uint64_t generation_ = 0;                               // protected by mutex_
  bool closed_ = false;                                   // protected by mutex_
};

}  // namespace cruddur::engine
