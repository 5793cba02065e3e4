#include "accounts/cognito_user_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <mutex>

#include "accounts/remote_keys.h"
#include "auth/rsa_key.h"
#include "net/server.h"
#include "net/test_run.h"

namespace cruddur::accounts {
namespace {

using base::ErrorCode;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A user pool whose answers are written down beforehand.
class ScriptedPool : public testing::Test {
 protected:
  ScriptedPool() {
    server_ = net::Server::Start(
                  loops_, {},
                  [this](const net::Request& request, net::Response& response) -> base::Task<void> {
                    Answer(request, response);
                    co_return;
                  })
                  .value();
  }
  ~ScriptedPool() override {
    server_->Stop(std::chrono::milliseconds(100));
    pool_.reset();
    loops_.Stop();
  }

  void Answer(const net::Request& request, net::Response& response) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::string(request.path) + " " + std::string(request.body));
    authorizations_.push_back(std::string(request.Header("authorization").value_or("")));
    targets_.push_back(std::string(request.Header("x-amz-target").value_or("")));
    if (answers_.empty()) {
      response.status = 503;
      return;
    }
    std::tie(response.status, response.body) = answers_.front();
    if (answers_.size() > 1 || !repeat_last_) answers_.pop_front();
  }

  CognitoUserPool& Pool(std::optional<auth::Credentials> credentials = auth::Credentials{
                            .access_key_id = "AKID", .secret_access_key = "secret"}) {
    pool_ = CognitoUserPool::Create(
                {.pool_id = "eu-west-1_Test",
                 .endpoint_url = "http://127.0.0.1:" + std::to_string(server_->port()),
                 .credentials = std::move(credentials),
                 .deadline = std::chrono::milliseconds(1'500),
                 .user_deadline = std::chrono::milliseconds(300)},
                clock_)
                .value();
    return *pool_;
  }
  template <class T>
  T Run(base::Task<T> task) {
    return net::RunOn(loops_.loop(1), std::move(task));
  }

  base::ManualClock clock_{base::Micros(1'679'651'101'561'513)};
  net::LoopPool loops_{2};
  std::mutex mutex_;
  std::deque<std::pair<int, std::string>> answers_;
  bool repeat_last_ = false;
  std::vector<std::string> requests_, authorizations_, targets_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<CognitoUserPool> pool_;
};

constexpr const char* kUser =
    R"({"Username":"u","Attributes":[{"Name":"sub","Value":"s1"},{"Name":"email","Value":"a@b.c"},)"
    R"({"Name":"email_verified","Value":"true"},{"Name":"preferred_username","Value":"bayko"},)"
    R"({"Name":"custom:x","Value":"1"}],"UserCreateDate":1.679651101561513E9,"Enabled":true,)"
    R"("UserStatus":"CONFIRMED"})";

TEST_F(ScriptedPool, IsReadPageByPageAndSigned) {
  answers_ = {{200, std::string(R"({"Users":[)") + kUser + R"(],"PaginationToken":"next\"1"})"},
              {200, R"({"Users":[]})"}};
  const auto users = Run(ListAllUsers(Pool()));
  ASSERT_TRUE(users) << users.error().message;
  ASSERT_EQ(users->size(), 1u);
  EXPECT_EQ(users->front().sub, "s1");
  EXPECT_EQ(users->front().preferred_username, "bayko");
  EXPECT_TRUE(users->front().email_verified);
  EXPECT_THAT(users->front().created_at, StartsWith("2023-03-24T09:45:01.56151"));
  EXPECT_THAT(requests_,
              testing::ElementsAre(
                  R"(/ {"UserPoolId":"eu-west-1_Test","Limit":60})",
                  R"(/ {"UserPoolId":"eu-west-1_Test","Limit":60,"PaginationToken":"next\"1"})"));
  EXPECT_EQ(targets_[0], "AWSCognitoIdentityProviderService.ListUsers");
  EXPECT_THAT(authorizations_[0],
              StartsWith("AWS4-HMAC-SHA256 Credential=AKID/20230324/eu-west-1/cognito-idp/"));
}

TEST_F(ScriptedPool, IsAskedAgainWhereItThrottles) {
  answers_ = {{400, R"({"__type":"TooManyRequestsException","message":"Rate exceeded"})"},
              {500, "oops"},
              {400, R"({"__type":"com.amazonaws#ThrottlingException"})"},
              {200, R"({"Users":[]})"}};
  EXPECT_TRUE(Run(Pool().ListUsers("")));
  EXPECT_EQ(requests_.size(), 4u);
}

TEST_F(ScriptedPool, IsNotAskedForEver) {
  answers_ = {{400, R"({"__type":"TooManyRequestsException","message":"Rate exceeded"})"}};
  repeat_last_ = true;
  const auto page = Run(Pool().ListUsers(""));
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(page.error().message, "the user pool answers TooManyRequestsException: Rate exceeded");
  EXPECT_GT(requests_.size(), 1u);
}

TEST_F(ScriptedPool, SaysWhatCognitoSays) {
  const struct {
    int status;
    std::string body;
    ErrorCode code;
  } cases[] = {
      {400, R"({"__type":"NotAuthorizedException","message":"no"})", ErrorCode::kPermissionDenied},
      {400, R"({"__type":"ResourceNotFoundException","message":"no"})", ErrorCode::kNotFound},
      {403, R"({"message":"Forbidden"})", ErrorCode::kPermissionDenied},
      {200, R"({"Users":7})", ErrorCode::kInternal},
      {200, "no JSON", ErrorCode::kInvalidArgument},
      {200, R"({"Users":[{"Username":"u"}]})", ErrorCode::kInternal},
  };
  for (const auto& test : cases) {
    answers_ = {{test.status, test.body}};
    const auto page = Run(Pool().ListUsers(""));
    ASSERT_FALSE(page) << test.body;
    EXPECT_EQ(page.error().code, test.code) << page.error().message;
  }
  EXPECT_EQ(Run(Pool(std::nullopt).ListUsers("")).error().message,
            "the user pool needs AWS credentials");
}

TEST_F(ScriptedPool, TellsWhoseTokenItIsUnsigned) {
  answers_ = {{200, R"({"Username":"u","UserAttributes":[{"Name":"sub","Value":"s1"}]})"},
              {400, R"({"__type":"NotAuthorizedException","message":"Invalid Access Token"})"}};
  auto& pool = Pool(std::nullopt);
  EXPECT_EQ((*Run(pool.GetUser("token")))->sub, "s1");
  EXPECT_EQ(*Run(pool.GetUser("token")), std::nullopt);
  EXPECT_EQ(authorizations_[0], "");
  EXPECT_EQ(requests_[0], R"(/ {"AccessToken":"token"})");
}

TEST_F(ScriptedPool, KeepsNobodyWaitingWhoseTokenItIs) {
  answers_ = {{429, ""}};
  repeat_last_ = true;
  const auto refused = Run(Pool(std::nullopt).GetUser("token"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  const CognitoSettings defaults;
  EXPECT_LT(defaults.user_deadline, defaults.deadline) << "a request waits, a command may";
}

TEST(CognitoUserPoolId, NamesTheRegionTheEndpointAndTheIssuer) {
  const base::SystemClock clock;
  const auto pool = CognitoUserPool::Create({.pool_id = "eu-west-1_Abc"}, clock);
  ASSERT_TRUE(pool);
  EXPECT_EQ((*pool)->origin().host, "cognito-idp.eu-west-1.amazonaws.com");
  EXPECT_TRUE((*pool)->origin().tls);
  EXPECT_EQ((*pool)->issuer(), "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc");
  EXPECT_EQ((*pool)->keys_path(), "/eu-west-1_Abc/.well-known/jwks.json");
  for (const char* id : {"", "eu-west-1", "_x", "eu-west-1_"}) {
    EXPECT_FALSE(CognitoUserPool::Create({.pool_id = id}, clock)) << id;
  }
}

class FetchedKeys : public ScriptedPool {
 protected:
  FetchedKeys()
      : keys_(net::Origin{false, "127.0.0.1", server_->port()}, "/pool/.well-known/jwks.json",
              clock_) {}

  static std::string KeySet(const std::string& kid) {
    static const auth::PrivateKey key = auth::PrivateKey::Generate().value();
    auth::Jwks jwks;
    jwks.Add(kid, key.public_key());
    return jwks.ToJson();
  }
  bool Knows(const std::string& kid) { return keys_.Keys()->Find(kid) != nullptr; }

  RemoteKeys keys_;
};

TEST_F(FetchedKeys, AreFetchedAtMostOnceInTenSeconds) {
  answers_ = {{200, KeySet("one")}, {200, KeySet("two")}};
  EXPECT_FALSE(Knows("one"));
  EXPECT_TRUE(Run(keys_.Fetch()));
  EXPECT_TRUE(Knows("one"));
  const uint64_t generation = keys_.Generation();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Run(keys_.Fetch()));
  clock_.Advance(std::chrono::milliseconds(9'999));
  EXPECT_TRUE(Run(keys_.Fetch()));
  EXPECT_EQ(requests_.size(), 1u);
  clock_.Advance(std::chrono::milliseconds(1));
  EXPECT_TRUE(Run(keys_.Fetch()));
  EXPECT_TRUE(Knows("two"));
  EXPECT_FALSE(Knows("one"));
  EXPECT_NE(keys_.Generation(), generation);
}

TEST_F(FetchedKeys, AreKeptWhenAFetchFails) {
  answers_ = {{200, KeySet("one")}, {500, "oops"}, {200, "no JSON"}, {200, KeySet("one")}};
  EXPECT_TRUE(Run(keys_.Fetch()));
  const uint64_t generation = keys_.Generation();
  for (const bool fetched : {false, false, true}) {
    clock_.Advance(std::chrono::seconds(10));
    for (int i = 0; i < 2; ++i) {
      const auto outcome = Run(keys_.Fetch());
      EXPECT_EQ(outcome.has_value(), fetched) << "also for who asks soon after";
      if (!fetched) EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable);
    }
    EXPECT_TRUE(Knows("one"));
  }
  EXPECT_EQ(requests_.size(), 4u);
  EXPECT_EQ(keys_.Generation(), generation) << "the same keys are no change";
}

}  // namespace
}  // namespace cruddur::accounts
