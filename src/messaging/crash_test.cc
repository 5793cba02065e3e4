// A crash after every single call to the store, and a single lost call at every place: what is
// acknowledged stays, nothing is doubled, and the next process puts the rest in order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "messaging/interruption_fixture.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

using std::chrono::milliseconds;
using ::testing::SizeIs;

constexpr int kNoMoreCalls = 60;  // no scenario makes as many

struct Setting {
  bool transactions;  // of the store
  Fate fate;          // of the call at which it happens
};

class CrashTest : public ::testing::TestWithParam<Setting> {
 protected:
  static ServiceOptions Options() {
    ServiceOptions options = TestService::Inline();
    options.writer.deadline = milliseconds(1);  // a process that is cut off gives up soon
    options.projection.transactions = GetParam().transactions;
    return options;
  }

  // Runs `scenario` on a fresh store for each call that it makes, cut off from that call on (crash)
  // or at that call only. `check(store, acknowledged)` looks at what is left.
  template <class Prepare, class Scenario, class Check>
  void AtEveryCall(bool crash, Prepare prepare, Scenario scenario, Check check) {
    for (int at = 1;; ++at) {
      ASSERT_LT(at, kNoMoreCalls);
      SCOPED_TRACE("call " + std::to_string(at));
      TestStore store(StoreKind::kEngine);
      prepare(store);
      InterruptedClient client(
          store.client(),
          [&](int call, std::string_view) {
            if (call == at) return GetParam().fate;
            return call > at && crash ? Fate::kFails : Fate::kPasses;
          },
          GetParam().transactions);
      TestService service(store, &client, Options());
      service.clock.Advance(std::chrono::hours(1));
      const base::Result<Message> acknowledged = scenario(service);
      check(store, acknowledged);
      if (client.calls() < at) {
        EXPECT_TRUE(acknowledged);
        break;
      }
    }
  }

  // The next process: reads the stream from where the last one may have stopped.
  static void Recover(TestStore& store) {
    InterruptedClient client(
        store.client(), [](int, std::string_view) { return Fate::kPasses; },
        GetParam().transactions);
    TestService next(store, &client, Options());
    const auto records = WholeStream(ReadTable(store));
    EXPECT_THAT(store.Run(next.service.projection().Handle(records, Delivery::kPerhapsRepeated)),
                SizeIs(0));
  }

  static std::string OnlyConversation(const TableContent& content) {
    EXPECT_THAT(content.records, SizeIs(1));
    return content.records.empty() ? "" : content.records.begin()->first;
  }

  static void ExpectOnce(const TableContent& content, const Message& message) {
    EXPECT_EQ(std::ranges::count(content.messages, message), 1) << message.text;
  }

