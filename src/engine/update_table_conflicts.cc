#include "engine/update_table_conflicts.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/table_operation.h"
#include "engine/table_transitions.h"

namespace cruddur::engine {
namespace {

using model::IndexDescription;
using model::TableDescription;
using model::TableStatus;
using model::UpdateTableRequest;

std::unexpected<model::DbError> InUse(std::string_view text) {
  return TableInUse(fmt::format("Attempt to change a resource which is still in use: {}", text));
}

std::unexpected<model::DbError> IndexInUse(std::string_view what, const TableDescription& table,
                                           std::string_view index) {
  return InUse(fmt::format("{} Table: {} Index: {}", what, table.name, index));
}

// What is wanted, in the words of the texts.
struct Wanted {
  std::string_view beside_throughput;  // "Can't … while table IOPS are being updated."
  std::string_view beside_others;      // "Can't … when …"
};

// What a table is told to be, and what goes on with it.
class UnderWay {
 public:
  UnderWay(const TableState& table, base::Micros now)
      : table_(table), told_(Describe(table, now)) {}

  DbStatus Check(const UpdateTableRequest& request) const {
    if (request.create_index) TRY(CheckOnline(request.create_index->name));
    if (request.delete_index) TRY(CheckOnline(*request.delete_index));
    for (const model::IndexUpdate& update : request.update_indexes) {
      TRY(CheckIndex(update.name));
    }
    if (request.throughput || request.billing) TRY(CheckThroughput());
    if (request.stream_enabled) TRY(CheckStream());
    if (request.table_class) {
      TRY(CheckOther({"update table class", "update table class"}));
      TRY(CheckIndexes("update table class"));
    }
    if (request.on_demand) TRY(CheckOnDemand());
    if (request.encryption && told_.encryption_changing) {
      return InUse("Server-Side Encryption is still being updated");
    }
    return {};
  }

  DbStatus CheckDeletion() const {
    if (std::ranges::any_of(told_.indexes, [](const IndexDescription& index) {
          return index.status != TableStatus::kActive;
        })) {
      return InUse("Cannot delete table while indexes are being created, updated, or deleted.");
    }
    if (table_.changing == TableChange::kStream) {
      return InUse("Cannot delete table while stream is being enabled/disabled.");
    }
    if (table_.settles_at.count() == 0) return {};  // also of what shows the table ACTIVE
    return InUse(fmt::format("Table: {} is in the process of being updated.", told_.name));
  }

 private:
  // The index that the request names, where it is not there yet or not for long.
  DbStatus CheckIndex(std::string_view name) const {
    for (size_t i = 0; i < told_.indexes.size(); ++i) {
      const IndexDescription& index = told_.indexes[i];
      if (index.name != name) continue;
      if (index.status == TableStatus::kDeleting) {
        return IndexInUse("Index is being deleted.", told_, name);
      }
      if (index.status == TableStatus::kUpdating) {
        return IndexInUse("Index is being updated.", told_, name);
      }
      if (table_.indexes[i].allocating) {
        return IndexInUse("Index is being created but is not backfilling yet. ", told_, name);
      }
    }
    return {};
  }

  // For an index that is to come or to go. One that is backfilling may be given up.
  DbStatus CheckOnline(std::string_view name) const {
    for (size_t i = 0; i < told_.indexes.size(); ++i) {
      const IndexDescription& index = told_.indexes[i];
      if (index.name != name || !table_.indexes[i].allocating) continue;
      return IndexInUse(
          "Index creation is in resource allocation phase. Retry deletion during backfilling phase "
          "or when the index is active.",
          told_, name);
    }
    TRY(CheckIndex(name));
    for (const IndexDescription& index : told_.indexes) {
      if (index.name == name) continue;
      if (index.status == TableStatus::kCreating || index.status == TableStatus::kDeleting) {
        return SecondOnlineIndex();
      }
    }
    return CheckOther({"create or delete index", "create or delete index"});
  }

