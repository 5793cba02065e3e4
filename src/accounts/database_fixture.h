// One table of tests for both databases: TEST_P(OnBothDatabases, …) runs on SQLite and PostgreSQL.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "accounts/database_commands.h"
#include "accounts/postgres_fixture.h"

namespace cruddur::accounts {

inline constexpr base::Micros kTestTime{1'679'651'101'561'513};

enum class Kind { kSqlite, kPostgres };

inline std::string KindName(const testing::TestParamInfo<Kind>& info) {
  return info.param == Kind::kSqlite ? "Sqlite" : "Postgres";
}

// A database's name and place of the test's own; nothing is created yet. The deadlines are long:
// sanitizers slow things down. Tests of the deadlines set their own.
class DatabaseTest : public testing::Test {
 protected:
  void Use(Kind kind) {
    kind_ = kind;
    std::string name = (std::filesystem::temp_directory_path() / "cruddur-users-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    options_.sqlite_path = folder_ + "/users.sqlite";
    options_.connect_time = options_.call_time = std::chrono::seconds(20);
    if (kind == Kind::kPostgres) {
      PostgresServer* server = PostgresServer::Shared();
      if (server == nullptr) GTEST_SKIP() << "PostgreSQL is not installed: bin/setup test";
      // Quotes and a space: names are never pasted into a statement.
      options_.connection_url =
          server->Url("users%20of%20%22" + folder_.substr(folder_.size() - 6));
    }
  }

  // A PostgreSQL database goes with the server: to drop it would cost a checkpoint.
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // Created, with the schema, and the demo users if asked for.
  void Prepare(bool seeded) {
    Must(CreateDatabase(options_));
    Must(LoadSchema(options_, kTestTime));
    if (seeded) Must(SeedDatabase(options_, {}, kTestTime));
  }

  std::unique_ptr<Connection> Connect() {
    return *Must(
        OpenConnection(options_, std::chrono::steady_clock::now() + std::chrono::seconds(20)));
  }

  // Ends the test, which could only hang or confuse without what it asked for.
  template <class Result>
  static Result Must(Result result) {
    if (!result) throw std::runtime_error(result.error().message);
    return result;
  }

  Kind kind_ = Kind::kSqlite;
  std::string folder_;
  DatabaseOptions options_;
};

class OnBothDatabases : public DatabaseTest, public testing::WithParamInterface<Kind> {
 protected:
  void SetUp() override { Use(GetParam()); }
};

}  // namespace cruddur::accounts
