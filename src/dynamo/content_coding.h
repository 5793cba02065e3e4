// Compressed bodies (RFC 9110, section 8.4): requests in gzip or deflate, and answers for those who
// accept it.
#pragma once

#include <string>
#include <string_view>

#include "model/error.h"

namespace cruddur::dynamo {

// Unpacks at most `limit` bytes of gzip or deflate. kInternalServerError, without a text, for what
// doesn't unpack, for more than `limit`, and for another coding, as DynamoDB answers it.
model::DbResult<std::string> Unpack(std::string_view coding, std::string_view body, size_t limit);

enum class AnswerCoding { kPlain, kGzip, kDeflate };

// What an Accept-Encoding asks for, as AWS reads it: the highest weight, of equal ones the first,
// "*" after what is named and gzip before deflate; "identity" counts for nothing. A weight that
// isn't a number is 1.
AnswerCoding ChooseCoding(std::string_view accept_encoding);

// Fast rather than small. REQUIRES: not kPlain.
std::string Pack(AnswerCoding coding, std::string_view body);

}  // namespace cruddur::dynamo
