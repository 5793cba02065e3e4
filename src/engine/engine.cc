#include "engine/engine.h"

#include "engine/backfill.h"
#include "engine/catalog.h"
#include "engine/committer.h"
#include "engine/contributor_insights.h"
#include "engine/item_writes.h"
#include "engine/partiql.h"
#include "engine/reader.h"
#include "engine/resource_policies.h"
#include "engine/shard_splitter.h"
#include "engine/storage.h"
#include "engine/stream_reader.h"
#include "engine/stream_trimmer.h"
#include "engine/subscriptions.h"
#include "engine/table_tags.h"
#include "engine/table_transitions.h"
#include "engine/table_writes.h"
#include "engine/time_to_live.h"
#include "engine/ttl_sweeper.h"

namespace cruddur::engine {
namespace {

std::vector<std::unique_ptr<BackgroundTask>> MakeTasks(const EngineOptions& options) {
  std::vector<std::unique_ptr<BackgroundTask>> tasks;
  tasks.push_back(std::make_unique<Backfill>());
  tasks.push_back(std::make_unique<TtlSweeper>(options.ttl_interval));
  tasks.push_back(std::make_unique<TableTransitions>(options.control_plane_delay));
  tasks.push_back(std::make_unique<StreamTrimmer>());
  tasks.push_back(std::make_unique<ShardSplitter>(options.shard_interval));
  return tasks;
}

// Only puts the parts together. Members are in the order in which they need each other: the
// committer is the first to go, and finishes what is queued.
class RocksEngine final : public Engine {
 public:
  RocksEngine(const EngineOptions& options, const base::Clock& clock,
              std::unique_ptr<base::Clock> own_clock, std::unique_ptr<Storage> storage,
              std::unique_ptr<Catalog> catalog)
      : own_clock_(std::move(own_clock)),
        clock_(clock),
        naming_{options.region, options.account},
        storage_(std::move(storage)),
        catalog_(std::move(catalog)),
        reader_(*storage_, *catalog_),
        streams_(*storage_, *catalog_, clock),
        committer_(
            *storage_, *catalog_, subscriptions_, clock,
            {.max_queued = options.max_queued_writes, .max_queued_bytes = options.max_queued_bytes},
            MakeTasks(options)),
        writes_{*catalog_, committer_, options.control_plane_delay},
        partiql_{*storage_, reader_, writes_} {}

  bool Writable() const override { return storage_->Writable(); }

  DbResult<model::GetItemResponse> GetItem(const model::GetItemRequest& request) override {
    return reader_.GetItem(request);
  }
  DbResult<model::PageResponse> Query(const model::QueryRequest& request) override {
    return reader_.Query(request);
  }
  DbResult<model::PageResponse> Scan(const model::ScanRequest& request) override {
    return reader_.Scan(request);
  }
  DbResult<model::BatchGetItemResponse> BatchGetItem(
      const model::BatchGetItemRequest& request) override {
    return reader_.BatchGetItem(request);
  }
  DbResult<model::TransactGetItemsResponse> TransactGetItems(
      const model::TransactGetItemsRequest& request) override {
    return reader_.TransactGetItems(request);
  }

  void PutItem(model::PutItemRequest request, Done<model::WriteItemResponse> done) override {
    SubmitPut(writes_, std::move(request), std::move(done));
  }
  void DeleteItem(model::DeleteItemRequest request, Done<model::WriteItemResponse> done) override {
    SubmitDelete(writes_, std::move(request), std::move(done));
  }
  void UpdateItem(model::UpdateItemRequest request, Done<model::WriteItemResponse> done) override {
    SubmitUpdate(writes_, std::move(request), std::move(done));
  }
  void BatchWriteItem(model::BatchWriteItemRequest request,
                      Done<model::BatchWriteItemResponse> done) override {
    SubmitBatch(writes_, std::move(request), std::move(done));
  }
  void TransactWriteItems(model::TransactWriteItemsRequest request,
                          Done<model::TransactWriteItemsResponse> done) override {
    SubmitTransaction(writes_, std::move(request), std::move(done));
  }

  void ExecuteStatement(model::ExecuteStatementRequest request,
                        Done<model::ExecuteStatementResponse> done) override {
    engine::ExecuteStatement(partiql_, std::move(request), std::move(done));
  }
  void BatchExecuteStatement(model::BatchExecuteStatementRequest request,
                             Done<model::BatchExecuteStatementResponse> done) override {
    engine::BatchExecuteStatement(partiql_, std::move(request), std::move(done));
  }
  void ExecuteTransaction(model::ExecuteTransactionRequest request,
                          Done<model::ExecuteTransactionResponse> done) override {
    engine::ExecuteTransaction(partiql_, std::move(request), std::move(done));
  }

  void CreateTable(model::CreateTableRequest request, Done<model::TableDescription> done) override {
    SubmitCreateTable(writes_, naming_, std::move(request), std::move(done));
  }
  void UpdateTable(model::UpdateTableRequest request, Done<model::TableDescription> done) override {
    SubmitUpdateTable(writes_, std::move(request), std::move(done));
  }
  void DeleteTable(std::string table, Done<model::TableDescription> done) override {
    SubmitDeleteTable(writes_, std::move(table), std::move(done));
  }
  DbResult<model::TableDescription> DescribeTable(std::string_view table) override {
    return engine::DescribeTable(*catalog_->Snapshot(), table, clock_.Now());
  }
  DbResult<model::ListTablesResponse> ListTables(const model::ListTablesRequest& request) override {
    return engine::ListTables(*catalog_->Snapshot(), request);
  }

