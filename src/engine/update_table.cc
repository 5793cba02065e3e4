#include <fmt/format.h>

#include "engine/stream_lifecycle.h"
#include "engine/table_checks.h"
#include "engine/table_operation.h"
#include "engine/table_settings.h"
#include "engine/table_writes.h"
#include "engine/update_table_answer.h"
#include "engine/update_table_checks.h"
#include "engine/update_table_conflicts.h"
#include "engine/update_table_indexes.h"
#include "engine/update_table_throughput.h"

namespace cruddur::engine {
namespace {

using model::IndexDescription;
using model::Invalid;
using model::TableDescription;
using model::TableStatus;
using model::UpdateTableRequest;

DbStatus InvalidParameter(std::string_view text) {
  return Invalid(fmt::format("One or more parameter values were invalid: {}", text));
}

class UpdateTableOperation final : public TableOperation {
 public:
  UpdateTableOperation(UpdateTableRequest request, base::Micros delay, Done<TableDescription> done)
      : TableOperation(std::move(done)), request_(std::move(request)), delay_(delay) {}

 protected:
  DbResult<TableDescription> Change(Commit& commit) override {
    const auto found = commit.catalog().FindTable(request_.table);
    if (found == nullptr) return NoSuchTable(request_.table);
    TRY(CheckNothingIsInTheWay(request_, *found, commit.now()));
    TableState table = *found;
    CatalogEdit edit = commit.Edit();
    TRY(ChangeThroughput(request_, commit.now(), table.description));
    TRY(ChangeSettings(table.description, commit.now()));
    TRY(ChangeStream(edit, table, commit.now()));
    std::optional<IndexDescription> dropped;
    if (request_.delete_index) {
      TRY_ASSIGN(dropped, DropIndex(*request_.delete_index, delay_, commit, table));
    }
    if (request_.create_index) TRY(CreateIndex(*request_.create_index, delay_, edit, table));
    if (delay_.count() != 0 && TakesTime(request_) && !IsSoAlready(found->description)) {
      BeginToPass(table, commit.now());
    }
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
  // What is asked for once more is answered as a change, and is none.
  bool IsSoAlready(const TableDescription& table) const {
    if (request_.table_class) return *request_.table_class == table.table_class;
    return request_.billing == table.billing && !request_.throughput && !request_.stream_enabled &&
           !request_.create_index && !request_.delete_index && request_.update_indexes.empty();
  }

  // The table is UPDATING, or has settings that change, for a while.
  void BeginToPass(TableState& table, base::Micros now) const {
    // The other half is for the backfill: see TableTransitions.
    table.settles_at = now + (request_.create_index ? delay_ / 2 : delay_);
    if (!TakesTheTable(request_)) return;
    table.description.status = TableStatus::kUpdating;
    if (request_.billing || request_.throughput) table.changing = TableChange::kThroughput;
    if (request_.stream_enabled) table.changing = TableChange::kStream;
    if (request_.table_class) table.changing = TableChange::kTableClass;
  }

  DbStatus ChangeSettings(TableDescription& table, base::Micros now) const {
    if (request_.deletion_protection) table.deletion_protection = *request_.deletion_protection;
    if (request_.table_class && *request_.table_class != table.table_class) {
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
    // A key that is named by its id or alias is set anew, also where it is the same one.
    const bool same = key == table.kms_key_arn;
    if (same && key.empty()) return InvalidParameter("Table is already encrypted by default");
    if (same && wanted.kms_key_id == key) {
      return InvalidParameter(
          "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if "
          "you want to change Master Key");
    }
    table.kms_key_arn = std::move(key);
    return {};
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
