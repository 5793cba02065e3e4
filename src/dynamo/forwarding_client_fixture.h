// Of the tests: a Client that hands every call on to another one. Tests override what they are
// about.
#pragma once

#include <string>
#include <utility>

#include "dynamo/client.h"

namespace cruddur::dynamo {

class ForwardingClient : public Client {
 public:
  explicit ForwardingClient(Client& store) : store_(store) {}

  Task<DbResult<model::GetItemResponse>> GetItem(model::GetItemRequest request) override {
    return store_.GetItem(std::move(request));
  }
  Task<DbResult<model::WriteItemResponse>> PutItem(model::PutItemRequest request) override {
    return store_.PutItem(std::move(request));
  }
  Task<DbResult<model::WriteItemResponse>> DeleteItem(model::DeleteItemRequest request) override {
    return store_.DeleteItem(std::move(request));
  }
  Task<DbResult<model::WriteItemResponse>> UpdateItem(model::UpdateItemRequest request) override {
    return store_.UpdateItem(std::move(request));
  }
  Task<DbResult<model::PageResponse>> Query(model::QueryRequest request) override {
    return store_.Query(std::move(request));
  }
  Task<DbResult<model::PageResponse>> Scan(model::ScanRequest request) override {
    return store_.Scan(std::move(request));
  }
  Task<DbResult<model::BatchGetItemResponse>> BatchGetItem(
      model::BatchGetItemRequest request) override {
    return store_.BatchGetItem(std::move(request));
  }
  Task<DbResult<model::BatchWriteItemResponse>> BatchWriteItem(
      model::BatchWriteItemRequest request) override {
    return store_.BatchWriteItem(std::move(request));
  }
  Task<DbResult<model::TransactGetItemsResponse>> TransactGetItems(
      model::TransactGetItemsRequest request) override {
    return store_.TransactGetItems(std::move(request));
  }
  Task<DbResult<model::TransactWriteItemsResponse>> TransactWriteItems(
      model::TransactWriteItemsRequest request) override {
    return store_.TransactWriteItems(std::move(request));
  }
  Task<DbResult<model::TableDescription>> CreateTable(model::CreateTableRequest request) override {
    return store_.CreateTable(std::move(request));
  }
  Task<DbResult<model::TableDescription>> UpdateTable(model::UpdateTableRequest request) override {
    return store_.UpdateTable(std::move(request));
  }
  Task<DbResult<model::TableDescription>> DeleteTable(std::string table) override {
    return store_.DeleteTable(std::move(table));
  }
  Task<DbResult<model::TableDescription>> DescribeTable(std::string table) override {
    return store_.DescribeTable(std::move(table));
  }
  Task<DbResult<model::ListTablesResponse>> ListTables(model::ListTablesRequest request) override {
    return store_.ListTables(std::move(request));
  }
  Task<DbResult<model::ListStreamsResponse>> ListStreams(
      model::ListStreamsRequest request) override {
    return store_.ListStreams(std::move(request));
  }
  Task<DbResult<model::DescribeStreamResponse>> DescribeStream(
      model::DescribeStreamRequest request) override {
    return store_.DescribeStream(std::move(request));
  }
  Task<DbResult<std::string>> GetShardIterator(model::GetShardIteratorRequest request) override {
    return store_.GetShardIterator(std::move(request));
  }
  Task<DbResult<model::GetRecordsResponse>> GetRecords(model::GetRecordsRequest request) override {
    return store_.GetRecords(std::move(request));
  }

 protected:
  Client& store_;
};

}  // namespace cruddur::dynamo
