// Words that can't stand for attribute names in expressions (AWS: "Reserved words in DynamoDB").
#pragma once

#include <string_view>

namespace cruddur::expr {

bool IsReservedWord(std::string_view word);  // in any case

}  // namespace cruddur::expr
