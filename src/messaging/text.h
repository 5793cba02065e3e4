// The rules for a message's text: 1 to 1,024 code points, not all of them white space.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace cruddur::messaging {

inline constexpr size_t kMaxMessageCodePoints = 1024;

// All of these take valid UTF-8, as the JSON reader delivers it.
size_t CountCodePoints(std::string_view text);
std::string_view FirstCodePoints(std::string_view text, size_t count);

// True for empty text too. White space is what has Unicode's White_Space property.
bool IsBlank(std::string_view text);

// "message_blank" and "message_exceed_max_chars", those that apply: a thousand and more spaces are
// both.
std::vector<std::string_view> TextFaults(std::string_view text);

}  // namespace cruddur::messaging
