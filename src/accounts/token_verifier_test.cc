#include "accounts/token_verifier.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "accounts/built_in_token.h"
#include "accounts/built_in_user_pool.h"
#include "accounts/database_fixture.h"
#include "accounts/database_users.h"
#include "base/run_task.h"

namespace cruddur::accounts {
namespace {

using base::ErrorCode;
using std::chrono::seconds;

const PoolUser kBayko{.sub = "sub-bayko", .username = "bayko"};

class Tokens : public testing::Test {
 protected:
  Tokens() {
    std::string name = (std::filesystem::temp_directory_path() / "cruddur-keys-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    keys_ = Open();
    verifier_ = std::make_unique<TokenVerifier>(*keys_, BuiltInExpectation(), clock_);
  }
  ~Tokens() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<BuiltInKeys> Open() {
    auto keys = BuiltInKeys::Open(folder_ + "/keys", clock_);
    if (!keys) throw std::runtime_error(keys.error().message);
    return *std::move(keys);
  }
  std::string Token(seconds life = seconds(3600)) {
    return *SignAccessToken(*keys_, kBayko, life, clock_.Now());
  }
  // The reason for the refusal, "" if there is none.
  std::string Refusal(const std::string& authorization) {
    const auto identity = verifier_->Verify(authorization);
    if (identity) return "";
    EXPECT_EQ(identity.error().code, ErrorCode::kUnauthenticated);
    return identity.error().message;
  }

  base::ManualClock clock_{kTestTime};
  std::string folder_;
  std::unique_ptr<BuiltInKeys> keys_;
  std::unique_ptr<TokenVerifier> verifier_;
};

TEST_F(Tokens, SayWhoSignedIn) {
  const std::string header = "Bearer " + Token();
  for (int i = 0; i < 3; ++i) {
    const auto identity = verifier_->Verify(header);
    ASSERT_TRUE(identity) << identity.error().message;
    EXPECT_EQ(identity->cognito_user_id, "sub-bayko");
    EXPECT_EQ(identity->username, "bayko");
    EXPECT_EQ(identity->expires_at, 1'679'651'101 + 3600);
  }
  EXPECT_EQ(verifier_->remembered(), 1u);
}

TEST_F(Tokens, AreTakenFromTheOneFormOfTheHeader) {
  const std::string token = Token();
  for (const char* scheme : {"Bearer ", "bearer ", "BEARER "})
    EXPECT_EQ(Refusal(scheme + token), "");
  EXPECT_EQ(Refusal(""), "no Authorization header");
  for (const std::string& header :
       {token, std::string("Bearer"), std::string("Bearer "), "Bearer" + token, "Token " + token,
        "Basic " + token, "Bearer:" + token, "Bearer\t" + token, " Bearer " + token,
        "Bearer  " + token, "Bearer " + token + " ", "Bearer " + token + ",",
        "Bearer " + token + "\n", "Bearer Bearer " + token, "Bearer " + token + " " + token,
        "Bearer \"" + token + "\""}) {
    EXPECT_NE(Refusal(header), "") << header.substr(0, 30);
  }
  EXPECT_EQ(Refusal("Bearer " + std::string(100'000, 'x')), "larger than 8 KiB");
}

TEST_F(Tokens, EndWhenTheySayRememberedOrNot) {
  const std::string remembered = "Bearer " + Token(seconds(10)),
                    unseen = "Bearer " + Token(seconds(10));
  EXPECT_EQ(Refusal(remembered), "");
  clock_.Advance(seconds(10));
  EXPECT_EQ(Refusal(remembered), "") << "a second for the clocks";
  clock_.Advance(seconds(1));
  EXPECT_EQ(Refusal(remembered), "expired");
  EXPECT_EQ(Refusal(unseen), "expired");
  EXPECT_EQ(verifier_->remembered(), 0u);
}

TEST_F(Tokens, OneCharacterFromARememberedOneAreRefused) {
  const std::string good = "Bearer " + Token();
  EXPECT_EQ(Refusal(good), "");
  for (size_t at = 7; at < good.size(); ++at) {
    std::string changed = good;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(Refusal(changed), "") << at;
  }
  EXPECT_EQ(Refusal(good), "");
  EXPECT_EQ(verifier_->remembered(), 1u) << "what was refused is not remembered";
}

TEST_F(Tokens, CanBeForgotten) {
  const std::string token = Token();
  EXPECT_EQ(Refusal("Bearer " + token), "");
  verifier_->Forget(token);
  EXPECT_EQ(verifier_->remembered(), 0u);
  EXPECT_EQ(Refusal("Bearer " + token), "");
}

TEST_F(Tokens, AreRememberedUpToABound) {
  TokenVerifier small(*keys_, BuiltInExpectation(), clock_, 16);
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(small.Verify("Bearer " + Token(seconds(100 + i))));
  EXPECT_LE(small.remembered(), 16u);
  PoolUser verbose = kBayko;
  verbose.username = std::string(2'000, 'x');
  const auto long_token = SignAccessToken(*keys_, verbose, seconds(100), clock_.Now());
  EXPECT_EQ(Refusal("Bearer " + *long_token), "");
  EXPECT_EQ(verifier_->remembered(), 0u) << "too long to keep";
}

TEST_F(Tokens, OfAnotherPoolOrClientAreRefused) {
  TokenVerifier other_client(*keys_, {std::string(kBuiltInIssuer), "other"}, clock_);
  EXPECT_EQ(other_client.Verify("Bearer " + Token()).error().message, "another client");
  TokenVerifier other_pool(*keys_, {"https://example.com", std::string(kBuiltInClientId)}, clock_);
  EXPECT_EQ(other_pool.Verify("Bearer " + Token()).error().message, "another issuer");
}

TEST_F(Tokens, KeepWorkingThroughARotationAndEndWithTheirKey) {
  const auto other_process = Open();
  const std::string old_token = "Bearer " + Token();
  EXPECT_EQ(Refusal(old_token), "");
  ASSERT_TRUE(other_process->Rotate());
  const std::string new_token =
      "Bearer " + *SignAccessToken(*other_process, kBayko, seconds(3600), clock_.Now());

  // This process meets the new key by its kid, but doesn't look for it at every turn.
  EXPECT_EQ(Refusal(new_token), "unknown kid");
  clock_.Advance(kKeyRefreshInterval);
  EXPECT_EQ(Refusal(new_token), "");
  EXPECT_EQ(Refusal(old_token), "");
  EXPECT_EQ(keys_->Keys()->size(), 2u);
  EXPECT_EQ(keys_->signer().kid, other_process->signer().kid) << "the newest signs";

  std::filesystem::remove(folder_ + "/keys/token-0001.pem");
  clock_.Advance(kKeyRefreshInterval);
  EXPECT_TRUE(keys_->Refresh());
  EXPECT_EQ(Refusal(old_token), "unknown kid") << "remembered, but its key is withdrawn";
  EXPECT_EQ(Refusal(new_token), "");
}

TEST_F(Tokens, AreVerifiedByManyThreadsAtOnce) {
  std::vector<std::string> headers;
  for (int i = 0; i < 8; ++i) headers.push_back("Bearer " + Token(seconds(100 + i)));
  std::atomic<int> refused = 0;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i) refused += !verifier_->Verify(headers[i % headers.size()]);
      });
    }
    threads.emplace_back([&] { EXPECT_TRUE(keys_->Rotate()); });
  }
  EXPECT_EQ(refused, 0);
}

TEST_F(Tokens, HaveALifeWithinBounds) {
  for (const seconds life : {seconds(0), seconds(-1), kMaxTokenLife + seconds(1)}) {
    EXPECT_EQ(SignAccessToken(*keys_, kBayko, life, clock_.Now()).error().code,
              ErrorCode::kInvalidArgument);
  }
  EXPECT_TRUE(SignAccessToken(*keys_, kBayko, kMaxTokenLife, clock_.Now()));
}

TEST_F(Tokens, HaveOneKeyHoweverManyStartAtOnce) {
  std::filesystem::remove_all(folder_ + "/keys");
  std::vector<std::string> kids(6);
  {
    std::vector<std::jthread> starters;
    for (auto& kid : kids) starters.emplace_back([&] { kid = Open()->signer().kid; });
  }
  for (const auto& kid : kids) EXPECT_EQ(kid, kids.front());
  const auto mode = std::filesystem::status(folder_ + "/keys").permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_all);
}

TEST_F(Tokens, NeedKeysThatCanBeRead) {
  std::ofstream(folder_ + "/keys/notes.txt") << "not a key, and not named like one";
  std::ofstream(folder_ + "/keys/token-1.pem") << "neither";
  EXPECT_EQ(Open()->Keys()->size(), 1u);
  std::ofstream(folder_ + "/keys/token-0002.pem") << "broken";
  const auto broken = BuiltInKeys::Open(folder_ + "/keys", clock_);
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().message.find("token-0002.pem"), std::string::npos);
  clock_.Advance(kKeyRefreshInterval);
  EXPECT_FALSE(keys_->Refresh()) << "a server that runs goes on with what it has";
  EXPECT_EQ(Refusal("Bearer " + Token()), "");
}

class MintedTokens : public OnBothDatabases {};
INSTANTIATE_TEST_SUITE_P(Databases, MintedTokens, testing::Values(Kind::kSqlite, Kind::kPostgres),
                         KindName);

TEST_P(MintedTokens, AreOfTheUserWhoHasTheHandle) {
  Prepare(true);
  const base::ManualClock clock(kTestTime);
  const std::string folder = folder_ + "/keys";
  const auto token = MintToken(options_, folder, "Bayko", kDefaultTokenLife, clock);
  ASSERT_TRUE(token) << token.error().message;
  const auto keys = BuiltInKeys::Open(folder, clock);
  ASSERT_TRUE(keys);
  TokenVerifier verifier(**keys, BuiltInExpectation(), clock);
  const auto identity = verifier.Verify("Bearer " + *token);
  ASSERT_TRUE(identity) << identity.error().message;
  const auto connection = Connect();
  EXPECT_EQ(identity->cognito_user_id, (*FindUserByHandle(*connection, "bayko"))->cognito_user_id);

  // A user whom the pool doesn't know yet gets into it.
  ASSERT_TRUE(connection->Run({"", "delete from pool_users where preferred_username = 'londo'"}));
  ASSERT_TRUE(MintToken(options_, folder, "londo", kDefaultTokenLife, clock));
  EXPECT_EQ((*FindPoolUser(*connection, "londo"))->sub,
            (*FindUserByHandle(*connection, "londo"))->cognito_user_id);
}

TEST_P(MintedTokens, AreNotForNobody) {
  Prepare(true);
  const base::ManualClock clock(kTestTime);
  for (const char* handle : {"gkar", "", "no handle", "bay%"}) {
    const auto token = MintToken(options_, folder_ + "/keys", handle, kDefaultTokenLife, clock);
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().code, ErrorCode::kNotFound) << token.error().message;
  }
}

