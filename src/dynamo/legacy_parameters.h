// Reads the parameters that expressions replaced. What is read is checked; expr/legacy_*.h write it
// as expressions.
#pragma once

#include <string>
#include <vector>

#include "dynamo/request_fields.h"
#include "expr/legacy_conditions.h"
#include "expr/legacy_updates.h"

namespace cruddur::dynamo {

// All take null for what was not given, and note at `stage` what is wrong with a value; then the
// result is not to be used.
std::vector<expr::LegacyCondition> ReadConditions(const json::Element* value, CheckStage stage,
                                                  RequestIssues& issues);
std::vector<expr::LegacyCondition> ReadExpected(const json::Element* value, RequestIssues& issues);
std::vector<expr::LegacyUpdate> ReadAttributeUpdates(const json::Element* value,
                                                     RequestIssues& issues);
std::vector<std::string> ReadAttributesToGet(const json::Element* value, CheckStage stage,
                                             RequestIssues& issues);

// For a request that takes no other placeholders: AttributesToGet as a ProjectionExpression.
template <class Request>
void SetAttributesToGet(std::vector<std::string> attributes, Request& out) {
  if (attributes.empty()) return;
  model::Placeholders placeholders;
  {
    expr::LegacyPlaceholders made(placeholders);
    out.projection_expression = expr::WriteAttributesToGet(std::move(attributes), made);
  }
  if constexpr (requires { out.placeholders; }) {
    out.placeholders.names = std::move(placeholders.names);
    out.placeholders.legacy.others = true;
  } else {
    out.names = std::move(placeholders.names);
    out.legacy = true;
  }
}

}  // namespace cruddur::dynamo
