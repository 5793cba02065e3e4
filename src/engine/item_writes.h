// PutItem, DeleteItem, UpdateItem, BatchWriteItem and TransactWriteItems as operations of the
// committer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/committer.h"
#include "engine/engine.h"
#include "engine/item_action.h"

namespace cruddur::engine {

// Where writes go: the catalog to check against, the committer to be evaluated by.
struct WriteContext {
  const Catalog& catalog;
  Committer& committer;
  base::Micros control_plane_delay{0};  // see EngineOptions
};

// What the checks refuse is answered at once, on the caller's thread.
void SubmitPut(const WriteContext& context, model::PutItemRequest request,
               Done<model::WriteItemResponse> done);
void SubmitDelete(const WriteContext& context, model::DeleteItemRequest request,
                  Done<model::WriteItemResponse> done);
void SubmitUpdate(const WriteContext& context, model::UpdateItemRequest request,
                  Done<model::WriteItemResponse> done);
void SubmitCompiled(const WriteContext& context, CompiledWrite write,
                    model::ReturnConsumedCapacity return_consumed_capacity,
                    Done<model::WriteItemResponse> done);
void SubmitBatch(const WriteContext& context, model::BatchWriteItemRequest request,
                 Done<model::BatchWriteItemResponse> done);
void SubmitTransaction(const WriteContext& context, model::TransactWriteItemsRequest request,
                       Done<model::TransactWriteItemsResponse> done);
void SubmitCompiledTransaction(const WriteContext& context, std::vector<CompiledWrite> writes,
                               std::string client_request_token,
                               model::ReturnConsumedCapacity return_consumed_capacity,
                               bool may_conflict, Done<model::TransactWriteItemsResponse> done);

}  // namespace cruddur::engine
