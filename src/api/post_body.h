// The body of POST /api/messages.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cruddur::api {

struct PostBody {
  std::string message;
  // Given and not null: the message goes into this conversation; otherwise to the handle.
  std::optional<std::string> message_group_uuid;
  std::string handle;

  // The codes of spec section 4, all that apply.
  std::vector<std::string_view> Faults() const;
};

// kInvalidArgument (a 400) for what is no JSON object, or has a member of ours that is no string.
// Members that are null count as missing; others than ours are ignored.
base::Result<PostBody> ParsePostBody(std::string_view body);

}  // namespace cruddur::api
