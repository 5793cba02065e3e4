#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>

#include "accounts/pool_fixture.h"
#include "accounts/pool_sessions.h"
#include "auth/encoding.h"

namespace cruddur::accounts {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr const char* kLocked = "NotAuthorizedException: Password attempts exceeded";
constexpr const char* kWrong = "NotAuthorizedException: Incorrect username or password.";

class PoolSignIn : public PoolTest {
 protected:
  void SetUp() override {
    PoolTest::SetUp();
    if (!IsSkipped()) SignUpAndConfirm("londo", "londo@example.com");
  }
  // The claims in a token.
  static std::string ClaimsOf(const std::string& token) {
    const size_t first = token.find('.'), second = token.find('.', first + 1);
    return auth::Base64UrlDecode(token.substr(first + 1, second - first - 1)).value_or("");
  }
  std::string WhyNot(const std::string& access_token) {
    const auto identity = verifier_->VerifyToken(access_token);
    return identity ? "" : identity.error().message;
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, PoolSignIn, testing::Values(Kind::kSqlite, Kind::kPostgres),
                         KindName);

TEST_P(PoolSignIn, GivesTokensAsCognitos) {
  const std::string answer = Call("InitiateAuth", SigningIn("londo"));
  EXPECT_THAT(answer, HasSubstr(R"("ExpiresIn":3600,"TokenType":"Bearer")"));
  const std::string access = Member(answer, "AccessToken"), id = Member(answer, "IdToken");
  const std::string claims = ClaimsOf(access), id_claims = ClaimsOf(id);
  for (const char* part :
       {R"("iss":"http://localhost:4567/local_cruddur")", R"("client_id":"cruddurlocalclient")",
        R"("token_use":"access")", R"("username":"londo")", R"("auth_time":1679651101)",
        R"("iat":1679651101)", R"("exp":1679654701)",
        R"("scope":"aws.cognito.signin.user.admin")"}) {
    EXPECT_THAT(claims, HasSubstr(part));
  }
  for (const char* part :
       {R"("aud":"cruddurlocalclient")", R"("token_use":"id")", R"("cognito:username":"londo")",
        R"("email":"londo@example.com")", R"("email_verified":true)", R"("name":"londo")",
        R"("preferred_username":"londo")", R"("auth_time":1679651101)"}) {
    EXPECT_THAT(id_claims, HasSubstr(part));
  }
  for (const char* same : {"sub", "origin_jti", "event_id"}) {
    EXPECT_EQ(Member(claims, same), Member(id_claims, same)) << same;
    EXPECT_NE(Member(claims, same), "") << same;
  }
  EXPECT_EQ(verifier_->VerifyToken(access)->cognito_user_id, Member(claims, "sub"));
  EXPECT_EQ(WhyNot(id), "unknown kid") << "ID tokens have keys of their own";
}

TEST_P(PoolSignIn, TellsAWrongPasswordFromNothing) {
  EXPECT_EQ(Refusal("InitiateAuth", SigningIn("londo", "Correct-Horse8")), kWrong);
  EXPECT_EQ(Refusal("InitiateAuth", SigningIn("nobody")), kWrong);
  // A user whom a seed made has no password yet.
  Must(SeedDatabase(options_, SeedUser{.handle = "vir"}, kTestTime));
  EXPECT_EQ(Refusal("InitiateAuth", SigningIn("vir", "")),
            "InvalidParameterException: Missing required parameter PASSWORD");
  EXPECT_EQ(Refusal("InitiateAuth", SigningIn("vir", "x")), kWrong);
}

TEST_P(PoolSignIn, SendsToTheirMailWhoHaventConfirmedYet) {
  const std::string attributes =
      R"(,"Password":"Other-Horse7","UserAttributes":[{"Name":"preferred_username","Value":"vir"}])";
  Call("SignUp", Named("vir@example.com", attributes));
  EXPECT_EQ(Refusal("InitiateAuth", SigningIn("vir@example.com", "Other-Horse7")),
            "UserNotConfirmedException: User is not confirmed.");
  EXPECT_EQ(Refusal("InitiateAuth", SigningIn("vir@example.com", "Wrong-Horse7")), kWrong);
  // A stranger's sign-up with an address that is somebody's hinders nobody.
  Call("SignUp", SigningUp("stranger", "londo@example.com", "Other-Horse7"));
  Call("InitiateAuth", SigningIn("londo@example.com"));
}

TEST_P(PoolSignIn, LocksOutAfterFiveForAnybodyAndForNobody) {
  for (const char* name : {"londo", "nobody"}) {
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(Refusal("InitiateAuth", SigningIn(name, "Wrong-Horse7")), kWrong);
    }
    const auto locked = Answer("InitiateAuth", SigningIn(name));
    ASSERT_FALSE(locked);
    EXPECT_EQ(locked.error().message, "Password attempts exceeded");
    EXPECT_EQ(locked.error().retry_after, 1);
    clock_.Advance(seconds(1));
    EXPECT_EQ(Refusal("InitiateAuth", SigningIn(name, "Wrong-Horse7")), kWrong);
    EXPECT_EQ(Answer("InitiateAuth", SigningIn(name)).error().retry_after, 2) << "it doubles";
    clock_.Advance(seconds(2));
  }
  Call("InitiateAuth", SigningIn("londo"));
  EXPECT_EQ(Refusal("InitiateAuth", SigningIn("londo", "Wrong-Horse7")), kWrong)
      << "a success forgives";
}

TEST_P(PoolSignIn, CountsAnAccountsNamesTogetherAndItsAddressAlone) {
  const std::string sub =
      Member(ClaimsOf(Member(Call("InitiateAuth", SigningIn("londo")), "AccessToken")), "sub");
  const auto guess = [&](const std::string& name) {
    return Refusal("InitiateAuth", SigningIn(name, "Wrong-Horse7"));
  };
  for (const std::string& name : {std::string("londo"), sub, std::string("LONDO"), sub, sub}) {
    EXPECT_EQ(guess(name), kWrong);
  }
  EXPECT_EQ(guess("londo"), kLocked);
  EXPECT_EQ(guess(sub), kLocked);
  // Else the lock would tell whose address it is.
  EXPECT_EQ(guess("londo@example.com"), kWrong);
  Call("InitiateAuth", SigningIn("londo@example.com"));
}

// PostgreSQL takes the Kelvin sign for a capital K: it must not make another name of the same user.
TEST_P(PoolSignIn, TakesNoOtherLettersForItsOwn) {
  SignUpAndConfirm("kosh", "kosh@example.com");
  EXPECT_EQ(Refusal("InitiateAuth", SigningIn("\u212Aosh")), kWrong);
  Call("InitiateAuth", SigningIn("KOSH"));
}

TEST_P(PoolSignIn, IsntForgivenToWhoSignedUpWithTheAddress) {
  Call("SignUp", SigningUp("stranger", "londo@example.com", "Stranger-Horse7"));
  const std::string address = "londo@example.com";
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Refusal("InitiateAuth", SigningIn(address, i == 3 ? "Stranger-Horse7" : "Wrong-1")),
              i == 3 ? "UserNotConfirmedException: User is not confirmed." : kWrong);
  }
  EXPECT_EQ(Refusal("InitiateAuth", SigningIn(address, "Wrong-1")), kLocked);
}

