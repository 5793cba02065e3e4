#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/bound_tables.h"
#include "engine/field_checks.h"
#include "engine/key_checks.h"
#include "engine/partiql.h"
#include "engine/partiql_statement.h"
#include "engine/transaction_errors.h"

namespace cruddur::engine {
namespace {

using model::DbError;
using model::DbErrorCode;
using model::DbStatus;
using model::ExecuteTransactionRequest;
using model::ExecuteTransactionResponse;
using model::Invalid;

constexpr size_t kMaxStatements = 100;
constexpr size_t kMaxTokenCharacters = 36;

std::unexpected<DbError> FailedIn(size_t statement, DbError error) {
  if (error.code == DbErrorCode::kValidation) {
    error.message =
        fmt::format("Validation failed in TransactStatements[{}]: {}", statement, error.message);
  }
  return std::unexpected(std::move(error));
}

DbStatus CheckFields(const ExecuteTransactionRequest& request) {
  FieldChecks fields;
  const size_t count = request.statements.size();
  fields.Length("transactStatements", count == 0 ? "'[]'" : "'[...]'", count, 1, kMaxStatements);
  fields.Length("clientRequestToken", fmt::format("'{}'", request.client_request_token),
                request.client_request_token.size(), 0, kMaxTokenCharacters);
  TRY(fields.Result());
  for (const model::ParameterizedStatement& statement : request.statements) {
    if (statement.broken_parameter) return std::unexpected(*statement.broken_parameter);
  }
  return {};
}

// A transaction while it is planned. Statements on tables that aren't there cancel it, but only if
// no other one is refused.
class Planner {
 public:
  Planner(const PartiqlContext& context, const ExecuteTransactionRequest& request)
      : context_(context), request_(request), reasons_(request.statements.size()) {}

  DbStatus Prepare() {
    TRY(CheckFields(request_));
    bool reads = false, writes = false;
    for (size_t i = 0; i < request_.statements.size(); ++i) {
      auto statement = PrepareStatement(request_.statements[i]);
      if (!statement) return FailedIn(i, std::move(statement).error());
      (statement->reads() ? reads : writes) = true;
      statements_.push_back(*std::move(statement));
    }
    reads_ = reads;
    if (!reads || !writes) return {};
    return Invalid(
        "ExecuteTransaction API does not support both read and write operations in the same "
        "request.");
  }

  bool reads() const { return reads_; }
  const std::vector<PreparedStatement>& statements() const { return statements_; }

  // Calls plan(i, table) for each statement whose table is there.
  template <class Plan>
  DbStatus ForEach(Plan plan) {
    const auto catalog = context_.writes.catalog.Snapshot();
    for (size_t i = 0; i < statements_.size(); ++i) {
      auto table = TableForWrite(*catalog, statements_[i].table());
      if (!table) {
        Cancel(i, "ResourceNotFound", table.error().message);
        continue;
      }
      if (DbStatus status = plan(i, (*table)->description); !status) {
        return FailedIn(i, std::move(status).error());
      }
    }
    if (!canceled_) return {};
    return std::unexpected(TransactionCanceled(std::move(reasons_)));
  }

  DbResult<std::vector<CompiledWrite>> PlanWrites() {
    std::vector<CompiledWrite> writes;
    TRY(ForEach([&](size_t i, const model::TableDescription& table) -> DbStatus {
      TRY_ASSIGN(CompiledWrite write, PlanTransactionWrite(std::move(statements_[i]), table));
      writes.push_back(std::move(write));
      return {};
    }));
    return writes;
  }

  DbResult<model::TransactGetItemsRequest> PlanReads() {
    model::TransactGetItemsRequest gets;
    gets.return_consumed_capacity = request_.return_consumed_capacity;
    TRY(ForEach([&](size_t i, const model::TableDescription& table) -> DbStatus {
      if (!statements_[i].syntax.index.empty()) {
        return Invalid("Reads on indices are not supported within transactions.");
      }
      TRY_ASSIGN(model::Item key,
                 PlanSingleRead(statements_[i], table, "ExecuteTransaction", /*any_type=*/true));
      // Before the keys are held against one another.
      if (DbStatus status = CheckKey(key, table.keys); !status) {
        Cancel(i, "ValidationError", status.error().message);
      }
      gets.items.push_back({.table = statements_[i].table(), .key = std::move(key)});
      return {};
    }));
    return gets;
  }

 private:
  void Cancel(size_t i, std::string code, std::string message) {
    reasons_[i] = {.code = std::move(code), .message = std::move(message), .item = {}};
    canceled_ = true;
  }

  const PartiqlContext& context_;
  const ExecuteTransactionRequest& request_;
  std::vector<PreparedStatement> statements_;
  std::vector<model::CancellationReason> reasons_;
  bool reads_ = false;
  bool canceled_ = false;
};

DbResult<ExecuteTransactionResponse> RunReads(const Reader& reader, Planner& planner) {
  TRY_ASSIGN(const model::TransactGetItemsRequest gets, planner.PlanReads());
  TRY_ASSIGN(model::TransactGetItemsResponse got, reader.TransactGetItems(gets));
  ExecuteTransactionResponse response;
  for (size_t i = 0; i < got.items.size(); ++i) {
    auto& item = response.items.emplace_back(std::move(got.items[i]));
    if (item) item = planner.statements()[i].Pick(*std::move(item));
  }
  response.consumed_capacity = std::move(got.consumed_capacity);
  return response;
}

}  // namespace

void ExecuteTransaction(const PartiqlContext& context, ExecuteTransactionRequest request,
                        Done<ExecuteTransactionResponse> done) {
  Planner planner(context, request);
  if (DbStatus status = planner.Prepare(); !status) {
    return done(std::unexpected(std::move(status).error()));
  }
  if (planner.reads()) return done(RunReads(context.reader, planner));
  auto writes = planner.PlanWrites();
  if (!writes) return done(std::unexpected(std::move(writes).error()));
  SubmitCompiledTransaction(
      context.writes, *std::move(writes), std::move(request.client_request_token),
      request.return_consumed_capacity, request.may_conflict,
      [done = std::move(done)](DbResult<model::TransactWriteItemsResponse> written) mutable {
        if (!written) return done(std::unexpected(std::move(written).error()));
        ExecuteTransactionResponse response;  // of writes, without one for each
        response.consumed_capacity = std::move(written->consumed_capacity);
        done(std::move(response));
      });
}

}  // namespace cruddur::engine
