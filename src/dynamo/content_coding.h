// Compressed bodies: requests in gzip or deflate, answers in gzip for those who accept it (RFC 9110
// section 8.4).
#pragma once

#include <string>
#include <string_view>

#include "model/error.h"

namespace cruddur::dynamo {

// Unpacks at most `limit` bytes. `coding` is "gzip" or "deflate". kInternalServerError, without a
// text, for what doesn't unpack, as DynamoDB answers it; kValidation for more than `limit`.
model::DbResult<std::string> Unpack(std::string_view coding, std::string_view body, size_t limit);

// Whether an Accept-Encoding allows gzip.
bool AcceptsGzip(std::string_view accept_encoding);

// Fast rather than small.
std::string Gzip(std::string_view body);

}  // namespace cruddur::dynamo