TEST_P(PoolSignIn, RefusesOtherFlows) {
  const auto flow = [&](const std::string& name) {
    return Refusal("InitiateAuth", Of(R"("AuthFlow":")" + name + R"(","AuthParameters":{})"));
  };
  EXPECT_EQ(flow("CUSTOM_AUTH"),
            "InvalidParameterException: CUSTOM_AUTH flow not enabled for this client");
  EXPECT_EQ(flow("ADMIN_NO_SRP_AUTH"),
            "InvalidParameterException: Initiate Auth method not supported.");
  EXPECT_THAT(flow("NONSENSE"), HasSubstr("Member must satisfy enum value set"));
  EXPECT_EQ(flow("USER_PASSWORD_AUTH"),
            "InvalidParameterException: Missing required parameter USERNAME");
}

TEST_P(PoolSignIn, RotatesRefreshTokensWhereCognitoDoes) {
  const std::string first = Member(Call("InitiateAuth", SigningIn("londo")), "RefreshToken");
  const std::string answer = Call("GetTokensFromRefreshToken", Rotating(first));
  const std::string second = Member(answer, "RefreshToken");
  EXPECT_NE(second, "");
  EXPECT_NE(second, first);
  EXPECT_EQ(WhyNot(Member(answer, "AccessToken")), "");
  // Who lost the answer gets the same next token, for a minute.
  EXPECT_EQ(Member(Call("GetTokensFromRefreshToken", Rotating(first)), "RefreshToken"), second);
  Call("InitiateAuth", Refreshing(first));
  Call("GetTokensFromRefreshToken", Rotating(second));
}

