#include "engine/partiql.h"

#include "engine/bound_tables.h"
#include "engine/field_checks.h"
#include "engine/partiql_select.h"
#include "engine/partiql_statement.h"

namespace cruddur::engine {
namespace {

using model::DbStatus;
using model::ExecuteStatementRequest;
using model::ExecuteStatementResponse;
using model::Invalid;

DbStatus CheckFields(const ExecuteStatementRequest& request) {
  FieldChecks fields;
  fields.AtLeast("limit", request.limit, 1);
  return fields.Result();
}

DbResult<PreparedStatement> Prepare(const ExecuteStatementRequest& request) {
  TRY(CheckFields(request));
  TRY_ASSIGN(PreparedStatement statement, PrepareStatement(request.statement));
  if (statement.syntax.kind == expr::PartiqlKind::kExists) {
    return Invalid("EXISTS can only be used in ExecuteTransaction write requests.");
  }
  return statement;
}

DbResult<CompiledWrite> Plan(const PartiqlContext& context, PreparedStatement statement) {
  TRY_ASSIGN(const auto table,
             TableForWrite(*context.writes.catalog.Snapshot(), statement.table()));
  return PlanWrite(std::move(statement), table->description);
}

}  // namespace

void ExecuteStatement(const PartiqlContext& context, ExecuteStatementRequest request,
                      Done<ExecuteStatementResponse> done) {
  auto statement = Prepare(request);
  if (!statement) return done(std::unexpected(std::move(statement).error()));
  if (statement->reads()) {
    return done(RunSelect(context.storage, context.writes.catalog, *std::move(statement),
                          {.limit = request.limit,
                           .next_token = std::move(request.next_token),
                           .consistent_read = request.statement.consistent_read,
                           .return_consumed_capacity = request.return_consumed_capacity}));
  }
  auto write = Plan(context, *std::move(statement));
  if (!write) return done(std::unexpected(std::move(write).error()));
  write->may_conflict = request.may_conflict;
  SubmitCompiled(context.writes, *std::move(write), request.return_consumed_capacity,
                 [done = std::move(done)](DbResult<model::WriteItemResponse> written) mutable {
                   if (!written) return done(std::unexpected(std::move(written).error()));
                   ExecuteStatementResponse response;
                   if (written->attributes) {
                     response.items.push_back(*std::move(written->attributes));
                   }
                   response.consumed_capacity = std::move(written->consumed_capacity);
                   done(std::move(response));
                 });
}

}  // namespace cruddur::engine
