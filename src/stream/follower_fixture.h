// Of the tests: a table in an engine in memory, its follower, and who gets the records.
#pragma once

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
#include "stream/follower.h"

namespace cruddur::stream {
inline constexpr const char* kTable = "things";

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
    if (throws_ > 0) {
      --throws_;
      throw std::runtime_error("the handler is broken");
    }
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
  void Throw(int times) {
    const std::lock_guard lock(mutex_);
    throws_ = times;
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
  int throws_ = 0;
};

// A table's owner who is told that records were lost: reads the names from the table itself.
class Owner {
 public:
  explicit Owner(dynamo::Client& client) : client_(client) {}

  PageHandler handler() {
    return [this](model::Item after) -> base::Task<model::DbResult<model::Item>> {
      ++calls;
      if (failures > 0) {
        --failures;
        co_return model::DbFail(model::DbErrorCode::kThrottling, "later");
      }
      model::ScanRequest request{.table = kTable};
      request.exclusive_start_key = std::move(after);
      request.limit = 2;
      auto page = co_await client_.Scan(std::move(request));
      if (!page) co_return std::unexpected(page.error());
      const std::lock_guard lock(mutex_);
      for (const auto& item : page->items) seen_.emplace(item.FindString("pk"));
      co_return std::move(page->last_evaluated_key);
    };
  }
  std::set<std::string> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  std::atomic<int> failures{0}, calls{0};

 private:
  dynamo::Client& client_;
  std::mutex mutex_;
  std::set<std::string> seen_;
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
    options.first_retry = std::chrono::milliseconds(5);
    options.last_retry = std::chrono::milliseconds(20);
    options.unreadable_pause = std::chrono::milliseconds(5);
    options.records_lost = owner.handler();
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
        [this](const std::string& table, CommitListener listener) {
          return engine->Subscribe(table, [listener](const engine::CommittedRecords& commit) {
            listener(commit.records);
          });
        },
        consumer.handler(), options);
    follower->Start();
  }

  const std::string checkpoint_file =
      (std::filesystem::temp_directory_path() / ("cruddur-follower-" + std::to_string(getpid())))
          .string();
  net::LoopPool loops{2};
  base::ManualClock clock{
      std::chrono::sys_days(std::chrono::year(2023) / 3 / 24).time_since_epoch()};
  std::unique_ptr<engine::Engine> engine =
      engine::Engine::Open({.in_memory = true, .clock = &clock}).value();
  std::unique_ptr<dynamo::Client> client = std::make_unique<dynamo::InProcessClient>(*engine);
  Owner owner{*client};
  FollowerOptions options;
  Consumer consumer;
  std::unique_ptr<Follower> follower;
};

}  // namespace cruddur::stream