TEST_P(PoolSignIn, LetsClientsOfTheOlderFlowKeepTheirRefreshToken) {
  const std::string token = Member(Call("InitiateAuth", SigningIn("londo")), "RefreshToken");
  for (int i = 0; i < 3; ++i) {
    const std::string answer = Call("InitiateAuth", Refreshing(token));
    EXPECT_EQ(Member(answer, "RefreshToken"), "");
    EXPECT_EQ(WhyNot(Member(answer, "AccessToken")), "");
    clock_.Advance(std::chrono::hours(5));
  }
}

TEST_P(PoolSignIn, EndsWhenATokenComesBackThatWasReplaced) {
  const std::string reused = "RefreshTokenReuseException: Refresh Token has been reused";
  const std::string revoked = "NotAuthorizedException: Refresh Token has been revoked";
  for (int generations = 1; generations <= 3; ++generations) {
    const std::string answer = Call("InitiateAuth", SigningIn("londo"));
    const std::string stolen = Member(answer, "RefreshToken");
    std::string token = stolen;
    for (int i = 0; i < generations; ++i) {
      token = Member(Call("GetTokensFromRefreshToken", Rotating(token)), "RefreshToken");
    }
    // One that is older than the last one that was replaced: at once.
    if (generations == 1) clock_.Advance(kRotationGrace + seconds(1));
    if (generations == 3) {
      EXPECT_EQ(Refusal("InitiateAuth", Refreshing(stolen)), revoked);
    } else {
      EXPECT_EQ(Refusal("GetTokensFromRefreshToken", Rotating(stolen)), reused);
    }
    EXPECT_EQ(Refusal("GetTokensFromRefreshToken", Rotating(token)), revoked) << generations;
    EXPECT_EQ(WhyNot(Member(answer, "AccessToken")), kRevoked);
  }
}

// Between the check of a password and the sign-in that follows, and while a challenge waits.
TEST_P(PoolSignIn, IsNothingWithAPasswordThatWasReplacedMeanwhile) {
  const auto stale = *Must(FindAccount(*connection_, "londo"));
  const std::string setting = R"(,"Username":"londo","Password":"Another-One1","Permanent":)";
  Call("AdminSetUserPassword", InPool(setting + "true"));
  const auto admitted = StartSession(*context_, *connection_, *stale);
  ASSERT_FALSE(admitted);
  EXPECT_EQ(admitted.error().message, "Incorrect username or password.");

  Call("AdminSetUserPassword", InPool(setting + "false"));
  const std::string challenge = Call("InitiateAuth", SigningIn("londo", "Another-One1"));
  ASSERT_EQ(Member(challenge, "ChallengeName"), "NEW_PASSWORD_REQUIRED");
  Call("AdminSetUserPassword",
       InPool(R"(,"Username":"londo","Password":"Third-One1","Permanent":true)"));
  EXPECT_EQ(
      Refusal("RespondToAuthChallenge",
              Of(R"("ChallengeName":"NEW_PASSWORD_REQUIRED","Session":")" +
                 Member(challenge, "Session") +
                 R"(","ChallengeResponses":{"USERNAME":"londo","NEW_PASSWORD":"Mine-Own1"})")),
      "NotAuthorizedException: Invalid session for the user.");
  Call("InitiateAuth", SigningIn("londo", "Third-One1"));

  // Nor is a recovery code that was sent before.
  Call("ForgotPassword", Named("londo"));
  Call("AdminSetUserPassword", InPool(setting + "true"));
  EXPECT_THAT(Refusal("ConfirmForgotPassword",
                      Named("londo", R"(,"Password":"Recovered-1","ConfirmationCode":")" +
                                         LastCode() + "\"")),
              HasSubstr("ExpiredCodeException"));
}

