// Messages of one conversation become visible in the order of their times, whoever writes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>

#include "base/when_all.h"
#include "messaging/interruption_fixture.h"
#include "messaging/table_fixture.h"

namespace cruddur::messaging {
namespace {

// The sort keys of messages as they were committed.
class Committed {
 public:
  explicit Committed(engine::Engine& engine)
      : subscription_(engine.Subscribe(
            std::string(kTableName), [this](const engine::CommittedRecords& commit) {
              const std::lock_guard lock(mutex_);
              for (const model::StreamRecord& record : commit.records) {
                if (!Projection::Concerns(record)) continue;
                keys_[std::string(record.keys.FindString("pk"))].emplace_back(
                    record.keys.FindString("sk"));
              }
            })) {}

  std::map<std::string, std::vector<std::string>> keys() {
    const std::lock_guard lock(mutex_);
    return keys_;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> keys_;
  std::shared_ptr<void> subscription_;
};

constexpr int kWriters = 32, kEach = 30;

Task<int> Write(Service& service, std::string conversation) {
  int sent = 0;
  for (int i = 0; i < kEach; ++i) {
    sent += (co_await service.Send(kAndrew, conversation, "text")).has_value();
  }
  co_return sent;
}

Task<int> WriteSideBySide(Service& service, std::vector<std::string> conversations) {
  std::vector<Task<int>> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.push_back(Write(service, conversations[static_cast<size_t>(i) % conversations.size()]));
  }
  int sent = 0;
  for (const int own : co_await base::WhenAll(std::move(writers))) sent += own;
  co_return sent;
}

ServiceOptions WithoutProjection() {
  ServiceOptions options;
  options.writer.projection_patience = std::chrono::milliseconds(0);
  options.writer.commits_in_order = true;
  options.remembered_conversations = 1;  // so that they are forgotten and looked up all the time
  return options;
}

// With and without knowing the newest times from the commits.
class AppendOrderTest : public testing::TestWithParam<bool> {};

TEST_P(AppendOrderTest, IsTheOrderOfCommitsFromTwoLoops) {
  TestStore store(StoreKind::kEngine);
  TestService app(store, nullptr, WithoutProjection());
  app.service.SetStreamed(GetParam());
  const auto subscription = store.engine().Subscribe(
      std::string(kTableName),
      [&](const engine::CommittedRecords& commit) { app.service.SeeCommit(commit.records); });
  const std::vector<std::string> conversations{
      app.Start(kAndrew, kBayko, "first")->conversation_uuid,
      app.Start(kAndrew, kLondo, "first")->conversation_uuid};
  Committed committed(store.engine());
  auto other = base::asio::co_spawn(
      store.loops().loop(1), WriteSideBySide(app.service, conversations), base::asio::use_future);
  EXPECT_EQ(store.Run(WriteSideBySide(app.service, conversations)), kWriters * kEach);
  EXPECT_EQ(other.get(), kWriters * kEach);
  size_t count = 0;
  for (const auto& [conversation, keys] : committed.keys()) {
    count += keys.size();
    const auto disorder = std::ranges::adjacent_find(keys, std::greater_equal());
    EXPECT_EQ(disorder, keys.end()) << *disorder << " before " << *std::next(disorder);
  }
  EXPECT_EQ(count, 2u * kWriters * kEach);
}

INSTANTIATE_TEST_SUITE_P(Knowing, AppendOrderTest, testing::Bool());

}  // namespace
}  // namespace cruddur::messaging
