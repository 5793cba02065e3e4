#include "stream/follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>

#include "base/log.h"
#include "dynamo/in_process_client.h"
#include "engine/engine.h"
#include "net/loop_pool.h"

namespace cruddur::stream {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

constexpr const char* kTable = "things";

// What a handler got, and which names it is to fail.
class Consumer {
 public:
  BatchHandler handler() {
    return [this](std::span<const model::StreamRecord> records,
                  bool perhaps_repeated) -> base::Task<std::vector<std::string>> {
      co_return Take(records, perhaps_repeated);
    };
  }

  std::vector<std::string> Take(std::span<const model::StreamRecord> records, bool repeated) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !held_; });
    std::vector<std::string> failed;
    for (const model::StreamRecord& record : records) {
      const std::string name(record.keys.FindString("pk"));
      attempts_.push_back(name);
      if (failing_.contains(name)) {
        failed.push_back(record.sequence_number);
      } else {
        handled_.push_back(name);
        (repeated ? repeated_ : first_).insert(name);
      }
    }
    changed_.notify_all();
    return failed;
  }

  // True once `name` was handled.
  bool Await(const std::string& name) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20),
                             [&] { return std::ranges::find(handled_, name) != handled_.end(); });
  }
  bool AwaitAttempts(const std::string& name, int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20),
                             [&] { return std::ranges::count(attempts_, name) >= count; });
  }
  void Fail(const std::string& name, bool fail = true) {
    const std::lock_guard lock(mutex_);
    if (fail) {
      failing_.insert(name);
    } else {
      failing_.erase(name);
    }
  }
  void Hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }
  std::vector<std::string> handled() {
    const std::lock_guard lock(mutex_);
    return handled_;
  }
  bool WasFirst(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return first_.contains(name);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> attempts_, handled_;
  std::set<std::string> failing_, first_, repeated_;
  bool held_ = false;
};

class FollowerTest : public ::testing::Test {
 protected:
  FollowerTest() {
    base::ConfigureLog(base::LogLevel::kOff, base::LogFormat::kText);
    options.table = kTable;
    options.checkpoint_path = checkpoint_file;
    options.concerns = [](const model::StreamRecord& record) {
      return !record.keys.FindString("pk").starts_with("other");
    };
    options.first_retry = milliseconds(5);
    options.last_retry = milliseconds(20);
  }
  ~FollowerTest() override {
    follower.reset();
    engine.reset();
    loops.Stop();
    std::filesystem::remove(checkpoint_file);
  }

  template <class T>
  T Run(base::Task<T> task) {
    return base::asio::co_spawn(loops.loop(0), std::move(task), base::asio::use_future).get();
  }
  void CreateTable() {
    const model::KeyAttribute pk{"pk", model::Type::kS};
    model::CreateTableRequest request;
    request.table = kTable;
    request.keys.partition = {pk};
    request.attribute_definitions = {pk};
    request.billing = model::BillingMode::kPayPerRequest;
    request.stream_view = model::StreamViewType::kNewImage;
    ASSERT_TRUE(Run(client->CreateTable(request)));
  }
  void Put(const std::string& name) {
    model::PutItemRequest request;
    request.table = kTable;
    request.item.Set("pk", name);
    ASSERT_TRUE(Run(client->PutItem(std::move(request))));
  }
  void Follow(Consumer& consumer) {
    follower = std::make_unique<Follower>(
        loops.loop(1), *client,
        [this](CommitListener listener) {
          return engine->Subscribe([listener](const engine::CommittedRecords& commit) {
            listener(commit.table, commit.records);
          });
        },
        consumer.handler(), options);
    follower->Start();
  }

  const std::string checkpoint_file =
      (std::filesystem::temp_directory_path() / ("cruddur-follower-" + std::to_string(getpid())))
          .string();
  net::LoopPool loops{2};
  std::unique_ptr<engine::Engine> engine = engine::Engine::Open({.in_memory = true}).value();
  std::unique_ptr<dynamo::Client> client = std::make_unique<dynamo::InProcessClient>(*engine);
  FollowerOptions options;
  Consumer consumer;
  std::unique_ptr<Follower> follower;
};

