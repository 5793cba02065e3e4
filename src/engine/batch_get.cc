#include <fmt/format.h>

#include "engine/capacity.h"
#include "engine/field_checks.h"
#include "engine/item_read.h"
#include "engine/key_checks.h"
#include "engine/reader.h"
#include "engine/target.h"
#include "engine/throughput.h"

namespace cruddur::engine {
namespace {

using model::BatchGetItemRequest;
using model::BatchGetItemResponse;
using model::DbResult;
using model::DbStatus;
using model::Invalid;
using model::Item;
using model::KeysAndAttributes;

constexpr size_t kMaxKeys = 100;
constexpr uint64_t kMaxResponseBytes = 16 * 1024 * 1024;

DbStatus CheckKeyCount(const std::string& table, size_t count) {
  FieldChecks fields;
  fields.TableName(table, "requestItems");
  fields.Length(fmt::format("requestItems.{}.member.keys", table), "'[]'", count, 1, SIZE_MAX);
  TRY(fields.Result());
  if (count <= kMaxKeys) return {};
  return Invalid(
      fmt::format("1 validation error detected: Value at 'RequestItems.{}.member.Keys' failed to "
                  "satisfy constraint: Member must have length less than or equal to {}",
                  table, kMaxKeys));
}

DbStatus CheckRequest(const BatchGetItemRequest& request) {
  if (request.tables.empty()) {
    return Invalid("The requestItems parameter is required for BatchGetItem");
  }
  size_t total = 0;
  for (const auto& [table, wanted] : request.tables) {
    TRY(CheckKeyCount(table, wanted.keys.size()));
    total += wanted.keys.size();
  }
  if (total > kMaxKeys) return Invalid("Too many items requested for the BatchGetItem call");
  for (const auto& [table, wanted] : request.tables) {
    std::vector<const Item*> keys;
    for (const Item& key : wanted.keys) keys.push_back(&key);
    if (HaveDuplicates(keys)) return Invalid("Provided list of item keys contains duplicates");
  }
  return {};
}

// One table's part of the request, ready to be read.
struct TablePart {
  const std::string& name;
  const KeysAndAttributes& wanted;
  GetProjection projection;
  std::shared_ptr<const TableState> table;
};

DbResult<std::vector<TablePart>> Prepare(const Catalog& catalog,
                                         const BatchGetItemRequest& request) {
  std::vector<TablePart> parts;
  for (const auto& [name, wanted] : request.tables) {
    TRY_ASSIGN(GetProjection projection,
               GetProjection::Compile(wanted.projection_expression, wanted.names, wanted.legacy));
    parts.push_back({name, wanted, std::move(projection), nullptr});
  }
  for (TablePart& part : parts) {
    TRY_ASSIGN(part.table, FindTable(catalog, part.name));
    for (const Item& key : part.wanted.keys) TRY(CheckKey(key, part.table->description.keys));
    TRY(part.projection.Check(part.table->description));
  }
  return parts;
}

// The keys from `first` on, to be asked for again.
KeysAndAttributes Rest(const KeysAndAttributes& wanted, size_t first) {
  KeysAndAttributes rest{.keys = {},
                         .consistent_read = wanted.consistent_read,
                         .projection_expression = wanted.projection_expression,
                         .names = wanted.names,
                         .legacy = wanted.legacy};
  rest.keys.assign(wanted.keys.begin() + static_cast<ptrdiff_t>(first), wanted.keys.end());
  return rest;
}

}  // namespace

DbResult<BatchGetItemResponse> Reader::BatchGetItem(const BatchGetItemRequest& request) const {
  TRY(CheckRequest(request));
  TRY_ASSIGN(const std::vector<TablePart> parts, Prepare(catalog_, request));

  BatchGetItemResponse response;
  CapacityMeter meter(request.return_consumed_capacity);
  uint64_t bytes = 0;
  size_t read = 0;
  DbStatus throttled;
  for (const TablePart& part : parts) {
    std::vector<Item>& items = response.items.emplace_back(part.name, std::vector<Item>()).second;
    const auto& keys = part.wanted.keys;
    for (size_t i = 0; i < keys.size(); ++i) {
      const DbStatus admitted = AdmitRead(*part.table);
      if (!admitted) throttled = admitted;
      // The item that reaches the limit is the last one, as on a page of a Query.
      if (!admitted || bytes >= kMaxResponseBytes) {
        response.unprocessed.emplace_back(part.name, Rest(part.wanted, i));
        break;
      }
      TRY_ASSIGN(FoundItem found, ReadItem(storage_, *part.table, keys[i], part.projection));
      bytes += found.size;
      ++read;
      const double units =
          ReadUnits(ReadBlocks(found.size), ReadModeOf(part.wanted.consistent_read));
      meter.AddTable(part.name, {.read = units});
      Charge(*part.table, nullptr, UnitKind::kRead, units);
      if (found.item) items.push_back(*std::move(found.item));
    }
  }
  // Nothing at all could be read.
  if (!throttled && read == 0) return std::unexpected(std::move(throttled).error());
  response.consumed_capacity = meter.TakeAll();
  return response;
}

}  // namespace cruddur::engine
