// What only PostgreSQL can do to us: go away, come back, hang.
#include "accounts/postgres.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "accounts/connection_pool.h"
#include "accounts/database_fixture.h"
#include "accounts/database_users.h"
#include "base/run_task.h"

namespace cruddur::accounts {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;

class Postgres : public DatabaseTest {
 protected:
  void SetUp() override { Use(Kind::kPostgres); }
};

base::Result<std::optional<User>> Find(DatabaseUsers& users, const char* handle = "bayko") {
  return base::RunTask(users.FindByHandle(handle));
}

TEST_F(Postgres, AQueryOutlivesARestartOfTheServer) {
  Prepare(true);
  options_.reconnect_pause = milliseconds(0);
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  ASSERT_TRUE(Find(users)->has_value());
  PostgresServer::Shared()->Crash();
  PostgresServer::Shared()->Start();
  // Every connection of the pool is dead, and none of the calls may notice.
  for (size_t i = 0; i < 3 * options_.connections; ++i) {
    const auto found = Find(users);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_TRUE(found->has_value());
  }
}

TEST_F(Postgres, IsUnavailableWhileItIsAwayAndBackByItself) {
  Prepare(true);
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  ASSERT_TRUE(Find(users)->has_value());
  PostgresServer::Shared()->Crash();
  for (int i = 0; i < 20; ++i) {
    const auto found = Find(users);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kUnavailable) << found.error().message;
  }
  PostgresServer::Shared()->Start();
  std::this_thread::sleep_for(options_.reconnect_pause);
  const auto found = Find(users);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->has_value());
}

TEST_F(Postgres, ThatCrashesUnderLoadLosesCallsButNoneHangs) {
  Prepare(true);
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  base::Loop loop(1);
  int answered = 0, wrong = 0;
  auto ask = [](DatabaseUsers& users, int& answered, int& wrong) -> base::Task<> {
    for (int i = 0; i < 200; ++i) {
      const auto found = co_await users.FindByHandle("bayko");
      ++answered;
      wrong += found ? !found->has_value() : found.error().code != ErrorCode::kUnavailable;
    }
  };
  for (int i = 0; i < 20; ++i) {
    base::asio::co_spawn(loop, ask(users, answered, wrong), base::asio::detached);
  }
  std::jthread load([&] { loop.run(); });
  for (int i = 0; i < 2; ++i) {
    std::this_thread::sleep_for(milliseconds(50));
    PostgresServer::Shared()->Crash();
    PostgresServer::Shared()->Start();
  }
  load.join();
  EXPECT_EQ(answered, 20 * 200);
  EXPECT_EQ(wrong, 0);
}

TEST_F(Postgres, AWriteThatMayHaveHappenedIsNotMadeAgain) {
  Prepare(true);
  options_.connections = 1;
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  ASSERT_TRUE(Find(users)->has_value());
  PostgresServer::Shared()->Crash();
  PostgresServer::Shared()->Start();
  int attempts = 0;
  std::move_only_function<base::Result<Rows>(Connection&)> work = [&](Connection& connection) {
    ++attempts;
    return connection.Run({"", "delete from activities"});
  };
  const auto written = base::RunTask(pool.Run<Rows>(Access::kWrite, std::move(work)));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(attempts, 1);
  EXPECT_TRUE(Find(users)->has_value());
}

// Takes connections and never says a word.
class SilentServer {
 public:
  SilentServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener_, 16);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() { close(listener_); }
  std::string Url() const {
    return "postgresql://cruddur@127.0.0.1:" + std::to_string(port_) + "/users?sslmode=disable";
  }

 private:
  int listener_;
  uint16_t port_ = 0;
};

TEST(SilentPostgres, IsGivenUpAtTheDeadlineAndThenForAMoment) {
  const SilentServer server;
  ConnectionPool pool({.connection_url = server.Url(),
                       .connections = 2,
                       .connect_time = milliseconds(30),
                       .call_time = milliseconds(10'000),
                       .reconnect_pause = std::chrono::minutes(10)});
  DatabaseUsers users(pool);
  // Without the pause each of these would wait for the silence to last 30 ms.
  for (int i = 0; i < 50; ++i) {
    const auto found = Find(users);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(found.error().message, "the PostgreSQL server did not answer in time");
  }
}

TEST_F(Postgres, AStatementThatHangsCostsItsConnectionOnly) {
  Prepare(true);
  options_.connections = 1;
  options_.call_time = milliseconds(200);
  options_.connect_time = milliseconds(150);
  ConnectionPool pool(options_);
  DatabaseUsers users(pool);
  std::move_only_function<base::Result<Rows>(Connection&)> work = [](Connection& connection) {
    return connection.Run({"", "select pg_sleep(60)"});
  };
  const auto slept = base::RunTask(pool.Run<Rows>(Access::kRead, std::move(work)));
  ASSERT_FALSE(slept);
  EXPECT_EQ(slept.error().code, ErrorCode::kUnavailable);
  base::Result<std::optional<User>> found;
  // A slow machine may need another call: each has 200 ms.
  for (int i = 0; i < 50 && (!found || !*found); ++i) found = Find(users);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->has_value());
}

TEST_F(Postgres, UsesTheSchemaPublicWhateverTheRolePrefers) {
  Prepare(true);
  const auto connection = Connect();
  ASSERT_TRUE(connection->RunScript("create schema cruddur; create table cruddur.users (x text)"));
  EXPECT_TRUE((*FindUserByHandle(*Connect(), "bayko")).has_value());
  EXPECT_EQ(connection->Run({"", "select count(*) from public.users"})->Text(0, 0), "3");
}

TEST(PostgresDatabase, IsNotDroppedUnderAServer) {
  PostgresServer* server = PostgresServer::Shared();
  if (server == nullptr) GTEST_SKIP() << "PostgreSQL is not installed: bin/setup test";
  const DatabaseOptions options{.connection_url = server->Url("busy")};
  ASSERT_TRUE(EnsureDatabase(options, kTestTime));
  {
    const auto connection =
        OpenConnection(options, std::chrono::steady_clock::now() + std::chrono::seconds(10));
    ASSERT_TRUE(connection);
    const auto dropped = DropDatabase(options);
    ASSERT_FALSE(dropped);
    EXPECT_EQ(dropped.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(dropped.error().message.find("1 session"), std::string::npos)
        << dropped.error().message;
    const auto done = SetupDatabase(options, {}, nullptr, kTestTime, [](auto) {});
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().message.starts_with("drop: ")) << done.error().message;
  }
  EXPECT_TRUE(DropDatabase(options));
}

TEST(PostgresDatabase, NeverShowsThePasswordOfABrokenUrl) {
  for (const char* url :
       {"postgresql://me:hunter2@[::1/users", "postgresql://me:hunter2@h:1:2/users",
        "postgresql://me:hunter2@127.0.0.1:1/users?nonsense=1", "hunter2",
        "postgresql://me:hunter2@127.0.0.1:1/users"}) {
    const DatabaseOptions options{.connection_url = url};
    const base::Error errors[] = {LoadSchema(options, kTestTime).error(),
                                  CreateDatabase(options).error(), DropDatabase(options).error()};
    for (const auto& error : errors) {
      EXPECT_EQ(error.message.find("hunter2"), std::string::npos) << error.message;
      EXPECT_EQ(error.message.find('\n'), std::string::npos) << error.message;
    }
    EXPECT_EQ(DescribeDatabase(options).find("hunter2"), std::string::npos);
  }
}

}  // namespace
}  // namespace cruddur::accounts
