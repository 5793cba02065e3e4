#include "dynamo/response_reader.h"

namespace cruddur::dynamo {

std::optional<json::Element> ResponseReader::Find(std::string_view name) {
  if (broken_) return std::nullopt;
  auto value = object_.at_key(name);
  if (value.error() || value.value_unsafe().is_null()) return std::nullopt;
  return value.value_unsafe();
}

std::string ResponseReader::String(std::string_view name) {
  std::optional<json::Element> value = Find(name);
  if (!value) return {};
  if (value->is_string()) return std::string(value->get_string().value_unsafe());
  broken_ = true;
  return {};
}

int64_t ResponseReader::Int(std::string_view name) {
  std::optional<json::Element> value = Find(name);
  if (!value) return 0;
  int64_t number = 0;
  if (value->get_int64().get(number)) broken_ = true;
  return number;
}

double ResponseReader::Double(std::string_view name) {
  std::optional<json::Element> value = Find(name);
  if (!value) return 0;
  double number = 0;
  if (value->get_double().get(number)) broken_ = true;
  return number;
}

bool ResponseReader::Bool(std::string_view name) {
  std::optional<json::Element> value = Find(name);
  if (!value) return false;
  bool truth = false;
  if (value->get_bool().get(truth)) broken_ = true;
  return truth;
}

std::optional<model::Item> ResponseReader::OptionalItem(std::string_view name) {
  std::optional<json::Element> value = Find(name);
  if (!value) return std::nullopt;
  return ReadItem(*value);
}

model::Item ResponseReader::ReadItem(json::Element element) {
  auto item = model::ReadItem(element);
  if (!item) broken_ = true;
  return item ? *std::move(item) : model::Item();
}

model::DbStatus ResponseReader::Finish() const {
  if (!broken_) return {};
  return model::DbFail(model::DbErrorCode::kInternalServerError,
                       "The store's answer is not what DynamoDB would answer");
}

}  // namespace cruddur::dynamo
