// Shapes that many requests share, and their enumerations. See request_shape.h.
#pragma once

#include "dynamo/request_shape.h"
#include "model/table_operations.h"

namespace cruddur::dynamo {

template <class E>
constexpr EnumValue NamedValue(std::string_view name, E value) {
  return {name, static_cast<int>(value)};
}

// The wire name of a value; empty for one that has none (Select::kDefault).
template <class E>
constexpr std::string_view NameIn(std::span<const EnumValue> values, E value) {
  for (const EnumValue& each : values) {
    if (each.value == static_cast<int>(value)) return each.name;
  }
  return {};
}

inline constexpr EnumValue kReturnConsumedCapacityValues[] = {
    NamedValue("INDEXES", model::ReturnConsumedCapacity::kIndexes),
    NamedValue("TOTAL", model::ReturnConsumedCapacity::kTotal),
    NamedValue("NONE", model::ReturnConsumedCapacity::kNone)};
inline constexpr EnumValue kReturnItemCollectionMetricsValues[] = {
    NamedValue("SIZE", model::ReturnItemCollectionMetrics::kSize),
    NamedValue("NONE", model::ReturnItemCollectionMetrics::kNone)};
inline constexpr EnumValue kReturnValuesValues[] = {
    NamedValue("ALL_NEW", model::ReturnValues::kAllNew),
    NamedValue("UPDATED_OLD", model::ReturnValues::kUpdatedOld),
    NamedValue("ALL_OLD", model::ReturnValues::kAllOld),
    NamedValue("NONE", model::ReturnValues::kNone),
    NamedValue("UPDATED_NEW", model::ReturnValues::kUpdatedNew)};
inline constexpr EnumValue kReturnValuesOnFailureValues[] = {
    NamedValue("ALL_OLD", model::ReturnValuesOnFailure::kAllOld),
    NamedValue("NONE", model::ReturnValuesOnFailure::kNone)};

inline constexpr Shape kAny{.kind = ShapeKind::kAny};
inline constexpr Shape kText{.kind = ShapeKind::kString};
inline constexpr Shape kTruth{.kind = ShapeKind::kBoolean};
inline constexpr Shape kItemShape{.kind = ShapeKind::kItem};
inline constexpr Shape kNamesShape{.kind = ShapeKind::kNames};
inline constexpr Shape kResourceName{
    .kind = ShapeKind::kString, .min = 3, .max = 255, .resource_name = true};
inline constexpr Shape kTableName{
    .kind = ShapeKind::kString, .min = 3, .max = 255, .resource_name = true, .table_name = true};
inline constexpr Shape kLimit{.kind = ShapeKind::kInteger, .min = 1};
inline constexpr Shape kReturnConsumedCapacityShape{.kind = ShapeKind::kString,
                                                    .values = kReturnConsumedCapacityValues};
inline constexpr Shape kReturnItemCollectionMetricsShape{
    .kind = ShapeKind::kString, .values = kReturnItemCollectionMetricsValues};
// UPDATE_NEW is AWS's.
inline constexpr std::string_view kCurrentReturnValues =
    "ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE";
inline constexpr Shape kReturnValuesShape{.kind = ShapeKind::kString,
                                          .values = kReturnValuesValues,
                                          .current_values = kCurrentReturnValues};
inline constexpr Shape kPutReturnValuesShape{.kind = ShapeKind::kString,
                                             .values = kReturnValuesValues,
                                             .current_values = kCurrentReturnValues,
                                             .listed_with_others = true};
inline constexpr Shape kReturnValuesOnFailureShape{.kind = ShapeKind::kString,
                                                   .values = kReturnValuesOnFailureValues};

// Members that stand in several structures.
inline constexpr Member kTableNameMember{"TableName", &kTableName, true};
inline constexpr Member kKeyMember{"Key", &kItemShape, true};
inline constexpr Member kReturnConsumedCapacityMember{"ReturnConsumedCapacity",
                                                      &kReturnConsumedCapacityShape};
inline constexpr Member kReturnItemCollectionMetricsMember{"ReturnItemCollectionMetrics",
                                                           &kReturnItemCollectionMetricsShape};
inline constexpr Member kReturnValuesMember{"ReturnValues", &kReturnValuesShape};
inline constexpr Member kReturnValuesOnFailureMember{"ReturnValuesOnConditionCheckFailure",
                                                     &kReturnValuesOnFailureShape};
inline constexpr Member kConditionExpressionMember{"ConditionExpression", &kText, false,
                                                   MemberRole::kExpression};
inline constexpr Member kProjectionExpressionMember{"ProjectionExpression", &kText, false,
                                                    MemberRole::kProjection};
inline constexpr Member kExpressionNamesMember{"ExpressionAttributeNames", &kNamesShape};
inline constexpr Member kExpressionValuesMember{"ExpressionAttributeValues", &kItemShape};

}  // namespace cruddur::dynamo
