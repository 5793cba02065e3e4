// Two processes at once, deterministically: while one does its work, another does all of its own
// between any two of the first one's calls to the store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "messaging/interruption_fixture.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

using ::testing::SizeIs;

constexpr int kNoMoreCalls = 60;

class OvertakingTest : public ::testing::TestWithParam<bool> {
 protected:
  static ServiceOptions Options() {
    ServiceOptions options = TestService::Inline();
    options.projection.transactions = GetParam();
    return options;
  }

  using Act = std::function<void(TestStore& store, Service& service, size_t loop)>;

  // For each call that `slow` makes: `fast` is done before it, by a process of its own.
  void BeforeEveryCall(const Act& prepare, const Act& slow, const Act& fast,
                       const std::function<void(TestStore&)>& check) {
    for (int at = 1;; ++at) {
      ASSERT_LT(at, kNoMoreCalls);
      SCOPED_TRACE("before call " + std::to_string(at));
      TestStore store(StoreKind::kEngine);
      TestService other(store, nullptr, Options());
      other.clock.Advance(std::chrono::hours(1));
      prepare(store, other.service, 0);
      InterruptedClient client(store.client(), [&](int call, std::string_view) {
        if (call == at) fast(store, other.service, 1);  // this runs on loop 0
        return Fate::kPasses;
      });
      TestService overtaken(store, &client, Options());
      overtaken.clock.Advance(std::chrono::hours(1));
      slow(store, overtaken.service, 0);
      if (client.calls() < at) break;
      check(store);
    }
  }

  static Message Later(const Message& first, int hour, std::string text) {
    Message message = first;
    message.created_at = "2030-01-01T0" + std::to_string(hour) + ":00:00.000000+00:00";
    message.text = std::move(text);
    return message;
  }
  static void Store(TestStore& store, const Message& message) {
    model::PutItemRequest put;
    put.table = store.table();
    put.item = ItemOf(message);
    ASSERT_TRUE(store.Run(store.client().PutItem(std::move(put))));
  }

  Message first;
};

INSTANTIATE_TEST_SUITE_P(Moves, OvertakingTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "AtOnce" : "StepByStep"; });

TEST_P(OvertakingTest, AnOlderProjectionLeavesTheNewerOnesRows) {
  for (const Delivery delivery : {Delivery::kFirst, Delivery::kPerhapsRepeated}) {
    BeforeEveryCall(
        [&](TestStore& store, Service& service, size_t) {
          first = store.Run(service.Start(kAndrew, kBayko, "0")).value();
          Store(store, Later(first, 1, "1"));
          Store(store, Later(first, 2, "2"));
        },
        [&](TestStore& store, Service& service, size_t loop) {
          ASSERT_TRUE(
              store.Run(service.projection().Project(Later(first, 1, "1"), delivery), loop));
        },
        [&](TestStore& store, Service& service, size_t loop) {
          ASSERT_TRUE(
              store.Run(service.projection().Project(Later(first, 2, "2"), delivery), loop));
        },
        [&](TestStore& store) {
          ExpectSettled(ReadTable(store), first.conversation_uuid, {kAndrew, kBayko});
        });
  }
}

TEST_P(OvertakingTest, ANewerProjectionIsNotHeldUpByAnOlderOne) {
  BeforeEveryCall(
      [&](TestStore& store, Service& service, size_t) {
        first = store.Run(service.Start(kAndrew, kBayko, "0")).value();
        Store(store, Later(first, 1, "1"));
        Store(store, Later(first, 2, "2"));
      },
      [&](TestStore& store, Service& service, size_t loop) {
        ASSERT_TRUE(
            store.Run(service.projection().Project(Later(first, 2, "2"), Delivery::kFirst), loop));
      },
      [&](TestStore& store, Service& service, size_t loop) {
        ASSERT_TRUE(
            store.Run(service.projection().Project(Later(first, 1, "1"), Delivery::kFirst), loop));
      },
      [&](TestStore& store) {
        ExpectSettled(ReadTable(store), first.conversation_uuid, {kAndrew, kBayko});
      });
}

TEST_P(OvertakingTest, ARowKeyThatAnotherConversationTakesMeanwhileIsNotOverwritten) {
  BeforeEveryCall(
      [&](TestStore& store, Service& service, size_t) {
        first = store.Run(service.Start(kAndrew, kBayko, "0")).value();
        Store(store, Later(first, 1, "1"));
      },
      [&](TestStore& store, Service& service, size_t loop) {
        ASSERT_TRUE(
            store.Run(service.projection().Project(Later(first, 1, "1"), Delivery::kFirst), loop));
      },
      [&](TestStore& store, Service&, size_t loop) {
        ConversationRow row{kBayko.uuid, Later(first, 1, "").created_at, "another", "x", kLondo,
                            ""};
        model::PutItemRequest put;
        put.table = store.table();
        put.item = ItemOf(row);
        put.condition_expression = "attribute_not_exists(pk)";
        store.Run(store.client().PutItem(std::move(put)), loop);
      },
      [&](TestStore& store) {
        const TableContent content = ReadTable(store);
        ExpectSettled(content, first.conversation_uuid, {kAndrew, kBayko});
      });
}

TEST_P(OvertakingTest, TwoSendersOfOneConversationBothGetThrough) {
  BeforeEveryCall(
      [&](TestStore& store, Service& service, size_t) {
        first = store.Run(service.Start(kAndrew, kBayko, "0")).value();
      },
      [&](TestStore& store, Service& service, size_t loop) {
        ASSERT_TRUE(store.Run(service.Send(kAndrew, first.conversation_uuid, "slow"), loop));
      },
      [&](TestStore& store, Service& service, size_t loop) {
        ASSERT_TRUE(store.Run(service.Send(kBayko, first.conversation_uuid, "fast"), loop));
      },
      [&](TestStore& store) {
        const TableContent content = ReadTable(store);
        EXPECT_THAT(content.messages, SizeIs(3));
        ExpectSettled(content, first.conversation_uuid, {kAndrew, kBayko});
      });
}

TEST_P(OvertakingTest, TwoStartersMakeOneConversation) {
  for (const bool transactions : {true, false}) {
    for (int at = 1;; ++at) {
      ASSERT_LT(at, kNoMoreCalls);
      SCOPED_TRACE("before call " + std::to_string(at));
      TestStore store(StoreKind::kEngine);
      TestService other(store, nullptr, Options());
      InterruptedClient client(
          store.client(),
          [&](int call, std::string_view) {
            if (call == at) EXPECT_TRUE(store.Run(other.service.Start(kBayko, kAndrew, "fast"), 1));
            return Fate::kPasses;
          },
          transactions);
      TestService overtaken(store, &client, Options());
      const Message slow = overtaken.Start(kAndrew, kBayko, "slow").value();
      if (client.calls() < at) break;
      const TableContent content = ReadTable(store);
      EXPECT_EQ(content.pairs, 1);
      EXPECT_THAT(content.records, SizeIs(1));
      EXPECT_THAT(content.messages, SizeIs(2));
      ExpectSettled(content, slow.conversation_uuid, {kAndrew, kBayko});
    }
  }
}

}  // namespace
}  // namespace cruddur::messaging
