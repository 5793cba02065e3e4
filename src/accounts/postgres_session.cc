#include "accounts/postgres_session.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace cruddur::accounts {
namespace {

// libpq ends its messages with a line end, and writes several lines, some of them indented.
std::string OneLine(std::string_view message) {
  std::string out;
  for (const char c : message) {
    const bool blank = c == ' ' || c == '\n' || c == '\t';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

// SQLSTATE, https://www.postgresql.org/docs/15/errcodes-appendix.html: its first two characters are
// the class.
base::ErrorCode CodeOf(std::string_view state) {
  const auto kind = state.substr(0, 2);
  if (state == "23505" || state == "42P04") return base::ErrorCode::kAlreadyExists;
  if (kind == "23" || kind == "22") return base::ErrorCode::kInvalidArgument;
  if (state == "57014") return base::ErrorCode::kDeadlineExceeded;
  if (state == "42501") return base::ErrorCode::kPermissionDenied;
  // Connections, resources, the operator's shutdown, locks and aborted transactions.
  for (const auto unavailable : {"08", "53", "55", "57", "40", "3D", "28"}) {
    if (kind == unavailable) return base::ErrorCode::kUnavailable;
  }
  if (kind == "58" || kind == "XX") return base::ErrorCode::kIo;
  return base::ErrorCode::kInternal;
}

base::Error ErrorOf(const PGresult* result) {
  const auto field = [&](int name) {
    const char* text = PQresultErrorField(result, name);
    return std::string(text == nullptr ? "" : text);
  };
  const std::string state = field(PG_DIAG_SQLSTATE);
  // The primary message alone: the detail would show the row's values.
  const std::string message = field(PG_DIAG_MESSAGE_PRIMARY);
  if (state == "42P01") {  // undefined_table
    return {base::ErrorCode::kUnavailable, message + ": run `cruddur db schema-load`"};
  }
  return {CodeOf(state), OneLine(message.empty() ? PQresultErrorMessage(result) : message)};
}

bool Succeeded(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

}  // namespace

base::Result<std::unique_ptr<PostgresSession>> PostgresSession::Open(
    const std::string& url, const std::string& database, std::chrono::milliseconds statement_time,
    Deadline deadline) {
  // Checked apart, since libpq's message for a URL that it can't read shows the password in it.
  PQconninfoOption* options = PQconninfoParse(url.c_str(), nullptr);
  if (options == nullptr) {
    return base::Fail(
        base::ErrorCode::kInvalidArgument,
        "the connection URL is not of the form postgresql://user:password@host:port/name");
  }
  PQconninfoFree(options);

  // What stands before the URL yields to it, what stands behind it wins. Keep-alive finds a server
  // that vanished while a connection was idle.
  const std::array keywords = {"keepalives_idle",
                               "keepalives_interval",
                               "keepalives_count",
                               "application_name",
                               "dbname",
                               "client_encoding",
                               database.empty() ? nullptr : "dbname",
                               static_cast<const char*>(nullptr)};
  const std::array values = {"30",
                             "10",
                             "3",
                             "cruddur",
                             url.c_str(),
                             "UTF8",
                             database.c_str(),
                             static_cast<const char*>(nullptr)};
  PGconn* connection = PQconnectStartParams(keywords.data(), values.data(), 1);
  if (connection == nullptr) return base::Fail(base::ErrorCode::kInternal, "out of memory");
  std::unique_ptr<PostgresSession> session(new PostgresSession(connection, deadline));
  TRY(session->Connect());
  TRY(session->Script(fmt::format("set search_path to public; set statement_timeout to {}",
                                  std::max<int64_t>(statement_time.count(), 1))));
  return session;
}

base::Status PostgresSession::Connect() {
  PQsetNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED || PQstatus(connection_) == CONNECTION_BAD) {
      return base::Fail(base::ErrorCode::kUnavailable, OneLine(PQerrorMessage(connection_)));
    }
    if (!Wait(state == PGRES_POLLING_READING ? POLLIN : POLLOUT)) {
      return base::Fail(base::ErrorCode::kUnavailable,
                        "the PostgreSQL server did not answer in time");
    }
    state = PQconnectPoll(connection_);
  }
  if (PQsetnonblocking(connection_, 1) != 0) return Lost();
  return {};
}

base::Result<PostgresResult> PostgresSession::Execute(const std::string& sql,
                                                      std::span<const Parameter> parameters) {
  std::vector<std::string> texts;  // libpq wants them to end with NUL
  std::vector<const char*> values;
  texts.reserve(parameters.size());
  for (const auto& parameter : parameters) {
    values.push_back(parameter ? texts.emplace_back(*parameter).c_str() : nullptr);
  }
  // Not prepared: a look-up costs the server a little more, and the session keeps nothing that a
  // pooler between us (PgBouncer) could mix up.
  if (PQsendQueryParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr,
                        values.data(), nullptr, nullptr, 0) != 1) {
    return Lost();
  }
  return Finish();
}

base::Result<PostgresResult> PostgresSession::Script(const std::string& sql) {
  if (PQsendQuery(connection_, sql.c_str()) != 1) return Lost();
  return Finish();
}

// Sends what is buffered and reads up to the end of the answer. The result is the first failure, or
// the last of a script.
base::Result<PostgresResult> PostgresSession::Finish() {
  PostgresResult outcome;
  for (;;) {
    const int unsent = PQflush(connection_);
    if (unsent < 0) return Lost();
    while (unsent == 0 && PQisBusy(connection_) == 0) {
      PostgresResult next(PQgetResult(connection_));
      if (!next) {
        if (!outcome) return Lost();
        if (Succeeded(outcome.get())) return outcome;
        if (PQstatus(connection_) != CONNECTION_OK) return Lost();
        return std::unexpected(ErrorOf(outcome.get()));
      }
      if (!outcome || Succeeded(outcome.get())) outcome = std::move(next);
    }
    if (!Wait(unsent > 0 ? POLLIN | POLLOUT : POLLIN)) return TooLate();
    if (PQconsumeInput(connection_) != 1) return Lost();
  }
}

base::Result<std::string> PostgresSession::QuotedIdentifier(const std::string& name) {
  char* quoted = PQescapeIdentifier(connection_, name.data(), name.size());
  if (quoted == nullptr) {
    return base::Fail(base::ErrorCode::kInvalidArgument, "not a database name");
  }
  std::string out(quoted);
  PQfreemem(quoted);
  return out;
}

bool PostgresSession::Wait(short events) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd descriptor{PQsocket(connection_), events, 0};
    const int ready =
        ::poll(&descriptor, 1, static_cast<int>(std::min<int64_t>(left.count(), 60'000)));
    if (ready > 0 || (ready < 0 && errno != EINTR)) return true;  // libpq will see what is wrong
  }
}

std::unexpected<base::Error> PostgresSession::Lost() {
  lost_ = true;
  std::string message = OneLine(PQerrorMessage(connection_));
  if (message.empty()) message = "the connection to the PostgreSQL server was lost";
  return base::Fail(base::ErrorCode::kUnavailable, std::move(message));
}

std::unexpected<base::Error> PostgresSession::TooLate() {
  lost_ = true;
  return base::Fail(base::ErrorCode::kDeadlineExceeded,
                    "the PostgreSQL server did not answer in time");
}

}  // namespace cruddur::accounts