TEST_P(PoolSignIn, RefusesWhatNoDatabaseTakes) {
  EXPECT_EQ(
      Refusal("RespondToAuthChallenge",
              Of(R"("ChallengeName":"NEW_PASSWORD_REQUIRED","ChallengeResponses":{"USERNAME":)"
                 R"("x","NEW_PASSWORD":"Correct-Horse7"},"Session":"12345678901234567890\u0000")")),
      "InvalidParameterException: 1 validation error detected: Value at 'session' failed to "
      "satisfy constraint: Member must satisfy regular expression pattern: [\\S]+");
  EXPECT_THAT(Refusal("InitiateAuth", SigningIn("a\\u0000b")),
              HasSubstr("InvalidParameterException: Invalid parameter USERNAME"));
}

TEST_P(PoolSignIn, EndsWithItsThirtyDays) {
  std::string token = Member(Call("InitiateAuth", SigningIn("londo")), "RefreshToken");
  clock_.Advance(std::chrono::days(29));
  token = Member(Call("GetTokensFromRefreshToken", Rotating(token)), "RefreshToken");
  clock_.Advance(std::chrono::days(2));
  EXPECT_EQ(Refusal("InitiateAuth", Refreshing(token)),
            "NotAuthorizedException: Refresh Token has expired");
}

TEST_P(PoolSignIn, TakesNoRefreshTokenOfItsOwnMaking) {
  const std::string token = Member(Call("InitiateAuth", SigningIn("londo")), "RefreshToken");
  for (const std::string& other :
       {std::string("x"), token.substr(0, 37) + "x", token + "x", "0" + token.substr(1),
        token.substr(0, 36) + "_" + token.substr(37)}) {
    if (other == token) continue;
    EXPECT_EQ(Refusal("InitiateAuth", Refreshing(other)),
              "NotAuthorizedException: Invalid Refresh Token")
        << other;
    EXPECT_EQ(Call("RevokeToken", Of(R"("Token":")" + other + "\"")), "{}");
  }
  Call("InitiateAuth", Refreshing(token));
}

TEST_P(PoolSignIn, IsEndedByRevokingItsRefreshToken) {
  const std::string one = Call("InitiateAuth", SigningIn("londo"));
  const std::string other = Call("InitiateAuth", SigningIn("londo"));
  const std::string access = Member(one, "AccessToken");
  EXPECT_EQ(WhyNot(access), "");
  EXPECT_EQ(Call("RevokeToken", Of(R"("Token":")" + Member(one, "RefreshToken") + "\"")), "{}");
  EXPECT_EQ(WhyNot(access), kRevoked);
  EXPECT_EQ(Refusal("GetUser", WithToken(access)),
            "NotAuthorizedException: Access Token has been revoked");
  EXPECT_EQ(WhyNot(Member(other, "AccessToken")), "") << "another sign-in";
  EXPECT_EQ(Refusal("RevokeToken", Of(R"("Token":")" + access + "\"")),
            "UnsupportedTokenTypeException: Only refresh tokens can be revoked");
}

TEST_P(PoolSignIn, IsEndedEverywhereByAGlobalSignOutAndStaysSo) {
  const std::string one = Call("InitiateAuth", SigningIn("londo"));
  const std::string other = Call("InitiateAuth", SigningIn("londo"));
  EXPECT_EQ(Call("GlobalSignOut", WithToken(Member(one, "AccessToken"))), "{}");
  for (const std::string& answer : {one, other}) {
    EXPECT_EQ(WhyNot(Member(answer, "AccessToken")), kRevoked);
    EXPECT_EQ(Refusal("InitiateAuth", Refreshing(Member(answer, "RefreshToken"))),
              "NotAuthorizedException: Refresh Token has been revoked");
  }
  EXPECT_EQ(WhyNot(Member(Call("InitiateAuth", SigningIn("londo")), "AccessToken")), "");
}

TEST_P(PoolSignIn, TellsWhyAnAccessTokenIsRefused) {
  const std::string access = Member(Call("InitiateAuth", SigningIn("londo")), "AccessToken");
  EXPECT_EQ(Refusal("GetUser", WithToken("a.b.c")), "NotAuthorizedException: Invalid Access Token");
  clock_.Advance(seconds(3602));
  EXPECT_EQ(Refusal("GetUser", WithToken(access)),
            "NotAuthorizedException: Access Token has expired");
}

