// PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy. Policies are kept and told here;
// where callers are told from one another (--credentials), dynamo/access_control decides by them.
#pragma once

#include "engine/engine.h"
#include "engine/item_writes.h"
#include "engine/table_writes.h"

namespace cruddur::engine {

void SubmitPutResourcePolicy(const WriteContext& context, const TableNaming& naming,
                             model::PutResourcePolicyRequest request,
                             Done<model::PolicyRevision> done);
void SubmitDeleteResourcePolicy(const WriteContext& context, const TableNaming& naming,
                                model::DeleteResourcePolicyRequest request,
                                Done<model::PolicyRevision> done);
DbResult<model::ResourcePolicy> GetResourcePolicy(const CatalogSnapshot& catalog,
                                                  const TableNaming& naming,
                                                  const model::GetResourcePolicyRequest& request);
// Null: the table, or its stream with that label, has none. Shares what the catalog holds.
std::shared_ptr<const model::ResourcePolicy> FindResourcePolicy(const CatalogSnapshot& catalog,
                                                                std::string_view table,
                                                                std::string_view stream_label);

// A policy with a revision that `previous`, where there is one, hasn't had: the time in
// milliseconds, or one more where that is past already. `document` is canonical.
model::ResourcePolicy NewPolicy(std::string document, base::Micros now,
                                const model::ResourcePolicy* previous = nullptr);

}  // namespace cruddur::engine