TEST_F(FollowerTest, CatchesUpFromTheBeginningAndThenFollowsLive) {
  CreateTable();
  Put("a");
  Put("other");
  Put("b");
  Follow(consumer);
  ASSERT_TRUE(consumer.Await("b"));
  EXPECT_FALSE(consumer.WasFirst("a"));
  const std::vector<std::string> expected = {"a", "b", "c"};
  Put("c");
  ASSERT_TRUE(consumer.Await("c"));
  // Even where the catch-up was still looking for more and found it.
  EXPECT_TRUE(consumer.WasFirst("c"));
  EXPECT_EQ(consumer.handled(), expected);
}

TEST_F(FollowerTest, GoesOnAtItsCheckpoint) {
  CreateTable();
  Follow(consumer);
  Put("a");
  ASSERT_TRUE(consumer.Await("a"));
  follower->Stop();
  Put("b");
  Consumer next;
  Follow(next);
  ASSERT_TRUE(next.Await("b"));
  EXPECT_THAT(next.handled(), ElementsAre("b"));
}

TEST_F(FollowerTest, WithoutACheckpointHandsOutEverythingAgain) {
  CreateTable();
  options.checkpoint_path.clear();
  Follow(consumer);
  Put("a");
  ASSERT_TRUE(consumer.Await("a"));
  follower->Stop();
  Consumer next;
  Follow(next);
  ASSERT_TRUE(next.Await("a"));
}

TEST_F(FollowerTest, TriesAgainWhatFailedWhileTheRestGoesOn) {
  CreateTable();
  consumer.Fail("bad");
  Follow(consumer);
  Put("bad");
  Put("good");
  ASSERT_TRUE(consumer.Await("good"));
  ASSERT_TRUE(consumer.AwaitAttempts("bad", 3));
  // A restart meets it again, for the checkpoint waits for it.
  follower->Stop();
  Consumer next;
  next.Fail("bad");
  Follow(next);
  ASSERT_TRUE(next.AwaitAttempts("bad", 2));
  next.Fail("bad", false);
  ASSERT_TRUE(next.Await("bad"));
  follower->Stop();
  Consumer last;
  Put("end");
  Follow(last);
  ASSERT_TRUE(last.Await("end"));
  EXPECT_THAT(last.handled(), ElementsAre("end"));
}

TEST_F(FollowerTest, ReadsTheStreamWhenItsQueueOverflows) {
  CreateTable();
  options.max_queued = 3;
  Follow(consumer);
  Put("first");
  ASSERT_TRUE(consumer.Await("first"));
  consumer.Hold(true);  // the loop stands still in the handler, the queue fills
  std::vector<std::string> expected{"first"};
  for (int i = 0; i < 20; ++i) {
    Put(std::to_string(i));
    expected.push_back(std::to_string(i));
  }
  consumer.Hold(false);
  ASSERT_TRUE(consumer.Await("19"));
  EXPECT_EQ(consumer.handled(), expected);
  EXPECT_GE(follower->catch_ups(), 2u);
  EXPECT_TRUE(consumer.WasFirst("19"));
}

TEST_F(FollowerTest, FollowsATableThatIsMadeLaterAndOneThatIsMadeAnew) {
  Follow(consumer);
  CreateTable();
  Put("a");
  Put("b");
  ASSERT_TRUE(consumer.Await("b"));
  ASSERT_TRUE(Run(client->DeleteTable(kTable)));
  CreateTable();
  Put("c");
  ASSERT_TRUE(consumer.Await("c"));
}

TEST_F(FollowerTest, StopsWhileItWaitsForRetries) {
  CreateTable();
  options.max_failed = 1;
  options.first_retry = options.last_retry = std::chrono::hours(1);
  consumer.Fail("bad");
  Follow(consumer);
  Put("bad");
  Put("next");
  ASSERT_TRUE(consumer.AwaitAttempts("bad", 1));
  follower->Stop();
  follower->Stop();
  SUCCEED();
}

}  // namespace
}  // namespace cruddur::stream
