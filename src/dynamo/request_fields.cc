#include "dynamo/request_fields.h"

#include <cmath>
#include <limits>

namespace cruddur::dynamo {

std::optional<bool> BooleanOf(json::Element value) {
  if (value.is_bool()) return value.get_bool().value_unsafe();
  if (!value.is_string()) return std::nullopt;
  std::string text(value.get_string().value_unsafe().substr(0, 6));
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
  }
  if (text == "TRUE" || text == "1" || text == "YES") return true;
  if (text == "FALSE" || text == "0" || text == "NO") return false;
  return std::nullopt;
}

int64_t IntegerOf(json::Element value) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  switch (value.type()) {
    case simdjson::dom::element_type::INT64:
      return value.get_int64().value_unsafe();
    case simdjson::dom::element_type::UINT64:
      return kMax;  // simdjson gives this type only to what int64_t can't hold
    case simdjson::dom::element_type::DOUBLE: {
      double number = std::trunc(value.get_double().value_unsafe());
      if (number >= 0x1p63) return kMax;
      if (number < -0x1p63) return kMin;
      return static_cast<int64_t>(number);
    }
    default:
      return 0;
  }
}

model::Item ReadItemMember(json::Element value, RequestIssues& issues, CheckStage stage) {
  model::DbResult<model::Item> item = model::ReadItem(value, issues.values());
  if (item) return *std::move(item);
  if (item.error().code == model::DbErrorCode::kSerialization) stage = CheckStage::kTypes;
  issues.Fail(stage, std::move(item).error());
  return {};
}

}  // namespace cruddur::dynamo
