// A Redis that comes back with what it had earlier: no page that was dropped since comes back with
// it.
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "base/log.h"
#include "cache/redis_fixture.h"
#include "cache/redis_store.h"
#include "cache/remote_cache.h"
#include "net/loop_pool.h"
#include "net/test_run.h"

namespace cruddur::cache {
namespace {

using namespace std::chrono_literals;

class RedisRestoredTest : public ::testing::Test {
 protected:
  RedisRestoredTest() { base::ConfigureLog(base::LogLevel::kOff, base::LogFormat::kText); }
  ~RedisRestoredTest() override {
    loops.Stop();
    std::filesystem::remove_all(folder);
  }

  template <class T>
  T Run(base::Task<T> task) {
    return net::RunOn(loops.loop(0), std::move(task));
  }
  Lookup Get(RemoteCache& from) { return Run(from.Get("a")); }
  // Until it is there, for every process.
  void Set(RemoteCache& to, const std::string& text) {
    Await([&] {
      const Lookup lookup = Get(to);
      if (lookup.bytes) return *lookup.bytes == text;
      Run(to.SetIfNewer("a", lookup.version, std::make_shared<const std::string>(text)));
      return false;
    });
  }
  template <class Condition>
  void Await(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << "waited in vain";
      std::this_thread::sleep_for(1ms);
    }
  }
  // A command to the server on its own.
  static base::Task<base::Status> Tell(RedisAddress address, std::vector<std::string> words) {
    net::NameLookUp names;
    const base::Executor executor = co_await base::asio::this_coro::executor;
    const auto connection =
        std::make_shared<RedisConnection>(executor.context(), address, names, nullptr);
    const auto reply = co_await connection->Call(RedisCommand({words.begin(), words.end()}),
                                                 std::chrono::steady_clock::now() + 30s);
    connection->Close();
    co_return reply ? base::Status() : std::unexpected(reply.error());
  }
  std::unique_ptr<RemoteCache> On(const RedisServer& server) {
    return std::make_unique<RemoteCache>(
        loops.loop(0), std::make_unique<RedisStore>(server.Address()),
        RemoteCacheOptions{.patience = 10s, .retry_interval = 1ms});
  }

  const std::string folder =
      std::filesystem::temp_directory_path() / ("cruddur-redis-" + std::to_string(getpid()));
  net::LoopPool loops{1};
};

TEST_F(RedisRestoredTest, FromASnapshot) {
  std::filesystem::create_directories(folder);
  RedisServer server({"--dir", folder});
  const auto cache = On(server), other = On(server);
  Set(*cache, "old");
  EXPECT_EQ(*Get(*other).bytes, "old");
  ASSERT_TRUE(Run(Tell(server.Address(), {"SAVE"})));
  Run(cache->DropEverywhere({"a"}));
  Set(*cache, "new");
  server.Stop();
  server.Start();  // with the version and the value of before the drop
  for (RemoteCache* each : {cache.get(), other.get()}) {
    Await([&] {
      const Lookup lookup = Get(*each);
      EXPECT_EQ(lookup.bytes, nullptr);
      return lookup.version != 0;
    });
  }
  Set(*other, "newest");
  EXPECT_EQ(*Get(*cache).bytes, "newest");
}

// A replica that had been cut off takes over, and clients find it under the address of the first.
TEST_F(RedisRestoredTest, ByAFailoverToAReplicaThatWasBehind) {
  // What the two hand each other passes through files.
  std::filesystem::create_directories(folder);
  RedisServer master({"--dir", folder, "--dbfilename", "master.rdb"});
  RedisServer replica({"--dir", folder, "--dbfilename", "replica.rdb"});
  const std::string port = std::to_string(master.port());
  const auto cache = On(master);
  Set(*cache, "old");
  ASSERT_TRUE(Run(Tell(replica.Address(), {"REPLICAOF", "127.0.0.1", port})));
  RedisStore copy(replica.Address());
  Await([&] {
    const auto values = Run(copy.Get(std::vector<std::string>{"cruddur:1:v:a"}, 10s));
    return values && values->front();
  });
  ASSERT_TRUE(Run(Tell(replica.Address(), {"REPLICAOF", "NO", "ONE"})));
  Run(cache->DropEverywhere({"a"}));
  const auto after = On(replica);
  EXPECT_EQ(Get(*after).bytes, nullptr);
  Set(*after, "new");
  EXPECT_EQ(*Get(*after).bytes, "new");
}

}  // namespace
}  // namespace cruddur::cache
