// Page cursors: opaque, URL-safe text that says where a page of one list ended.
//
// A cursor is bound to its list and checked, so that a mistyped one, or one of another list, is
// refused rather than answered with a page from somewhere. It is no secret and grants nothing.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cruddur::messaging {

// `list` is the partition key of the list, `sort_key` that of the item where the page ended.
std::string EncodeCursor(std::string_view list, std::string_view sort_key);

// The sort key. Error: kInvalidArgument.
base::Result<std::string> DecodeCursor(std::string_view list, std::string_view cursor);

}  // namespace cruddur::messaging
