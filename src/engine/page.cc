#include "engine/page.h"

#include <algorithm>

#include "engine/key_checks.h"
#include "engine/row.h"
#include "engine/throughput.h"
#include "model/stored_item.h"

namespace cruddur::engine {
namespace {

using model::DbResult;
using model::DbStatus;
using model::Item;

// Room that is set aside before anything is read.
constexpr int64_t kExpectedItems = 128;

DbResult<Item> Decode(std::string_view bytes) {
  auto item = model::DecodeItem(bytes);
  if (!item) return std::unexpected(InternalError("decoding an item", item.error().message));
  return *std::move(item);
}

DbResult<Row> Parse(std::string_view value) {
  auto row = ParseRow(value);
  if (!row) return std::unexpected(InternalError("reading a row", row.error().message));
  return *row;
}

class PageReader {
 public:
  PageReader(const Storage& storage, PageRequest request)
      : storage_(storage), request_(std::move(request)) {
    if (request_.selection.fetches_base_items()) snapshot_.emplace(storage);
  }

  DbResult<Page> Read() {
    model::PageResponse& response = page_.response;
    if (!request_.selection.count_only()) {
      response.items.reserve(std::min(request_.limit.value_or(16), kExpectedItems));
    }
    RowCursor cursor(storage_, std::move(request_.range), request_.direction,
                     request_.one_partition, snapshot_ ? &*snapshot_ : nullptr);
    for (; cursor.Valid(); cursor.Next()) {
      TRY_ASSIGN(const Row row, Parse(cursor.value()));
      page_.bytes += row.size;
      ++response.scanned_count;
      // Whether anything follows is not looked up: a LastEvaluatedKey promises nothing.
      const bool full =
          page_.bytes >= kMaxPageBytes || response.scanned_count == request_.limit.value_or(-1);
      TRY(Take(row, full));
      if (!full) continue;
      page_.last_row = cursor.key();
      return std::move(page_);
    }
    TRY(cursor.status());
    return std::move(page_);
  }

 private:
  DbStatus Take(const Row& row, bool last) {
    const Selection& selection = request_.selection;
    // Counting needs the items only to filter them.
    if (selection.count_only() && !selection.filters() && !last) {
      ++page_.response.count;
      return {};
    }
    TRY_ASSIGN(Item item, Decode(row.item_bytes));
    if (last) page_.response.last_evaluated_key = KeyOf(item);
    if (selection.fetches_base_items()) {
      TRY(Fetch(item));
    }
    if (!selection.Matches(item)) return {};
    ++page_.response.count;
    if (!selection.count_only()) {
      page_.response.items.push_back(selection.Project(std::move(item)));
    }
    return {};
  }

  Item KeyOf(const Item& item) const {
    const Target& target = request_.target;
    if (target.index == nullptr) return ExtractKey(item, target.table_keys());
    return ExtractKey(item, target.index->keys, target.table_keys());
  }

  // Replaces an index entry by its item.
  DbStatus Fetch(Item& item) {
    std::string key;
    rocksdb::PinnableSlice value;
    const Target& target = request_.target;
    bool found = AppendItemKey(target.table->id, target.table_keys(), item, key);
    if (found) {
      TRY_ASSIGN(found, GetRow(storage_, key, value, &*snapshot_));
    }
    if (!found) {
      return std::unexpected(InternalError("fetching an item", "an index entry leads nowhere"));
    }
    TRY_ASSIGN(const Row row, Parse({value.data(), value.size()}));
    page_.fetched_blocks += ReadBlocks(row.size);
    TRY_ASSIGN(item, Decode(row.item_bytes));
    return {};
  }

  const Storage& storage_;
  PageRequest request_;
  std::optional<StorageSnapshot> snapshot_;  // so that entries and items are of one moment
  Page page_;
};

}  // namespace

DbResult<Page> ReadPage(const Storage& storage, PageRequest request) {
  TRY(AdmitRead(*request.target.table, request.target.index));
  return PageReader(storage, std::move(request)).Read();
}

void AddPageUnits(const Page& page, const Target& target, uint64_t row_blocks, ReadMode mode,
                  CapacityMeter& meter) {
  const std::string& table = target.description().name;
  const model::CapacityUnits rows{.read = ReadUnits(row_blocks, mode)};
  Charge(*target.table, target.index, UnitKind::kRead, rows.read);
  if (target.index != nullptr) {
    meter.AddIndex(table, *target.index, rows);
  } else {
    meter.AddTable(table, rows);
  }
  if (page.fetched_blocks > 0) {
    const double fetches = ReadUnits(page.fetched_blocks, mode);
    meter.AddTable(table, {.read = fetches});
    Charge(*target.table, nullptr, UnitKind::kRead, fetches);
  }
}

}  // namespace cruddur::engine
