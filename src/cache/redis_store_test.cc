#include "cache/redis_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/when_all.h"
#include "cache/redis_fixture.h"
#include "net/loop_pool.h"
#include "net/test_certificate.h"
#include "net/test_run.h"
#include "net/test_scripted_server.h"

namespace cruddur::cache {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;

struct RedisStoreTest : ::testing::Test {
  ~RedisStoreTest() override { loops.Stop(); }

  base::Status Put(RedisStore& store, std::string key, std::string value,
                   std::chrono::milliseconds patience = 20s) {
    return net::RunOn(loops.loop(0), store.Put(std::move(key), std::move(value), 60s, patience));
  }
  base::Result<RemoteStore::Values> Get(RedisStore& store, std::vector<std::string> keys,
                                        std::chrono::milliseconds patience = 20s) {
    return net::RunOn(loops.loop(0), store.Get(std::move(keys), patience));
  }

  net::LoopPool loops{2};
};

TEST_F(RedisStoreTest, GivesBackAnyBytes) {
  const RedisServer server;
  RedisStore store(server.Address());
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  bytes.append(100'000, 'x');
  ASSERT_TRUE(Put(store, "a\r\nb", bytes));
  ASSERT_TRUE(Put(store, "empty", ""));
  const auto values = Get(store, {"empty", "a\r\nb", "missing"});
  ASSERT_TRUE(values) << values.error().message;
  EXPECT_THAT(*values, ElementsAre(Optional(std::string()), Optional(bytes), std::nullopt));
}

TEST_F(RedisStoreTest, ServesManyAtOnceOnOneConnection) {
  const RedisServer server;
  RedisStore store(server.Address());
  const auto all = [&]() -> base::Task<int> {
    std::vector<base::Task<base::Result<RemoteStore::Values>>> calls;
    for (int i = 0; i < 500; ++i) {
      const std::string key = "key" + std::to_string(i);
      (co_await store.Put(key, key, 60s, 20s)).value();
      std::vector<std::string> keys;
      keys.push_back(key);
      calls.push_back(store.Get(std::move(keys), 20s));
    }
    int right = 0;
    const auto answers = co_await base::WhenAll(std::move(calls));
    for (size_t i = 0; i < answers.size(); ++i) {
      if (answers[i] && answers[i]->front() == "key" + std::to_string(i)) ++right;
    }
    co_return right;
  };
  EXPECT_EQ(net::RunOn(loops.loop(0), all()), 500);
}

TEST_F(RedisStoreTest, SignsInAsAUserOfRedis) {
  const RedisServer server(
      {"--user", "default", "off", "--user", "cruddur", "on", ">p@ss/word", "~*", "&*", "+@all"});
  RedisStore right(server.Address("cruddur:p%40ss%2Fword@"));
  EXPECT_TRUE(Put(right, "a", "x"));
  RedisStore wrong(server.Address("cruddur:secret@"));
  const auto refused = Put(wrong, "a", "x");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("WRONGPASS"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("secret")));
  RedisStore nobody(server.Address());
  EXPECT_THAT(Put(nobody, "a", "x").error().message, HasSubstr("NOAUTH"));
}

TEST_F(RedisStoreTest, SpeaksTls) {
  const net::TestCertificate certificate("DNS:localhost,IP:127.0.0.1");
  const RedisServer server({"--port", "0", "--tls-port", "{port}", "--tls-cert-file",
                            certificate.certificate_file(), "--tls-key-file",
                            certificate.key_file(), "--tls-auth-clients", "no"});
  const std::string port = std::to_string(server.port());
  RedisStore store(*RedisAddress::Parse("rediss://127.0.0.1:" + port),
                   certificate.certificate_file());
  ASSERT_TRUE(Put(store, "a", "x"));
  EXPECT_EQ(Get(store, {"a"})->front(), "x");
  RedisStore suspicious(*RedisAddress::Parse("rediss://127.0.0.1:" + port));
  EXPECT_FALSE(Put(suspicious, "a", "x"));
}

TEST_F(RedisStoreTest, GivesUpOnAServerThatHangsAndConnectsAgain) {
  RedisServer server;
  RedisStore store(server.Address());
  ASSERT_TRUE(Put(store, "a", "x"));
  server.Hang();
  EXPECT_EQ(Get(store, {"a"}, 20ms).error().code, ErrorCode::kDeadlineExceeded);
  EXPECT_FALSE(Get(store, {"a"}, 20ms));
  server.GoOn();
  const auto values = Get(store, {"a"});
  ASSERT_TRUE(values) << values.error().message;
  EXPECT_EQ(values->front(), "x");
}

TEST_F(RedisStoreTest, ConnectsToAServerThatWasAway) {
  RedisServer server;
  server.Stop();
  RedisStore store(server.Address());
  EXPECT_EQ(Put(store, "a", "x").error().code, ErrorCode::kUnavailable);
  server.Start();
  EXPECT_TRUE(Put(store, "a", "x"));
  server.Stop();
  EXPECT_FALSE(Get(store, {"a"}));
}

TEST_F(RedisStoreTest, BelievesNothingThatIsNotRedis) {
  net::ScriptedServer server([](net::ScriptedServer::Peer& peer, int) {
    peer.Send("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.WaitForEnd();
  });
  RedisStore store(*RedisAddress::Parse("redis://127.0.0.1:" + std::to_string(server.port())));
  EXPECT_EQ(Get(store, {"a"}).error().code, ErrorCode::kUnavailable);
}

TEST(RedisAddress, ReadsUrls) {
  const auto full = RedisAddress::Parse("rediss://me:a%3Ab@cache.example:7000/3");
  ASSERT_TRUE(full);
  EXPECT_EQ(full->origin, (net::Origin{true, "cache.example", 7000}));
  EXPECT_EQ(full->user, "me");
  EXPECT_EQ(full->password, "a:b");
  EXPECT_EQ(full->database, 3);
  const auto least = RedisAddress::Parse("redis://localhost");
  ASSERT_TRUE(least);
  EXPECT_EQ(least->origin, (net::Origin{false, "localhost", 6379}));
  EXPECT_EQ(RedisAddress::Parse("redis://[::1]/1")->origin.port, 6379);
  EXPECT_EQ(RedisAddress::Parse("redis://:secret@h")->password, "secret");
  for (const std::string_view bad :
       {"", "http://h", "redis://", "redis://h:x", "redis://h/one", "redis://h/-1",
        "redis://secret@h", "redis://a:%zz@h", "redis://h:6379/1/2"}) {
    const auto address = RedisAddress::Parse(bad);
    ASSERT_FALSE(address) << bad;
    EXPECT_EQ(address.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(address.error().message, Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace cruddur::cache
