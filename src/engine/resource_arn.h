// The ARN of a table, as the operations take it that name their table by nothing else.
#pragma once

#include <string_view>

#include "engine/table_writes.h"

namespace cruddur::engine {

// The name of the table that `arn` is of. Refused with AWS's texts: what is no ARN, the ARN of
// another partition or service, of an index or a stream, of another region, and
// (AccessDeniedException) of another account. `operation` is "ListTagsOfResource" or the like.
// Views into `arn`.
DbResult<std::string_view> TableNameOfArn(std::string_view arn, const TableNaming& naming,
                                          std::string_view operation);

// "…not authorized to perform: dynamodb:ListTagsOfResource on resource: …".
std::unexpected<model::DbError> ForeignResource(std::string_view arn, const TableNaming& naming,
                                                std::string_view operation);

}  // namespace cruddur::engine
