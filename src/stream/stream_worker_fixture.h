// Of the tests: streams with any shards, and workers on them that may die.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "dynamo/forwarding_client_fixture.h"
#include "stream/follower_fixture.h"
#include "stream/stream_worker.h"

namespace cruddur::stream {

// A store of which the streams are made by the test; the rest is another store's. Thread-safe.
class StreamsClient final : public dynamo::ForwardingClient {
 public:
  using ForwardingClient::ForwardingClient;

  void AddShard(const std::string& arn, const std::string& shard, const std::string& parent = "") {
    const std::lock_guard lock(mutex_);
    auto& shards = streams_[arn];
    shards.push_back({.shard = {.id = shard, .parent_id = parent}});
  }
  void Put(const std::string& shard, const std::string& name) {
    const std::lock_guard lock(mutex_);
    model::StreamRecord record;
    record.keys.Set("pk", name);
    record.new_image = record.keys;
    record.sequence_number = std::to_string(++last_number_);
    Find(shard)->records.push_back(std::move(record));
  }
  void Close(const std::string& shard) {
    const std::lock_guard lock(mutex_);
    Find(shard)->shard.last_sequence_number = std::to_string(++last_number_);
  }
  // The oldest records are gone.
  void Trim(const std::string& shard, size_t count) {
    const std::lock_guard lock(mutex_);
    Find(shard)->trimmed = count;
  }
  void RemoveStream(const std::string& arn) {
    const std::lock_guard lock(mutex_);
    streams_.erase(arn);
  }
  // The iterators that were given out are good no longer.
  void ExpireIterators() {
    const std::lock_guard lock(mutex_);
    ++generation_;
  }
  // So many reads are refused.
  std::atomic<int> throttled{0};

  base::Task<model::DbResult<model::ListStreamsResponse>> ListStreams(
      model::ListStreamsRequest request) override {
    const std::lock_guard lock(mutex_);
    model::ListStreamsResponse response;
    for (const auto& [arn, shards] : streams_) {
      response.streams.push_back({arn, request.table_name, ""});
    }
    co_return response;
  }
  // A shard a page.
  base::Task<model::DbResult<model::DescribeStreamResponse>> DescribeStream(
      model::DescribeStreamRequest request) override {
    const std::lock_guard lock(mutex_);
    const auto stream = streams_.find(request.stream_arn);
    if (stream == streams_.end()) co_return Gone();
    model::DescribeStreamResponse response;
    const auto& shards = stream->second;
    auto at = shards.begin();
    if (!request.exclusive_start_shard_id.empty()) {
      while (at->shard.id != request.exclusive_start_shard_id) ++at;
      ++at;
    }
    if (at == shards.end()) co_return response;
    response.shards.push_back(at->shard);
    if (at + 1 != shards.end()) response.last_evaluated_shard_id = at->shard.id;
    co_return response;
  }
  base::Task<model::DbResult<std::string>> GetShardIterator(
      model::GetShardIteratorRequest request) override {
    const std::lock_guard lock(mutex_);
    const Shard* shard = Find(request.shard_id);
    if (shard == nullptr) co_return Gone();
    size_t index = shard->trimmed;
    if (request.type == model::ShardIteratorType::kAfterSequenceNumber) {
      index = 0;
      while (index < shard->records.size() && std::stol(shard->records[index].sequence_number) <=
                                                  std::stol(request.sequence_number)) {
        ++index;
      }
      if (index < shard->trimmed) {
        co_return model::DbFail(model::DbErrorCode::kTrimmedDataAccess, "trimmed");
      }
    }
    co_return Token(request.shard_id, index);
  }
  base::Task<model::DbResult<model::GetRecordsResponse>> GetRecords(
      model::GetRecordsRequest request) override {
    if (throttled > 0) {
      --throttled;
      co_return model::DbFail(model::DbErrorCode::kThrottling, "later");
    }
    const std::lock_guard lock(mutex_);
    const std::string& token = request.shard_iterator;
    const size_t first = token.find('|'), second = token.find('|', first + 1);
    const std::string id = token.substr(first + 1, second - first - 1);
    if (std::stoi(token) != generation_) {
      co_return model::DbFail(model::DbErrorCode::kExpiredIterator, "expired");
    }
    const Shard* shard = Find(id);
    if (shard == nullptr) co_return Gone();
    size_t index = std::stoul(token.substr(second + 1));
    model::GetRecordsResponse response;
    // Two at once, so that there are several pages.
    for (int i = 0; i < 2 && index < shard->records.size(); ++i) {
      response.records.push_back(shard->records[index++]);
    }
    const bool at_end = index == shard->records.size();
    if (!at_end || shard->shard.last_sequence_number.empty()) {
      response.next_shard_iterator = Token(id, index);
    }
    co_return response;
  }

