#include "engine/table_writes.h"

#include <fmt/format.h>
#include <rocksdb/db.h>

#include <algorithm>

#include "base/random.h"
#include "engine/field_checks.h"
#include "engine/policy_document.h"
#include "engine/resource_policies.h"
#include "engine/stream_lifecycle.h"
#include "engine/table_checks.h"
#include "engine/table_operation.h"
#include "engine/table_settings.h"
#include "engine/table_transitions.h"
#include "engine/update_table_conflicts.h"

namespace cruddur::engine {
namespace {

using model::DbErrorCode;
using model::TableDescription;

// AWS's default quota.
constexpr size_t kMaxTables = 2'500;
constexpr int64_t kMaxListed = 100;

class CreateTableOperation final : public TableOperation {
 public:
  CreateTableOperation(const TableNaming& naming, base::Micros delay,
                       model::CreateTableRequest request, Done<TableDescription> done)
      : TableOperation(std::move(done)),
        naming_(naming),
        delay_(delay),
        request_(std::move(request)) {}

 protected:
  DbResult<TableDescription> Change(Commit& commit) override {
    if (const auto there = commit.catalog().FindTable(request_.table)) {
      if (there->description.status == model::TableStatus::kCreating) {
        return TableIsBusy(there->description);
      }
      return TableInUse("Table already exists: " + request_.table);
    }
    if (commit.catalog().tables.size() >= kMaxTables) {
      return model::DbFail(
          DbErrorCode::kLimitExceeded,
          fmt::format("Subscriber limit exceeded: There is a limit of {} tables per subscriber",
                      kMaxTables));
    }
    CatalogEdit edit = commit.Edit();
    TableState table = MakeTable(edit, commit.now());
    // The answer says so in any case, as AWS does, though nothing is left to do.
    TableDescription answer = Describe(table, commit.now());
    MarkCreating(answer);
    answer.warming = request_.warm.has_value();
    if (delay_.count() != 0) {
      MarkCreating(table.description);
      table.settles_at = commit.now() + delay_;
    }
    edit.PutTable(std::move(table));
    commit.SetEdit(std::move(edit));
    return answer;
  }

 private:
  static void MarkCreating(TableDescription& table) {
    table.status = model::TableStatus::kCreating;
    for (model::IndexDescription& index : table.indexes) {
      index.status = model::TableStatus::kCreating;
    }
  }

  TableState MakeTable(CatalogEdit& edit, base::Micros now) {
    TableState table;
    table.id = edit.NewId();
    TableDescription& description = table.description;
    description.name = request_.table;
    description.arn = fmt::format("arn:aws:dynamodb:{}:{}:table/{}", naming_.region,
                                  naming_.account, description.name);
    description.id = base::NewUuid();
    description.keys = request_.keys;
    description.billing = request_.billing;
    description.throughput = request_.throughput.value_or(model::Throughput());
    if (description.billing == model::BillingMode::kPayPerRequest) {
      description.on_demand_since = now;
    }
    description.on_demand = request_.on_demand.value_or(model::OnDemandThroughput());
    description.warm = WarmThroughputOf(description.billing, description.throughput, request_.warm);
    if (request_.encryption) {
      description.kms_key_arn = KmsKeyArnOf(*request_.encryption, description.arn);
    }
    description.deletion_protection = request_.deletion_protection;
    description.table_class = request_.table_class;
    description.created_at = now;
    for (const model::IndexDefinition& index : request_.indexes) {
      AddIndex(edit, table, index);
    }
    table.tags = request_.tags;
    if (request_.resource_policy) table.policies[""] = NewPolicy(*request_.resource_policy, now);
    if (request_.stream_view) StartStream(edit, table, *request_.stream_view, now);
    return table;
  }

  static void AddIndex(CatalogEdit& edit, TableState& table, const model::IndexDefinition& index) {
    model::IndexDescription description;
    description.name = index.name;
    description.global = index.global;
    description.keys = index.keys;
    description.projection = index.projection;
    description.throughput = index.throughput.value_or(model::Throughput());
    description.on_demand = index.on_demand.value_or(model::OnDemandThroughput());
    description.warm =
        WarmThroughputOf(table.description.billing, description.throughput, index.warm);
    description.arn = table.description.arn + "/index/" + index.name;
    table.description.indexes.push_back(std::move(description));
    table.indexes.push_back({.id = edit.NewId()});
  }

