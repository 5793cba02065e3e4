// The embedded DynamoDB: tables, items, indexes, transactions and streams on RocksDB.
//
// Thread-safe. Reads run on the caller's thread (microseconds from the block cache). Writes are
// handed to the one committer thread, which evaluates conditions in order, writes one synced batch
// for all that waits, and then calls each `done`, on its own thread: post from there. A write's
// callback comes after it is durable and visible to reads. A write that is refused at once (wrong
// arguments, a full queue, a store that takes no writes) has its `done` called before the call
// returns, on the caller's thread. Every call of `done` happens, also at shutdown (with
// kServiceUnavailable).
//
// Arguments are checked here as AWS checks them once the JSON types are right: single fields,
// cross-field rules, the table, expressions, keys, sizes.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "model/partiql_operations.h"
#include "model/table_operations.h"
#include "model/table_settings.h"
#include "model/tag_operations.h"

namespace cruddur::engine {

using model::DbResult;
using model::DbStatus;

template <class T>
using Done = std::move_only_function<void(DbResult<T>)>;

struct EngineOptions {
  std::string directory;   // created if missing; ignored in memory
  bool in_memory = false;  // keeps nothing
  bool sync = true;        // false (--durability=os): a write waits for the system's buffers only
  size_t block_cache_bytes = 8 * 1024 * 1024;
  // Writes that aren't finished, and what they hold; beyond: kThrottling at once.
  size_t max_queued_writes = 16'384;
  size_t max_queued_bytes = 256 * 1024 * 1024;
  std::string region = "us-east-1";  // in ARNs
  std::string account = "000000000000";
  const base::Clock* clock = nullptr;  // null: the system's; must outlive the engine
  // How old an open shard of a stream gets before it is closed and goes on in a child.
  base::Micros shard_interval = std::chrono::hours(4);
  // Provisioned throughput is enforced, with 300 seconds of burst.
  bool throttle = false;
  // How long tables and indexes stay CREATING, UPDATING and DELETING, as they do at AWS; 0: they
  // are what they become at once.
  base::Micros control_plane_delay{0};
  // Expired items of tables with TTL go this long after they have expired, or a little later.
  base::Micros ttl_interval = std::chrono::seconds(1);
};

// What a stream subscriber sees: the records of one commit, in order, once they are durable.
struct CommittedRecords {
  std::string table;
  std::vector<model::StreamRecord> records;
};
using StreamListener = std::function<void(const CommittedRecords&)>;

class Engine {
 public:
  // Opens or creates the directory and recovers by itself. Errors: kAlreadyExists when another
  // process has it open, kCorruption for a foreign or damaged directory or an unknown format
  // version, kIo; each message is one line that names the directory.
  static base::Result<std::unique_ptr<Engine>> Open(EngineOptions options);
  virtual ~Engine() = default;  // finishes what is queued, syncs, closes

  // False while the store takes no writes: the disk is full, or fails. Writes are then answered
  // kServiceUnavailable at once, reads go on, and so do writes by themselves when the cause is
  // gone. Cheap.
  virtual bool Writable() const = 0;

  // Items. Reads:
  virtual DbResult<model::GetItemResponse> GetItem(const model::GetItemRequest&) = 0;
  virtual DbResult<model::PageResponse> Query(const model::QueryRequest&) = 0;
  virtual DbResult<model::PageResponse> Scan(const model::ScanRequest&) = 0;
  virtual DbResult<model::BatchGetItemResponse> BatchGetItem(const model::BatchGetItemRequest&) = 0;
  virtual DbResult<model::TransactGetItemsResponse> TransactGetItems(
      const model::TransactGetItemsRequest&) = 0;

  // Writes:
  virtual void PutItem(model::PutItemRequest, Done<model::WriteItemResponse> done) = 0;
  virtual void DeleteItem(model::DeleteItemRequest, Done<model::WriteItemResponse> done) = 0;
  virtual void UpdateItem(model::UpdateItemRequest, Done<model::WriteItemResponse> done) = 0;
  virtual void BatchWriteItem(model::BatchWriteItemRequest,
                              Done<model::BatchWriteItemResponse> done) = 0;
  virtual void TransactWriteItems(model::TransactWriteItemsRequest,
                                  Done<model::TransactWriteItemsResponse> done) = 0;

