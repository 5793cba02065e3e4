#include "cache/momento_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cache/momento_fixture.h"
#include "net/test_run.h"

namespace cruddur::cache {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Optional;

struct MomentoStoreTest : ::testing::Test {
  ~MomentoStoreTest() override { loops.Stop(); }

  base::Status Put(MomentoStore& store, std::string key, std::string value,
                   std::chrono::seconds life = 600s) {
    return net::RunOn(loops.loop(0), store.Put(std::move(key), std::move(value), life, 20s));
  }
  base::Result<RemoteStore::Values> Get(MomentoStore& store, std::vector<std::string> keys,
                                        std::chrono::milliseconds patience = 20s) {
    return net::RunOn(loops.loop(0), store.Get(std::move(keys), patience));
  }

  MomentoStandIn server;
  net::LoopPool loops{1};
  MomentoStore store{server.Options()};
};

TEST_F(MomentoStoreTest, GivesBackAnyBytesUnderAnyKey) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  ASSERT_TRUE(Put(store, "a&b=c/#%\x01\xc3\xa9", bytes));
  EXPECT_EQ(server.last_life, 600);
  const auto values = Get(store, {"missing", "a&b=c/#%\x01\xc3\xa9"});
  ASSERT_TRUE(values) << values.error().message;
  EXPECT_THAT(*values, ElementsAre(std::nullopt, Optional(bytes)));
}

TEST_F(MomentoStoreTest, TellsAMissingCacheFromAMissingKey) {
  MomentoOptions options = server.Options();
  options.cache_name = "elsewhere";
  MomentoStore lost(options);
  const auto values = Get(lost, {"a"});
  ASSERT_FALSE(values);
  EXPECT_THAT(values.error().message, HasSubstr("no cache named elsewhere"));
  EXPECT_FALSE(Put(lost, "a", "x"));
}

TEST_F(MomentoStoreTest, FailsWithAWrongToken) {
  MomentoOptions options = server.Options();
  options.auth_token = "secret";
  MomentoStore stranger(options);
  const auto values = Get(stranger, {"a"});
  ASSERT_FALSE(values);
  EXPECT_EQ(values.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(values.error().message, HasSubstr("401"));
  EXPECT_THAT(values.error().message, ::testing::Not(HasSubstr("secret")));
}

TEST_F(MomentoStoreTest, FailsBeyondALimit) {
  server.over_limit = true;
  EXPECT_THAT(Get(store, {"a"}).error().message, HasSubstr("429"));
  EXPECT_THAT(Put(store, "a", "x").error().message, HasSubstr("429"));
  server.over_limit = false;
  EXPECT_TRUE(Put(store, "a", "x"));
}

TEST_F(MomentoStoreTest, KeepsToTheLargestValueAndTheLongestLife) {
  EXPECT_TRUE(Put(store, "a", std::string(store.max_value_bytes(), 'x'), 24h));
  EXPECT_FALSE(Put(store, "a", std::string(store.max_value_bytes() + 1, 'x')));
  EXPECT_THAT(Put(store, "a", "x", 24h + 1s).error().message, HasSubstr("400"));
}

TEST_F(MomentoStoreTest, EndsInTimeWhereTheServerHangs) {
  for (int i = 0; i < 3; ++i) {
    server.Hang();
    const auto late = Get(store, {"a"}, 1ms);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::kDeadlineExceeded);
    server.GoOn();
    ASSERT_TRUE(Get(store, {"a"}));
  }
}

TEST(MomentoOrigin, IsWhereTheTokenSays) {
  // {"endpoint":"cell-us-east-1-1.prod.example","api_key":"k"}
  const auto origin = MomentoOrigin(
      "eyJlbmRwb2ludCI6ImNlbGwtdXMtZWFzdC0xLTEucHJvZC5leGFtcGxlIiwiYXBpX2tleSI6ImsifQ==");
  ASSERT_TRUE(origin) << origin.error().message;
  EXPECT_EQ(*origin, (net::Origin{true, "api.cache.cell-us-east-1-1.prod.example", 443}));
  for (const std::string_view bad : {"", "no base64", "e30=", "eyJlbmRwb2ludCI6IiJ9"}) {
    const auto none = MomentoOrigin(bad);
    ASSERT_FALSE(none) << bad;
    EXPECT_THAT(none.error().message, HasSubstr("momento-endpoint"));
  }
}

}  // namespace
}  // namespace cruddur::cache