  void UpdateTimeToLive(model::UpdateTimeToLiveRequest request,
                        Done<model::TimeToLiveSpecification> done) override {
    SubmitUpdateTimeToLive(writes_, std::move(request), std::move(done));
  }
  DbResult<model::TimeToLiveDescription> DescribeTimeToLive(std::string_view table) override {
    return engine::DescribeTimeToLive(*catalog_->Snapshot(), table, clock_.Now());
  }
  void TagResource(model::TagResourceRequest request, Done<void> done) override {
    SubmitTagResource(writes_, naming_, std::move(request), std::move(done));
  }
  void UntagResource(model::UntagResourceRequest request, Done<void> done) override {
    SubmitUntagResource(writes_, naming_, std::move(request), std::move(done));
  }
  DbResult<model::ListTagsOfResourceResponse> ListTagsOfResource(
      const model::ListTagsOfResourceRequest& request) override {
    return engine::ListTagsOfResource(*catalog_->Snapshot(), naming_, request);
  }

  void PutResourcePolicy(model::PutResourcePolicyRequest request,
                         Done<model::PolicyRevision> done) override {
    SubmitPutResourcePolicy(writes_, naming_, std::move(request), std::move(done));
  }
  void DeleteResourcePolicy(model::DeleteResourcePolicyRequest request,
                            Done<model::PolicyRevision> done) override {
    SubmitDeleteResourcePolicy(writes_, naming_, std::move(request), std::move(done));
  }
  DbResult<model::ResourcePolicy> GetResourcePolicy(
      const model::GetResourcePolicyRequest& request) override {
    return engine::GetResourcePolicy(*catalog_->Snapshot(), naming_, request);
  }
  std::shared_ptr<const model::ResourcePolicy> FindResourcePolicy(
      std::string_view table, std::string_view stream_label) override {
    return engine::FindResourcePolicy(*catalog_->Snapshot(), table, stream_label);
  }
  void UpdateContributorInsights(model::UpdateContributorInsightsRequest request,
                                 Done<model::ContributorInsightsSummary> done) override {
    SubmitUpdateContributorInsights(writes_, std::move(request), std::move(done));
  }
  DbResult<model::ContributorInsightsDescription> DescribeContributorInsights(
      const model::DescribeContributorInsightsRequest& request) override {
    return engine::DescribeContributorInsights(*catalog_->Snapshot(), request);
  }
  DbResult<model::ListContributorInsightsResponse> ListContributorInsights(
      const model::ListContributorInsightsRequest& request) override {
    return engine::ListContributorInsights(*catalog_->Snapshot(), request);
  }

  DbResult<model::ListStreamsResponse> ListStreams(
      const model::ListStreamsRequest& request) override {
    return streams_.ListStreams(request);
  }
  DbResult<model::DescribeStreamResponse> DescribeStream(
      const model::DescribeStreamRequest& request) override {
    return streams_.DescribeStream(request);
  }
  DbResult<std::string> GetShardIterator(const model::GetShardIteratorRequest& request) override {
    return streams_.GetShardIterator(request);
  }
  DbResult<model::GetRecordsResponse> GetRecords(const model::GetRecordsRequest& request) override {
    return streams_.GetRecords(request);
  }
  std::shared_ptr<void> Subscribe(std::string table, StreamListener listener) override {
    return subscriptions_.Add(std::move(table), std::move(listener));
  }

 private:
  const std::unique_ptr<base::Clock> own_clock_;  // null if the caller gave one
  const base::Clock& clock_;
  const TableNaming naming_;
  const std::unique_ptr<Storage> storage_;
  const std::unique_ptr<Catalog> catalog_;
  Subscriptions subscriptions_;
  const Reader reader_;
  const StreamReader streams_;
  Committer committer_;
  const WriteContext writes_;
  const PartiqlContext partiql_;
};

}  // namespace

base::Result<std::unique_ptr<Engine>> Engine::Open(EngineOptions options) {
  std::unique_ptr<base::Clock> own_clock;
  if (options.clock == nullptr) own_clock = std::make_unique<base::SystemClock>();
  const base::Clock& clock = options.clock != nullptr ? *options.clock : *own_clock;
  TRY_ASSIGN(auto storage, Storage::Open({.directory = options.directory,
                                          .in_memory = options.in_memory,
                                          .sync = options.sync,
                                          .block_cache_bytes = options.block_cache_bytes,
                                          .clock = &clock}));
  auto catalog = Catalog::Load(*storage, options.throttle ? &clock : nullptr);
  if (!catalog) {
    return base::Fail(catalog.error().code, "the store in '" + options.directory +
                                                "' is damaged: " + catalog.error().message);
  }
  return std::make_unique<RocksEngine>(options, clock, std::move(own_clock), std::move(storage),
                                       *std::move(catalog));
}

}  // namespace cruddur::engine
