// Of the tests: an engine with blocking writes, a clock that is told the time, and restarts.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <string>

#include "engine/engine.h"
#include "engine/temporary_directory.h"

namespace cruddur::engine {

// Waits for the callback of `start(done)`.
template <class T, class Start>
DbResult<T> Await(Start start) {
  auto promise = std::make_shared<std::promise<DbResult<T>>>();
  auto future = promise->get_future();
  start([promise](DbResult<T> result) { promise->set_value(std::move(result)); });
  return future.get();
}

class EngineFixture : public testing::Test {
 protected:
  // In memory, or, to be restarted, on disk; nothing is synced, which tests needn't wait for.
  enum class Kept { kInMemory, kOnDisk };
  // The options' directory and clock are the fixture's. Where nothing is said shards last for ever.
  explicit EngineFixture(Kept kept = Kept::kInMemory, EngineOptions options = OneShard())
      : kept_(kept), options_(std::move(options)) {
    options_.directory = directory_.path();
    options_.in_memory = kept_ == Kept::kInMemory;
    options_.sync = false;
    options_.clock = &clock_;
    Start();
  }
  static EngineOptions OneShard() { return {.shard_interval = std::chrono::years(100)}; }

  Engine& engine() { return *engine_; }
  base::ManualClock& clock() { return clock_; }

  void Restart() {
    ASSERT_EQ(kept_, Kept::kOnDisk);
    engine_.reset();
    Start();
  }

  // Without throughput: on demand.
  model::TableDescription Create(model::CreateTableRequest request) {
    if (!request.throughput) request.billing = model::BillingMode::kPayPerRequest;
    auto created = Await<model::TableDescription>(
        [&](auto done) { engine().CreateTable(std::move(request), std::move(done)); });
    EXPECT_TRUE(created) << (created ? "" : created.error().message);
    return created.value_or(model::TableDescription());
  }
  DbResult<model::TableDescription> Drop(const std::string& table) {
    return Await<model::TableDescription>(
        [&](auto done) { engine().DeleteTable(table, std::move(done)); });
  }
  DbResult<model::TableDescription> Update(model::UpdateTableRequest request) {
    return Await<model::TableDescription>(
        [&](auto done) { engine().UpdateTable(std::move(request), std::move(done)); });
  }

  DbResult<model::WriteItemResponse> Put(model::PutItemRequest request) {
    return Await<model::WriteItemResponse>(
        [&](auto done) { engine().PutItem(std::move(request), std::move(done)); });
  }
  DbResult<model::WriteItemResponse> Update(model::UpdateItemRequest request) {
    return Await<model::WriteItemResponse>(
        [&](auto done) { engine().UpdateItem(std::move(request), std::move(done)); });
  }
  DbResult<model::WriteItemResponse> Delete(model::DeleteItemRequest request) {
    return Await<model::WriteItemResponse>(
        [&](auto done) { engine().DeleteItem(std::move(request), std::move(done)); });
  }
  DbResult<model::TransactWriteItemsResponse> Transact(model::TransactWriteItemsRequest request) {
    return Await<model::TransactWriteItemsResponse>(
        [&](auto done) { engine().TransactWriteItems(std::move(request), std::move(done)); });
  }

  DbResult<model::BatchWriteItemResponse> Batch(model::BatchWriteItemRequest request) {
    return Await<model::BatchWriteItemResponse>(
        [&](auto done) { engine().BatchWriteItem(std::move(request), std::move(done)); });
  }

  void MustPut(const std::string& table, model::Item item) {
    auto put = Put({.table = table, .item = std::move(item)});
    ASSERT_TRUE(put) << put.error().message;
  }
  // Nothing: there is no such item.
  std::optional<model::Item> Get(const std::string& table, const model::Item& key) {
    auto got = engine().GetItem({.table = table, .key = key, .consistent_read = true});
    EXPECT_TRUE(got) << (got ? "" : got.error().message);
    return got ? got->item : std::nullopt;
  }

 private:
  void Start() {
    auto opened = Engine::Open(options_);
    ASSERT_TRUE(opened) << opened.error().message;
    engine_ = *std::move(opened);
  }

  const Kept kept_;
  EngineOptions options_;
  TemporaryDirectory directory_;
  base::ManualClock clock_{base::Micros(1'700'000'000'000'000)};
  std::unique_ptr<Engine> engine_;
};

// The text of an error; empty where there is none.
template <class T>
std::string ErrorOf(const DbResult<T>& result) {
  return result ? "" : result.error().message;
}

}  // namespace cruddur::engine
