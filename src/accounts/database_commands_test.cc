#include "accounts/database_commands.h"

#include <thread>

#include "accounts/built_in_user_pool.h"
#include "accounts/database_fixture.h"
#include "accounts/database_users.h"
#include "accounts/sql.h"
#include "base/random.h"
#include "base/run_task.h"

namespace cruddur::accounts {
namespace {

using base::ErrorCode;

INSTANTIATE_TEST_SUITE_P(Databases, OnBothDatabases,
                         testing::Values(Kind::kSqlite, Kind::kPostgres), KindName);

constexpr Statement kCountUsers{"", "select count(*) from users"};
constexpr Statement kInsertUser{
    "",
    "insert into users (uuid, display_name, handle, email, cognito_user_id, created_at) "
    "values ($1, $2, $3, $4, $5, $6)"};

TEST_P(OnBothDatabases, CreateSaysWhatIsThereAlready) {
  ASSERT_TRUE(CreateDatabase(options_));
  const auto again = CreateDatabase(options_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kAlreadyExists) << again.error().message;
}

TEST_P(OnBothDatabases, DropSaysWhetherThereWasOne) {
  EXPECT_EQ(*DropDatabase(options_), false);
  Prepare(true);
  EXPECT_EQ(*DropDatabase(options_), true);
  EXPECT_EQ(*DropDatabase(options_), false);
  const auto loaded = LoadSchema(options_, kTestTime);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kUnavailable) << loaded.error().message;
}

TEST_P(OnBothDatabases, LoadsItsSchemaOnce) {
  ASSERT_TRUE(CreateDatabase(options_));
  const auto first = LoadSchema(options_, kTestTime);
  ASSERT_TRUE(first) << first.error().message;
  std::vector<std::string> all;
  for (const Statement& migration : sql::kMigrations) all.emplace_back(migration.name);
  EXPECT_EQ(first->applied, all);
  EXPECT_EQ(first->version, std::stoi(all.back().substr(0, 4)));
  const auto second = LoadSchema(options_, kTestTime);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->version, first->version);
  EXPECT_TRUE(second->applied.empty());
}

TEST_P(OnBothDatabases, RefusesASchemaFromTheFuture) {
  Prepare(false);
  ASSERT_TRUE(Connect()->Run({"", "insert into schema_version values (99, '0099_x', '')"}));
  const auto loaded = LoadSchema(options_, kTestTime);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(loaded.error().message.find("99"), std::string::npos);
}

TEST_P(OnBothDatabases, SaysThatTheSchemaIsMissing) {
  ASSERT_TRUE(CreateDatabase(options_));
  const auto seeded = SeedDatabase(options_, {}, kTestTime);
  ASSERT_FALSE(seeded);
  EXPECT_EQ(seeded.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(seeded.error().message.find("schema-load"), std::string::npos)
      << seeded.error().message;
}

TEST_P(OnBothDatabases, EnsuresWhatAStartNeedsWhateverIsThere) {
  for (int i = 0; i < 2; ++i) {
    const auto ensured = EnsureDatabase(options_, kTestTime);
    ASSERT_TRUE(ensured) << ensured.error().message;
    EXPECT_GT(ensured->version, 0);
    EXPECT_EQ(ensured->applied.empty(), i == 1);
  }
}

TEST_P(OnBothDatabases, SeedsAnyNumberOfTimes) {
  Prepare(false);
  const SeedUser own{"Zoë", "", ""};
  EXPECT_EQ(SeedDatabase(options_, own, kTestTime).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Connect()->Run(kCountUsers)->Text(0, 0), "0") << "all or nothing";

  const SeedUser good{"zoe", "Zoë", "zoe@example.org"};
  const auto first = SeedDatabase(options_, good, kTestTime);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->added, (std::vector<std::string>{"andrewbrown", "bayko", "londo", "zoe"}));
  const auto before = *FindUserByHandle(*Connect(), "ZOE");
  const auto second = SeedDatabase(options_, good, kTestTime);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_TRUE(second->added.empty());
  EXPECT_EQ(second->kept.size(), 4u);

  const auto zoe = *FindUserByHandle(*Connect(), "zoe");
  EXPECT_EQ(zoe, before);
  EXPECT_EQ(zoe->display_name, "Zoë");
  EXPECT_EQ(zoe->email, "zoe@example.org");
  EXPECT_EQ(zoe->created_at, "2023-03-24T09:45:01.561513+00:00");
  EXPECT_TRUE(base::IsUuid(zoe->uuid));
  EXPECT_TRUE(base::IsUuid(zoe->cognito_user_id));

  const auto thief = SeedDatabase(options_, SeedUser{"zoe2", "", "ZOE@example.org"}, kTestTime);
  ASSERT_FALSE(thief);
  EXPECT_EQ(thief.error().code, ErrorCode::kAlreadyExists) << thief.error().message;
}

