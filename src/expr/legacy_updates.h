// AttributeUpdates and AttributesToGet, checked in AWS's words and written as expressions. See
// legacy_conditions.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "expr/legacy_placeholders.h"
#include "model/error.h"

namespace cruddur::expr {

enum class LegacyAction : uint8_t { kPut, kAdd, kDelete };

struct LegacyUpdate {
  std::string attribute;
  LegacyAction action = LegacyAction::kPut;
  std::optional<model::AttributeValue> value;
};

// Whether the action takes a value, and of which types: ValidationExceptions.
model::DbStatus CheckLegacyUpdate(const LegacyUpdate& update);

// REQUIRES: at least one update, CheckLegacyUpdate accepted each, and they name different
// attributes.
std::string WriteUpdates(std::vector<LegacyUpdate> updates, LegacyPlaceholders& placeholders);

// No attribute may be named twice.
model::DbStatus CheckAttributesToGet(const std::vector<std::string>& attributes);
// REQUIRES: at least one attribute.
std::string WriteAttributesToGet(std::vector<std::string> attributes,
                                 LegacyPlaceholders& placeholders);

}  // namespace cruddur::expr
