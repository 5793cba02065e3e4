// A libpq connection with deadlines: connects, runs one command at a time. Not thread-safe.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <span>
#include <string>

#include "accounts/database.h"

namespace cruddur::accounts {

struct ResultFreer {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, ResultFreer>;

class PostgresSession {
 public:
  // `database`: in the place of the URL's, unless it is empty. `statement_time`: after which the
  // server gives a statement up, so that nothing runs on there long after we have left.
  static base::Result<std::unique_ptr<PostgresSession>> Open(
      const std::string& url, const std::string& database, std::chrono::milliseconds statement_time,
      Deadline deadline);
  ~PostgresSession() { PQfinish(connection_); }
  PostgresSession(const PostgresSession&) = delete;
  PostgresSession& operator=(const PostgresSession&) = delete;

  // One statement with text parameters ($1, …), or a script without any.
  base::Result<PostgresResult> Execute(const std::string& sql,
                                       std::span<const Parameter> parameters);
  base::Result<PostgresResult> Script(const std::string& sql);

  // "name", for the statements that take no parameters.
  base::Result<std::string> QuotedIdentifier(const std::string& name);

  void SetDeadline(Deadline deadline) { deadline_ = deadline; }
  bool usable() const { return !lost_ && PQstatus(connection_) == CONNECTION_OK; }

 private:
  PostgresSession(PGconn* connection, Deadline deadline)
      : connection_(connection), deadline_(deadline) {}
  base::Status Connect();
  base::Result<PostgresResult> Finish();

  // poll(2) for POLLIN or POLLOUT; false when the deadline has passed.
  bool Wait(short events);
  std::unexpected<base::Error> Lost();
  std::unexpected<base::Error> TooLate();

  PGconn* const connection_;
  Deadline deadline_;
  bool lost_ = false;  // a call was left unfinished: what comes next would be its answer
};

}  // namespace cruddur::accounts
