#include "engine/capacity.h"
#include "engine/field_checks.h"
#include "engine/item_read.h"
#include "engine/key_checks.h"
#include "engine/reader.h"
#include "engine/target.h"
#include "engine/throughput.h"

namespace cruddur::engine {

model::DbResult<model::GetItemResponse> Reader::GetItem(
    const model::GetItemRequest& request) const {
  FieldChecks fields;
  fields.TableName(request.table);
  TRY(fields.Result());
  TRY_ASSIGN(const GetProjection projection,
             GetProjection::Compile(request.projection_expression, request.placeholders.names,
                                    request.placeholders.legacy.others));
  TRY_ASSIGN(const auto table, FindTable(catalog_, request.table));
  TRY(CheckKey(request.key, table->description.keys));
  TRY(projection.Check(table->description));
  TRY(AdmitRead(*table));
  TRY_ASSIGN(FoundItem found, ReadItem(storage_, *table, request.key, projection));

  model::GetItemResponse response{.item = std::move(found.item)};
  CapacityMeter meter(request.return_consumed_capacity);
  if (meter.wanted() || table->throttle != nullptr) {
    const double units = ReadUnits(ReadBlocks(found.size), ReadModeOf(request.consistent_read));
    Charge(*table, nullptr, UnitKind::kRead, units);
    meter.AddTable(request.table, {.read = units});
    response.consumed_capacity = meter.TakeOne();
  }
  return response;
}

}  // namespace cruddur::engine
