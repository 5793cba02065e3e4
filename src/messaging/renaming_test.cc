// A changed name reaches all copies that others are shown: with many conversations, cut off at any
// call, while messages come, and in tables of older code; and nothing else changes.
#include "messaging/renaming.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/interruption_fixture.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const Person kDrew{kAndrew.uuid, "drew", "Drew Brown"};

Person Numbered(int i) {
  char uuid[37];
  std::snprintf(uuid, sizeof uuid, "10000000-0000-4000-8000-%012d", i);
  return {uuid, "user" + std::to_string(i), "User " + std::to_string(i)};
}

// As one process does it: step by step from `from` on, which is moved on. False: it was cut off.
bool RenameAll(TestService& process, const Person& person, std::string& from) {
  for (int steps = 0; steps < 100; ++steps) {
    const auto step = process.store.Run(process.service.renaming().Rename(person, from));
    if (!step) return false;
    from = step->next;
    if (from.empty()) return true;
  }
  ADD_FAILURE() << "it has no end";
  return true;
}

// What shows Andrew to others, record and row, has his names; all else is as it was.
void ExpectRenamed(const TableContent& before, const TableContent& after, const Person& now) {
  TableContent expected = before;
  for (ConversationRow& row : expected.rows) {
    if (row.other.uuid == now.uuid) row.other = now;
  }
  for (auto& [uuid, record] : expected.records) {
    for (Person& member : record.members) {
      if (member.uuid == now.uuid) member = now;
    }
  }
  EXPECT_EQ(after.rows, expected.rows);
  EXPECT_EQ(after.records, expected.records);
  EXPECT_EQ(after.messages, before.messages) << "a message keeps the names that it was sent under";
  EXPECT_EQ(after.pairs, before.pairs);
}

class RenamingTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  TestStore store_{GetParam()};
  TestService service_{store_};
};
INSTANTIATE_TEST_SUITE_P(Stores, RenamingTest, ::testing::ValuesIn(TestedStores()),
                         [](const auto& info) { return NameOf(info.param); });

TEST_P(RenamingTest, ReachesTheRowsOfOthersAndNobodyElses) {
  const Message with_bayko = service_.Start(kAndrew, kBayko, "1").value();
  const Message with_londo = service_.Start(kLondo, kAndrew, "2").value();
  ASSERT_TRUE(service_.Start(kLondo, kBayko, "not his"));
  const TableContent before = ReadTable(store_);
  const auto step = store_.Run(service_.service.renaming().Rename(kDrew, ""));
  ASSERT_TRUE(step) << step.error().message;
  EXPECT_EQ(step->next, "");
  EXPECT_THAT(step->partitions,
              ::testing::UnorderedElementsAre(
                  MessagePartition(with_bayko.conversation_uuid), RowPartition(kBayko.uuid),
                  MessagePartition(with_londo.conversation_uuid), RowPartition(kLondo.uuid)));
  ExpectRenamed(before, ReadTable(store_), kDrew);
  EXPECT_EQ(service_.Conversations(kBayko).value().items[1].other, kDrew);

  // Who answers next finds the name in the record, also where nobody else can be asked.
  service_.clock.Advance(std::chrono::hours(1));
  ASSERT_TRUE(service_.Send(kBayko, with_bayko.conversation_uuid, "3"));
  EXPECT_EQ(service_.Conversations(kBayko).value().items[0].other, kDrew);
  ExpectSettled(ReadTable(store_), with_bayko.conversation_uuid, {kAndrew, kBayko});
}

TEST_P(RenamingTest, ReachesTablesOfOlderCode) {
  const std::string time = "2023-03-24T09:45:01.561513+00:00";
  const ConversationRow rows[] = {{kAndrew.uuid, time, "c", "hey", kBayko, ""},
                                  {kBayko.uuid, time, "c", "hey", kAndrew, ""}};
  for (const ConversationRow& row : rows) {
    model::PutItemRequest put;
    put.table = store_.table();
    put.item = ItemOf(row);
    ASSERT_TRUE(store_.Run(store_.client().PutItem(std::move(put))));
  }
  const TableContent before = ReadTable(store_);
  std::string from;
  ASSERT_TRUE(RenameAll(service_, kDrew, from));
  ExpectRenamed(before, ReadTable(store_), kDrew);
  EXPECT_EQ(ReadTable(store_).RowsOf("c", kBayko.uuid).front().other, kDrew);
}

TEST_P(RenamingTest, OfNobodyWithConversationsIsNothing) {
  const auto step = store_.Run(service_.service.renaming().Rename(kDrew, ""));
  ASSERT_TRUE(step);
  EXPECT_EQ(step->next, "");
  EXPECT_THAT(step->partitions, IsEmpty());
}

