#include "api/json_body.h"

#include "net/http.h"

namespace cruddur::api {

using base::ErrorCode;
using base::Fail;

bool IsJson(std::optional<std::string_view> content_type) {
  if (!content_type) return false;
  std::string_view type = content_type->substr(0, content_type->find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  return net::EqualsIgnoreCase(type, "application/json");
}

base::Result<json::Object> ParseJsonObject(std::string_view body) {
  // One parser a thread: its buffers are reused.
  thread_local json::Document document;
  const auto root = document.Parse(body);
  if (!root) return Fail(ErrorCode::kInvalidArgument, "the body is not JSON");
  json::Object object;
  if (root->get(object) != simdjson::SUCCESS) {
    return Fail(ErrorCode::kInvalidArgument, "the body must be a JSON object");
  }
  return object;
}

base::Result<std::optional<std::string>> StringMember(const json::Object& object,
                                                      std::string_view name) {
  json::Element element;
  if (object.at_key(name).get(element) != simdjson::SUCCESS || element.is_null()) {
    return std::nullopt;
  }
  std::string_view text;
  if (element.get(text) != simdjson::SUCCESS) {
    return Fail(ErrorCode::kInvalidArgument, std::string(name) + " must be a string");
  }
  return std::string(text);
}

}  // namespace cruddur::api
