// TableName where an operation on tables looks at it before anything else.
#pragma once

#include <string>

#include "dynamo/request_issues.h"
#include "json/reader.h"

namespace cruddur::dynamo {

// Its presence and length; the pattern is left for the list of failures, by kFirstTableNameMember.
// `value` is null where there is none.
std::string ReadTableName(const json::Element* value, RequestIssues& issues);

}  // namespace cruddur::dynamo