  // PartiQL: reads and writes as the statements say. `done` may be called before these return.
  virtual void ExecuteStatement(model::ExecuteStatementRequest,
                                Done<model::ExecuteStatementResponse> done) = 0;
  virtual void BatchExecuteStatement(model::BatchExecuteStatementRequest,
                                     Done<model::BatchExecuteStatementResponse> done) = 0;
  virtual void ExecuteTransaction(model::ExecuteTransactionRequest,
                                  Done<model::ExecuteTransactionResponse> done) = 0;

  // Tables. Done by the committer too, so that they are ordered with the writes.
  virtual void CreateTable(model::CreateTableRequest, Done<model::TableDescription> done) = 0;
  virtual void UpdateTable(model::UpdateTableRequest, Done<model::TableDescription> done) = 0;
  virtual void DeleteTable(std::string table, Done<model::TableDescription> done) = 0;
  virtual DbResult<model::TableDescription> DescribeTable(std::string_view table) = 0;
  virtual DbResult<model::ListTablesResponse> ListTables(const model::ListTablesRequest&) = 0;

  // TTL. Items whose time is over go in the background: see EngineOptions::ttl_interval.
  virtual void UpdateTimeToLive(model::UpdateTimeToLiveRequest,
                                Done<model::TimeToLiveSpecification> done) = 0;
  virtual DbResult<model::TimeToLiveDescription> DescribeTimeToLive(std::string_view table) = 0;

  // Tags of tables, by the table's ARN. Changed by the committer too.
  virtual void TagResource(model::TagResourceRequest, Done<void> done) = 0;
  virtual void UntagResource(model::UntagResourceRequest, Done<void> done) = 0;
  virtual DbResult<model::ListTagsOfResourceResponse> ListTagsOfResource(
      const model::ListTagsOfResourceRequest&) = 0;

  // Settings of a table that are kept and told, and change nothing else: resource-based policies of
  // tables and streams, contributor insights of tables and indexes.
  virtual void PutResourcePolicy(model::PutResourcePolicyRequest, Done<model::PolicyRevision>) = 0;
  virtual void DeleteResourcePolicy(model::DeleteResourcePolicyRequest,
                                    Done<model::PolicyRevision>) = 0;
  virtual DbResult<model::ResourcePolicy> GetResourcePolicy(
      const model::GetResourcePolicyRequest&) = 0;
  // For every request that policies decide on: the policy of a table, or of its stream with that
  // label; null: there is none. Nothing is copied.
  virtual std::shared_ptr<const model::ResourcePolicy> FindResourcePolicy(
      std::string_view table, std::string_view stream_label) = 0;
  virtual void UpdateContributorInsights(model::UpdateContributorInsightsRequest,
                                         Done<model::ContributorInsightsSummary>) = 0;
  virtual DbResult<model::ContributorInsightsDescription> DescribeContributorInsights(
      const model::DescribeContributorInsightsRequest&) = 0;
  virtual DbResult<model::ListContributorInsightsResponse> ListContributorInsights(
      const model::ListContributorInsightsRequest&) = 0;

  // Streams.
  virtual DbResult<model::ListStreamsResponse> ListStreams(const model::ListStreamsRequest&) = 0;
  virtual DbResult<model::DescribeStreamResponse> DescribeStream(
      const model::DescribeStreamRequest&) = 0;
  virtual DbResult<std::string> GetShardIterator(const model::GetShardIteratorRequest&) = 0;
  virtual DbResult<model::GetRecordsResponse> GetRecords(const model::GetRecordsRequest&) = 0;

  // `listener` is called on the committer's thread after each commit that left records in the
  // stream of `table` (which need not exist yet), in commit order; it must not block. It is called
  // when the commit is visible to reads and before any `done` of that commit: what a listener drops
  // from a cache is gone before a writer learns that the write succeeded. That the table was
  // deleted or made, or its stream switched, is told with no records, before that `done`. Nothing
  // is replayed: read the stream for what came before. The subscription ends when the returned
  // handle is destroyed (which waits for a call under way).
  virtual std::shared_ptr<void> Subscribe(std::string table, StreamListener listener) = 0;
};

}  // namespace cruddur::engine
