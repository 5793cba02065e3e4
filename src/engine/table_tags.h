// TagResource, UntagResource and ListTagsOfResource: a table's tags, which CreateTable may give
// too.
#pragma once

#include <span>

#include "engine/engine.h"
#include "engine/item_writes.h"
#include "engine/table_writes.h"

namespace cruddur::engine {

// What tags must be like, wherever they are given.
DbStatus CheckTags(std::span<const model::Tag> tags);

void SubmitTagResource(const WriteContext& context, const TableNaming& naming,
                       model::TagResourceRequest request, Done<void> done);
void SubmitUntagResource(const WriteContext& context, const TableNaming& naming,
                         model::UntagResourceRequest request, Done<void> done);
DbResult<model::ListTagsOfResourceResponse> ListTagsOfResource(
    const CatalogSnapshot& catalog, const TableNaming& naming,
    const model::ListTagsOfResourceRequest& request);

}  // namespace cruddur::engine
