// UpdateTimeToLive as an operation of the committer, and the answer of DescribeTimeToLive.
#pragma once

#include <string_view>

#include "engine/engine.h"
#include "engine/item_writes.h"

namespace cruddur::engine {

void SubmitUpdateTimeToLive(const WriteContext& context, model::UpdateTimeToLiveRequest request,
                            Done<model::TimeToLiveSpecification> done);

DbResult<model::TimeToLiveDescription> DescribeTimeToLive(const CatalogSnapshot& catalog,
                                                          std::string_view table, base::Micros now);

}  // namespace cruddur::engine
