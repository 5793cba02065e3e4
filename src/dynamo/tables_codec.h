// JSON of the operations on tables. See items_codec.h.
#pragma once

#include "json/reader.h"
#include "json/writer.h"
#include "model/table_operations.h"

namespace cruddur::dynamo {

// DescribeTable and DeleteTable, which take a name alone.
struct DescribeTableRequest {
  std::string table;
};
struct DeleteTableRequest {
  std::string table;
};

model::DbStatus ReadRequest(json::Element body, model::CreateTableRequest& out);
model::DbStatus ReadRequest(json::Element body, model::UpdateTableRequest& out);
model::DbStatus ReadRequest(json::Element body, model::ListTablesRequest& out);
model::DbStatus ReadRequest(json::Element body, DescribeTableRequest& out);
model::DbStatus ReadRequest(json::Element body, DeleteTableRequest& out);

void WriteRequest(json::Writer& out, const model::CreateTableRequest& request);
void WriteRequest(json::Writer& out, const model::UpdateTableRequest& request);
void WriteRequest(json::Writer& out, const model::ListTablesRequest& request);
void WriteRequest(json::Writer& out, const DescribeTableRequest& request);
void WriteRequest(json::Writer& out, const DeleteTableRequest& request);

// DescribeTable calls its description "Table", the others "TableDescription".
void WriteResponse(json::Writer& out, const model::TableDescription& table, std::string_view name);
void WriteResponse(json::Writer& out, const model::ListTablesResponse& response);

model::DbStatus ReadResponse(json::Element body, model::TableDescription& out);
model::DbStatus ReadResponse(json::Element body, model::ListTablesResponse& out);

}  // namespace cruddur::dynamo