  // Readers see each conversation at most once, crash or no crash.
  static void ExpectListedOnce(TestStore& store, size_t at_least) {
    TestService reader(store);
    for (const Person& who : {kAndrew, kBayko}) {
      const auto rows = reader.Conversations(who).value().items;
      EXPECT_LE(rows.size(), 1u) << who.handle;
      EXPECT_GE(rows.size(), at_least) << who.handle;
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Settings, CrashTest,
                         ::testing::Values(Setting{true, Fate::kFails}, Setting{true, Fate::kLost},
                                           Setting{false, Fate::kFails},
                                           Setting{false, Fate::kLost}),
                         [](const auto& info) {
                           return std::string(info.param.transactions ? "Transactions"
                                                                      : "NoTransactions") +
                                  (info.param.fate == Fate::kFails ? "Before" : "After");
                         });

TEST_P(CrashTest, WhileStartingLeavesAllOrNothingOnceRecovered) {
  AtEveryCall(
      true, [](TestStore&) {},
      [](TestService& service) { return service.Start(kAndrew, kBayko, "first"); },
      [](TestStore& store, const base::Result<Message>& acknowledged) {
        ExpectListedOnce(store, acknowledged ? 1 : 0);
        Recover(store);
        TableContent content = ReadTable(store);
        EXPECT_LE(content.pairs, 1);
        if (acknowledged) ExpectOnce(content, *acknowledged);
        if (!content.messages.empty()) {
          ExpectSettled(content, OnlyConversation(content), {kAndrew, kBayko});
        } else {
          EXPECT_THAT(content.rows, SizeIs(0));
        }
        // The repetition goes on where the first try ended.
        TestService again(store);
        again.clock.Advance(std::chrono::hours(2));
        const Message second = again.Start(kBayko, kAndrew, "second").value();
        content = ReadTable(store);
        EXPECT_EQ(content.pairs, 1);
        EXPECT_EQ(second.conversation_uuid, OnlyConversation(content));
        ExpectOnce(content, second);
        ExpectSettled(content, second.conversation_uuid, {kAndrew, kBayko});
      });
}

TEST_P(CrashTest, WhileStartingIsMendedByTheNextStartAlone) {
  AtEveryCall(
      true, [](TestStore&) {},
      [](TestService& service) { return service.Start(kAndrew, kBayko, "first"); },
      [](TestStore& store, const base::Result<Message>&) {
        TestService again(store);
        again.clock.Advance(std::chrono::hours(2));
        const Message second = again.Start(kAndrew, kBayko, "second").value();
        const TableContent content = ReadTable(store);
        ExpectSettled(content, second.conversation_uuid, {kAndrew, kBayko});
        EXPECT_EQ(second.conversation_uuid, OnlyConversation(content));
      });
}

TEST_P(CrashTest, WhileSendingLosesAndDoublesNothing) {
  AtEveryCall(
      true,
      [](TestStore& store) { ASSERT_TRUE(TestService(store).Start(kAndrew, kBayko, "first")); },
      [](TestService& service) {
        const std::string conversation = OnlyConversation(ReadTable(service.store));
        return service.Send(kBayko, conversation, "second");
      },
      [](TestStore& store, const base::Result<Message>& acknowledged) {
        ExpectListedOnce(store, 1);
        Recover(store);
        ExpectListedOnce(store, 1);
        const TableContent content = ReadTable(store);
        EXPECT_LE(content.messages.size(), 2u);
        if (acknowledged) ExpectOnce(content, *acknowledged);
        ExpectSettled(content, OnlyConversation(content), {kAndrew, kBayko});
      });
}

TEST_P(CrashTest, OfOneCallIsHardlyNoticed) {
  AtEveryCall(
      false,
      [](TestStore& store) { ASSERT_TRUE(TestService(store).Start(kAndrew, kBayko, "first")); },
      [](TestService& service) {
        const std::string conversation = OnlyConversation(ReadTable(service.store));
        return service.Send(kBayko, conversation, "second");
      },
      [](TestStore& store, const base::Result<Message>& acknowledged) {
        const TableContent content = ReadTable(store);
        if (acknowledged) {
          EXPECT_THAT(content.messages, SizeIs(2));
          ExpectOnce(content, *acknowledged);
          ExpectSettled(content, acknowledged->conversation_uuid, {kAndrew, kBayko});
        } else {
          EXPECT_LE(content.messages.size(), 2u);
        }
      });
}

TEST_P(CrashTest, OfOneCallWhileStartingMakesNoSecondConversation) {
  AtEveryCall(
      false, [](TestStore&) {},
      [](TestService& service) {
        const auto first = service.Start(kAndrew, kBayko, "first");
        // As a client does that got a 503.
        return first ? first : service.Start(kAndrew, kBayko, "first");
      },
      [](TestStore& store, const base::Result<Message>& acknowledged) {
        ASSERT_TRUE(acknowledged) << acknowledged.error().message;
        const TableContent content = ReadTable(store);
        EXPECT_EQ(acknowledged->conversation_uuid, OnlyConversation(content));
        ExpectOnce(content, *acknowledged);
        ExpectSettled(content, acknowledged->conversation_uuid, {kAndrew, kBayko});
      });
}

}  // namespace
}  // namespace cruddur::messaging
