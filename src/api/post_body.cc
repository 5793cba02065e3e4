#include "api/post_body.h"

#include "api/json_body.h"
#include "messaging/text.h"

namespace cruddur::api {
base::Result<PostBody> ParsePostBody(std::string_view body) {
  TRY_ASSIGN(const json::Object object, ParseJsonObject(body));
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

}  // namespace cruddur::api
