// Checks and look-ups that the Streams operations share.
#pragma once

#include <memory>
#include <string_view>

#include "engine/catalog.h"
#include "engine/field_checks.h"
#include "model/error.h"

namespace cruddur::engine {

void CheckStreamArn(std::string_view arn, FieldChecks& fields);
void CheckShardId(std::string_view id, std::string_view at, FieldChecks& fields);

// ValidationException for what doesn't look like the ARN of a table's stream.
model::DbStatus CheckStreamArnForm(std::string_view arn);

// ResourceNotFoundException where there is none.
model::DbResult<std::shared_ptr<const StreamState>> FindStream(const Catalog& catalog,
                                                               std::string_view arn);
model::DbResult<const ShardState*> FindShard(const StreamState& stream, std::string_view id);

}  // namespace cruddur::engine
