// The schema of the users database: migrations, applied in order and remembered in schema_version.
#pragma once

#include <string>
#include <vector>

#include "accounts/database.h"
#include "base/clock.h"
#include "base/result.h"

namespace cruddur::accounts {

struct SchemaReport {
  int version = 0;                   // after the call
  std::vector<std::string> applied;  // by this call: "0001_users"
};

// Applies what is missing, all of it or nothing. Any number of processes may try at once. A
// database whose version is newer than this program's is refused (kInvalidArgument): an older
// program must not write into it.
base::Result<SchemaReport> LoadSchema(Connection& connection, base::Micros now);

}  // namespace cruddur::accounts
