#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/pool_filter.h"
#include "accounts/pool_fixture.h"

namespace cruddur::accounts {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class PoolAdmin : public PoolTest {};
INSTANTIATE_TEST_SUITE_P(Databases, PoolAdmin, testing::Values(Kind::kSqlite, Kind::kPostgres),
                         KindName);

std::string Creating(const std::string& name) {
  return R"({"UserPoolId":"local_cruddur","Username":")" + name +
         R"(","TemporaryPassword":"Temporary-1","UserAttributes":[{"Name":"email","Value":")" +
         name + R"(@example.com"},{"Name":"email_verified","Value":"True"}]})";
}

TEST_P(PoolAdmin, CreatesUsersWhoChooseTheirPassword) {
  const std::string created = Call("AdminCreateUser", Creating("vir"));
  EXPECT_THAT(created, HasSubstr(R"("UserStatus":"FORCE_CHANGE_PASSWORD"}})"));
  ASSERT_EQ(outbox_.mails.size(), 1u);
  EXPECT_EQ(outbox_.mails[0].kind, MailKind::kInvitation);
  EXPECT_EQ(outbox_.mails[0].secret, "Temporary-1");
  EXPECT_EQ(Refusal("AdminCreateUser", Creating("VIR")),
            "UsernameExistsException: User account already exists");

  const std::string challenge = Call("InitiateAuth", SigningIn("vir", "Temporary-1"));
  EXPECT_EQ(Member(challenge, "ChallengeName"), "NEW_PASSWORD_REQUIRED");
  const auto answering = [&](const std::string& password) {
    return Of(R"("ChallengeName":"NEW_PASSWORD_REQUIRED","Session":")" +
              Member(challenge, "Session") +
              R"(","ChallengeResponses":{"USERNAME":"vir","NEW_PASSWORD":")" + password + "\"}");
  };
  EXPECT_THAT(Refusal("RespondToAuthChallenge", answering("short")),
              HasSubstr("Password not long enough"));
  EXPECT_NE(Member(Call("RespondToAuthChallenge", answering("Chosen-One1")), "AccessToken"), "");
  EXPECT_EQ(Refusal("RespondToAuthChallenge", answering("Chosen-One2")),
            "NotAuthorizedException: Invalid session for the user.");
  Call("InitiateAuth", SigningIn("vir", "Chosen-One1"));
}

TEST_P(PoolAdmin, SetsPasswordsAndEndsSignIns) {
  SignUpAndConfirm("londo", "londo@example.com");
  const std::string access = Member(Call("InitiateAuth", SigningIn("londo")), "AccessToken");
  const std::string setting = R"(,"Username":"londo","Password":"Another-One1","Permanent":)";
  EXPECT_EQ(Call("AdminSetUserPassword", InPool(setting + "true")), "{}");
  EXPECT_EQ(verifier_->VerifyToken(access).error().message, kRevoked);
  EXPECT_THAT(Call("InitiateAuth", SigningIn("londo", "Another-One1")), HasSubstr("AccessToken"));
  Call("AdminSetUserPassword", InPool(setting + "false"));
  EXPECT_EQ(Member(Call("InitiateAuth", SigningIn("londo", "Another-One1")), "ChallengeName"),
            "NEW_PASSWORD_REQUIRED");
  EXPECT_EQ(
      Refusal("AdminSetUserPassword", InPool(R"(,"Username":"nobody","Password":"Another-One1")")),
      "UserNotFoundException: User does not exist.");
  EXPECT_EQ(Refusal("AdminGetUser", R"({"UserPoolId":"us-east-1_other","Username":"londo"})"),
            "ResourceNotFoundException: User pool us-east-1_other does not exist.");
}

TEST_P(PoolAdmin, ListsUsersInPagesAndByFilter) {
  for (const char* name : {"anna", "anton", "bert", "carl", "dora"}) {
    Call("AdminCreateUser", Creating(name));
  }
  std::vector<std::string> names;
  std::string token;
  for (int pages = 0; pages < 10; ++pages) {
    const std::string page = Call(
        "ListUsers",
        InPool(R"(,"Limit":2)" + (token.empty() ? "" : R"(,"PaginationToken":")" + token + "\"")));
    for (size_t at = page.find("\"Username\":\""); at != std::string::npos;
         at = page.find("\"Username\":\"", at + 1)) {
      names.push_back(Member(page.substr(at), "Username"));
    }
    token = Member(page, "PaginationToken");
    if (token.empty()) break;
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("anna", "anton", "bert", "carl", "dora"));

  const auto filtered = [&](const std::string& filter, const std::string& more = "") {
    return Call("ListUsers", InPool(R"(,"Filter":")" + filter + "\"" + more));
  };
  EXPECT_THAT(filtered(R"(username ^= \"an\")"),
              testing::AllOf(HasSubstr("anna"), HasSubstr("anton"), Not(HasSubstr("bert"))));
  // Of what matches, a page that is full has a next one only where there is more.
  const std::string one = filtered(R"(username ^= \"an\")", R"(,"Limit":1)");
  EXPECT_NE(Member(one, "PaginationToken"), "");
  EXPECT_EQ(Member(filtered(R"(username ^= \"an\")", R"(,"Limit":2)"), "PaginationToken"), "");
  EXPECT_THAT(filtered(R"(email=\"BERT@example.com\")", R"(,"AttributesToGet":["email"])"),
              HasSubstr(R"("Attributes":[{"Name":"email","Value":"bert@example.com"}])"));
  EXPECT_EQ(Refusal("ListUsers", InPool(R"(,"Limit":61)")),
            "InvalidParameterException: 1 validation error detected: Value '61' at 'limit' failed "
            "to satisfy constraint: Member must have value less than or equal to 60");
}

