#include "engine/capacity.h"

#include <algorithm>

namespace cruddur::engine {
namespace {

constexpr uint64_t kReadBlockBytes = 4096;
constexpr uint64_t kWriteBlockBytes = 1024;

uint64_t Blocks(uint64_t bytes, uint64_t block) {
  return bytes == 0 ? 1 : bytes / block + (bytes % block != 0);
}

void Add(model::CapacityUnits& to, model::CapacityUnits units) {
  to.read += units.read;
  to.write += units.write;
}

}  // namespace

uint64_t ReadBlocks(uint64_t bytes) { return Blocks(bytes, kReadBlockBytes); }
uint64_t WriteBlocks(uint64_t bytes) { return Blocks(bytes, kWriteBlockBytes); }

double ReadUnits(uint64_t blocks, ReadMode mode) {
  double units = static_cast<double>(blocks);
  switch (mode) {
    case ReadMode::kEventual:
      return units / 2;
    case ReadMode::kConsistent:
      return units;
    case ReadMode::kTransactional:
      return units * 2;
  }
  return units;
}

double WriteUnits(uint64_t bytes_before, uint64_t bytes_after, bool transactional) {
  double units = static_cast<double>(WriteBlocks(std::max(bytes_before, bytes_after)));
  return transactional ? units * 2 : units;
}

double IndexWriteUnits(const IndexEntryChange& change) {
  uint64_t before = change.bytes_before ? WriteBlocks(*change.bytes_before) : 0;
  uint64_t after = change.bytes_after ? WriteBlocks(*change.bytes_after) : 0;
  if (change.bytes_before && change.bytes_after && !change.key_changed) {
    return change.changed ? static_cast<double>(std::max(before, after)) : 0;
  }
  // A new entry, a deleted one, or both at once.
  return static_cast<double>(before + after);
}

model::ConsumedCapacity& CapacityMeter::Of(std::string_view table) {
  auto found = std::ranges::find(tables_, table, &model::ConsumedCapacity::table_name);
  if (found != tables_.end()) return *found;
  model::ConsumedCapacity& added = tables_.emplace_back();
  added.table_name = table;
  added.transactional = transactional_;
  // The table's share is told even where it is nothing.
  if (wanted_ == model::ReturnConsumedCapacity::kIndexes) added.table.emplace();
  return added;
}

void CapacityMeter::AddTable(std::string_view table, model::CapacityUnits units) {
  if (!wanted()) return;
  model::ConsumedCapacity& consumed = Of(table);
  Add(consumed.units, units);
  if (consumed.table) Add(*consumed.table, units);
}

void CapacityMeter::AddIndex(std::string_view table, const model::IndexDescription& index,
                             model::CapacityUnits units) {
  if (!wanted()) return;
  model::ConsumedCapacity& consumed = Of(table);
  Add(consumed.units, units);
  if (!consumed.table) return;
  auto& shares = index.global ? consumed.global_indexes : consumed.local_indexes;
  Add(shares[index.name], units);
}

std::optional<model::ConsumedCapacity> CapacityMeter::TakeOne() {
  if (tables_.empty()) return std::nullopt;
  return std::move(tables_.front());
}

}  // namespace cruddur::engine
