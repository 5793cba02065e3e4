// A conversation that is loaded from elsewhere, also where that is cut off anywhere.
#include "messaging/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/timestamp.h"
#include "messaging/interruption_fixture.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

using base::ErrorCode;
using ::testing::ElementsAre;
using ::testing::SizeIs;

std::vector<ImportedLine> Lines() { return {{true, "one"}, {false, "two"}, {true, "three"}}; }

class ImportTest : public ::testing::Test {
 protected:
  static base::Result<Imported> Import(TestStore& store, TestService& app,
                                       std::vector<ImportedLine> lines = Lines()) {
    app.clock.Advance(std::chrono::minutes(10));
    return store.Run(
        ImportConversation(app.service, kAndrew, kBayko, std::move(lines), app.clock.Now()));
  }
  static void ExpectWhole(TestStore& store, const Imported& imported) {
    const TableContent content = ReadTable(store);
    std::vector<std::string> texts;
    for (const Message& message : content.messages) texts.push_back(message.text);
    EXPECT_THAT(texts, ElementsAre("one", "two", "three"));
    EXPECT_EQ(content.messages.front().created_at, imported.first_at);
    EXPECT_EQ(content.messages.back().created_at, imported.last_at);
    EXPECT_EQ(content.pairs, 1);
    EXPECT_THAT(content.records, SizeIs(1));
    ExpectSettled(content, imported.conversation_uuid, {kAndrew, kBayko});
  }
};

TEST_F(ImportTest, IsCompletedByTheNextCallWhereverItWasCutOff) {
  for (const Fate fate : {Fate::kFails, Fate::kLost}) {
    for (int at = 1;; ++at) {
      ASSERT_LT(at, 60);
      SCOPED_TRACE("cut off at call " + std::to_string(at));
      TestStore store(StoreKind::kEngine);
      InterruptedClient client(store.client(), [&](int call, std::string_view) {
        return call < at ? Fate::kPasses : call == at ? fate : Fate::kFails;
      });
      TestService cut(store, &client);
      const auto first = Import(store, cut);
      if (client.calls() < at) break;
      EXPECT_FALSE(first);
      TestService next(store);
      const auto completed = Import(store, next);
      ASSERT_TRUE(completed) << completed.error().message;
      ExpectWhole(store, *completed);
      const auto again = Import(store, next);
      ASSERT_TRUE(again) << again.error().message;
      EXPECT_TRUE(again->was_complete);
      ExpectWhole(store, *again);
    }
  }
}

TEST_F(ImportTest, IsCompletedThoughPeopleHaveTalkedMeanwhile) {
  TestStore store(StoreKind::kEngine);
  int puts = 0;
  InterruptedClient client(store.client(), [&](int, std::string_view key) {
    return key.starts_with("MSG#") && ++puts > 1 ? Fate::kFails : Fate::kPasses;
  });
  TestService cut(store, &client);
  ASSERT_FALSE(Import(store, cut));
  TestService app(store);
  app.clock.Advance(std::chrono::hours(1));
  const Message said = app.Start(kBayko, kAndrew, "is that all?").value();
  const auto completed = Import(store, app);
  ASSERT_TRUE(completed) << completed.error().message;
  EXPECT_EQ(completed->conversation_uuid, said.conversation_uuid);
  EXPECT_THAT(ReadTable(store).messages, SizeIs(4));
  ExpectSettled(ReadTable(store), said.conversation_uuid, {kAndrew, kBayko});
}

TEST_F(ImportTest, LeavesOtherConversationsAlone) {
  TestStore store(StoreKind::kEngine);
  TestService app(store);
  ASSERT_TRUE(app.Start(kAndrew, kBayko, "ours"));
  EXPECT_EQ(Import(store, app).error().code, ErrorCode::kAlreadyExists);
  EXPECT_THAT(ReadTable(store).messages, SizeIs(1));
}

TEST_F(ImportTest, LeavesAnotherImportAlone) {
  TestStore store(StoreKind::kEngine);
  TestService app(store);
  const Imported imported = Import(store, app).value();
  EXPECT_EQ(Import(store, app, {{true, "one"}, {true, "two"}}).error().code,
            ErrorCode::kAlreadyExists);
  EXPECT_EQ(Import(store, app, {}).error().code, ErrorCode::kInvalidArgument);
  ExpectWhole(store, imported);
}

}  // namespace
}  // namespace cruddur::messaging
