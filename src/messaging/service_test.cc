// Access patterns A to D, on every store.
#include "messaging/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/timestamp.h"
#include "messaging/store_fixture.h"

namespace cruddur::messaging {
namespace {

using base::ErrorCode;
using base::Micros;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ServiceTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  std::vector<std::string> Texts(const Page<Message>& page) {
    std::vector<std::string> texts;
    for (const Message& message : page.items) texts.push_back(message.text);
    return texts;
  }
  std::string StartedBy(const Person& from, const Person& to, std::string text = "hello") {
    return app.Start(from, to, std::move(text)).value().conversation_uuid;
  }

  TestStore store{GetParam()};
  TestService app{store};
};

INSTANTIATE_TEST_SUITE_P(Stores, ServiceTest, ::testing::ValuesIn(TestedStores()),
                         [](const auto& info) { return NameOf(info.param); });

TEST_P(ServiceTest, StartsAConversationThatBothSee) {
  const Message first = app.Start(kAndrew, kBayko, "hey").value();
  EXPECT_EQ(first.sender, kAndrew);
  EXPECT_EQ(first.text, "hey");
  EXPECT_TRUE(base::IsUuid(first.uuid));
  EXPECT_TRUE(base::IsUuid(first.conversation_uuid));
  EXPECT_EQ(first.created_at, "2023-03-24T00:00:00.000000+00:00");

  const auto andrews = app.Conversations(kAndrew).value();
  ASSERT_THAT(andrews.items, SizeIs(1));
  EXPECT_EQ(andrews.items[0].conversation_uuid, first.conversation_uuid);
  EXPECT_EQ(andrews.items[0].other, kBayko);
  EXPECT_EQ(andrews.items[0].text, "hey");
  EXPECT_EQ(andrews.items[0].last_message_at(), first.created_at);
  const auto baykos = app.Conversations(kBayko).value();
  ASSERT_THAT(baykos.items, SizeIs(1));
  EXPECT_EQ(baykos.items[0].other, kAndrew);

  EXPECT_THAT(app.Messages(kBayko, first.conversation_uuid).value().items, ElementsAre(first));
  EXPECT_THAT(app.Conversations(kLondo).value().items, IsEmpty());
}

TEST_P(ServiceTest, AnswersFromBothSidesStandInOrder) {
  const std::string conversation = StartedBy(kAndrew, kBayko, "one");
  app.clock.Advance(seconds(1));
  EXPECT_EQ(app.Send(kBayko, conversation, "two")->sender, kBayko);
  app.clock.Advance(seconds(1));
  ASSERT_TRUE(app.Send(kAndrew, conversation, "three"));
  const auto page = app.Messages(kAndrew, conversation).value();
  EXPECT_THAT(Texts(page), ElementsAre("one", "two", "three"));
  EXPECT_EQ(page.older, "");
  EXPECT_NE(page.newer, "");
  for (const Person& who : {kAndrew, kBayko}) {
    const auto rows = app.Conversations(who).value().items;
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows[0].text, "three");
    EXPECT_EQ(rows[0].last_message_at(), page.items.back().created_at);
  }
}

TEST_P(ServiceTest, ShowsConversationsNewestFirst) {
  const std::string with_bayko = StartedBy(kAndrew, kBayko);
  app.clock.Advance(seconds(1));
  const std::string with_londo = StartedBy(kLondo, kAndrew);
  auto rows = app.Conversations(kAndrew).value().items;
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].conversation_uuid, with_londo);
  app.clock.Advance(seconds(1));
  ASSERT_TRUE(app.Send(kBayko, with_bayko, "again"));
  rows = app.Conversations(kAndrew).value().items;
  EXPECT_EQ(rows[0].conversation_uuid, with_bayko);
  EXPECT_EQ(rows[1].conversation_uuid, with_londo);
}

TEST_P(ServiceTest, GoesThroughAllOfHistoryInPagesBothWays) {
  const std::string conversation = StartedBy(kAndrew, kBayko, "0");
  for (int i = 1; i < 45; ++i) {
    app.clock.Advance(seconds(60));
    ASSERT_TRUE(app.Send(i % 2 ? kBayko : kAndrew, conversation, std::to_string(i)));
  }
  std::vector<std::string> seen;
  PageRequest request;
  std::string newer;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = app.Messages(kAndrew, conversation, request).value();
    const auto texts = Texts(page);
    seen.insert(seen.begin(), texts.begin(), texts.end());
    request.before = page.older;
    newer = page.newer;
    if (page.older.empty()) break;
    EXPECT_THAT(page.items, SizeIs(20));
  }
  ASSERT_THAT(seen, SizeIs(45));
  for (int i = 0; i < 45; ++i) EXPECT_EQ(seen[static_cast<size_t>(i)], std::to_string(i));

  // Back to the present, from where the oldest page ended.
  request = {.limit = 7, .after = newer};
  int next = 5;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = app.Messages(kAndrew, conversation, request).value();
    for (const Message& message : page.items) EXPECT_EQ(message.text, std::to_string(next++));
    if (page.items.empty()) break;
    request.after = page.newer;
  }
  EXPECT_EQ(next, 45);

  // What is written later is found from there.
  ASSERT_TRUE(app.Send(kAndrew, conversation, "45"));
  EXPECT_THAT(Texts(app.Messages(kAndrew, conversation, request).value()), ElementsAre("45"));
}

