// The Client on an Engine of this process: no JSON, no HTTP. See client.h.
#pragma once

#include <chrono>

#include "dynamo/client.h"
#include "engine/engine.h"

namespace cruddur::dynamo {

// The engine must outlive the client and every call under way. `batch_time` bounds how long a batch
// is sent again while some of it stays unprocessed.
class InProcessClient final : public Client {
 public:
  explicit InProcessClient(engine::Engine& engine,
                           std::chrono::milliseconds batch_time = std::chrono::seconds(5))
      : engine_(engine), batch_time_(batch_time) {}

  Task<DbResult<model::GetItemResponse>> GetItem(model::GetItemRequest) override;
  Task<DbResult<model::WriteItemResponse>> PutItem(model::PutItemRequest) override;
  Task<DbResult<model::WriteItemResponse>> DeleteItem(model::DeleteItemRequest) override;
  Task<DbResult<model::WriteItemResponse>> UpdateItem(model::UpdateItemRequest) override;
  Task<DbResult<model::PageResponse>> Query(model::QueryRequest) override;
  Task<DbResult<model::PageResponse>> Scan(model::ScanRequest) override;
  Task<DbResult<model::BatchGetItemResponse>> BatchGetItem(model::BatchGetItemRequest) override;
  Task<DbResult<model::BatchWriteItemResponse>> BatchWriteItem(
      model::BatchWriteItemRequest) override;
  Task<DbResult<model::TransactGetItemsResponse>> TransactGetItems(
      model::TransactGetItemsRequest) override;
  Task<DbResult<model::TransactWriteItemsResponse>> TransactWriteItems(
      model::TransactWriteItemsRequest) override;

  Task<DbResult<model::TableDescription>> CreateTable(model::CreateTableRequest) override;
  Task<DbResult<model::TableDescription>> UpdateTable(model::UpdateTableRequest) override;
  Task<DbResult<model::TableDescription>> DeleteTable(std::string table) override;
  Task<DbResult<model::TableDescription>> DescribeTable(std::string table) override;
  Task<DbResult<model::ListTablesResponse>> ListTables(model::ListTablesRequest) override;

  Task<DbResult<model::ListStreamsResponse>> ListStreams(model::ListStreamsRequest) override;
  Task<DbResult<model::DescribeStreamResponse>> DescribeStream(
      model::DescribeStreamRequest) override;
  Task<DbResult<std::string>> GetShardIterator(model::GetShardIteratorRequest) override;
  Task<DbResult<model::GetRecordsResponse>> GetRecords(model::GetRecordsRequest) override;

 private:
  engine::Engine& engine_;
  const std::chrono::milliseconds batch_time_;
};

}  // namespace cruddur::dynamo
