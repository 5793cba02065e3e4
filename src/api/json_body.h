// What the routes that take a JSON object have in common.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/reader.h"

namespace cruddur::api {

// True for application/json, with parameters or without.
bool IsJson(std::optional<std::string_view> content_type);

// A request's body. kInvalidArgument (a 400) for what is no JSON object. Good until the next call
// on this thread: nothing of it may be kept across a suspension.
base::Result<json::Object> ParseJsonObject(std::string_view body);

// nullopt: missing or null. kInvalidArgument: no string.
base::Result<std::optional<std::string>> StringMember(const json::Object& object,
                                                      std::string_view name);

}  // namespace cruddur::api
