#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <vector>

#include "engine/bound_tables.h"
#include "engine/field_checks.h"
#include "engine/partiql.h"
#include "engine/partiql_statement.h"

namespace cruddur::engine {
namespace {

using model::BatchExecuteStatementRequest;
using model::BatchExecuteStatementResponse;
using model::DbError;
using model::DbStatus;
using model::Invalid;

constexpr size_t kMaxStatements = 25;

// The batch while its writes are under way: the one that ends last answers.
struct Batch {
  BatchExecuteStatementResponse response;
  std::vector<std::optional<model::ConsumedCapacity>> capacities;  // of each statement
  std::atomic<size_t> open = 1;  // statements under way, and the loop that starts them
  Done<BatchExecuteStatementResponse> done;

  void Close() {
    if (--open > 0) return;
    for (auto& capacity : capacities) {
      if (capacity) response.consumed_capacity.push_back(*std::move(capacity));
    }
    done(std::move(response));
  }
};

DbStatus Check(const BatchExecuteStatementRequest& request) {
  FieldChecks fields;
  const size_t count = request.statements.size();
  fields.Length("statements", count == 0 ? "'[]'" : "'[...]'", count, 1, kMaxStatements);
  return fields.Result();
}

// Those that don't read are told for themselves. The others read all, or write all.
DbStatus CheckUnmixed(const std::vector<DbResult<PreparedStatement>>& statements) {
  bool reads = false, writes = false;
  for (const auto& statement : statements) {
    if (statement) (statement->reads() ? reads : writes) = true;
  }
  if (!reads || !writes) return {};
  return Invalid(
      "BatchExecuteStatement API does not support both read and write operations in the same "
      "request.");
}

class BatchRun {
 public:
  BatchRun(const PartiqlContext& context, const BatchExecuteStatementRequest& request)
      : context_(context), request_(request) {}

  DbResult<PreparedStatement> Prepare(size_t i) const {
    TRY_ASSIGN(PreparedStatement statement, PrepareStatement(request_.statements[i]));
    if (statement.syntax.kind == expr::PartiqlKind::kExists) {
      return Invalid("EXISTS can only be used in ExecuteTransaction write requests.");
    }
    // Of a batch AWS doesn't return the item that failed a condition.
    statement.on_condition_failure = model::ReturnValuesOnFailure::kNone;
    return statement;
  }

  void Start(size_t i, DbResult<PreparedStatement> statement,
             const std::shared_ptr<Batch>& batch) const {
    DbStatus status = statement ? Run(i, *std::move(statement), batch)
                                : DbStatus(std::unexpected(std::move(statement).error()));
    if (!status) batch->response.responses[i].error = std::move(status).error();
  }

 private:
  DbStatus Run(size_t i, PreparedStatement statement, const std::shared_ptr<Batch>& batch) const {
    TRY_ASSIGN(const auto table,
               TableForWrite(*context_.writes.catalog.Snapshot(), statement.table()));
    if (statement.reads()) return Read(i, statement, table->description, *batch);
    const std::string name = statement.table();
    TRY_ASSIGN(CompiledWrite write, PlanWrite(std::move(statement), table->description));
    write.may_conflict = request_.may_conflict;
    batch->response.responses[i].table = name;
    ++batch->open;
    SubmitCompiled(context_.writes, std::move(write), request_.return_consumed_capacity,
                   [i, batch](DbResult<model::WriteItemResponse> written) {
                     auto& response = batch->response.responses[i];
                     if (written) {
                       response.item = std::move(written->attributes);
                       batch->capacities[i] = std::move(written->consumed_capacity);
                     } else {
                       response.error = std::move(written).error();
                     }
                     batch->Close();
                   });
    return {};
  }

  DbStatus Read(size_t i, const PreparedStatement& statement, const model::TableDescription& table,
                Batch& batch) const {
    TRY_ASSIGN(model::Item key,
               PlanSingleRead(statement, table, "BatchExecuteStatement", /*any_type=*/false));
    auto got =
        context_.reader.GetItem({.table = statement.table(),
                                 .key = std::move(key),
                                 .consistent_read = request_.statements[i].consistent_read,
                                 .return_consumed_capacity = request_.return_consumed_capacity});
    if (!got) return std::unexpected(std::move(got).error());
    auto& response = batch.response.responses[i];
    response.table = statement.table();
    if (got->item) response.item = statement.Pick(*std::move(got->item));
    batch.capacities[i] = std::move(got->consumed_capacity);
    return {};
  }

  const PartiqlContext& context_;
  const BatchExecuteStatementRequest& request_;
};

}  // namespace

void BatchExecuteStatement(const PartiqlContext& context, BatchExecuteStatementRequest request,
                           Done<BatchExecuteStatementResponse> done) {
  if (DbStatus status = Check(request); !status) {
    return done(std::unexpected(std::move(status).error()));
  }
  const BatchRun run(context, request);
  const size_t count = request.statements.size();
  std::vector<DbResult<PreparedStatement>> statements;
  for (size_t i = 0; i < count; ++i) statements.push_back(run.Prepare(i));
  if (DbStatus status = CheckUnmixed(statements); !status) {
    return done(std::unexpected(std::move(status).error()));
  }
  auto batch = std::make_shared<Batch>();
  batch->response.responses.resize(count);
  batch->capacities.resize(count);
  batch->done = std::move(done);
  for (size_t i = 0; i < count; ++i) run.Start(i, std::move(statements[i]), batch);
  batch->Close();
}

}  // namespace cruddur::engine