  DbStatus CheckThroughput() const {
    if (table_.changing == TableChange::kThroughput) {
      return InUse(fmt::format("Table IOPS are currently being updated. Table: {}", told_.name));
    }
    TRY(CheckOther({"", "change table IOPS"}));
    return CheckIndexes("change table IOPS");
  }

  DbStatus CheckStream() const {
    if (table_.changing == TableChange::kStream) {
      return InUse(fmt::format("A stream status change is currently in progress. {}", Stream()));
    }
    TRY(CheckOther({"enable or disable stream", "change stream status"}));
    return CheckIndexes("change stream status");
  }

  DbStatus CheckOther(const Wanted& wanted) const {
    switch (table_.changing) {
      case TableChange::kNone:
        return {};
      case TableChange::kThroughput:
        return InUse(fmt::format("Can't {} while table IOPS are being updated. Table: {}",
                                 wanted.beside_throughput, told_.name));
      case TableChange::kStream:
        return InUse(fmt::format("Can't {} when stream status is being updated. {}",
                                 wanted.beside_others, Stream()));
      case TableChange::kTableClass:
        return InUse(
            fmt::format("Can't {} when a table class update is in progress. Table: {} "
                        "TableClassUpdateInProgress: {}",
                        wanted.beside_others, told_.name, NameOf(table_.description.table_class)));
    }
    return {};
  }

  // Beside an index that is being allocated, or goes.
  DbStatus CheckIndexes(std::string_view wanted) const {
    for (size_t i = 0; i < told_.indexes.size(); ++i) {
      const bool deleting = told_.indexes[i].status == TableStatus::kDeleting;
      if (!deleting && !table_.indexes[i].allocating) continue;
      return InUse(fmt::format("Can't {} when an index is being {}. Table: {} Indexes: [{}]",
                               wanted, deleting ? "deleted" : "created", told_.name,
                               told_.indexes[i].name));
    }
    return {};
  }

  DbStatus CheckOnDemand() const {
    const auto refuse = [](std::string_view what) -> DbStatus {
      return InUse(
          fmt::format("OnDemandThroughput cannot be updated while {} is in progress", what));
    };
    switch (table_.changing) {
      case TableChange::kThroughput:
        return refuse("BillingMode update");
      case TableChange::kStream:
        return refuse("stream status update");
      case TableChange::kTableClass:
        return refuse("TableClass update");
      case TableChange::kNone:
        break;
    }
    for (size_t i = 0; i < told_.indexes.size(); ++i) {
      if (told_.indexes[i].status == TableStatus::kDeleting) return refuse("index deletion");
      if (table_.indexes[i].allocating) return refuse("index creation");
    }
    return {};
  }

  std::string Stream() const {
    return fmt::format("Table: {} Stream: {} Operation: {}", told_.name, told_.stream_label,
                       table_.stream != 0 ? "ENABLE" : "DISABLE");
  }

  const TableState& table_;
  const TableDescription told_;
};

bool ComesOrGoes(const TableState& table) {
  const TableStatus status = table.description.status;
  return status == TableStatus::kCreating || status == TableStatus::kDeleting;
}

}  // namespace

DbStatus CheckNothingIsInTheWay(const UpdateTableRequest& request, const TableState& table,
                                base::Micros now) {
  if (ComesOrGoes(table)) return TableIsBusy(table.description);
  return UnderWay(table, now).Check(request);
}

DbStatus CheckNothingIsInTheWayOfDeletion(const TableState& table, base::Micros now) {
  if (ComesOrGoes(table)) return TableIsBusy(table.description);
  return UnderWay(table, now).CheckDeletion();
}

std::unexpected<model::DbError> SecondOnlineIndex() {
  return model::DbFail(model::DbErrorCode::kLimitExceeded,
                       "Subscriber limit exceeded: Only 1 online index can be created or deleted "
                       "simultaneously per table");
}

}  // namespace cruddur::engine
