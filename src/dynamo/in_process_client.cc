#include "dynamo/in_process_client.h"

#include "dynamo/await_engine.h"
#include "dynamo/batch_completion.h"

namespace cruddur::dynamo {
namespace {

using engine::Engine;

// A write as a task without a coroutine of its own around it.
template <class T, class Request>
Task<DbResult<T>> Write(Engine& engine, Request request,
                        void (Engine::*method)(Request, engine::Done<T>)) {
  return AwaitEngine<T>([&engine, method, request = std::move(request)](auto done) mutable {
    (engine.*method)(std::move(request), std::move(done));
  });
}

}  // namespace

Task<DbResult<model::GetItemResponse>> InProcessClient::GetItem(model::GetItemRequest request) {
  co_return engine_.GetItem(request);
}

Task<DbResult<model::WriteItemResponse>> InProcessClient::PutItem(model::PutItemRequest request) {
  return Write(engine_, std::move(request), &Engine::PutItem);
}

Task<DbResult<model::WriteItemResponse>> InProcessClient::DeleteItem(
    model::DeleteItemRequest request) {
  return Write(engine_, std::move(request), &Engine::DeleteItem);
}

Task<DbResult<model::WriteItemResponse>> InProcessClient::UpdateItem(
    model::UpdateItemRequest request) {
  return Write(engine_, std::move(request), &Engine::UpdateItem);
}

Task<DbResult<model::PageResponse>> InProcessClient::Query(model::QueryRequest request) {
  co_return engine_.Query(request);
}

Task<DbResult<model::PageResponse>> InProcessClient::Scan(model::ScanRequest request) {
  co_return engine_.Scan(request);
}

Task<DbResult<model::BatchGetItemResponse>> InProcessClient::BatchGetItem(
    model::BatchGetItemRequest request) {
  base::Backoff backoff(batch_time_);
  auto send = [this](const model::BatchGetItemRequest& part)
      -> Task<DbResult<model::BatchGetItemResponse>> { co_return engine_.BatchGetItem(part); };
  co_return co_await CompleteBatch<model::BatchGetItemResponse>(std::move(request), send, backoff);
}

Task<DbResult<model::BatchWriteItemResponse>> InProcessClient::BatchWriteItem(
    model::BatchWriteItemRequest request) {
  base::Backoff backoff(batch_time_);
  auto send = [this](const model::BatchWriteItemRequest& part) {
    return Write(engine_, part, &Engine::BatchWriteItem);
  };
  co_return co_await CompleteBatch<model::BatchWriteItemResponse>(std::move(request), send,
                                                                  backoff);
}

Task<DbResult<model::TransactGetItemsResponse>> InProcessClient::TransactGetItems(
    model::TransactGetItemsRequest request) {
  co_return engine_.TransactGetItems(request);
}

Task<DbResult<model::TransactWriteItemsResponse>> InProcessClient::TransactWriteItems(
    model::TransactWriteItemsRequest request) {
  return Write(engine_, std::move(request), &Engine::TransactWriteItems);
}

Task<DbResult<model::TableDescription>> InProcessClient::CreateTable(
    model::CreateTableRequest request) {
  return Write(engine_, std::move(request), &Engine::CreateTable);
}

Task<DbResult<model::TableDescription>> InProcessClient::UpdateTable(
    model::UpdateTableRequest request) {
  return Write(engine_, std::move(request), &Engine::UpdateTable);
}

Task<DbResult<model::TableDescription>> InProcessClient::DeleteTable(std::string table) {
  return Write(engine_, std::move(table), &Engine::DeleteTable);
}

Task<DbResult<model::TableDescription>> InProcessClient::DescribeTable(std::string table) {
  co_return engine_.DescribeTable(table);
}

Task<DbResult<model::ListTablesResponse>> InProcessClient::ListTables(
    model::ListTablesRequest request) {
  co_return engine_.ListTables(request);
}

Task<DbResult<model::ListStreamsResponse>> InProcessClient::ListStreams(
    model::ListStreamsRequest request) {
  co_return engine_.ListStreams(request);
}

Task<DbResult<model::DescribeStreamResponse>> InProcessClient::DescribeStream(
    model::DescribeStreamRequest request) {
  co_return engine_.DescribeStream(request);
}

Task<DbResult<std::string>> InProcessClient::GetShardIterator(
    model::GetShardIteratorRequest request) {
  co_return engine_.GetShardIterator(request);
}

Task<DbResult<model::GetRecordsResponse>> InProcessClient::GetRecords(
    model::GetRecordsRequest request) {
  co_return engine_.GetRecords(request);
}

}  // namespace cruddur::dynamo
