// What everything above talks to: the item operations of a DynamoDB, wherever it runs.
//
// Two implementations: InProcessClient on an Engine, HttpClient on any endpoint. Thread-safe; each
// call runs on the caller's loop. Errors are DynamoDB's own, or kUnreachable when no answer came in
// time. The HTTP client retries what is safe to retry (full jitter, one total deadline).
#pragma once

#include "base/task.h"
#include "model/table_operations.h"

namespace cruddur::dynamo {

using base::Task;
using model::DbResult;

class Client {
 public:
  virtual ~Client() = default;

  virtual Task<DbResult<model::GetItemResponse>> GetItem(model::GetItemRequest) = 0;
  virtual Task<DbResult<model::WriteItemResponse>> PutItem(model::PutItemRequest) = 0;
  virtual Task<DbResult<model::WriteItemResponse>> DeleteItem(model::DeleteItemRequest) = 0;
  virtual Task<DbResult<model::WriteItemResponse>> UpdateItem(model::UpdateItemRequest) = 0;
  virtual Task<DbResult<model::PageResponse>> Query(model::QueryRequest) = 0;
  virtual Task<DbResult<model::PageResponse>> Scan(model::ScanRequest) = 0;
  // Batches are complete: unprocessed entries are sent again until the deadline, then an error.
  virtual Task<DbResult<model::BatchGetItemResponse>> BatchGetItem(model::BatchGetItemRequest) = 0;
  virtual Task<DbResult<model::BatchWriteItemResponse>> BatchWriteItem(
      model::BatchWriteItemRequest) = 0;
  // kUnknownOperation where the store has no transactions (Alternator, dynalite).
  virtual Task<DbResult<model::TransactGetItemsResponse>> TransactGetItems(
      model::TransactGetItemsRequest) = 0;
  virtual Task<DbResult<model::TransactWriteItemsResponse>> TransactWriteItems(
      model::TransactWriteItemsRequest) = 0;

  virtual Task<DbResult<model::TableDescription>> CreateTable(model::CreateTableRequest) = 0;
  virtual Task<DbResult<model::TableDescription>> UpdateTable(model::UpdateTableRequest) = 0;
  virtual Task<DbResult<model::TableDescription>> DeleteTable(std::string table) = 0;
  virtual Task<DbResult<model::TableDescription>> DescribeTable(std::string table) = 0;
  virtual Task<DbResult<model::ListTablesResponse>> ListTables(model::ListTablesRequest) = 0;

  virtual Task<DbResult<model::ListStreamsResponse>> ListStreams(model::ListStreamsRequest) = 0;
  virtual Task<DbResult<model::DescribeStreamResponse>> DescribeStream(
      model::DescribeStreamRequest) = 0;
  virtual Task<DbResult<std::string>> GetShardIterator(model::GetShardIteratorRequest) = 0;
  virtual Task<DbResult<model::GetRecordsResponse>> GetRecords(model::GetRecordsRequest) = 0;
};

}  // namespace cruddur::dynamo
