// What is SQLite's own: the file, who may read it, and who else has it open.
#include "accounts/sqlite.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "accounts/database_fixture.h"
#include "accounts/database_users.h"
#include "base/run_task.h"

namespace cruddur::accounts {
namespace {

using base::ErrorCode;

constexpr Statement kCountUsers{"", "select count(*) from users"};

class SqliteFile : public DatabaseTest {
 protected:
  void SetUp() override { Use(Kind::kSqlite); }
};

TEST_F(SqliteFile, IsReadableByItsOwnerAlone) {
  options_.sqlite_path = folder_ + "/new/folder/users.sqlite";
  const mode_t before = umask(0);
  Prepare(true);
  umask(before);
  const auto connection = Connect();  // keeps the log files of WAL mode there
  ASSERT_TRUE(connection->Run(kCountUsers));
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status;
    ASSERT_EQ(stat((options_.sqlite_path + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 07777, 0600u) << suffix;
  }
}

TEST_F(SqliteFile, OfSomebodyElseIsLeftAlone) {
  std::ofstream(options_.sqlite_path) << "these are not the users you are looking for";
  EXPECT_FALSE(CreateDatabase(options_));
  EXPECT_FALSE(DropDatabase(options_));
  EXPECT_FALSE(LoadSchema(options_, kTestTime));
  EXPECT_EQ(std::filesystem::file_size(options_.sqlite_path), 43u);

  std::filesystem::remove(options_.sqlite_path);
  sqlite3* foreign = nullptr;
  ASSERT_EQ(sqlite3_open(options_.sqlite_path.c_str(), &foreign), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(foreign, "create table t (x)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(foreign);
  EXPECT_EQ(CreateDatabase(options_).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(DropDatabase(options_).error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(std::filesystem::exists(options_.sqlite_path));
}

TEST_F(SqliteFile, CanBeSetUpAnewUnderARunningServer) {
  Prepare(true);
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  const auto find = [&](std::string handle) { return base::RunTask(users.FindByHandle(handle)); };
  const auto before = find("bayko");
  ASSERT_TRUE(before && *before);

  ASSERT_TRUE(*DropDatabase(options_));
  const auto gone = find("bayko");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kUnavailable) << gone.error().message;

  const auto done =
      SetupDatabase(options_, SeedUser{"me", "", ""}, nullptr, kTestTime, [](auto) {});
  ASSERT_TRUE(done) << done.error().message;
  std::this_thread::sleep_for(options_.reconnect_pause);
  const auto after = find("me");
  ASSERT_TRUE(after) << after.error().message;
  ASSERT_TRUE(*after);
  EXPECT_NE((*find("bayko"))->uuid, (*before)->uuid);
}

}  // namespace
}  // namespace cruddur::accounts