TEST_P(PoolAdmin, RecoversAForgottenPassword) {
  SignUpAndConfirm("londo", "londo@example.com");
  const std::string access = Member(Call("InitiateAuth", SigningIn("londo")), "AccessToken");
  const size_t before = outbox_.mails.size();
  const std::string answer = Call("ForgotPassword", Named("LONDO@example.com"));
  EXPECT_EQ(Member(answer, "Destination"), "l***@e***");
  ASSERT_EQ(outbox_.mails.size(), before + 1);
  EXPECT_EQ(outbox_.mails.back().kind, MailKind::kRecovery);
  const auto recovering = [](const std::string& name, const std::string& code) {
    return Named(name, R"(,"Password":"Recovered-1","ConfirmationCode":")" + code + "\"");
  };
  const std::string mismatch =
      "CodeMismatchException: Invalid verification code provided, please try again.";
  EXPECT_EQ(Refusal("ConfirmForgotPassword", recovering("londo", WrongCode())), mismatch);
  EXPECT_EQ(Refusal("ConfirmForgotPassword", recovering("nobody", LastCode())), mismatch);
  EXPECT_EQ(Call("ConfirmForgotPassword", recovering("londo", LastCode())), "{}");
  EXPECT_EQ(Refusal("ConfirmForgotPassword", recovering("londo", LastCode())),
            "ExpiredCodeException: Invalid code provided, please request a code again.");
  EXPECT_EQ(verifier_->VerifyToken(access).error().message, kRevoked);
  Call("InitiateAuth", SigningIn("londo", "Recovered-1"));

  // Nobody gets an answer of the same form, and no mail.
  for (const char* nobody : {"nobody", "nobody@example.com"}) {
    const std::string simulated = Call("ForgotPassword", Named(nobody));
    EXPECT_THAT(Member(simulated, "Destination"), testing::MatchesRegex("[a-z]\\*{3}@[a-z]\\*{3}"));
    EXPECT_EQ(Call("ForgotPassword", Named(nobody)), simulated) << "the same each time";
  }
  EXPECT_EQ(outbox_.mails.size(), before + 1);
  // Nor does it show by their case which addresses are stored.
  SignUpAndConfirm("vir", "Vir@Example.com");
  for (const char* typed : {"VIR@EXAMPLE.COM", "Vir@Example.com", "Vox@Example.com"}) {
    EXPECT_EQ(Member(Call("ForgotPassword", Named(typed)), "Destination"), "v***@e***") << typed;
  }
}

TEST_P(PoolAdmin, BurnsARecoveryCodeThatIsGuessedAt) {
  SignUpAndConfirm("londo", "londo@example.com");
  Call("ForgotPassword", Named("londo"));
  const auto recovering = [](const std::string& code) {
    return Named("londo", R"(,"Password":"Recovered-1","ConfirmationCode":")" + code + "\"");
  };
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(Refusal("ConfirmForgotPassword", recovering(WrongCode())),
                HasSubstr("CodeMismatchException"));
    clock_.Advance(std::chrono::minutes(5));
  }
  EXPECT_THAT(Refusal("ConfirmForgotPassword", recovering(LastCode())),
              HasSubstr("ExpiredCodeException"));
}

TEST(UserFilterText, IsRefusedWhereItIsNone) {
  for (const char* text : {"name", "name = ", "name = x", "name = \"x", "name = \"x\" y",
                           "shoe_size = \"x\"", "= \"x\"", "name ^ \"x\""}) {
    EXPECT_FALSE(UserFilter::Parse(text)) << text;
  }
  const PoolUser user{.sub = "s", .username = "q\"uote", .email = "E@x.org", .status = "CONFIRMED"};
  for (const char* text : {"", "  ", "email = \"e@x.org\"", "username=\"q\\\"uote\"", "sub ^= \"\"",
                           "cognito:user_status = \"confirmed\"", "status = \"Enabled\""}) {
    EXPECT_TRUE(UserFilter::Parse(text)->Matches(user)) << text;
  }
  EXPECT_FALSE(UserFilter::Parse("status = \"Disabled\"")->Matches(user));
}

}  // namespace
}  // namespace cruddur::accounts
