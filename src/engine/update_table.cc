#include <fmt/format.h>

#include <algorithm>

#include "engine/field_checks.h"
#include "engine/stream_lifecycle.h"
#include "engine/table_checks.h"
#include "engine/table_operation.h"
#include "engine/table_writes.h"

namespace cruddur::engine {
namespace {

using model::BillingMode;
using model::DbErrorCode;
using model::IndexDefinition;
using model::IndexDescription;
using model::Invalid;
using model::TableDescription;
using model::TableStatus;
using model::UpdateTableRequest;

DbStatus InvalidParameter(std::string_view text) {
  return Invalid(fmt::format("One or more parameter values were invalid: {}", text));
}

IndexDefinition DefinitionOf(const IndexDescription& index) {
  return {.name = index.name,
          .global = index.global,
          .keys = index.keys,
          .projection = index.projection,
          .throughput = index.throughput};
}

class UpdateTableOperation final : public TableOperation {
 public:
  UpdateTableOperation(UpdateTableRequest request, Done<TableDescription> done)
      : TableOperation(std::move(done)), request_(std::move(request)) {}

 protected:
  DbResult<TableDescription> Change(Commit& commit) override {
    const auto found = commit.catalog().FindTable(request_.table);
    if (found == nullptr) return NoSuchTable(request_.table);
    // An index that is still being filled may be given up; everything else waits for it.
    if (found->description.status != TableStatus::kActive && !request_.delete_index) {
      return TableInUse(
          "Attempt to change a resource which is still in use: Table is being "
          "updated: " +
          request_.table);
    }
    TableState table = *found;
    CatalogEdit edit = commit.Edit();
    TRY(ChangeThroughput(table.description));
    TRY(ChangeStream(edit, table, commit.now()));
    std::optional<IndexDescription> dropped;
    if (request_.delete_index) {
      TRY_ASSIGN(dropped, DropIndex(commit, table));
    }
    if (request_.create_index) TRY(CreateIndex(edit, table));
    if (request_.deletion_protection) {
      table.description.deletion_protection = *request_.deletion_protection;
    }
    if (request_.table_class) table.description.table_class = *request_.table_class;

    const bool filling =
        std::ranges::any_of(table.description.indexes, &IndexDescription::backfilling);
    table.description.status = filling ? TableStatus::kUpdating : TableStatus::kActive;
    TableDescription answer = Describe(table);
    answer.status = TableStatus::kUpdating;
    if (dropped) answer.indexes.push_back(*std::move(dropped));
    edit.PutTable(std::move(table));
    commit.SetEdit(std::move(edit));
    return answer;
  }

