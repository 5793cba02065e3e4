#include "api/shared_users.h"

#include <gtest/gtest.h>

#include "accounts/user_directory.h"
#include "base/clock.h"
#include "base/run_task.h"
#include "cache/memory_cache.h"

namespace cruddur::api {
namespace {

using accounts::User;

class OneUser final : public accounts::Users {
 public:
  Found FindByCognitoUserId(std::string id) override { return Answer(id == user.cognito_user_id); }
  Found FindByHandle(std::string handle) override {
    return Answer(handle == user.handle || handle == "BAYKO");
  }
  Found FindByUuid(std::string uuid) override { return Answer(uuid == user.uuid); }
  base::Task<base::Result<std::vector<User>>> FindByUuids(std::vector<std::string>) override {
    ++asked;
    co_return std::vector<User>{user};
  }
  base::Task<base::Result<std::vector<User>>> Search(std::string) override {
    ++asked;
    co_return std::vector<User>{user};
  }

  User user{.uuid = "00000000-0000-4000-8000-00000000000b",
            .display_name = "Andrew \"B\" \xc3\xa9",
            .handle = "bayko",
            .email = "bayko@example.com",
            .cognito_user_id = "sub-b",
            .created_at = "2024-01-01T00:00:00.000000+00:00"};
  int asked = 0;

 private:
  Found Answer(bool known) {
    ++asked;
    if (!known) co_return std::nullopt;
    co_return user;
  }
};

// A memory cache stands for the shared one: two SharedUsers on it are two processes.
class SharedUsersTest : public ::testing::Test {
 protected:
  SharedUsersTest() {
    users.UseCache(&cache);
    others.UseCache(&cache);
  }
  static std::optional<User> Run(accounts::Users::Found found) {
    return base::RunTask(std::move(found)).value();
  }

  base::ManualClock clock{base::Micros(1'000'000)};
  cache::MemoryCache cache{{}, clock};
  OneUser database;
  SharedUsers users{database}, others{database};
};

TEST_F(SharedUsersTest, AreAskedForOnceByAllProcesses) {
  EXPECT_EQ(Run(users.FindByCognitoUserId("sub-b")), database.user);
  EXPECT_EQ(Run(users.FindByHandle("bayko")), database.user);
  EXPECT_EQ(database.asked, 2);
  EXPECT_EQ(Run(others.FindByCognitoUserId("sub-b")), database.user);
  EXPECT_EQ(Run(others.FindByHandle("BAYKO")), database.user) << "in any case";
  EXPECT_EQ(database.asked, 2);
}

TEST_F(SharedUsersTest, AreNotRememberedAsUnknown) {
  for (int i = 1; i <= 2; ++i) {
    EXPECT_EQ(Run(users.FindByHandle("nobody")), std::nullopt);
    EXPECT_EQ(database.asked, i);
  }
  Run(users.FindByHandle(std::string(1'000, 'x')));
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST_F(SharedUsersTest, AreForgottenByAllWhoShareThem) {
  Run(users.FindByCognitoUserId("sub-b"));
  Run(users.FindByHandle("bayko"));
  accounts::UserDirectory directory(others, clock);
  const User before = database.user;
  database.user.display_name = "New Name";
  directory.Forget(before);
  EXPECT_EQ(Run(users.FindByCognitoUserId("sub-b"))->display_name, "New Name");
  EXPECT_EQ(Run(users.FindByHandle("bayko"))->display_name, "New Name");
}

TEST_F(SharedUsersTest, TakeNothingThatIsNoUser) {
  const auto version = base::RunTask(cache.Get("USR#id#sub-b")).version;
  for (const char* bytes : {"", "{}", "[1]", R"({"uuid":1})", "\x01\x02"}) {
    base::RunTask(
        cache.SetIfNewer("USR#id#sub-b", version, std::make_shared<const std::string>(bytes)));
    EXPECT_EQ(Run(users.FindByCognitoUserId("sub-b")), database.user);
    cache.Drop("USR#id#sub-c");
  }
}

}  // namespace
}  // namespace cruddur::api