TEST_P(OnBothDatabases, SeedsOnceWhenTwoRace) {
  ASSERT_TRUE(CreateDatabase(options_));
  std::atomic<size_t> added = 0, failed = 0, loaded = 0;
  {
    std::vector<std::jthread> racers;
    for (int i = 0; i < 4; ++i) {
      racers.emplace_back([&] {
        const auto schema = LoadSchema(options_, kTestTime);
        if (schema) loaded += schema->applied.size();
        const auto report = SeedDatabase(options_, {}, kTestTime);
        if (!report) ADD_FAILURE() << report.error().message;
        failed += !report || !schema;
        if (report) added += report->added.size();
      });
    }
  }
  EXPECT_EQ(failed, 0u);
  EXPECT_EQ(loaded, std::size(sql::kMigrations));
  EXPECT_EQ(added, 3u);
  EXPECT_EQ(Connect()->Run(kCountUsers)->Text(0, 0), "3");
}

TEST_P(OnBothDatabases, KeepsHandlesEmailsAndIdsUniqueWhateverTheirCase) {
  Prepare(false);
  const auto connection = Connect();
  const std::string time = "2023-03-24T09:45:01.561513+00:00";
  const std::string uuid = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399";
  const auto insert = [&](std::string_view id, std::string_view handle, std::string_view email,
                          std::string_view cognito) {
    return connection->Run(kInsertUser, {id, "Name", handle, email, cognito, time});
  };
  ASSERT_TRUE(insert(uuid, "Bayko", "Bayko@Example.com", "id-1"));
  const struct {
    const char *uuid, *handle, *email, *cognito;
  } taken[] = {
      {"5ae290ed-55d1-47a0-bc6d-fe2bc2700399", "b", "b@x", "id-2"},
      {"00000000-55d1-47a0-bc6d-fe2bc2700399", "bAYKO", "b@x", "id-2"},
      {"00000000-55d1-47a0-bc6d-fe2bc2700399", "b", "bayko@EXAMPLE.COM", "id-2"},
      {"00000000-55d1-47a0-bc6d-fe2bc2700399", "b", "b@x", "id-1"},
  };
  for (const auto& row : taken) {
    const auto inserted = insert(row.uuid, row.handle, row.email, row.cognito);
    ASSERT_FALSE(inserted) << row.handle;
    EXPECT_EQ(inserted.error().code, ErrorCode::kAlreadyExists) << inserted.error().message;
    EXPECT_EQ(inserted.error().message.find("xample"), std::string::npos) << "shows a row's values";
  }
  EXPECT_TRUE(insert("00000000-55d1-47a0-bc6d-fe2bc2700399", "b", "b@x", "ID-1"));
}

TEST_P(OnBothDatabases, RefuseTheSameRows) {
  Prepare(false);
  const auto connection = Connect();
  const std::array<Parameter, 6> good = {
      "5ae290ed-55d1-47a0-bc6d-fe2bc2700399", "Name", "handle", "a@b", "id",
      "2023-03-24T09:45:01.561513+00:00"};
  const std::string long_name(101, 'x'), long_handle(65, 'x'),
      long_email = std::string(253, 'x') + "@y";
  const std::string nul("a\0b", 3);
  const std::pair<size_t, Parameter> bad[] = {
      {0, std::nullopt},
      {0, ""},
      {0, "5AE290ED-55D1-47A0-BC6D-FE2BC2700399"},
      {0, "5ae290ed-55d1-47a0-bc6d-fe2bc270039"},
      {0, "5ae290ed-55d1-47a0-bc6d-fe2bc270039g"},
      {0, "5ae290ed-55d1-47a0-bc6d-fe2bc2700-99"},
      {0, "------------------------------------"},
      {1, std::nullopt},
      {1, ""},
      {1, long_name},
      {1, nul},
      {1, "\xff"},
      {1, "\xed\xa0\x80"},
      {2, std::nullopt},
      {2, ""},
      {2, "with space"},
      {2, "@at"},
      {2, "naïve"},
      {2, "line\nend"},
      {2, long_handle},
      {3, std::nullopt},
      {3, "nobody"},
      {3, "@"},
      {3, "a@"},
      {3, "ä@b"},
      {3, "a b@c"},
      {3, long_email},
      {4, std::nullopt},
      {4, ""},
      {5, std::nullopt},
      {5, "2023-03-24 09:45:01.561513+00:00"},
      {5, "2023-03-24T09:45:01+00:00"},
      {5, "2023-03-24T09:45:01.561513+02:00"},
      {5, "2023-03-24t09:45:01.561513+00:00"},
  };
  for (const auto& [column, value] : bad) {
    auto row = good;
    row[column] = value;
    const auto inserted = connection->Run(kInsertUser, row);
    ASSERT_FALSE(inserted) << column << ": " << value.value_or("NULL");
    EXPECT_EQ(inserted.error().code, ErrorCode::kInvalidArgument)
        << column << ": " << value.value_or("NULL") << ": " << inserted.error().message;
  }
  auto emoji = good;
  emoji[1] = "\U0001F680";
  EXPECT_TRUE(connection->Run(kInsertUser, emoji));
  const Statement orphan{
      "",
      "insert into activities (uuid, user_uuid, message, created_at) values ($1, "
      "$2, 'hello', $3)"};
  const auto inserted =
      connection->Run(orphan, {good[0], "00000000-0000-4000-8000-000000000000", good[5]});
  ASSERT_FALSE(inserted);
  EXPECT_EQ(inserted.error().code, ErrorCode::kInvalidArgument) << "foreign key";
}

