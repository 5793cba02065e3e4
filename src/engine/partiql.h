// ExecuteStatement, BatchExecuteStatement and ExecuteTransaction: PartiQL statements as the reads
// and writes that they stand for. Reads run on the caller's thread, which then calls `done` as
// well.
#pragma once

#include "engine/item_writes.h"
#include "engine/reader.h"
#include "model/partiql_operations.h"

namespace cruddur::engine {

struct PartiqlContext {
  const Storage& storage;
  const Reader& reader;
  const WriteContext& writes;
};

void ExecuteStatement(const PartiqlContext& context, model::ExecuteStatementRequest request,
                      Done<model::ExecuteStatementResponse> done);
void BatchExecuteStatement(const PartiqlContext& context,
                           model::BatchExecuteStatementRequest request,
                           Done<model::BatchExecuteStatementResponse> done);
void ExecuteTransaction(const PartiqlContext& context, model::ExecuteTransactionRequest request,
                        Done<model::ExecuteTransactionResponse> done);

}  // namespace cruddur::engine
