// The users database on a PostgreSQL server (15 and later), through libpq.
//
// libpq's blocking calls wait as long as the network does, so all goes through its non-blocking
// ones, with poll(2) and a deadline. Only the look-up of a host name can exceed it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "accounts/database.h"

namespace cruddur::accounts {

base::Result<std::unique_ptr<Connection>> OpenPostgres(const std::string& url,
                                                       std::chrono::milliseconds statement_time,
                                                       Deadline deadline);

// Create and drop the database that the URL names, connected to the maintenance database
// ("postgres") of the same server. kAlreadyExists if it exists; kUnavailable, with the number of
// sessions, if it can't be dropped because others are connected. Drop says false if there was none.
// Five seconds to connect and a minute for the rest.
base::Status CreatePostgres(const std::string& url);
base::Result<bool> DropPostgres(const std::string& url);

// The PG… environment variables by which psql connects as the URL says: unlike its arguments they
// aren't shown to other users of the machine.
base::Result<std::vector<std::pair<std::string, std::string>>> PostgresEnvironment(
    const std::string& url);

}  // namespace cruddur::accounts
