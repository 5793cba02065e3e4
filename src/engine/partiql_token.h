// NextToken: where the next page of a SELECT goes on. Clients send back what they were given, or
// something of their own, so a token is checked and bound to its statement.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/error.h"

namespace cruddur::engine {

struct StatementToken {
  uint64_t statement = 0;  // a hash of the statement, its parameters and its table
  uint32_t range = 0;      // of those that the statement reads
  std::string row;         // the key of the last row read in it; empty: it hasn't begun
};

std::string EncodeStatementToken(const StatementToken& token);
// ValidationException for what no EncodeStatementToken made.
model::DbResult<StatementToken> DecodeStatementToken(std::string_view text);

}  // namespace cruddur::engine
