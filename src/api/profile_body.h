// The body of PATCH /api/me.
#pragma once

#include <string_view>
#include <vector>

#include "accounts/profile_change.h"
#include "base/result.h"

namespace cruddur::api {

inline constexpr size_t kMaxDisplayName = 100, kMaxHandle = 64;  // code points

// kInvalidArgument (a 400) for what is no JSON object, or has a member of ours that is no string.
// Members that are null count as missing; others than ours are ignored.
base::Result<accounts::ProfileChange> ParseProfileBody(std::string_view body);

// For the 422, all that apply: display_name_blank, display_name_exceed_max_chars,
// display_name_invalid (control characters, and those that turn the direction of text around: a
// name stands beside others), handle_blank, handle_exceed_max_chars, handle_invalid (what
// accounts::IsHandle refuses otherwise).
std::vector<std::string_view> Faults(const accounts::ProfileChange& change);

}  // namespace cruddur::api
