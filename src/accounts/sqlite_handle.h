// A thin owner of an sqlite3 connection: opening, errors, deadlines. Not thread-safe.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>

#include "accounts/database.h"

namespace cruddur::accounts {

// Written into the file's header: tells a users database from any other SQLite file.
inline constexpr int kSqliteApplicationId = 0x43525544;  // "CRUD"

class SqliteHandle {
 public:
  // The file must exist. The handle stays where it is: SQLite calls it back.
  static base::Result<std::unique_ptr<SqliteHandle>> Open(const std::string& path,
                                                          Deadline deadline);
  ~SqliteHandle();
  SqliteHandle(const SqliteHandle&) = delete;
  SqliteHandle& operator=(const SqliteHandle&) = delete;

  sqlite3* get() const { return connection_; }
  void SetDeadline(Deadline deadline) { deadline_ = deadline; }

  base::Status RunScript(std::string_view sql);
  base::Result<int64_t> Integer(const char* sql);  // the first column of the first row

  // The last call's failure as an error of ours.
  base::Error LastError();

  // Whether a failure was for want of our tables: the database was dropped under us.
  bool lost_schema() const { return lost_schema_; }

 private:
  explicit SqliteHandle(Deadline deadline) : deadline_(deadline) {}
  static int OnBusy(void* self, int calls);
  static int OnProgress(void* self);

  sqlite3* connection_ = nullptr;
  Deadline deadline_;
  bool lost_schema_ = false;
};

}  // namespace cruddur::accounts