  const TableNaming naming_;
  const base::Micros delay_;
  const model::CreateTableRequest request_;
};

class DeleteTableOperation final : public TableOperation {
 public:
  DeleteTableOperation(std::string name, base::Micros delay, Done<TableDescription> done)
      : TableOperation(std::move(done)), name_(std::move(name)), delay_(delay) {}

 protected:
  DbResult<TableDescription> Change(Commit& commit) override {
    const auto found = commit.catalog().FindTable(name_);
    if (found == nullptr) return NoSuchTable(name_);
    if (found->description.deletion_protection) {
      return model::Invalid(
          "Resource cannot be deleted as it is currently protected against deletion. Disable "
          "deletion protection first.");
    }
    TRY(CheckNothingIsInTheWayOfDeletion(*found, commit.now()));
    TableState table = *found;
    CatalogEdit edit = commit.Edit();
    EndStream(edit, table, commit.now());
    table.description.status = model::TableStatus::kDeleting;
    TableDescription answer = Describe(table, commit.now());
    if (delay_.count() == 0) {
      DropTable(commit, edit, table);
    } else {
      table.settles_at = commit.now() + delay_;
      edit.PutTable(std::move(table));
    }
    commit.SetEdit(std::move(edit));
    return answer;
  }

 private:
  const std::string name_;
  const base::Micros delay_;
};

DbStatus CheckName(std::string_view name) {
  FieldChecks fields;
  fields.TableName(name);
  return fields.Result();
}

}  // namespace

void DropKeyspace(Commit& commit, KeyspaceId keyspace) {
  // Both ends are bounds that no key equals, in the order of the downwards sorted family.
  const KeyRange range = RangeOfKeyspace(keyspace);
  commit.batch()
      .DeleteRange(commit.storage().family(Family::kItems), range.high, range.low)
      .PermitUncheckedError();
}

std::unexpected<model::DbError> NoSuchTable(std::string_view name) {
  return model::DbFail(DbErrorCode::kResourceNotFound,
                       fmt::format("Requested resource not found: Table: {} not found", name));
}

std::unexpected<model::DbError> TableInUse(std::string_view text) {
  return model::DbFail(DbErrorCode::kResourceInUse, std::string(text));
}

void SubmitCreateTable(const WriteContext& context, const TableNaming& naming,
                       model::CreateTableRequest request, Done<TableDescription> done) {
  if (DbStatus status = CheckCreateTable(request); !status) {
    return done(std::unexpected(std::move(status).error()));
  }
  if (request.resource_policy) {
    auto document = CanonicalPolicy(*request.resource_policy);
    if (!document) return done(std::unexpected(std::move(document).error()));
    request.resource_policy = *std::move(document);
  }
  context.committer.Submit(std::make_unique<CreateTableOperation>(
      naming, context.control_plane_delay, std::move(request), std::move(done)));
}

void SubmitDeleteTable(const WriteContext& context, std::string table,
                       Done<TableDescription> done) {
  if (DbStatus status = CheckName(table); !status) {
    return done(std::unexpected(std::move(status).error()));
  }
  context.committer.Submit(std::make_unique<DeleteTableOperation>(
      std::move(table), context.control_plane_delay, std::move(done)));
}

DbResult<TableDescription> DescribeTable(const CatalogSnapshot& catalog, std::string_view table,
                                         base::Micros now) {
  TRY(CheckName(table));
  const auto found = catalog.FindTable(table);
  if (found == nullptr) return NoSuchTable(table);
  return Describe(*found, now);
}

DbResult<model::ListTablesResponse> ListTables(const CatalogSnapshot& catalog,
                                               const model::ListTablesRequest& request) {
  FieldChecks fields;
  if (!request.exclusive_start_table_name.empty()) {
    fields.TableName(request.exclusive_start_table_name, "exclusiveStartTableName");
  }
  fields.Between("limit", request.limit, 1, kMaxListed);
  TRY(fields.Result());
  model::ListTablesResponse response;
  for (auto at = catalog.tables.upper_bound(request.exclusive_start_table_name);
       at != catalog.tables.end(); ++at) {
    if (std::cmp_equal(response.table_names.size(), request.limit)) {
      response.last_evaluated_table_name = response.table_names.back();
      break;
    }
    response.table_names.push_back(at->first);
  }
  return response;
}

}  // namespace cruddur::engine
