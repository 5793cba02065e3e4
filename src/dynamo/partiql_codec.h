// JSON of ExecuteStatement, BatchExecuteStatement and ExecuteTransaction. See items_codec.h.
#pragma once

#include "json/reader.h"
#include "json/writer.h"
#include "model/partiql_operations.h"

namespace cruddur::dynamo {

model::DbStatus ReadRequest(json::Element body, model::ExecuteStatementRequest& out);
model::DbStatus ReadRequest(json::Element body, model::BatchExecuteStatementRequest& out);
model::DbStatus ReadRequest(json::Element body, model::ExecuteTransactionRequest& out);

void WriteResponse(json::Writer& out, const model::ExecuteStatementResponse& response);
void WriteResponse(json::Writer& out, const model::BatchExecuteStatementResponse& response);
void WriteResponse(json::Writer& out, const model::ExecuteTransactionResponse& response);

}  // namespace cruddur::dynamo
