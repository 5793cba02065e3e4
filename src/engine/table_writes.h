// CreateTable, UpdateTable and DeleteTable as operations of the committer, and the answers of
// DescribeTable and ListTables.
#pragma once

#include <string>

#include "engine/engine.h"
#include "engine/item_writes.h"

namespace cruddur::engine {

// What goes into ARNs.
struct TableNaming {
  std::string region, account;
};

void SubmitCreateTable(const WriteContext& context, const TableNaming& naming,
                       model::CreateTableRequest request, Done<model::TableDescription> done);
void SubmitUpdateTable(const WriteContext& context, model::UpdateTableRequest request,
                       Done<model::TableDescription> done);
void SubmitDeleteTable(const WriteContext& context, std::string table,
                       Done<model::TableDescription> done);

DbResult<model::TableDescription> DescribeTable(const CatalogSnapshot& catalog,
                                                std::string_view table, base::Micros now);
DbResult<model::ListTablesResponse> ListTables(const CatalogSnapshot& catalog,
                                               const model::ListTablesRequest& request);

}  // namespace cruddur::engine