 private:
  struct Shard {
    model::Shard shard;
    std::vector<model::StreamRecord> records;
    size_t trimmed = 0;
  };
  static std::unexpected<model::DbError> Gone() {
    return model::DbFail(model::DbErrorCode::kResourceNotFound, "gone");
  }
  std::string Token(const std::string& shard, size_t index) const {
    return std::to_string(generation_) + "|" + shard + "|" + std::to_string(index);
  }
  Shard* Find(const std::string& id) {
    for (auto& [arn, shards] : streams_) {
      for (Shard& shard : shards) {
        if (shard.shard.id == id) return &shard;
      }
    }
    return nullptr;
  }

  std::mutex mutex_;  // protects all below
  std::map<std::string, std::vector<Shard>> streams_;
  long last_number_ = 100;
  int generation_ = 1;
};

// A process' way to the store: from its last call on nothing it does has an effect.
class MortalClient final : public dynamo::ForwardingClient {
 public:
  MortalClient(Client& store, int last_call) : ForwardingClient(store), last_call_(last_call) {}

  bool dead() const { return dead_; }
  void Die() { dead_ = true; }

  base::Task<model::DbResult<model::GetItemResponse>> GetItem(model::GetItemRequest r) override {
    return Do(store_.GetItem(std::move(r)));
  }
  base::Task<model::DbResult<model::WriteItemResponse>> PutItem(model::PutItemRequest r) override {
    return Do(store_.PutItem(std::move(r)));
  }
  base::Task<model::DbResult<model::WriteItemResponse>> DeleteItem(
      model::DeleteItemRequest r) override {
    return Do(store_.DeleteItem(std::move(r)));
  }
  base::Task<model::DbResult<model::WriteItemResponse>> UpdateItem(
      model::UpdateItemRequest r) override {
    return Do(store_.UpdateItem(std::move(r)));
  }
  base::Task<model::DbResult<model::PageResponse>> Scan(model::ScanRequest r) override {
    return Do(store_.Scan(std::move(r)));
  }

 private:
  template <class T>
  base::Task<model::DbResult<T>> Do(base::Task<model::DbResult<T>> call) {
    if (dead_) co_return model::DbFail(model::DbErrorCode::kUnreachable, "dead");
    const bool last = ++calls_ == last_call_;
    auto result = co_await std::move(call);
    if (last) dead_ = true;
    if (dead_) co_return model::DbFail(model::DbErrorCode::kUnreachable, "dead");
    co_return result;
  }
  const int last_call_;
  std::atomic<int> calls_{0};
  std::atomic<bool> dead_{false};
};

class StreamWorkerTest : public FollowerTest {
 protected:
  // In the order in which they are made; destroyed in reverse.
  struct Worker {
    Worker(dynamo::Client& store, int last_call) : client(store, last_call) {}
    MortalClient client;
    std::unique_ptr<StreamWorker> worker;
  };

  ~StreamWorkerTest() override { workers.clear(); }

  // Hands to `consumer`, and dies with its `last_call` to the store (0: never).
  Worker& Begin(Consumer& consumer, int last_call = 0) {
    auto made = std::make_unique<Worker>(streams, last_call);
    Worker& worker = *made;
    StreamWorkerOptions options;
    options.table = kTable;
    options.lease_table = "leases";
    options.worker = "worker " + std::to_string(++worker_count);
    options.times = times;
    options.discovery = std::chrono::milliseconds(50);
    options.forget_after = std::chrono::milliseconds(1);
    options.shards.name = "test";
    options.shards.mapping.batch_size = 3;
    options.shards.mapping.first_retry = std::chrono::milliseconds(1);
    options.shards.mapping.last_retry = std::chrono::milliseconds(20);
    options.shards.poll_interval = std::chrono::milliseconds(5);
    options.shards.unreadable_pause = std::chrono::milliseconds(5);
    RecordsHandler handler = [&consumer, &worker](std::span<const model::StreamRecord> records)
        -> base::Task<base::Result<std::vector<std::string>>> {
      if (worker.client.dead()) co_return base::Fail(base::ErrorCode::kInternal, "dead");
      co_return consumer.Take(records, false);
    };
    // Not the loop of the test's own calls, which a consumer that is held would block.
    worker.worker = std::make_unique<StreamWorker>(loops.loop(1), worker.client, std::move(handler),
                                                   pages, clock, std::move(options));
    worker.worker->Start();
    workers.push_back(std::move(made));
    return worker;
  }

  std::vector<Lease> Leases() {
    return Run(LeaseTable(streams, "leases", "test").List()).value_or(std::vector<Lease>());
  }
  Lease LeaseOfShardNamed(const std::string& shard) {
    for (const Lease& lease : Leases()) {
      if (lease.shard_id == shard) return lease;
    }
    return {};
  }
  template <class Condition>
  bool Await(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }

  StreamsClient streams{*client};
  LeaseTimes times{std::chrono::milliseconds(1'000), std::chrono::milliseconds(5)};
  PageHandler pages;
  int worker_count = 0;
  std::vector<std::unique_ptr<Worker>> workers;
};

}  // namespace cruddur::stream
