// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace cruddur::base {

// The length of the sequence that `text` begins with, 1 to 4; 0 if it begins with none.
size_t Utf8Length(std::string_view text);

}  // namespace cruddur::base
