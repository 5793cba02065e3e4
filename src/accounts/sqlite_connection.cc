#include <map>

#include "accounts/sqlite.h"
#include "accounts/sqlite_handle.h"

namespace cruddur::accounts {
namespace {

struct Finalizer {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalizer>;

class SqliteConnection final : public Connection {
 public:
  explicit SqliteConnection(std::unique_ptr<SqliteHandle> handle) : handle_(std::move(handle)) {}

  base::Status RunScript(std::string_view sql) override { return handle_->RunScript(sql); }

  // IMMEDIATE: a transaction that took its write lock later could find that another had written
  // in between, and then fail without waiting.
  base::Status Begin() override { return handle_->RunScript("begin immediate"); }
  base::Status Commit() override { return handle_->RunScript("commit"); }
  void Rollback() override { static_cast<void>(handle_->RunScript("rollback")); }

  void SetDeadline(Deadline deadline) override { handle_->SetDeadline(deadline); }

  // A file that was dropped and made anew has the old name: only opening it again finds it.
  bool usable() const override { return !handle_->lost_schema(); }

 private:
  base::Result<Rows> Execute(const Statement& statement,
                             std::span<const Parameter> parameters) override;
  base::Result<sqlite3_stmt*> Prepare(const Statement& statement);

  std::unique_ptr<SqliteHandle> handle_;
  std::map<std::string, Prepared, std::less<>> prepared_;  // by text; goes before the handle
};

base::Result<sqlite3_stmt*> SqliteConnection::Prepare(const Statement& statement) {
  if (const auto found = prepared_.find(statement.sql); found != prepared_.end()) {
    return found->second.get();
  }
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v3(handle_->get(), statement.sql.data(),
                         static_cast<int>(statement.sql.size()), SQLITE_PREPARE_PERSISTENT, &made,
                         nullptr) != SQLITE_OK) {
    return std::unexpected(handle_->LastError());
  }
  return prepared_.emplace(statement.sql, Prepared(made)).first->second.get();
}

base::Result<Rows> SqliteConnection::Execute(const Statement& statement,
                                             std::span<const Parameter> parameters) {
  TRY_ASSIGN(sqlite3_stmt* const prepared, Prepare(statement));
  for (size_t i = 0; i < parameters.size(); ++i) {
    // SQLite numbers $1, $2, … in the order of their appearance, PostgreSQL by their names.
    const int index = sqlite3_bind_parameter_index(prepared, ("$" + std::to_string(i + 1)).c_str());
    if (index == 0) continue;
    if (!parameters[i]) {
      sqlite3_bind_null(prepared, index);
    } else {
      // The caller's text outlives the run, and the run ends with the bindings cleared.
      sqlite3_bind_text64(prepared, index, parameters[i]->data() ? parameters[i]->data() : "",
                          parameters[i]->size(), SQLITE_STATIC, SQLITE_UTF8);
    }
  }

  Rows rows;
  rows.columns = static_cast<size_t>(sqlite3_column_count(prepared));
  int step;
  while ((step = sqlite3_step(prepared)) == SQLITE_ROW) {
    for (int column = 0; column < static_cast<int>(rows.columns); ++column) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(prepared, column));
      if (text == nullptr) {
        rows.cells.emplace_back();
      } else {
        rows.cells.emplace_back(
            std::string(text, static_cast<size_t>(sqlite3_column_bytes(prepared, column))));
      }
    }
  }
  base::Result<Rows> result = std::move(rows);
  if (step != SQLITE_DONE) result = std::unexpected(handle_->LastError());
  sqlite3_reset(prepared);
  sqlite3_clear_bindings(prepared);
  return result;
}

}  // namespace

base::Result<std::unique_ptr<Connection>> OpenSqlite(const std::string& path, Deadline deadline) {
  auto handle = SqliteHandle::Open(path, deadline);
  if (!handle) {
    if (handle.error().code == base::ErrorCode::kUnavailable) {
      handle.error().message = "no users database at " + path + ": run `cruddur db setup`";
    }
    return std::unexpected(handle.error());
  }
  TRY_ASSIGN(const int64_t application_id, (*handle)->Integer("pragma application_id"));
  if (application_id != kSqliteApplicationId) {
    return base::Fail(base::ErrorCode::kUnavailable,
                      path + " holds no users database: run `cruddur db setup`");
  }
  // Users are few and change rarely: a change is on the disk when the call returns.
  TRY((*handle)->RunScript("pragma foreign_keys = on; pragma synchronous = full;"));
  return std::make_unique<SqliteConnection>(*std::move(handle));
}

}  // namespace cruddur::accounts
