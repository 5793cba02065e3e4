#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "accounts/sqlite.h"
#include "accounts/sqlite_handle.h"

namespace cruddur::accounts {
namespace {

constexpr std::chrono::seconds kPatience{5};  // for a server's lock

Deadline Soon() { return std::chrono::steady_clock::now() + kPatience; }

enum class Contents { kNothing, kUsers, kForeign };

base::Result<Contents> Inspect(SqliteHandle& handle) {
  TRY_ASSIGN(const int64_t id, handle.Integer("pragma application_id"));
  if (id == kSqliteApplicationId) return Contents::kUsers;
  TRY_ASSIGN(const int64_t tables, handle.Integer("select count(*) from sqlite_schema"));
  return id == 0 && tables == 0 ? Contents::kNothing : Contents::kForeign;
}

std::unexpected<base::Error> Foreign(const std::string& path) {
  return base::Fail(base::ErrorCode::kInvalidArgument,
                    path + " is there already and is not a users database");
}

// SQLite itself would make the file with the umask's mode; its other files take this one's.
base::Status MakeFile(const std::string& path) {
  std::error_code error;
  const auto folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return base::Fail(base::ErrorCode::kIo, path + ": " + std::generic_category().message(errno));
  }
  ::close(file);
  return {};
}

base::Result<std::vector<std::string>> TableNames(SqliteHandle& handle) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(handle.get(),
                     "select name from sqlite_schema where type = 'table' and name not like "
                     "'sqlite\\_%' escape '\\'",
                     -1, &statement, nullptr);
  std::vector<std::string> names;
  int step;
  while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
    names.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)));
  }
  sqlite3_finalize(statement);
  if (step != SQLITE_DONE) return std::unexpected(handle.LastError());
  return names;
}

// "a ""quoted"" name".
std::string Quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

base::Status Empty(SqliteHandle& handle) {
  TRY(handle.RunScript("pragma foreign_keys = off; begin immediate;"));
  TRY_ASSIGN(const auto names, TableNames(handle));
  for (const auto& name : names) TRY(handle.RunScript("drop table " + Quoted(name)));
  return handle.RunScript("pragma application_id = 0; commit;");
}

// Leaving WAL mode succeeds for the only connection to a file, of all processes.
bool IsAlone(SqliteHandle& handle) {
  sqlite3_busy_timeout(handle.get(), 0);
  return handle.RunScript("pragma journal_mode = delete").has_value();
}

}  // namespace

base::Status CreateSqlite(const std::string& path) {
  TRY(MakeFile(path));
  TRY_ASSIGN(const auto handle, SqliteHandle::Open(path, Soon()));
  TRY_ASSIGN(Contents contents, Inspect(*handle));
  if (contents == Contents::kForeign) return Foreign(path);  // not even its mode is changed
  // WAL mode is a property of the file; it can't be changed inside the transaction.
  TRY(handle->RunScript("pragma journal_mode = wal; begin immediate;"));
  TRY_ASSIGN(contents, Inspect(*handle));  // another process may have been at it
  if (contents == Contents::kForeign) return Foreign(path);
  if (contents == Contents::kUsers) {
    return base::Fail(base::ErrorCode::kAlreadyExists, path + " exists already");
  }
  return handle->RunScript("pragma application_id = " + std::to_string(kSqliteApplicationId) +
                           "; commit;");
}

base::Result<bool> DropSqlite(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0) return false;
  {
    TRY_ASSIGN(const auto handle, SqliteHandle::Open(path, Soon()));
    TRY_ASSIGN(const Contents contents, Inspect(*handle));
    if (contents == Contents::kForeign) return Foreign(path);
    if (contents == Contents::kUsers) TRY(Empty(*handle));
    if (!IsAlone(*handle)) return contents == Contents::kUsers;
    // Removed before the handle closes: a process that opens the file now finds no database in it.
    ::unlink(path.c_str());
    ::unlink((path + "-wal").c_str());
    ::unlink((path + "-shm").c_str());
    return contents == Contents::kUsers;
  }
}

}  // namespace cruddur::accounts
