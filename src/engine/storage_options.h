// RocksDB's settings for the store, and why they are so.
#pragma once

#include <rocksdb/db.h>

#include <vector>

#include "engine/storage.h"

namespace cruddur::engine {

rocksdb::DBOptions MakeDbOptions(const StorageOptions& options);
// In the order of Family; the first is RocksDB's default column family.
std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(const StorageOptions& options);

}  // namespace cruddur::engine
