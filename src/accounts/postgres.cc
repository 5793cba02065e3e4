#include "accounts/postgres.h"

#include <thread>

#include "accounts/postgres_session.h"

namespace cruddur::accounts {
namespace {

// Any number that nothing else on the server locks: "cruddur" in ASCII.
constexpr char kBegin[] = "begin; select pg_advisory_xact_lock(27999113017357682)";

class PostgresConnection final : public Connection {
 public:
  explicit PostgresConnection(std::unique_ptr<PostgresSession> session)
      : session_(std::move(session)) {}

  base::Status PrepareSchema() override {
    return Script("create collation if not exists \"binary\" (provider = libc, locale = 'C')");
  }
  base::Status RunScript(std::string_view sql) override { return Script(std::string(sql)); }
  base::Status Begin() override {
    auto begun = Script(kBegin);
    if (!begun) Rollback();
    return begun;
  }
  base::Status Commit() override { return Script("commit"); }
  void Rollback() override {
    if (usable()) static_cast<void>(Script("rollback"));
  }
  void SetDeadline(Deadline deadline) override { session_->SetDeadline(deadline); }
  bool usable() const override { return session_->usable(); }

 private:
  base::Status Script(const std::string& sql) {
    TRY(session_->Script(sql));
    return {};
  }

  base::Result<Rows> Execute(const Statement& statement,
                             std::span<const Parameter> parameters) override {
    TRY_ASSIGN(const PostgresResult result,
               session_->Execute(std::string(statement.sql), parameters));
    Rows rows;
    rows.columns = static_cast<size_t>(PQnfields(result.get()));
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      for (int column = 0; column < static_cast<int>(rows.columns); ++column) {
        if (PQgetisnull(result.get(), row, column)) {
          rows.cells.emplace_back();
        } else {
          rows.cells.emplace_back(
              std::string(PQgetvalue(result.get(), row, column),
                          static_cast<size_t>(PQgetlength(result.get(), row, column))));
        }
      }
    }
    return rows;
  }

  std::unique_ptr<PostgresSession> session_;
};

struct OptionsFreer {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

// The database that the URL names.
base::Result<std::string> NameOf(const std::string& url) {
  const std::unique_ptr<PQconninfoOption, OptionsFreer> options(
      PQconninfoParse(url.c_str(), nullptr));
  for (const auto* option = options.get(); option && option->keyword; ++option) {
    if (std::string_view(option->keyword) == "dbname" && option->val && *option->val) {
      return option->val;
    }
  }
  return base::Fail(base::ErrorCode::kInvalidArgument,
                    "the connection URL names no database: postgresql://…/name");
}

// Creating and dropping copy and remove files: slower than connecting.
constexpr std::chrono::seconds kConnectTime{5}, kMaintenanceTime{60};

base::Result<std::unique_ptr<PostgresSession>> OpenMaintenance(const std::string& url) {
  const Deadline now = std::chrono::steady_clock::now();
  TRY_ASSIGN(auto session,
             PostgresSession::Open(url, "postgres", kMaintenanceTime, now + kConnectTime));
  session->SetDeadline(now + kConnectTime + kMaintenanceTime);
  return session;
}

base::Result<bool> Exists(PostgresSession& session, const std::string& name) {
  const Parameter parameters[] = {name};
  TRY_ASSIGN(const PostgresResult found,
             session.Execute("select 1 from pg_database where datname = $1", parameters));
  return PQntuples(found.get()) > 0;
}

base::Result<std::string> CountSessions(PostgresSession& session, const std::string& name) {
  const Parameter parameters[] = {name};
  TRY_ASSIGN(const PostgresResult count,
             session.Execute("select count(*) from pg_stat_activity where datname = $1 and "
                             "backend_type = 'client backend'",
                             parameters));
  return std::string(PQgetvalue(count.get(), 0, 0));
}

}  // namespace

base::Result<std::unique_ptr<Connection>> OpenPostgres(const std::string& url,
                                                       std::chrono::milliseconds statement_time,
                                                       Deadline deadline) {
  TRY_ASSIGN(auto session, PostgresSession::Open(url, "", statement_time, deadline));
  return std::make_unique<PostgresConnection>(std::move(session));
}

base::Status CreatePostgres(const std::string& url) {
  TRY_ASSIGN(const std::string name, NameOf(url));
  TRY_ASSIGN(const auto session, OpenMaintenance(url));
  TRY_ASSIGN(const std::string quoted, session->QuotedIdentifier(name));
  // template0: the only one that takes another encoding than the server's own.
  TRY(session->Script("create database " + quoted + " encoding 'UTF8' template template0"));
  return {};
}

base::Result<bool> DropPostgres(const std::string& url) {
  TRY_ASSIGN(const std::string name, NameOf(url));
  TRY_ASSIGN(const auto session, OpenMaintenance(url));
  TRY_ASSIGN(const bool exists, Exists(*session, name));
  if (!exists) return false;
  // Asked first, for DROP DATABASE itself waits five seconds before it says that others are there.
  // Those who have just left are given a moment to be gone.
  std::string others = "0";
  for (int i = 0; i < 10; ++i) {
    TRY_ASSIGN(others, CountSessions(*session, name));
    if (others == "0") break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  if (others != "0") {
    return base::Fail(base::ErrorCode::kUnavailable,
                      "database " + name + " is in use by " + others +
                          " session(s): stop the servers that are connected to it");
  }
  TRY_ASSIGN(const std::string quoted, session->QuotedIdentifier(name));
  TRY(session->Script("drop database " + quoted));
  return true;
}

base::Result<std::vector<std::pair<std::string, std::string>>> PostgresEnvironment(
    const std::string& url) {
  const std::unique_ptr<PQconninfoOption, OptionsFreer> options(
      PQconninfoParse(url.c_str(), nullptr));
  if (!options) {
    return base::Fail(base::ErrorCode::kInvalidArgument, "the connection URL is not acceptable");
  }
  std::vector<std::pair<std::string, std::string>> variables;
  for (const auto* option = options.get(); option->keyword; ++option) {
    if (option->envvar && option->val) variables.emplace_back(option->envvar, option->val);
  }
  return variables;
}

}  // namespace cruddur::accounts
