// UpdateContributorInsights, DescribeContributorInsights and ListContributorInsights: a setting
// that is kept and told; nothing is measured.
#pragma once

#include "engine/engine.h"
#include "engine/item_writes.h"

namespace cruddur::engine {

void SubmitUpdateContributorInsights(const WriteContext& context,
                                     model::UpdateContributorInsightsRequest request,
                                     Done<model::ContributorInsightsSummary> done);
DbResult<model::ContributorInsightsDescription> DescribeContributorInsights(
    const CatalogSnapshot& catalog, const model::DescribeContributorInsightsRequest& request);
// The table before its indexes, tables by their names; what is disabled isn't listed.
DbResult<model::ListContributorInsightsResponse> ListContributorInsights(
    const CatalogSnapshot& catalog, const model::ListContributorInsightsRequest& request);

}  // namespace cruddur::engine
