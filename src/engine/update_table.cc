#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/stream_lifecycle.h"
#include "engine/table_checks.h"
#include "engine/table_operation.h"
#include "engine/table_settings.h"
#include "engine/table_transitions.h"
#include "engine/table_writes.h"
#include "engine/throughput_changes.h"
#include "engine/update_table_answer.h"
#include "engine/update_table_checks.h"

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
  UpdateTableOperation(UpdateTableRequest request, base::Micros delay, Done<TableDescription> done)
      : TableOperation(std::move(done)), request_(std::move(request)), delay_(delay) {}

 protected:
  DbResult<TableDescription> Change(Commit& commit) override {
    const auto found = commit.catalog().FindTable(request_.table);
    if (found == nullptr) return NoSuchTable(request_.table);
    if (found->description.status != TableStatus::kActive && !GivesUp(found->description)) {
      return Refusal(found->description);
    }
    TableState table = *found;
    CatalogEdit edit = commit.Edit();
    TRY(ChangeThroughput(table.description, commit.now()));
    TRY(ChangeSettings(table.description, commit.now()));
    TRY(ChangeStream(edit, table, commit.now()));
    std::optional<IndexDescription> dropped;
    if (request_.delete_index) {
      TRY_ASSIGN(dropped, DropIndex(commit, table));
    }
    if (request_.create_index) TRY(CreateIndex(edit, table));
    const bool filling =
        std::ranges::any_of(table.description.indexes, &IndexDescription::backfilling);
    const bool passing = delay_.count() != 0 && TakesTime(request_);
    table.description.status = filling || (passing && TakesTheTable(request_))
                                   ? TableStatus::kUpdating
                                   : TableStatus::kActive;
    if (passing) table.settles_at = commit.now() + delay_;
    table.shown = nullptr;
    TableDescription answer =
        AnswerTo(request_, Describe(*found, commit.now()), Describe(table, commit.now()));
    if (table.settles_at.count() != 0) table.shown = std::make_shared<TableDescription>(answer);
    if (dropped) answer.indexes.push_back(*std::move(dropped));
    edit.PutTable(std::move(table));
    commit.SetEdit(std::move(edit));
    return answer;
  }

 private:
  // An index that is still being made may be given up; everything else waits for it.
  bool GivesUp(const TableDescription& table) const {
    if (!request_.delete_index || table.status != TableStatus::kUpdating) return false;
    const IndexDescription* index = table.FindIndex(*request_.delete_index);
    return index != nullptr && index->status == TableStatus::kCreating;
  }

  std::unexpected<model::DbError> Refusal(const TableDescription& table) const {
    const bool online = std::ranges::any_of(table.indexes, [](const IndexDescription& index) {
      return index.status == TableStatus::kCreating || index.status == TableStatus::kDeleting;
    });
    const bool updating = table.status == TableStatus::kUpdating;
    return updating && online && (request_.create_index || request_.delete_index)
               ? SecondOnlineIndex()
               : TableIsBusy(table);
  }

  DbStatus ChangeSettings(TableDescription& table, base::Micros now) const {
    if (request_.deletion_protection) table.deletion_protection = *request_.deletion_protection;
    if (request_.table_class) {
      table.table_class = *request_.table_class;
      table.table_class_changed_at = now;
    }
    if (request_.on_demand) {
      TRY(ChangeOnDemandThroughput("", table.billing, *request_.on_demand, table.on_demand));
    }
    if (request_.warm) TRY(ChangeWarmThroughput("", *request_.warm, table.warm));
    return request_.encryption ? ChangeEncryption(*request_.encryption, table) : DbStatus();
  }

  static DbStatus ChangeEncryption(const model::EncryptionSpecification& wanted,
                                   TableDescription& table) {
    std::string key = KmsKeyArnOf(wanted, table.arn);
    if (key == table.kms_key_arn) {
      return InvalidParameter(key.empty()
                                  ? "Table is already encrypted by default"
                                  : "Table is already encrypted with given KMSMasterKeyId. Use "
                                    "KMSMasterKeyId parameter if you want to change Master Key");
    }
    table.kms_key_arn = std::move(key);
    return {};
  }

  DbStatus ChangeThroughput(TableDescription& table, base::Micros now) const {
    const BillingMode billing = request_.billing.value_or(table.billing);
    const bool switched = billing != table.billing;
    if (billing == BillingMode::kPayPerRequest) {
      TRY(CheckThroughput(billing, request_.throughput));
      if (switched) MakeOnDemand(table, now);
      return ChangeIndexes(table, now);
    }
    if (request_.billing && !request_.throughput) {
      return InvalidParameter(
          "ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
    }
    if (request_.throughput) TRY(CheckThroughput(billing, request_.throughput));
    if (request_.throughput) {
      if (!switched && *request_.throughput == table.throughput) {
        return SameThroughput("the table", "the table", table.throughput);
      }
      if (!switched) {
        TRY(NoteThroughputChange(table.throughput, *request_.throughput, now,
                                 table.throughput_changes));
      }
      table.throughput = *request_.throughput;
      RaiseWarmThroughput(table.warm, table.throughput);
    }
    table.billing = billing;
    if (switched) {
      table.on_demand = {};
      for (IndexDescription& index : table.indexes) index.on_demand = {};
    }
    TRY(ChangeIndexes(table, now));
    for (const IndexDescription& index : table.indexes) {
      if (!index.global || index.throughput != model::Throughput()) continue;
      return InvalidParameter(
          fmt::format("ProvisionedThroughput must be specified for index: {}", index.name));
    }
    return {};
  }

  static void MakeOnDemand(TableDescription& table, base::Micros now) {
    table.billing = BillingMode::kPayPerRequest;
    table.on_demand_since = now;
    table.throughput = {};
    const model::Throughput warm = InitialWarmThroughput(table.billing, {});
    RaiseWarmThroughput(table.warm, warm);
    for (IndexDescription& index : table.indexes) {
      index.throughput = {};
      if (index.global) RaiseWarmThroughput(index.warm, warm);
    }
  }

  DbStatus ChangeIndexes(TableDescription& table, base::Micros now) const {
    for (const model::IndexUpdate& update : request_.update_indexes) {
      const auto index = std::ranges::find(table.indexes, update.name, &IndexDescription::name);
      if (index == table.indexes.end()) {
        return NoSuchIndex(update.name);
      }
      if (!index->global) {
        return Invalid("Cannot update an index that is not a GlobalSecondaryIndex: " + update.name);
      }
      TRY(ChangeIndex(update, table.billing, now, *index));
    }
    return {};
  }

  static DbStatus ChangeIndex(const model::IndexUpdate& update, BillingMode billing,
                              base::Micros now, IndexDescription& index) {
    if (update.throughput) {
      if (billing == BillingMode::kPayPerRequest) {
        return InvalidParameter(
            fmt::format("The only Updates for index: {} when TableThroughputMode is "
                        "PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput",
                        update.name));
      }
      if (index.throughput == *update.throughput) {
        const std::string what = "index " + update.name;
        return SameThroughput("the " + what, what, index.throughput);
      }
      // With the billing mode it comes anew.
      if (index.throughput != model::Throughput()) {
        TRY(NoteThroughputChange(index.throughput, *update.throughput, now,
                                 index.throughput_changes));
      }
      index.throughput = *update.throughput;
      RaiseWarmThroughput(index.warm, index.throughput);
    }
    if (update.on_demand) {
      TRY(ChangeOnDemandThroughput(update.name, billing, *update.on_demand, index.on_demand));
    }
    return update.warm ? ChangeWarmThroughput(update.name, *update.warm, index.warm) : DbStatus();
  }

  static DbStatus SameThroughput(std::string_view what, std::string_view again,
                                 const model::Throughput& throughput) {
    return Invalid(fmt::format(
        "The provisioned throughput for {0} will not change. The requested value equals the "
        "current value. Current ReadCapacityUnits provisioned for {1}: {2}. Requested "
        "ReadCapacityUnits: {2}. Current WriteCapacityUnits provisioned for {1}: {3}. Requested "
        "WriteCapacityUnits: {3}. Refer to the Amazon DynamoDB Developer Guide for current limits "
        "and how to request higher limits.",
        what, again, throughput.read_units, throughput.write_units));
  }

  std::unexpected<model::DbError> NoSuchIndex(std::string_view name) const {
    return model::DbFail(
        DbErrorCode::kResourceNotFound,
        fmt::format("Requested resource not found: Index {} for table {}", name, request_.table));
  }

  DbStatus ChangeStream(CatalogEdit& edit, TableState& table, base::Micros now) const {
    if (!request_.stream_enabled) {
      return request_.stream_view ? InvalidParameter("StreamEnabled must be specified")
                                  : DbStatus();
    }
    const bool enabled = table.stream != 0;
    if (*request_.stream_enabled) {
      if (!request_.stream_view) {
        return InvalidParameter("If stream is being enabled then UpdateViewType is required");
      }
      if (enabled) {
        return Invalid("Table already has an enabled stream: TableName: " + request_.table);
      }
      StartStream(edit, table, *request_.stream_view, now);
      return {};
    }
    if (request_.stream_view) {
      return InvalidParameter(
          "If stream is being disabled, then UpdateViewType must not be specified");
    }
    if (!enabled) {
      return Invalid("Table has no stream to disable: TableName: " + request_.table);
    }
    EndStream(edit, table, now);
    return {};
  }

  // The index, if it is gone with this.
  DbResult<std::optional<IndexDescription>> DropIndex(Commit& commit, TableState& table) const {
    auto& indexes = table.description.indexes;
    const auto index = std::ranges::find(indexes, *request_.delete_index, &IndexDescription::name);
    if (index == indexes.end()) {
      return NoSuchIndex(*request_.delete_index);
    }
    if (!index->global) {
      return Invalid("Cannot delete an index that is not a GlobalSecondaryIndex: " +
                     *request_.delete_index);
    }
    table.insights.erase(index->name);
    index->status = TableStatus::kDeleting;
    index->backfilling = false;
    if (delay_.count() != 0) {
      table.indexes[static_cast<size_t>(index - indexes.begin())].backfill = nullptr;
      return std::nullopt;  // the description has it as long as it takes
    }
    IndexDescription dropped = std::move(*index);
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
    if (description.FindIndex(wanted.name) != nullptr) {
      return Invalid("Attempting to create an index which already exists");
    }
    TRY(CheckThroughputOf(wanted, description.billing));
    if (std::ranges::count(others, true, &IndexDefinition::global) >= kMaxGlobalIndexes) {
      return model::DbFail(DbErrorCode::kLimitExceeded,
                           fmt::format("Subscriber limit exceeded: Number of global secondary "
                                       "indexes exceeds per-table limit of {}",
                                       kMaxGlobalIndexes));
    }
    TRY(CheckIndex(wanted, description.keys, others, description.billing));
    TRY(CheckKeyTypes(wanted, description));

    IndexDescription index;
    index.name = wanted.name;
    index.global = true;
    index.keys = wanted.keys;
    index.projection = wanted.projection;
    index.throughput = wanted.throughput.value_or(model::Throughput());
    index.on_demand = wanted.on_demand.value_or(model::OnDemandThroughput());
    index.warm = WarmThroughputOf(description.billing, index.throughput, wanted.warm);
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

  // As of a table's creation, in other words.
  static DbStatus CheckThroughputOf(const IndexDefinition& wanted, BillingMode billing) {
    const bool on_demand = billing == BillingMode::kPayPerRequest;
    if (on_demand != wanted.throughput.has_value()) return {};
    if (on_demand) {
      return InvalidParameter(fmt::format(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: "
          "{} when BillingMode is PAY_PER_REQUEST",
          wanted.name));
    }
    return InvalidParameter(
        fmt::format("Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {}",
                    wanted.name));
  }

  // An attribute has the same type in every key.
  static DbStatus CheckKeyTypes(const IndexDefinition& wanted, const TableDescription& table) {
    TRY(CheckSameTypes(wanted.keys, table.keys));
    for (const IndexDescription& index : table.indexes)
      TRY(CheckSameTypes(wanted.keys, index.keys));
    return {};
  }

  static DbStatus CheckSameTypes(const model::KeySchema& wanted, const model::KeySchema& existing) {
    for (const auto* attributes : {&wanted.partition, &wanted.sort}) {
      for (const model::KeyAttribute& attribute : *attributes) {
        const model::KeyAttribute* const other = existing.Find(attribute.name);
        if (other == nullptr || other->type == attribute.type) continue;
        return InvalidParameter(fmt::format(
            "Attributes cannot be redefined. Please check that your attribute has the same type as "
            "previously defined. Existing schema: {} New schema: {}",
            InWords(existing), InWords(wanted)));
      }
    }
    return {};
  }

  static std::string InWords(const model::KeySchema& keys) {
    std::vector<std::string> elements;
    const auto add = [&](const std::vector<model::KeyAttribute>& attributes, const char* role) {
      for (const model::KeyAttribute& attribute : attributes) {
        elements.push_back(
            fmt::format("key{{{}:{}:{}}}", attribute.name, model::TypeName(attribute.type), role));
      }
    };
    add(keys.partition, "HASH");
    add(keys.sort, "RANGE");
    return fmt::format("Schema:[SchemaElement: {}]", fmt::join(elements, ", SchemaElement: "));
  }

  const UpdateTableRequest request_;
  const base::Micros delay_;
};

}  // namespace

void SubmitUpdateTable(const WriteContext& context, UpdateTableRequest request,
                       Done<TableDescription> done) {
  if (DbStatus status = CheckUpdateTable(request); !status) {
    return done(std::unexpected(std::move(status).error()));
  }
  context.committer.Submit(std::make_unique<UpdateTableOperation>(
      std::move(request), context.control_plane_delay, std::move(done)));
}

}  // namespace cruddur::engine