// Handles are public: a stranger who tries them keeps nobody out.
TEST_P(PoolSignIn, CountsByWhoTries) {
  const std::string access = Member(Call("InitiateAuth", SigningIn("londo")), "AccessToken");
  const std::string own = client_;
  client_ = "198.51.100.7";
  while (Refusal("InitiateAuth", SigningIn("londo", "Wrong-Horse7")) == kWrong) continue;
  client_ = "198.51.100.8";
  EXPECT_EQ(Refusal("InitiateAuth", SigningIn("londo")), kLocked) << "of the same network";
  client_ = own;
  Call("InitiateAuth", SigningIn("londo"));
  client_ = "198.51.100.7";
  EXPECT_EQ(Refusal("InitiateAuth", SigningIn("londo")), kLocked) << "that forgave nobody else";

  // Who guesses at the old password of a sign-in doesn't stand in the way of others.
  client_ = own;
  const std::string changing =
      WithToken(access, R"(,"PreviousPassword":"Wrong-Horse7","ProposedPassword":"Better-Horse8")");
  while (Refusal("ChangePassword", changing) == kWrong) continue;
  EXPECT_THAT(Refusal("ChangePassword", changing), HasSubstr("LimitExceededException"));
  Call("InitiateAuth", SigningIn("londo"));
}

TEST_P(PoolSignIn, BoundsWhatAllTogetherMayTry) {
  const auto guess_from = [&](int network) {
    client_ = "198.51." + std::to_string(network) + ".7";
    return Refusal("InitiateAuth", SigningIn("nobody", "Wrong-Horse7"));
  };
  for (int i = 0; i < 100; ++i) ASSERT_EQ(guess_from(i), kWrong) << i;
  EXPECT_EQ(guess_from(100), kLocked);
  clock_.Advance(seconds(1));
  EXPECT_EQ(guess_from(101), kWrong);
}

TEST_P(PoolSignIn, RecoversThoughAStrangerTriesToo) {
  const auto recovering = [&](const std::string& code) {
    return Named("londo", R"(,"Password":"Recovered-1","ConfirmationCode":")" + code + "\"");
  };
  const std::string own = client_;
  // Without a code there is nothing to guess: it costs those who try only.
  for (int i = 0; i < 120; ++i) {
    client_ = "198.51." + std::to_string(i) + ".7";
    ASSERT_THAT(Refusal("ConfirmForgotPassword", recovering("123456")),
                HasSubstr("CodeMismatchException"));
  }
  for (int i = 0; i < 4; ++i) Refusal("ConfirmForgotPassword", recovering("123456"));
  EXPECT_THAT(Refusal("ConfirmForgotPassword", recovering("123456")),
              HasSubstr("LimitExceededException"));
  // A stranger's sign-ups with the address take none of the owner's mail.
  for (int i = 0; i < 12; ++i) {
    client_ = "198.52." + std::to_string(i) + ".7";
    Call("SignUp", SigningUp("stranger" + std::to_string(i), "londo@example.com"));
  }
  client_ = own;
  outbox_.mails.clear();
  Call("ForgotPassword", Named("londo"));
  ASSERT_EQ(outbox_.mails.size(), 1u);
  EXPECT_EQ(Call("ConfirmForgotPassword", recovering(LastCode())), "{}");
  Call("InitiateAuth", SigningIn("londo", "Recovered-1"));
}

TEST_P(PoolSignIn, ChangesPasswords) {
  const std::string access = Member(Call("InitiateAuth", SigningIn("londo")), "AccessToken");
  const auto changing = [&](const std::string& from, const std::string& to) {
    return WithToken(access,
                     R"(,"PreviousPassword":")" + from + R"(","ProposedPassword":")" + to + "\"");
  };
  EXPECT_EQ(Refusal("ChangePassword", changing("Wrong-Horse7", "Better-Horse8")), kWrong);
  EXPECT_THAT(Refusal("ChangePassword", changing("Correct-Horse7", "horsehorse")),
              HasSubstr("InvalidPasswordException"));
  EXPECT_EQ(Call("ChangePassword", changing("Correct-Horse7", "Better-Horse8")), "{}");
  EXPECT_EQ(Refusal("InitiateAuth", SigningIn("londo")), kWrong);
  Call("InitiateAuth", SigningIn("londo", "Better-Horse8"));
}