TEST_P(ServiceTest, PagesThroughManyConversations) {
  std::vector<std::string> expected;
  for (int i = 0; i < 25; ++i) {
    app.clock.Advance(seconds(1));
    const Person other{"00000000-0000-4000-8000-1000000000" + std::to_string(10 + i),
                       "user" + std::to_string(i), ""};
    expected.insert(expected.begin(), StartedBy(kAndrew, other));
  }
  std::vector<std::string> seen;
  PageRequest request{.limit = 10};
  for (int pages = 0; pages < 5; ++pages) {
    const auto page = app.Conversations(kAndrew, request).value();
    for (const ConversationRow& row : page.items) seen.push_back(row.conversation_uuid);
    request.before = page.older;
    if (page.older.empty()) break;
  }
  EXPECT_EQ(seen, expected);
}

TEST_P(ServiceTest, RefusesCursorsOfOtherLists) {
  const std::string one = StartedBy(kAndrew, kBayko), two = StartedBy(kAndrew, kLondo);
  const std::string cursor = app.Messages(kAndrew, one).value().newer;
  for (const std::string& bad : {cursor, std::string("rubbish")}) {
    for (const bool forward : {false, true}) {
      PageRequest request;
      (forward ? request.after : request.before) = bad;
      EXPECT_EQ(app.Messages(kAndrew, two, request).error().code, ErrorCode::kInvalidArgument);
      EXPECT_EQ(app.Conversations(kAndrew, request).error().code, ErrorCode::kInvalidArgument);
    }
  }
}

TEST_P(ServiceTest, GivesEveryMessageATimeOfItsOwnUnderContention) {
  const std::string conversation = StartedBy(kAndrew, kBayko);
  // Two processes whose clocks stand still, an hour apart; four writers each.
  TestService other(store);
  other.clock.Set(app.clock.Now() - std::chrono::hours(1));
  constexpr int kWriters = 8, kEach = 15;
  std::vector<std::thread> writers;
  std::atomic<int> failures{0};
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      Service& service = w % 2 ? other.service : app.service;
      for (int i = 0; i < kEach; ++i) {
        const std::string text = std::to_string(w) + "/" + std::to_string(i);
        const auto sent = store.Run(service.Send(w % 2 ? kBayko : kAndrew, conversation, text),
                                    static_cast<size_t>(w) % 2);
        if (!sent) ++failures;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(failures, 0);

  std::set<std::string> texts;
  std::string last;
  PageRequest request{.limit = 100};
  std::vector<Message> all;
  do {
    const auto page = app.Messages(kAndrew, conversation, request).value();
    all.insert(all.begin(), page.items.begin(), page.items.end());
    request.before = page.older;
  } while (!request.before.empty());
  for (const Message& message : all) {
    EXPECT_GT(message.created_at, last);
    last = message.created_at;
    texts.insert(message.text);
  }
  EXPECT_THAT(all, SizeIs(1 + kWriters * kEach));
  EXPECT_THAT(texts, SizeIs(1 + kWriters * kEach));
  for (const Person& who : {kAndrew, kBayko}) {
    const auto rows = app.Conversations(who).value().items;
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows[0].last_message_at(), last);
    EXPECT_EQ(rows[0].text, all.back().text);
  }
}

TEST_P(ServiceTest, OrdersWhatDoesNotOverlapWhateverTheClocksSay) {
  const std::string conversation = StartedBy(kAndrew, kBayko);
  TestService other(store);
  other.clock.Set(app.clock.Now() + std::chrono::hours(24));
  std::string last;
  for (int i = 0; i < 6; ++i) {
    TestService& process = i % 2 ? other : app;
    const Message sent = process.Send(kAndrew, conversation, std::to_string(i)).value();
    EXPECT_GT(sent.created_at, last);
    last = sent.created_at;
    process.clock.Advance(-std::chrono::minutes(5));
  }
}

TEST_P(ServiceTest, StartsOneConversationHoweverManyStartIt) {
  TestService other(store);
  constexpr int kStarters = 6;
  std::vector<std::thread> starters;
  std::array<std::string, kStarters> conversations;
  for (size_t i = 0; i < kStarters; ++i) {
    starters.emplace_back([&, i] {
      Service& service = i % 2 ? other.service : app.service;
      const Person &from = i % 2 ? kBayko : kAndrew, &to = i % 2 ? kAndrew : kBayko;
      const auto started = store.Run(service.Start(from, to, std::to_string(i)), i % 2);
      if (started) conversations[i] = started->conversation_uuid;
    });
  }
  for (std::thread& starter : starters) starter.join();
  for (const std::string& conversation : conversations) EXPECT_EQ(conversation, conversations[0]);
  EXPECT_THAT(app.Messages(kAndrew, conversations[0]).value().items, SizeIs(kStarters));
  EXPECT_THAT(app.Conversations(kAndrew).value().items, SizeIs(1));
  EXPECT_THAT(app.Conversations(kBayko).value().items, SizeIs(1));
}

}  // namespace
}  // namespace cruddur::messaging
