// The projection checked against its invariants in every small case there is: all orders,
// repetitions and batches of three messages with a crash at every call, and all schedules of two
// processes that project at once, of which one may die anywhere.
//
//   always         each member has a row of the conversation; where the guard says t, one at t or
//                  later; the guard never goes back
//   once it rests  one row a member, at the newest message
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <map>

#include "messaging/exploration_fixture.h"
#include "messaging/memberships.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

using base::asio::co_spawn;
using ::testing::IsEmpty;
using Records = std::vector<model::StreamRecord>;

std::string At(int second) {
  return "2030-01-01T00:00:0" + std::to_string(second) + ".000000+00:00";
}

class ProjectionModelTest : public ::testing::Test {
 protected:
  // A conversation of two people who have no other, with messages 0 to 3; all but the first are
  // still to be projected.
  void Prepare() {
    const std::string number = std::to_string(10'000'000 + ++prepared_);
    const auto uuid = [&](char kind) { return number + "-0000-4000-8000-00000000000" + kind; };
    record_ = {
        .uuid = uuid('c'),
        .members = {{uuid('a'), "andrewbrown", "Andrew Brown"}, {uuid('b'), "bayko", "Bayko"}},
        .created_at = At(0),
        .last_message_at = At(0)};
    guard_ = At(0);
    messages_.clear();
    for (int i = 0; i < 4; ++i) {
      messages_.push_back(
          {record_.uuid, At(i), "m" + std::to_string(i), std::to_string(i), record_.members[0]});
      Put(ItemOf(messages_.back()));
    }
    Put(ItemOf(record_));
    for (size_t i = 0; i < 2; ++i) {
      Put(ItemOf(ConversationRow{record_.members[i].uuid, At(0), record_.uuid, "0",
                                 record_.members[1 - i], ""}));
    }
  }

  void Put(model::Item item) {
    model::PutItemRequest put{.table = store_.table(), .item = std::move(item)};
    ASSERT_TRUE(store_.Run(store_.client().PutItem(std::move(put))));
  }

  model::StreamRecord New(int message) const {
    return RecordOf(ItemOf(messages_[static_cast<size_t>(message)]), std::to_string(message));
  }

  Task<std::vector<ConversationRow>> RowsOf(Person member) {
    std::vector<ConversationRow> rows;
    const auto slice = co_await plain_.NewestFirst(RowPartition(member.uuid), "", 10);
    for (const model::Item& item : slice.value().items) rows.push_back(messaging::RowOf(item));
    co_return rows;
  }

  Task<void> ExpectShown() {
    const auto record = (co_await plain_.FindRecord(record_.uuid)).value().value();
    EXPECT_GE(record.last_message_at, guard_) << "the guard went back";
    guard_ = record.last_message_at;
    for (const Person& member : record_.members) {
      const auto rows = co_await RowsOf(member);
      EXPECT_FALSE(rows.empty()) << member.handle << " misses the conversation";
      if (!rows.empty()) EXPECT_GE(rows.front().last_message_at(), guard_) << member.handle;
    }
  }

  Task<void> ExpectAtRest(int newest) {
    EXPECT_EQ((co_await plain_.FindRecord(record_.uuid)).value()->last_message_at, At(newest));
    for (const Person& member : record_.members) {
      const auto rows = co_await RowsOf(member);
      EXPECT_EQ(rows.size(), 1u) << member.handle;
      if (!rows.empty()) EXPECT_EQ(rows.front().text, std::to_string(newest)) << member.handle;
    }
  }

  static ServiceOptions Options(bool transactions) {
    ServiceOptions options = TestService::Inline();
    options.projection.transactions = transactions;
    return options;
  }

  TestStore store_{StoreKind::kEngine};
  Store plain_{store_.client(), store_.table()};
  Conversation record_;
  std::vector<Message> messages_;
  std::string guard_;
  int prepared_ = 0;
};

// ---- One process after the other.

class ProjectionCutsTest : public ProjectionModelTest, public ::testing::WithParamInterface<bool> {
 protected:
  // Three messages in any order and any batches; or one of them twice, in one batch or one by one.
  std::vector<Records> PickBatches(Choices& choices) {
    std::map<int, int> left{{1, 1}, {2, 1}, {3, 1}};
    const size_t twice = choices.Pick(4);
    if (twice > 0) ++left[static_cast<int>(twice)];
    const bool one_by_one = twice > 0 && choices.Pick(2) == 1;
    std::vector<Records> batches(1);
    while (!left.empty()) {
      const auto next = std::next(left.begin(), static_cast<ptrdiff_t>(choices.Pick(left.size())));
      batches.back().push_back(New(next->first));
      if (--next->second == 0) left.erase(next);
      if (!left.empty() && (twice > 0 ? one_by_one : choices.Pick(2) == 1)) batches.emplace_back();
    }
    return batches;
  }
};

INSTANTIATE_TEST_SUITE_P(Moves, ProjectionCutsTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "AtOnce" : "StepByStep"; });