// A client's side of SRP is in tests/system; here, what it may not do.
TEST_P(PoolSignIn, ByRemotePasswordShowsNobodyFromAnybody) {
  const auto beginning = [](const std::string& name, const std::string& a) {
    return Of(R"("AuthFlow":"USER_SRP_AUTH","AuthParameters":{"USERNAME":")" + name +
              R"(","SRP_A":")" + a + "\"}");
  };
  const auto answering = [](const std::string& block) {
    return Of(R"("ChallengeName":"PASSWORD_VERIFIER","ChallengeResponses":{"USERNAME":"x",)"
              R"("PASSWORD_CLAIM_SECRET_BLOCK":")" +
              block + R"(","PASSWORD_CLAIM_SIGNATURE":"AAAA","TIMESTAMP":"now"})");
  };
  const std::string uuid = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
  for (const char* name : {"londo", "nobody"}) {
    const std::string answer = Call("InitiateAuth", beginning(name, "1234"));
    EXPECT_EQ(Member(answer, "ChallengeName"), "PASSWORD_VERIFIER");
    EXPECT_THAT(Member(answer, "USER_ID_FOR_SRP"), MatchesRegex(uuid));
    EXPECT_GE(Member(answer, "SRP_B").size(), 760u);
    const std::string again = Call("InitiateAuth", beginning(name, "1234"));
    EXPECT_EQ(Member(again, "SALT"), Member(answer, "SALT"));
    EXPECT_EQ(Member(again, "USER_ID_FOR_SRP"), Member(answer, "USER_ID_FOR_SRP"));
    EXPECT_NE(Member(again, "SRP_B"), Member(answer, "SRP_B"));

    const std::string block = Member(answer, "SECRET_BLOCK");
    EXPECT_EQ(Refusal("RespondToAuthChallenge", answering(block)), kWrong);
    EXPECT_EQ(Refusal("RespondToAuthChallenge", answering(block)),
              "NotAuthorizedException: Invalid session for the user.")
        << "one attempt a challenge";
    clock_.Advance(std::chrono::minutes(4));
    EXPECT_EQ(Refusal("RespondToAuthChallenge", answering(Member(again, "SECRET_BLOCK"))),
              "NotAuthorizedException: Invalid session for the user.");
  }
  EXPECT_EQ(Refusal("InitiateAuth", beginning("londo", "0")),
            "InvalidParameterException: Invalid SRP_A");

  // Asked again with what was answered, in whatever case, both answer the same.
  for (const char* name : {"londo@example.com", "nobody@example.com", "londo", "nobody"}) {
    const std::string first = Call("InitiateAuth", beginning(name, "1234"));
    const std::string id = Member(first, "USER_ID_FOR_SRP");
    const std::string mask = Member(Call("ForgotPassword", Named(name)), "Destination");
    std::string upper = id;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    for (const std::string& asked : {id, upper}) {
      const std::string again = Call("InitiateAuth", beginning(asked, "1234"));
      EXPECT_EQ(Member(again, "USER_ID_FOR_SRP"), id) << name;
      EXPECT_EQ(Member(again, "SALT"), Member(first, "SALT")) << name;
      EXPECT_EQ(Member(Call("ForgotPassword", Named(asked)), "Destination"), mask) << name;
    }
    EXPECT_EQ(Refusal("SignUp", SigningUp(id, "stranger@example.com")),
              "UsernameExistsException: User already exists");
  }

  // Who signs up with an address doesn't see their own id there: that it isn't shown would tell
  // that the address is somebody's.
  for (const char* address : {"londo@example.com", "nobody@example.com"}) {
    const std::string handle = "stranger-of-" + std::string(address, 4);
    const std::string own = Member(Call("SignUp", SigningUp(handle, address)), "UserSub");
    const std::string shown =
        Member(Call("InitiateAuth", beginning(address, "1234")), "USER_ID_FOR_SRP");
    EXPECT_THAT(shown, MatchesRegex(uuid));
    EXPECT_NE(shown, own);
  }
}

}  // namespace
}  // namespace cruddur::accounts
