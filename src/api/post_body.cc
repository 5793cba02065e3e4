#include "api/post_body.h"

#include "json/reader.h"
#include "messaging/text.h"
#include "net/http.h"

namespace cruddur::api {
namespace {

using base::ErrorCode;
using base::Fail;

// nullopt: missing or null.
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

}  // namespace

base::Result<PostBody> ParsePostBody(std::string_view body) {
  // One parser a thread: its buffers are reused. Nothing of it is kept across a suspension.
  thread_local json::Document document;
  const auto root = document.Parse(body);
  if (!root) return Fail(ErrorCode::kInvalidArgument, "the body is not JSON");
  json::Object object;
  if (root->get(object) != simdjson::SUCCESS) {
    return Fail(ErrorCode::kInvalidArgument, "the body must be a JSON object");
  }
  PostBody post;
  TRY_ASSIGN(auto message, StringMember(object, "message"));
  TRY_ASSIGN(post.message_group_uuid, StringMember(object, "message_group_uuid"));
  TRY_ASSIGN(auto handle, StringMember(object, "handle"));
  post.message = std::move(message).value_or("");
  post.handle = std::move(handle).value_or("");
  return post;
}

std::vector<std::string_view> PostBody::Faults() const {
  std::vector<std::string_view> faults = messaging::TextFaults(message);
  if (message_group_uuid) {
    if (messaging::IsBlank(*message_group_uuid)) faults.push_back("message_group_uuid_blank");
  } else if (messaging::IsBlank(handle)) {
    faults.push_back("user_receiver_handle_blank");
  }
  return faults;
}

bool IsJson(std::optional<std::string_view> content_type) {
  if (!content_type) return false;
  std::string_view type = content_type->substr(0, content_type->find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  return net::EqualsIgnoreCase(type, "application/json");
}

}  // namespace cruddur::api
