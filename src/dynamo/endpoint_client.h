// The Client on any DynamoDB endpoint over HTTP: AWS, this project's wire server, Alternator, …
//
// Requests are signed with SigV4 and go over pooled connections. What failed in passing is sent
// again with full jitter under one deadline a call: throttling always, since the store did nothing;
// a broken connection or a 5xx only where sending twice is harmless or the request had not gone out
// (see repeatability.h). Thread-safe; the loops that it is used on must outlive it.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "auth/credentials.h"
#include "base/clock.h"
#include "base/result.h"
#include "dynamo/client.h"

namespace cruddur::dynamo {

struct EndpointSettings {
  std::string endpoint_url;  // empty: AWS's endpoint of the region
  std::string region = "us-east-1";
  // None: made-up ones, which stores other than AWS take. AWS itself needs real ones.
  std::optional<auth::Credentials> credentials;
  std::chrono::milliseconds deadline{5'000};      // of a call with all its attempts
  std::chrono::milliseconds attempt_time{2'000};  // of one attempt, where another may follow
  int max_attempts = 10;
  size_t max_connections = 64;         // per loop
  std::string ca_file;                 // PEM; the system's certificates if empty
  const base::Clock* clock = nullptr;  // of signatures; null: the system's
};

// "https://dynamodb.us-east-1.amazonaws.com"; of Streams, "https://streams.dynamodb.…".
std::string AwsEndpoint(std::string_view region);
std::string AwsStreamsEndpoint(std::string_view region);

class EndpointClient final : public Client {
 public:
  // Connects to nothing yet. kInvalidArgument: a bad URL; AWS without credentials.
  static base::Result<std::unique_ptr<EndpointClient>> Create(EndpointSettings settings);
  ~EndpointClient() override;

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
  // Without a ClientRequestToken it gets one, so that it may be sent again.
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
  struct State;
  explicit EndpointClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cruddur::dynamo
