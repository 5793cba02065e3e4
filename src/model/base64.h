// Base64 (RFC 4648 section 4) as DynamoDB JSON carries binary values.
#pragma once

#include <string>
#include <string_view>

#include "model/error.h"

namespace cruddur::model {

void AppendBase64(std::string& out, std::string_view bytes);

// Strict: padded, one line, no stray bits behind the last byte. SerializationException otherwise.
DbResult<std::string> DecodeBase64(std::string_view text);

}  // namespace cruddur::model
