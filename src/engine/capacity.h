// Capacity units: what reads and writes cost (dynamodb-semantics.md section 3), and the
// ConsumedCapacity that a request asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/operations.h"

namespace cruddur::engine {

enum class ReadMode { kEventual, kConsistent, kTransactional };

inline ReadMode ReadModeOf(bool consistent_read) {
  return consistent_read ? ReadMode::kConsistent : ReadMode::kEventual;
}

// Whole blocks of 4 KB (read) and 1 KB (write) that `bytes` take up; nothing takes up one block.
uint64_t ReadBlocks(uint64_t bytes);
uint64_t WriteBlocks(uint64_t bytes);

// What `blocks` cost to read: half a unit each where an eventually consistent answer will do, two
// in a transaction.
double ReadUnits(uint64_t blocks, ReadMode mode);

// Putting, updating, deleting or condition-checking one item on the table. The sizes are
// model::SizeInBytes of the item before and after, 0 where there is none. A failed condition costs
// the same, with the size of the item that would have been written.
double WriteUnits(uint64_t bytes_before, uint64_t bytes_after, bool transactional);

// One write's cost on one index. An entry's size is that of the attributes projected into it; null
// where the item has no entry. Never doubled by transactions.
struct IndexEntryChange {
  std::optional<uint64_t> bytes_before, bytes_after;
  bool key_changed = false;  // index key differs: the old entry goes and a new one comes
  bool changed = false;      // anything in the entry differs
};
double IndexWriteUnits(const IndexEntryChange& change);

// Adds up what one request consumes by table and index. Tables come out in the order in which they
// were first added to. With kNone nothing is kept.
class CapacityMeter {
 public:
  explicit CapacityMeter(model::ReturnConsumedCapacity wanted, bool transactional = false)
      : wanted_(wanted), transactional_(transactional) {}

  // Callers on a fast path skip the arithmetic when nobody asked.
  bool wanted() const { return wanted_ != model::ReturnConsumedCapacity::kNone; }

  void AddTable(std::string_view table, model::CapacityUnits units);
  void AddIndex(std::string_view table, const model::IndexDescription& index,
                model::CapacityUnits units);

  // Of requests on one table: null with kNone, or if nothing was added.
  std::optional<model::ConsumedCapacity> TakeOne();
  std::vector<model::ConsumedCapacity> TakeAll() { return std::move(tables_); }

 private:
  model::ConsumedCapacity& Of(std::string_view table);

  model::ReturnConsumedCapacity wanted_;
  bool transactional_;
  std::vector<model::ConsumedCapacity> tables_;
};

}  // namespace cruddur::engine