// 230 conversations are three steps; the process dies somewhere in each of them.
TEST(RenamingCut, GoesOnWhereItWasCutOff) {
  constexpr int kMany = 230;
  TestStore store(StoreKind::kEngine);
  TestService service(store);
  for (int i = 0; i < kMany; ++i) {
    service.clock.Advance(std::chrono::seconds(1));
    ASSERT_TRUE(service.Start(kAndrew, Numbered(i), "hello"));
  }
  const TableContent before = ReadTable(store);

  std::string from;
  int cuts = 0;
  for (bool done = false; !done; ++cuts) {
    ASSERT_LT(cuts, 20);
    // So many calls that not a whole step is done, then one and a part, and so on.
    InterruptedClient client(store.client(), [&](int call, std::string_view) {
      return call > 100 + 50 * cuts ? Fate::kFails : Fate::kPasses;
    });
    TestService process(store, &client);
    done = RenameAll(process, kDrew, from);
  }
  EXPECT_GT(cuts, 3);
  ExpectRenamed(before, ReadTable(store), kDrew);

  // Once more changes nothing, and writes nothing.
  std::atomic<int> commits{0};
  const auto subscription =
      store.engine().Subscribe(store.table(), [&](const engine::CommittedRecords&) { ++commits; });
  ASSERT_TRUE(RenameAll(service, kDrew, from = ""));
  EXPECT_EQ(commits, 0);
}

class RenamingAtEveryCall : public ::testing::TestWithParam<Fate> {};
INSTANTIATE_TEST_SUITE_P(Fates, RenamingAtEveryCall, ::testing::Values(Fate::kFails, Fate::kLost),
                         [](const auto& info) {
                           return std::string(info.param == Fate::kFails ? "Before" : "After");
                         });

TEST_P(RenamingAtEveryCall, ACrashLeavesNothingHalfDoneForGood) {
  for (int at = 1;; ++at) {
    ASSERT_LT(at, 60);
    SCOPED_TRACE("call " + std::to_string(at));
    TestStore store(StoreKind::kEngine);
    TestService service(store);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(service.Start(kAndrew, Numbered(i), "hello"));
    const TableContent before = ReadTable(store);
    InterruptedClient client(store.client(), [&](int call, std::string_view) {
      return call < at ? Fate::kPasses : call == at ? GetParam() : Fate::kFails;
    });
    TestService cut(store, &client);
    std::string from;
    const bool done = RenameAll(cut, kDrew, from);
    ASSERT_TRUE(done || RenameAll(service, kDrew, from));
    ExpectRenamed(before, ReadTable(store), kDrew);
    if (client.calls() < at) break;
  }
}

// A message at every place between two calls: its rows have moved when they are looked for.
TEST(RenamingMeanwhile, MessagesMoveTheRowsAndTheGuardStays) {
  for (int at = 1;; ++at) {
    ASSERT_LT(at, 60);
    SCOPED_TRACE("call " + std::to_string(at));
    TestStore store(StoreKind::kEngine);
    TestService other(store);
    other.people.Set(kDrew);
    std::vector<std::string> conversations;
    for (int i = 0; i < 3; ++i) {
      conversations.push_back(other.Start(kAndrew, Numbered(i), "hello").value().conversation_uuid);
    }
    // Old names everywhere, as nobody knew of the change before.
    std::string from;
    ASSERT_TRUE(RenameAll(other, kAndrew, from));
    InterruptedClient client(store.client(), [&](int call, std::string_view) {
      if (call == at) {
        for (int i = 0; i < 3; ++i) {
          EXPECT_TRUE(store.Run(
              other.service.Send(Numbered(i), conversations[static_cast<size_t>(i)], "meanwhile"),
              1));
        }
      }
      return Fate::kPasses;
    });
    TestService process(store, &client);
    ASSERT_TRUE(RenameAll(process, kDrew, from = ""));
    const TableContent after = ReadTable(store);
    for (int i = 0; i < 3; ++i) {
      const Person with = Numbered(i);
      const std::string& conversation = conversations[static_cast<size_t>(i)];
      ExpectSettled(after, conversation, {kAndrew, with});
      const auto rows = after.RowsOf(conversation, with.uuid);
      ASSERT_THAT(rows, SizeIs(1));
      EXPECT_EQ(rows[0].other, kDrew);
    }
    if (client.calls() < at) break;
  }
}

}  // namespace
}  // namespace cruddur::messaging
