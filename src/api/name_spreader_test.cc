// A changed name reaches rows and pages by itself, also where the store is away for a while.
#include "api/name_spreader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/database_commands.h"
#include "accounts/sql.h"
#include "api/api_fixture.h"

namespace cruddur::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Names : public ApiFixture {
 protected:
  Names() {
    options_.sqlite_path = folder + "/users.sqlite";
    options_.call_time = options_.connect_time = std::chrono::seconds(20);
    EXPECT_TRUE(accounts::EnsureDatabase(options_, clock.Now()));
    const auto connection = accounts::OpenConnection(
        options_, std::chrono::steady_clock::now() + std::chrono::seconds(20));
    for (const char last : {'a', 'b', 'c'}) {
      const accounts::User user = UserNamed(std::string("user-") + last, "Somebody", last);
      EXPECT_TRUE((*connection)
                      ->Run(accounts::sql::kUserInsert,
                            {user.uuid, user.display_name, user.handle, user.email,
                             user.cognito_user_id, "2023-03-24T09:45:01.561513+00:00"}));
    }
    database_ = std::make_unique<accounts::ConnectionPool>(options_);
    // No time for a step: what couldn't be done is due again at once.
    changes_ = std::make_unique<accounts::NameChanges>(
        *database_, clock, accounts::NameChangesOptions{.step_time = std::chrono::seconds(0)});
    spreader_ =
        std::make_unique<NameSpreader>(loops.loop(0), *changes_, user_directory,
                                       service->renaming(), pages, std::chrono::milliseconds(10));
  }

  // In the users database, and in the users that the routes ask.
  void Rename(char last, const std::string& name) {
    const std::string uuid = UserNamed("", "", last).uuid;
    const accounts::ProfileChange change{.display_name = name};
    EXPECT_TRUE(Run(accounts::ChangeProfile(*database_, uuid, change, clock.Now())));
    directory.Forget(*users.Change(uuid, change));
  }
  std::string RowOf(const std::string& user, char last) {
    model::QueryRequest query;
    query.table = messaging::kTableName;
    query.key_condition_expression = "pk = :pk";
    query.placeholders.values.Set(":pk", messaging::RowPartition(UserNamed("", "", last).uuid));
    const auto page = Run(store.Query(std::move(query)));
    EXPECT_EQ(page->items.size(), 1u) << user;
    return messaging::RowOf(page->items.front()).other.display_name;
  }
  template <class Condition>
  static bool Await(Condition condition) {
    for (int tries = 0; tries < 6'000 && !condition(); ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return condition();
  }

  accounts::DatabaseOptions options_;
  std::unique_ptr<accounts::ConnectionPool> database_;
  std::unique_ptr<accounts::NameChanges> changes_;
  std::unique_ptr<NameSpreader> spreader_;
};

TEST_F(Names, ReachRowsAndKeptPages) {
  const std::string uuid = StartedBy("andrewbrown", "bayko");
  const std::vector<std::string> kept = {"/api/message_groups", "/api/messages/" + uuid};
  for (const std::string& page : kept)
    EXPECT_THAT(Get("bayko", page).body, HasSubstr("Andrew Brown"));
  Rename('a', "Drew");
  for (const std::string& page : kept) {
    EXPECT_THAT(Get("bayko", page).body, Not(HasSubstr("Drew"))) << "kept: nobody dropped it";
  }
  spreader_->Start();
  for (const std::string& page : kept) {
    EXPECT_TRUE(Await([&] { return Get("bayko", page).body.contains("Drew"); })) << page;
  }
  EXPECT_EQ(RowOf("bayko", 'b'), "Drew");
  EXPECT_EQ(RowOf("andrewbrown", 'a'), "Andrew Bayko");
}

TEST_F(Names, WaitForAStoreThatIsAway) {
  StartedBy("andrewbrown", "bayko");
  // The follower's last look at the table before it is cut off.
  ASSERT_TRUE(Await([&] { return !service->AreRowsBehind(); }));
  cut_off = true;
  Rename('a', "Drew");
  const int before = client.calls();
  spreader_->Start();
  ASSERT_TRUE(Await([&] { return client.calls() > before + 2; })) << "it tries, and tries again";
  EXPECT_EQ(RowOf("bayko", 'b'), "Andrew Brown");
  cut_off = false;
  EXPECT_TRUE(Await([&] { return RowOf("bayko", 'b') == "Drew"; }));
}

TEST_F(Names, WakeItForTheNextChange) {
  StartedBy("andrewbrown", "bayko");
  NameSpreader patient(loops.loop(0), *changes_, user_directory, service->renaming(), pages,
                       std::chrono::hours(1));
  patient.Start();
  Rename('a', "Drew");
  patient.Wake();
  EXPECT_TRUE(Await([&] { return RowOf("bayko", 'b') == "Drew"; }));
  patient.Stop();
  patient.Stop();
}

}  // namespace
}  // namespace cruddur::api