TEST_P(ProjectionCutsTest, SurvivesACrashAtEveryCallOfEveryDelivery) {
  Choices choices;
  int runs = 0;
  do {
    // Cut off at each call in turn, until there are fewer.
    bool cut = true;
    for (int at = 1; cut; ++at) {
      Prepare();
      const std::vector<Records> batches = PickBatches(choices);
      InterruptedClient client(store_.client(), [&](int call, std::string_view) {
        return call < at ? Fate::kPasses : Fate::kFails;
      });
      TestService first(store_, &client, Options(GetParam()));
      size_t done = 0;
      while (
          done < batches.size() &&
          store_.Run(first.service.projection().Handle(batches[done], Delivery::kFirst)).empty()) {
        ++done;
      }
      cut = client.calls() >= at;
      store_.Run(ExpectShown());
      // The next process goes on behind what was answered.
      TestService next(store_, nullptr, Options(GetParam()));
      for (; done < batches.size(); ++done) {
        EXPECT_THAT(
            store_.Run(next.service.projection().Handle(batches[done], Delivery::kPerhapsRepeated)),
            IsEmpty());
        store_.Run(ExpectShown());
      }
      store_.Run(ExpectAtRest(3));
      ASSERT_FALSE(HasFailure()) << "deliveries " << choices.ToString() << ", cut at call " << at;
      choices.Rewind();
      ++runs;
    }
  } while (choices.Next());
  RecordProperty("runs", runs);
}

// ---- Two at once.

class ProjectionSchedulesTest : public ProjectionModelTest {
 protected:
  struct Process {
    Process(TestStore& store, Records its_records)
        : client(store.client()),
          app(store, &client, Options(false)),
          records(std::move(its_records)) {}

    SteppedClient client;
    TestService app;
    Records records;
    bool done = false;
  };

  // Until every process waits at a call or is done.
  static Task<void> Settle(const std::vector<std::unique_ptr<Process>>& processes) {
    const base::Executor executor = co_await base::asio::this_coro::executor;
    constexpr int kTurns = 8;  // of the loop: what a call's end starts has then come to its next
    for (int quiet = 0; quiet < kTurns;) {
      co_await base::asio::post(executor, base::kUseTask);
      const bool all = std::ranges::all_of(processes, [](const auto& process) {
        return (process->done || process->client.waits()) && !process->client.busy();
      });
      quiet = all ? quiet + 1 : 0;
    }
  }

  static Task<void> Work(Process& process, Delivery delivery) {
    co_await process.app.service.projection().Handle(process.records, delivery);
    process.done = true;
  }

  // One schedule: at each turn the running process makes its next call, or is left alone in the
  // middle for the other to run, or the first dies. Two such switches show what more of them
  // would, in hundreds of schedules instead of a hundred thousand.
  static constexpr int kMaxSwitches = 2;
  Task<void> RunSchedule(Choices& choices, Records ones, Records others, Delivery delivery) {
    std::vector<std::unique_ptr<Process>> processes;
    processes.push_back(std::make_unique<Process>(store_, std::move(ones)));
    processes.push_back(std::make_unique<Process>(store_, std::move(others)));
    for (const auto& process : processes) {
      co_spawn(co_await base::asio::this_coro::executor, Work(*process, delivery),
               base::asio::detached);
    }
    Process* running = processes.front().get();
    bool nobody_died = true;
    for (int switches = 0;;) {
      co_await Settle(processes);
      co_await ExpectShown();
      Process* other = processes[running == processes.front().get() ? 1 : 0].get();
      const bool goes_on = running->client.waits();
      if (!goes_on && !other->client.waits()) break;
      // What may happen next.
      std::vector<std::function<void()>> turns;
      if (goes_on) turns.push_back([&] { running->client.Step(); });
      if (other->client.waits() && (!goes_on || switches < kMaxSwitches)) {
        turns.push_back([&] {
          switches += goes_on ? 1 : 0;
          running = other;
          running->client.Step();
        });
      }
      if (processes.front()->client.waits()) {
        turns.push_back([&] {
          processes.front()->client.Kill();
          nobody_died = false;
        });
      }
      turns[choices.Pick(turns.size())]();
    }
    // What two living processes leave needs nobody to come again.
    if (nobody_died) co_await ExpectAtRest(2);
  }

  void Explore(const std::function<std::pair<Records, Records>()>& work, Delivery delivery) {
    Choices choices;
    int runs = 0;
    do {
      Prepare();
      auto [ones, others] = work();
      Records all = ones;
      all.insert(all.end(), others.begin(), others.end());
      store_.Run(RunSchedule(choices, std::move(ones), std::move(others), delivery));
      TestService next(store_, nullptr, Options(false));
      EXPECT_THAT(store_.Run(next.service.projection().Handle(all, Delivery::kPerhapsRepeated)),
                  IsEmpty());
      store_.Run(ExpectAtRest(2));
      ASSERT_FALSE(HasFailure()) << "schedule " << choices.ToString();
      ++runs;
    } while (choices.Next());
    RecordProperty("runs", runs);
  }
};

TEST_F(ProjectionSchedulesTest, TwoMessagesProjectedAtOnce) {
  Explore([this] { return std::pair(Records{New(1)}, Records{New(2)}); }, Delivery::kFirst);
}

TEST_F(ProjectionSchedulesTest, OneMessageProjectedTwiceAtOnce) {
  Explore([this] { return std::pair(Records{New(2)}, Records{New(2)}); },
          Delivery::kPerhapsRepeated);
}

}  // namespace
}  // namespace cruddur::messaging