 private:
  DbStatus ChangeThroughput(TableDescription& table) const {
    const BillingMode billing = request_.billing.value_or(table.billing);
    const bool switched = billing != table.billing;
    if (billing == BillingMode::kPayPerRequest) {
      TRY(CheckThroughput(billing, request_.throughput));
      table.billing = billing;
      table.throughput = {};
      for (IndexDescription& index : table.indexes) index.throughput = {};
      return request_.update_indexes.empty()
                 ? DbStatus()
                 : InvalidParameter(
                       "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                       "BillingMode is PAY_PER_REQUEST");
    }
    if (switched || request_.throughput) TRY(CheckThroughput(billing, request_.throughput));
    if (request_.throughput) {
      if (!switched && *request_.throughput == table.throughput) {
        return SameThroughput("the table", table.throughput);
      }
      table.throughput = *request_.throughput;
    }
    table.billing = billing;
    TRY(ChangeIndexThroughput(table));
    for (const IndexDescription& index : table.indexes) {
      if (!index.global || index.throughput != model::Throughput()) continue;
      return InvalidParameter(fmt::format(
          "ReadCapacityUnits and WriteCapacityUnits must both be specified for index: {}",
          index.name));
    }
    return {};
  }

  DbStatus ChangeIndexThroughput(TableDescription& table) const {
    for (const auto& [name, throughput] : request_.update_indexes) {
      const auto index = std::ranges::find(table.indexes, name, &IndexDescription::name);
      if (index == table.indexes.end() || !index->global) {
        return model::DbFail(DbErrorCode::kResourceNotFound, "Requested resource not found");
      }
      TRY(CheckUnits(throughput,
                     "globalSecondaryIndexUpdates.member.update.provisionedThroughput"));
      if (index->throughput == throughput) {
        return SameThroughput("the index " + name, throughput);
      }
      index->throughput = throughput;
    }
    return {};
  }

  static DbStatus SameThroughput(std::string_view what, const model::Throughput& throughput) {
    return Invalid(fmt::format(
        "The provisioned throughput for {0} will not change. The requested value equals the "
        "current value. Current ReadCapacityUnits provisioned for {0}: {1}. Requested "
        "ReadCapacityUnits: {1}. Current WriteCapacityUnits provisioned for {0}: {2}. Requested "
        "WriteCapacityUnits: {2}. Refer to the Amazon DynamoDB Developer Guide for current limits "
        "and how to request higher limits.",
        what, throughput.read_units, throughput.write_units));
  }

  DbStatus ChangeStream(CatalogEdit& edit, TableState& table, base::Micros now) const {
    if (!request_.stream_enabled) {
      return request_.stream_view ? InvalidParameter("StreamEnabled must be specified")
                                  : DbStatus();
    }
    const bool enabled = table.stream != 0;
    if (*request_.stream_enabled) {
      if (!request_.stream_view) {
        return InvalidParameter("StreamViewType must be specified when StreamEnabled is true");
      }
      if (enabled) {
        return Invalid("Table already has an enabled stream: TableName: " + request_.table);
      }
      StartStream(edit, table, *request_.stream_view, now);
      return {};
    }
    if (request_.stream_view) {
      return InvalidParameter("StreamViewType cannot be specified when StreamEnabled is false");
    }
    if (!enabled) {
      return Invalid("Table already has a disabled stream: TableName: " + request_.table);
    }
    EndStream(edit, table, now);
    return {};
  }

  DbResult<IndexDescription> DropIndex(Commit& commit, TableState& table) const {
    auto& indexes = table.description.indexes;
    const auto index = std::ranges::find(indexes, *request_.delete_index, &IndexDescription::name);
    if (index == indexes.end() || !index->global) {
      return model::DbFail(
          DbErrorCode::kResourceNotFound,
          "Requested resource not found: Index: " + *request_.delete_index + " not found");
    }
    IndexDescription dropped = std::move(*index);
    dropped.status = TableStatus::kDeleting;
    table.insights.erase(dropped.name);
    const auto place = index - indexes.begin();
    DropKeyspace(commit, table.indexes[static_cast<size_t>(place)].id);
    indexes.erase(index);
    table.indexes.erase(table.indexes.begin() + place);
    return dropped;
  }

  DbStatus CreateIndex(CatalogEdit& edit, TableState& table) const {
    TableDescription& description = table.description;
    IndexDefinition wanted = *request_.create_index;
    wanted.global = true;
    std::vector<IndexDefinition> others;
    for (const IndexDescription& index : description.indexes) {
      others.push_back(DefinitionOf(index));
    }
    TRY(CheckIndex(wanted, description.keys, others, description.billing));
    TRY(CheckKeyTypes(wanted, description));

    IndexDescription index;
    index.name = wanted.name;
    index.global = true;
    index.keys = wanted.keys;
    index.projection = wanted.projection;
    index.throughput = wanted.throughput.value_or(model::Throughput());
    index.status = TableStatus::kCreating;
    index.backfilling = true;
    index.arn = description.arn + "/index/" + wanted.name;
    description.indexes.push_back(std::move(index));
    IndexState state;
    state.id = edit.NewId();
    state.backfill = std::make_shared<BackfillProgress>();
    table.indexes.push_back(std::move(state));
    return {};
  }

  // An attribute has the same type in every key.
  static DbStatus CheckKeyTypes(const IndexDefinition& wanted, const TableDescription& table) {
    const auto conflicts = [&](const model::KeySchema& keys) {
      return std::ranges::any_of(wanted.keys.partition,
                                 [&](const auto& key) {
                                   const auto* other = keys.Find(key.name);
                                   return other != nullptr && other->type != key.type;
                                 }) ||
             std::ranges::any_of(wanted.keys.sort, [&](const auto& key) {
               const auto* other = keys.Find(key.name);
               return other != nullptr && other->type != key.type;
             });
    };
    bool conflict = conflicts(table.keys);
    for (const IndexDescription& index : table.indexes) conflict |= conflicts(index.keys);
    if (!conflict) return {};
    return InvalidParameter("Index " + wanted.name +
                            " defines a key attribute with another type than the table");
  }

  const UpdateTableRequest request_;
};

DbStatus CheckUpdateTable(const UpdateTableRequest& request) {
  FieldChecks fields;
  fields.TableName(request.table);
  TRY(fields.Result());
  const bool anything = request.billing || request.throughput || request.create_index ||
                        request.delete_index || !request.update_indexes.empty() ||
                        request.stream_enabled || request.stream_view ||
                        request.deletion_protection || request.table_class;
  if (!anything) {
    return Invalid(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
        "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required");
  }
  if (request.create_index && request.delete_index) {
    return model::DbFail(DbErrorCode::kLimitExceeded,
                         "Subscriber limit exceeded: Only 1 online index can be created or deleted "
                         "simultaneously per table");
  }
  return {};
}

}  // namespace

void SubmitUpdateTable(const WriteContext& context, UpdateTableRequest request,
                       Done<TableDescription> done) {
  if (DbStatus status = CheckUpdateTable(request); !status) {
    return done(std::unexpected(std::move(status).error()));
  }
  context.committer.Submit(
      std::make_unique<UpdateTableOperation>(std::move(request), std::move(done)));
}

}  // namespace cruddur::engine
