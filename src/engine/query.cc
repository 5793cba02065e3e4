#include "engine/expression_checks.h"
#include "engine/field_checks.h"
#include "engine/page.h"
#include "engine/reader.h"
#include "engine/start_key.h"

namespace cruddur::engine {
namespace {

using model::DbStatus;
using model::Invalid;
using model::QueryRequest;

DbStatus CheckFields(const QueryRequest& request) {
  FieldChecks fields;
  fields.IndexName(request.index);
  fields.TableName(request.table);
  TRY(fields.Result());
  // AWS words this one in its own way.
  if (request.limit && *request.limit < 1) {
    return Invalid(
        "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must "
        "have value greater than or equal to 1");
  }
  if (request.key_condition_expression.empty()) {
    return Invalid(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
        "request.");
  }
  static const std::optional<std::string> kGiven("");
  return CheckPlaceholders(request.placeholders, {{"KeyConditionExpression", kGiven}});
}

// Where the page begins and ends, the start key taken into account.
model::DbResult<KeyRange> RangeOf(const QueryRequest& request, const Target& target,
                                  const expr::KeyCondition& condition) {
  KeyRange range = RangeOfCondition(target.keyspace(), condition);
  const model::Item& start = request.exclusive_start_key;
  if (start.empty()) return range;

  TRY(CheckStartKeyMatches(start, target.keys(), condition));
  if (target.index == nullptr && NamesOneItem(condition, target.table_keys())) {
    return Invalid("The query can return at most one row and cannot be restarted");
  }
  if (request.scan_index_forward) {
    range.low = JustAbove(target.RowKey(start));
  } else {
    range.high = JustBelow(target.RowKey(start));
  }
  return range;
}

}  // namespace

model::DbResult<model::PageResponse> Reader::Query(const QueryRequest& request) const {
  TRY(CheckFields(request));
  expr::Bindings bindings(request.placeholders);
  TRY_ASSIGN(Selection selection,
             Selection::Compile({.kind = ReadKind::kQuery,
                                 .select = request.select,
                                 .filter_expression = request.filter_expression,
                                 .projection_expression = request.projection_expression,
                                 .on_index = !request.index.empty()},
                                bindings));
  TRY(expr::KeyCondition::Check(request.key_condition_expression, bindings));
  TRY(bindings.CheckAllUsed());
  TRY_ASSIGN(const Target target,
             FindTarget(catalog_, request.table, request.index, request.consistent_read));
  if (!request.exclusive_start_key.empty()) {
    TRY(CheckStartKey(ReadKind::kQuery, request.exclusive_start_key, target.description(),
                      target.index));
  }
  TRY_ASSIGN(
      const expr::KeyCondition condition,
      expr::KeyCondition::Compile(request.key_condition_expression, bindings, target.keys()));
  TRY_ASSIGN(KeyRange range, RangeOf(request, target, condition));
  TRY(selection.Bind(target.description(), target.index));

  TRY_ASSIGN(Page page,
             ReadPage(storage_, {.target = target,
                                 .selection = selection,
                                 .range = std::move(range),
                                 .direction = request.scan_index_forward ? Direction::kAscending
                                                                         : Direction::kDescending,
                                 .one_partition = true,
                                 .limit = request.limit}));
  if (target.index == nullptr && NamesOneItem(condition, target.table_keys())) {
    page.response.last_evaluated_key = {};
  }
  CapacityMeter meter(request.return_consumed_capacity);
  if (meter.wanted() || target.table->throttle != nullptr) {
    AddPageUnits(page, target, ReadBlocks(page.bytes), ReadModeOf(request.consistent_read), meter);
    page.response.consumed_capacity = meter.TakeOne();
  }
  return std::move(page.response);
}

}  // namespace cruddur::engine