TEST_P(OnBothDatabases, TakesParametersForDataNotForSql) {
  Prepare(true);
  const auto connection = Connect();
  const std::string hostile = "'); drop table users; --";
  const auto inserted = connection->Run(kInsertUser, {base::NewUuid(), hostile, "h", "a@b", "id",
                                                      "2023-03-24T09:45:01.561513+00:00"});
  ASSERT_TRUE(inserted) << inserted.error().message;
  EXPECT_EQ((*FindUserByHandle(*connection, "h"))->display_name, hostile);
  EXPECT_EQ(*FindUserByHandle(*connection, hostile), std::nullopt);
}

TEST_P(OnBothDatabases, RollsBackWhatIsNotCommitted) {
  Prepare(true);
  const auto connection = Connect();
  {
    auto transaction = Transaction::Begin(*connection);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(connection->Run({"", "delete from users"}));
    EXPECT_EQ(connection->Run(kCountUsers)->Text(0, 0), "0");
  }
  EXPECT_EQ(connection->Run(kCountUsers)->Text(0, 0), "3");
}

TEST_P(OnBothDatabases, GiveAStatementUpAtItsDeadline) {
  Prepare(false);
  options_.call_time = std::chrono::milliseconds(100);  // for the server, which we leave behind
  const auto connection = Connect();
  connection->SetDeadline(std::chrono::steady_clock::now() + std::chrono::milliseconds(50));
  // A thousand million rows, in words that both databases know.
  const auto endless = connection->Run(
      {"",
       "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000000) "
       "select count(*) from n"});
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, ErrorCode::kDeadlineExceeded) << endless.error().message;
}

TEST_P(OnBothDatabases, SetUpIsCompleteAndCanBeRepeated) {
  for (int i = 0; i < 2; ++i) {
    std::vector<std::string> steps;
    const auto done = SetupDatabase(options_, SeedUser{"me", "", ""}, nullptr, kTestTime,
                                    [&](std::string_view step) { steps.emplace_back(step); });
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(steps, (std::vector<std::string>{"drop", "create", "schema-load", "seed",
                                               "update_cognito_user_ids"}));
    EXPECT_EQ(Connect()->Run(kCountUsers)->Text(0, 0), "4");
  }
}

TEST_P(OnBothDatabases, SetUpStopsAtTheFirstFailureAndNamesIt) {
  std::vector<std::string> steps;
  const auto done = SetupDatabase(options_, SeedUser{"not a handle", "", ""}, nullptr, kTestTime,
                                  [&](std::string_view step) { steps.emplace_back(step); });
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().message.starts_with("seed: ")) << done.error().message;
  EXPECT_EQ(steps.back(), "seed");
}

TEST_P(OnBothDatabases, ConnectGivesTheProgramAndHidesThePassword) {
  if (kind_ == Kind::kSqlite) {
    EXPECT_EQ(ClientFor(options_).error().code, ErrorCode::kNotFound);
    Prepare(false);
    EXPECT_EQ(ClientFor(options_)->arguments,
              (std::vector<std::string>{"sqlite3", options_.sqlite_path}));
    return;
  }
  const auto program = ClientFor(options_);
  ASSERT_TRUE(program);
  EXPECT_EQ(program->arguments, (std::vector<std::string>{"psql"}));
  const std::pair<std::string, std::string> password{"PGPASSWORD", "secret"};
  EXPECT_NE(std::ranges::find(program->environment, password), program->environment.end());
  EXPECT_EQ(DescribeDatabase(options_).find("secret"), std::string::npos);
}

}  // namespace
}  // namespace cruddur::accounts
