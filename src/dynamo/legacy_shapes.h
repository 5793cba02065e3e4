// Shapes of the parameters that expressions replaced. See request_shape.h.
#pragma once

#include "dynamo/common_shapes.h"
#include "expr/legacy_conditions.h"
#include "expr/legacy_updates.h"

namespace cruddur::dynamo {

inline constexpr EnumValue kComparisonOperatorValues[] = {
    NamedValue("IN", expr::ComparisonOperator::kIn),
    NamedValue("NULL", expr::ComparisonOperator::kNull),
    NamedValue("BETWEEN", expr::ComparisonOperator::kBetween),
    NamedValue("LT", expr::ComparisonOperator::kLess),
    NamedValue("NOT_CONTAINS", expr::ComparisonOperator::kNotContains),
    NamedValue("EQ", expr::ComparisonOperator::kEqual),
    NamedValue("GT", expr::ComparisonOperator::kGreater),
    NamedValue("NOT_NULL", expr::ComparisonOperator::kNotNull),
    NamedValue("NE", expr::ComparisonOperator::kNotEqual),
    NamedValue("LE", expr::ComparisonOperator::kLessEqual),
    NamedValue("BEGINS_WITH", expr::ComparisonOperator::kBeginsWith),
    NamedValue("GE", expr::ComparisonOperator::kGreaterEqual),
    NamedValue("CONTAINS", expr::ComparisonOperator::kContains)};
inline constexpr EnumValue kUpdateActionValues[] = {
    NamedValue("ADD", expr::LegacyAction::kAdd), NamedValue("DELETE", expr::LegacyAction::kDelete),
    NamedValue("PUT", expr::LegacyAction::kPut)};
inline constexpr EnumValue kConditionalOperatorValues[] = {NamedValue("OR", expr::Junction::kOr),
                                                           NamedValue("AND", expr::Junction::kAnd)};

inline constexpr Shape kComparisonOperator{.kind = ShapeKind::kString,
                                           .values = kComparisonOperatorValues};
inline constexpr Shape kUpdateAction{.kind = ShapeKind::kString, .values = kUpdateActionValues};
inline constexpr Shape kConditionalOperatorShape{
    .kind = ShapeKind::kString, .values = kConditionalOperatorValues, .current_values = "ALL, OR"};
inline constexpr Shape kLongAttributeName{.kind = ShapeKind::kString, .min = 0, .max = 65'535};
inline constexpr Shape kAttributesToGet{
    .kind = ShapeKind::kList, .min = 1, .max = 255, .element = &kLongAttributeName};
inline constexpr Shape kAttributeValueShape{.kind = ShapeKind::kAttributeValue};
inline constexpr Shape kAttributeValueList{.kind = ShapeKind::kList,
                                           .element = &kAttributeValueShape};

inline constexpr Member kConditionMembers[] = {{"AttributeValueList", &kAttributeValueList},
                                               {"ComparisonOperator", &kComparisonOperator, true}};
inline constexpr Shape kCondition{
    .kind = ShapeKind::kStructure, .type = "Condition", .members = kConditionMembers};
inline constexpr Shape kConditions{.kind = ShapeKind::kMap,
                                   .type = "Condition",
                                   .key = &kLongAttributeName,
                                   .element = &kCondition};

inline constexpr Member kExpectedValueMembers[] = {{"AttributeValueList", &kAttributeValueList},
                                                   {"ComparisonOperator", &kComparisonOperator},
                                                   {"Exists", &kTruth},
                                                   {"Value", &kAttributeValueShape}};
inline constexpr Shape kExpectedValue{.kind = ShapeKind::kStructure,
                                      .type = "ExpectedAttributeValue",
                                      .members = kExpectedValueMembers};
inline constexpr Shape kExpected{.kind = ShapeKind::kMap,
                                 .type = "ExpectedAttributeValue",
                                 .key = &kLongAttributeName,
                                 .element = &kExpectedValue};

inline constexpr Member kValueUpdateMembers[] = {{"Action", &kUpdateAction},
                                                 {"Value", &kAttributeValueShape}};
inline constexpr Shape kValueUpdate{
    .kind = ShapeKind::kStructure, .type = "AttributeValueUpdate", .members = kValueUpdateMembers};
inline constexpr Shape kAttributeUpdates{.kind = ShapeKind::kMap,
                                         .type = "AttributeValueUpdate",
                                         .key = &kLongAttributeName,
                                         .element = &kValueUpdate};

inline constexpr Member kExpectedMember{"Expected", &kExpected, false,
                                        MemberRole::kLegacyConditions};
inline constexpr Member kAttributeUpdatesMember{"AttributeUpdates", &kAttributeUpdates, false,
                                                MemberRole::kLegacy};
inline constexpr Member kConditionalOperatorMember{
    "ConditionalOperator", &kConditionalOperatorShape, false, MemberRole::kConditionalOperator};
inline constexpr Member kAttributesToGetMember{"AttributesToGet", &kAttributesToGet, false,
                                               MemberRole::kLegacy};

}  // namespace cruddur::dynamo
