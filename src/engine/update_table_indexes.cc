#include "engine/update_table_indexes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/table_checks.h"
#include "engine/table_operation.h"
#include "engine/table_settings.h"

namespace cruddur::engine {
namespace {

using model::BillingMode;
using model::DbErrorCode;
using model::IndexDefinition;
using model::IndexDescription;
using model::Invalid;
using model::TableDescription;
using model::TableStatus;

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

// As of a table's creation, in other words.
DbStatus CheckThroughputOf(const IndexDefinition& wanted, BillingMode billing) {
  const bool on_demand = billing == BillingMode::kPayPerRequest;
  if (on_demand != wanted.throughput.has_value()) return {};
  if (on_demand) {
    return InvalidParameter(
        fmt::format("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: "
                    "{} when BillingMode is PAY_PER_REQUEST",
                    wanted.name));
  }
  return InvalidParameter(
      fmt::format("Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {}",
                  wanted.name));
}

std::string InWords(const model::KeySchema& keys) {
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

DbStatus CheckSameTypes(const model::KeySchema& wanted, const model::KeySchema& existing) {
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

// An attribute has the same type in every key.
DbStatus CheckKeyTypes(const IndexDefinition& wanted, const TableDescription& table) {
  TRY(CheckSameTypes(wanted.keys, table.keys));
  for (const IndexDescription& index : table.indexes) TRY(CheckSameTypes(wanted.keys, index.keys));
  return {};
}

}  // namespace

std::unexpected<model::DbError> NoSuchIndex(std::string_view name, std::string_view table) {
  return model::DbFail(
      DbErrorCode::kResourceNotFound,
      fmt::format("Requested resource not found: Index {} for table {}", name, table));
}

DbStatus CreateIndex(const model::IndexDefinition& definition, base::Micros delay,
                     CatalogEdit& edit, TableState& table) {
  TableDescription& description = table.description;
  IndexDefinition wanted = definition;
  wanted.global = true;
  std::vector<IndexDefinition> others;
  for (const IndexDescription& index : description.indexes) {
    others.push_back(DefinitionOf(index));
  }
  if (description.FindIndex(wanted.name) != nullptr) {
    return Invalid("Attempting to create an index which already exists");
  }
  TRY(CheckThroughputOf(wanted, description.billing));
  if (std::cmp_greater_equal(std::ranges::count(others, true, &IndexDefinition::global),
                             kMaxGlobalIndexes)) {
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
  index.arn = description.arn + "/index/" + wanted.name;
  description.indexes.push_back(std::move(index));
  IndexState state;
  state.id = edit.NewId();
  state.backfill = std::make_shared<BackfillProgress>();
  state.allocating = delay.count() != 0;
  table.indexes.push_back(std::move(state));
  return {};
}

DbResult<std::optional<IndexDescription>> DropIndex(const std::string& name, base::Micros delay,
                                                    Commit& commit, TableState& table) {
  auto& indexes = table.description.indexes;
  const auto index = std::ranges::find(indexes, name, &IndexDescription::name);
  if (index == indexes.end()) {
    return NoSuchIndex(name, table.description.name);
  }
  if (!index->global) {
    return Invalid("Cannot delete an index that is not a GlobalSecondaryIndex: " + name);
  }
  table.insights.erase(index->name);
  index->status = TableStatus::kDeleting;
  if (delay.count() != 0) {
    IndexState& state = table.indexes[static_cast<size_t>(index - indexes.begin())];
    state.backfill = nullptr;
    state.allocating = false;
    return std::nullopt;  // the description has it as long as it takes
  }
  IndexDescription dropped = std::move(*index);
  const auto place = index - indexes.begin();
  DropKeyspace(commit, table.indexes[static_cast<size_t>(place)].id);
  indexes.erase(index);
  table.indexes.erase(table.indexes.begin() + place);
  return dropped;
}

}  // namespace cruddur::engine
