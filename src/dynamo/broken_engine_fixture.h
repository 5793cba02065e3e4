// Of the tests: an engine that fails.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine.h"

namespace cruddur::dynamo {

using model::DbResult;

// Answers every call with one error, writes on a thread of its own.
class BrokenEngine final : public engine::Engine {
 public:
  explicit BrokenEngine(model::DbError error) : error_(std::move(error)) {}
  ~BrokenEngine() override {
    for (std::thread& thread : threads_) thread.join();
  }

  bool Writable() const override { return false; }
  DbResult<model::GetItemResponse> GetItem(const model::GetItemRequest&) override { return Fail(); }
  DbResult<model::PageResponse> Query(const model::QueryRequest&) override { return Fail(); }
  DbResult<model::PageResponse> Scan(const model::ScanRequest&) override { return Fail(); }
  DbResult<model::BatchGetItemResponse> BatchGetItem(const model::BatchGetItemRequest&) override {
    return Fail();
  }
  DbResult<model::TransactGetItemsResponse> TransactGetItems(
      const model::TransactGetItemsRequest&) override {
    return Fail();
  }
  void PutItem(model::PutItemRequest, engine::Done<model::WriteItemResponse> done) override {
    Fail(std::move(done));
  }
  void DeleteItem(model::DeleteItemRequest, engine::Done<model::WriteItemResponse> done) override {
    Fail(std::move(done));
  }
  void UpdateItem(model::UpdateItemRequest, engine::Done<model::WriteItemResponse> done) override {
    Fail(std::move(done));
  }
  void BatchWriteItem(model::BatchWriteItemRequest,
                      engine::Done<model::BatchWriteItemResponse> done) override {
    Fail(std::move(done));
  }
  void TransactWriteItems(model::TransactWriteItemsRequest,
                          engine::Done<model::TransactWriteItemsResponse> done) override {
    Fail(std::move(done));
  }
  void ExecuteStatement(model::ExecuteStatementRequest,
                        engine::Done<model::ExecuteStatementResponse> done) override {
    Fail(std::move(done));
  }
  void BatchExecuteStatement(model::BatchExecuteStatementRequest,
                             engine::Done<model::BatchExecuteStatementResponse> done) override {
    Fail(std::move(done));
  }
  void ExecuteTransaction(model::ExecuteTransactionRequest,
                          engine::Done<model::ExecuteTransactionResponse> done) override {
    Fail(std::move(done));
  }
  void CreateTable(model::CreateTableRequest, engine::Done<model::TableDescription> done) override {
    Fail(std::move(done));
  }
  void UpdateTable(model::UpdateTableRequest, engine::Done<model::TableDescription> done) override {
    Fail(std::move(done));
  }
  void DeleteTable(std::string, engine::Done<model::TableDescription> done) override {
    Fail(std::move(done));
  }
  DbResult<model::TableDescription> DescribeTable(std::string_view) override { return Fail(); }
  DbResult<model::ListTablesResponse> ListTables(const model::ListTablesRequest&) override {
    return Fail();
  }
  void UpdateTimeToLive(model::UpdateTimeToLiveRequest,
                        engine::Done<model::TimeToLiveSpecification> done) override {
    Fail(std::move(done));
  }
  DbResult<model::TimeToLiveDescription> DescribeTimeToLive(std::string_view) override {
    return Fail();
  }
  void TagResource(model::TagResourceRequest, engine::Done<void> done) override {
    Fail(std::move(done));
  }
  void UntagResource(model::UntagResourceRequest, engine::Done<void> done) override {
    Fail(std::move(done));
  }
  DbResult<model::ListTagsOfResourceResponse> ListTagsOfResource(
      const model::ListTagsOfResourceRequest&) override {
    return Fail();
  }
  void PutResourcePolicy(model::PutResourcePolicyRequest,
                         engine::Done<model::PolicyRevision> done) override {
    Fail(std::move(done));
  }
  void DeleteResourcePolicy(model::DeleteResourcePolicyRequest,
                            engine::Done<model::PolicyRevision> done) override {
    Fail(std::move(done));
  }
  DbResult<model::ResourcePolicy> GetResourcePolicy(
      const model::GetResourcePolicyRequest&) override {
    return Fail();
  }
  std::shared_ptr<const model::ResourcePolicy> FindResourcePolicy(std::string_view,
                                                                  std::string_view) override {
    return nullptr;
  }
  void UpdateContributorInsights(model::UpdateContributorInsightsRequest,
                                 engine::Done<model::ContributorInsightsSummary> done) override {
    Fail(std::move(done));
  }
  DbResult<model::ContributorInsightsDescription> DescribeContributorInsights(
      const model::DescribeContributorInsightsRequest&) override {
    return Fail();
  }
  DbResult<model::ListContributorInsightsResponse> ListContributorInsights(
      const model::ListContributorInsightsRequest&) override {
    return Fail();
  }
  DbResult<model::ListStreamsResponse> ListStreams(const model::ListStreamsRequest&) override {
    return Fail();
  }
  DbResult<model::DescribeStreamResponse> DescribeStream(
      const model::DescribeStreamRequest&) override {
    return Fail();
  }
  DbResult<std::string> GetShardIterator(const model::GetShardIteratorRequest&) override {
    return Fail();
  }
  DbResult<model::GetRecordsResponse> GetRecords(const model::GetRecordsRequest&) override {
    return Fail();
  }
  std::shared_ptr<void> Subscribe(std::string, engine::StreamListener) override { return nullptr; }

 private:
  std::unexpected<model::DbError> Fail() const { return std::unexpected(error_); }
  template <class T>
  void Fail(engine::Done<T> done) {
    const std::lock_guard lock(mutex_);
    threads_.emplace_back([this, done = std::move(done)]() mutable { done(Fail()); });
  }

  const model::DbError error_;
  std::mutex mutex_;
  std::vector<std::thread> threads_;
};

}  // namespace cruddur::dynamo
