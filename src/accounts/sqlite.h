// The users database in an SQLite file, in WAL mode: readers never wait for a writer, and commands
// may run beside a server.
#pragma once

#include <memory>
#include <string>

#include "accounts/database.h"

namespace cruddur::accounts {

base::Result<std::unique_ptr<Connection>> OpenSqlite(const std::string& path, Deadline deadline);

// Makes the file (mode 0600, for it holds email addresses) and its folder. kAlreadyExists if there
// is a users database; kInvalidArgument if the file is something else.
base::Status CreateSqlite(const std::string& path);

// Empties the database in one transaction, and removes the file unless another process has it open:
// that one sees an empty database, and later what is created and loaded in it. False if there was
// none. A file that isn't a users database is left alone (kInvalidArgument).
base::Result<bool> DropSqlite(const std::string& path);

}  // namespace cruddur::accounts
