#include "accounts/sqlite_handle.h"

#include <algorithm>
#include <thread>

namespace cruddur::accounts {
namespace {

// Steps of SQLite's virtual machine between two looks at the clock: some 20 microseconds.
constexpr int kProgressSteps = 2'000;

base::ErrorCode CodeOf(int extended) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
      return base::ErrorCode::kAlreadyExists;
    default:
      break;
  }
  switch (extended & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
      return base::ErrorCode::kInvalidArgument;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
      return base::ErrorCode::kUnavailable;
    case SQLITE_INTERRUPT:
      return base::ErrorCode::kDeadlineExceeded;
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return base::ErrorCode::kIo;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return base::ErrorCode::kCorruption;
    default:
      return base::ErrorCode::kInternal;
  }
}

}  // namespace

base::Result<std::unique_ptr<SqliteHandle>> SqliteHandle::Open(const std::string& path,
                                                               Deadline deadline) {
  std::unique_ptr<SqliteHandle> handle(new SqliteHandle(deadline));
  const int opened = sqlite3_open_v2(path.c_str(), &handle->connection_,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (opened != SQLITE_OK) {
    base::Error error = handle->LastError();
    error.message = path + ": " + error.message;
    return std::unexpected(std::move(error));
  }
  sqlite3_extended_result_codes(handle->get(), 1);
  sqlite3_busy_handler(handle->get(), OnBusy, handle.get());
  sqlite3_progress_handler(handle->get(), kProgressSteps, OnProgress, handle.get());
  // Double-quoted words are identifiers only, as in PostgreSQL: a misspelt column is an error.
  sqlite3_db_config(handle->get(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle->get(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  return handle;
}

SqliteHandle::~SqliteHandle() { sqlite3_close_v2(connection_); }

// Waits for another connection's lock, up to the deadline.
int SqliteHandle::OnBusy(void* self, int calls) {
  const Deadline now = std::chrono::steady_clock::now();
  const Deadline deadline = static_cast<SqliteHandle*>(self)->deadline_;
  if (now >= deadline) return 0;
  const auto pause = std::chrono::milliseconds(std::min(1 + calls, 10));
  std::this_thread::sleep_until(std::min(deadline, now + pause));
  return 1;
}

int SqliteHandle::OnProgress(void* self) {
  return std::chrono::steady_clock::now() >= static_cast<SqliteHandle*>(self)->deadline_;
}

base::Status SqliteHandle::RunScript(std::string_view sql) {
  if (sqlite3_exec(get(), std::string(sql).c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) {
    return {};
  }
  return std::unexpected(LastError());
}

base::Result<int64_t> SqliteHandle::Integer(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(get(), sql, -1, &statement, nullptr) != SQLITE_OK) {
    return std::unexpected(LastError());
  }
  base::Result<int64_t> result = 0;
  if (sqlite3_step(statement) == SQLITE_ROW) {
    result = sqlite3_column_int64(statement, 0);
  } else {
    result = std::unexpected(LastError());
  }
  sqlite3_finalize(statement);
  return result;
}

base::Error SqliteHandle::LastError() {
  if (connection_ == nullptr) return {base::ErrorCode::kInternal, "out of memory"};
  const std::string text = sqlite3_errmsg(get());
  if (sqlite3_errcode(get()) == SQLITE_ERROR && text.starts_with("no such table")) {
    lost_schema_ = true;
    return {base::ErrorCode::kUnavailable, text + ": run `cruddur db schema-load`"};
  }
  return {CodeOf(sqlite3_extended_errcode(get())), text};
}

}  // namespace cruddur::accounts