TEST(PoolUserJson, IsCognitos) {
  std::string out;
  json::Writer writer(out);
  WritePoolUser(writer, {.sub = "s",
                         .username = "bayko",
                         .preferred_username = "bayko",
                         .email = "bayko@example.com",
                         .email_verified = true,
                         .status = "CONFIRMED",
                         .created_at = "2023-03-24T09:45:01.500000+00:00",
                         .updated_at = "2023-03-24T09:45:02.000000+00:00"});
  EXPECT_EQ(out, R"({"Username":"bayko","Attributes":[{"Name":"sub","Value":"s"},)"
                 R"({"Name":"email_verified","Value":"true"},)"
                 R"({"Name":"preferred_username","Value":"bayko"},)"
                 R"({"Name":"email","Value":"bayko@example.com"}],"UserCreateDate":1679651101.5,)"
                 R"("UserLastModifiedDate":1679651102,"Enabled":true,"UserStatus":"CONFIRMED"})");
}

// A real pool's keys, as long as nobody can fetch them.
class KeysOutOfReach final : public KeySource {
 public:
  std::shared_ptr<const auth::Jwks> Keys() const override { return keys; }
  uint64_t Generation() const override { return generation; }
  base::Task<base::Status> Fetch() override {
    ++fetches;
    if (arriving) {
      keys = std::exchange(arriving, nullptr);
      ++generation;
      co_return base::Status();
    }
    co_return base::Fail(ErrorCode::kUnavailable, "away");
  }
  std::shared_ptr<const auth::Jwks> keys = std::make_shared<const auth::Jwks>();
  std::shared_ptr<const auth::Jwks> arriving;
  uint64_t generation = 0;
  int fetches = 0;
};

TEST_F(Tokens, CantBeToldFromForeignOnesWithoutKeys) {
  KeysOutOfReach source;
  TokenVerifier verifier(source, BuiltInExpectation(), clock_);
  const std::string good = "Bearer " + Token();
  const auto code = [&](const std::string& authorization) {
    const auto identity = base::RunTask(verifier.FetchAndVerify(authorization));
    return identity ? "known" : identity.error().code == ErrorCode::kUnavailable ? "later" : "no";
  };
  EXPECT_STREQ(code(good), "later") << "a 401 would sign everybody out";
  EXPECT_STREQ(code("Bearer x.y.z"), "no") << "no key would make this one good";
  source.arriving = keys_->Keys();
  EXPECT_STREQ(code(good), "known");
  source.keys = std::make_shared<const auth::Jwks>();
  ++source.generation;
  EXPECT_STREQ(code(good), "later") << "the pool has other keys, and is away again";
}

}  // namespace
}  // namespace cruddur::accounts
