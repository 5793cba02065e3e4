#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "accounts/pool_fixture.h"

namespace cruddur::accounts {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::HasSubstr;

class PoolSignUp : public PoolTest {};
INSTANTIATE_TEST_SUITE_P(Databases, PoolSignUp, testing::Values(Kind::kSqlite, Kind::kPostgres),
                         KindName);

constexpr const char* kWrongCode =
    "CodeMismatchException: Invalid verification code provided, please try again.";
constexpr const char* kOldCode =
    "ExpiredCodeException: Invalid code provided, please request a code again.";
constexpr const char* kTooMany =
    "LimitExceededException: Attempt limit exceeded, please try after some time.";

TEST_P(PoolSignUp, TakesACodeThatWasMailed) {
  const std::string answer = Call("SignUp", SigningUp("Londo", "londo@example.com"));
  EXPECT_THAT(answer, HasSubstr(R"("CodeDeliveryDetails":{"AttributeName":"email",)"
                                R"("DeliveryMedium":"EMAIL","Destination":"l***@e***"})"));
  EXPECT_THAT(answer, HasSubstr(R"("UserConfirmed":false,"UserSub":")"));
  ASSERT_EQ(outbox_.mails.size(), 1u);
  EXPECT_EQ(outbox_.mails[0].to, "londo@example.com");
  EXPECT_EQ(outbox_.mails[0].kind, MailKind::kConfirmation);
  EXPECT_EQ(LastCode().size(), 6u);

  EXPECT_EQ(Refusal("InitiateAuth", SigningIn("londo")),
            "UserNotConfirmedException: User is not confirmed.");
  EXPECT_EQ(Refusal("ConfirmSignUp", Confirming("londo", WrongCode())), kWrongCode);
  EXPECT_EQ(Call("ConfirmSignUp", Confirming("londo", LastCode())), "{}");
  Call("InitiateAuth", SigningIn("londo"));
  // Only who has the code is told how things stand.
  EXPECT_EQ(Refusal("ConfirmSignUp", Confirming("londo", LastCode())),
            "NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED");
  EXPECT_EQ(Refusal("ConfirmSignUp", Confirming("londo", WrongCode())), kWrongCode);
}

TEST_P(PoolSignUp, ByEmailAddressGivesAUsernameOfThePools) {
  const std::string attributes =
      R"(,"Password":"Correct-Horse7","UserAttributes":[{"Name":"name","Value":"G'Kar"},)"
      R"({"Name":"preferred_username","Value":"gkar"}])";
  const std::string sub = Member(Call("SignUp", Named("gkar@example.com", attributes)), "UserSub");
  Call("ConfirmSignUp", Confirming("GKar@example.com", LastCode()));
  for (const char* name : {"gkar@example.com", "GKAR", "gkar"}) {
    const std::string answer = Call("InitiateAuth", SigningIn(name));
    const std::string user = Call("GetUser", WithToken(Member(answer, "AccessToken")));
    EXPECT_EQ(Member(user, "Username"), sub);
    EXPECT_THAT(user, HasSubstr(R"({"Name":"name","Value":"G'Kar"})"));
    EXPECT_THAT(user, HasSubstr(R"({"Name":"preferred_username","Value":"gkar"})"));
    EXPECT_THAT(user, HasSubstr(R"({"Name":"email_verified","Value":"true"})"));
  }
}

TEST_P(PoolSignUp, RefusesWhatCannotBe) {
  const struct {
    std::string body, refusal;
  } cases[] = {
      {R"({"Username":"a","Password":"Correct-Horse7"})",
       "InvalidParameterException: 1 validation error detected: Value at 'clientId' failed to "
       "satisfy constraint: Member must not be null"},
      {"{}",
       "InvalidParameterException: 3 validation errors detected: Value at 'clientId' failed to "
       "satisfy constraint: Member must not be null; Value at 'username' failed to satisfy "
       "constraint: Member must not be null; Value at 'password' failed to satisfy constraint: "
       "Member must not be null"},
      {R"({"ClientId":"other","Username":"a","Password":"Correct-Horse7"})",
       "ResourceNotFoundException: User pool client other does not exist."},
      {SigningUp("a b", "a@example.com"),
       R"(InvalidParameterException: 1 validation error detected: Value 'a b' at 'username' failed )"
       R"(to satisfy constraint: Member must satisfy regular expression pattern: )"
       R"([\p{L}\p{M}\p{S}\p{N}\p{P}]+)"},
      {R"({"ClientId":7,"Username":"a","Password":"Correct-Horse7"})",
       "SerializationException: A member of the request has the wrong type"},
      {SigningUp("a", "nowhere"), "InvalidParameterException: Invalid email address format."},
      {Named("a", R"(,"Password":"Correct-Horse7")"),
       "InvalidParameterException: Attributes did not conform to the schema: email: The attribute "
       "is required\n"},
      {Named("a@example.com", R"(,"Password":"Correct-Horse7")"),
       "InvalidParameterException: Attributes did not conform to the schema: preferred_username: "
       "The attribute is required\n"},
      {Named("a",
             R"(,"Password":"Correct-Horse7","UserAttributes":[{"Name":"custom:x","Value":"1"}])"),
       "InvalidParameterException: Attributes did not conform to the schema: custom:x: Attribute "
       "does not exist in the schema.\n"},
      {Named(
           "a",
           R"(,"Password":"Correct-Horse7","UserAttributes":[{"Name":"email_verified","Value":"true"}])"),
       "NotAuthorizedException: A client attempted to write unauthorized attribute"},
      {SigningUp("a", "a@example.com", "Aa1-"),
       "InvalidParameterException: 1 validation error detected: Value at 'password' failed to "
       "satisfy constraint: Member must have length greater than or equal to 6"},
      {SigningUp("a", "a@example.com", "Aa1-567"),
       "InvalidPasswordException: Password did not conform with policy: Password not long enough"},
      {SigningUp("a", "a@example.com", "AAAAAA1-"),
       "InvalidPasswordException: Password did not conform with policy: Password must have "
       "lowercase characters"},
      {SigningUp("a", "a@example.com", "aaaaaa1-"),
       "InvalidPasswordException: Password did not conform with policy: Password must have "
       "uppercase characters"},
      {SigningUp("a", "a@example.com", "Aaaaaaa-"),
       "InvalidPasswordException: Password did not conform with policy: Password must have numeric "
       "characters"},
      {SigningUp("a", "a@example.com", "Aaaaaaa1"),
       "InvalidPasswordException: Password did not conform with policy: Password must have symbol "
       "characters"},
  };
  for (const auto& test : cases) EXPECT_EQ(Refusal("SignUp", test.body), test.refusal);
  EXPECT_TRUE(outbox_.mails.empty());
}

TEST_P(PoolSignUp, KeepsNamesApartWhateverTheirCase) {
  SignUpAndConfirm("londo", "londo@example.com");
  const std::string exists = "UsernameExistsException: User already exists";
  EXPECT_EQ(Refusal("SignUp", SigningUp("LONDO", "other@example.com")), exists);
  const std::string handle =
      R"(,"Password":"Correct-Horse7","UserAttributes":[{"Name":"email","Value":"x@example.com"},)"
      R"({"Name":"preferred_username","Value":"Londo"}])";
  EXPECT_EQ(Refusal("SignUp", Named("vir", handle)), exists) << "a handle is a name too";
}

TEST_P(PoolSignUp, DoesntTellWhoseAnAddressIsButToItsOwner) {
  SignUpAndConfirm("londo", "londo@example.com");
  const std::string other = Call("SignUp", SigningUp("vir", "Londo@example.com"));
  EXPECT_EQ(Member(other, "Destination"), "l***@e***");
  EXPECT_EQ(Refusal("ConfirmSignUp", Confirming("vir", LastCode())),
            "AliasExistsException: An account with the email already exists.");
  EXPECT_EQ(Refusal("InitiateAuth", SigningIn("vir")),
            "UserNotConfirmedException: User is not confirmed.");
}

TEST_P(PoolSignUp, GivesNamesBackThatNobodyConfirmed) {
  Call("SignUp", SigningUp("londo", "londo@example.com"));
  const std::string code = LastCode();
  clock_.Advance(hours(25));
  EXPECT_EQ(Refusal("ConfirmSignUp", Confirming("londo", code)), kOldCode);
  Call("SignUp", SigningUp("londo", "other@example.com"));
  EXPECT_EQ(Refusal("ConfirmSignUp", Confirming("londo", code)), kWrongCode);
  EXPECT_EQ(Call("ConfirmSignUp", Confirming("londo", LastCode())), "{}");
}

TEST_P(PoolSignUp, SendsAnotherCodeWhichReplacesTheFirst) {
  Call("SignUp", SigningUp("londo", "londo@example.com"));
  const std::string first = LastCode();
  const std::string answer = Call("ResendConfirmationCode", Named("londo"));
  EXPECT_EQ(Member(answer, "Destination"), "l***@e***");
  ASSERT_EQ(outbox_.mails.size(), 2u);
  if (first != LastCode()) {
    EXPECT_EQ(Refusal("ConfirmSignUp", Confirming("londo", first)), kWrongCode);
  }
  Call("ConfirmSignUp", Confirming("londo", LastCode()));
  Call("ResendConfirmationCode", Named("londo"));
  EXPECT_EQ(outbox_.mails.size(), 2u) << "nothing is to be confirmed any more";
}

TEST_P(PoolSignUp, ConfirmsTheOneOfSeveralWhoseCodeItIs) {
  const auto signing_up = [](const std::string& handle) {
    return Named("both@example.com",
                 R"(,"Password":"Correct-Horse7","UserAttributes":[{"Name":"preferred_username",)"
                 R"("Value":")" +
                     handle + "\"}]");
  };
  const std::string first = Member(Call("SignUp", signing_up("first")), "UserSub");
  const std::string code = LastCode();
  clock_.Advance(minutes(1));
  Call("SignUp", signing_up("second"));
  Call("ConfirmSignUp", Confirming("both@example.com", code));
  const std::string user = Call("AdminGetUser", InPool(R"(,"Username":"both@example.com")"));
  EXPECT_EQ(Member(user, "Username"), first);
}

// Whoever else named the address, and however often: only the mail's reader has the code.
TEST_P(PoolSignUp, ConfirmsByCodeHoweverManyNamedTheAddress) {
  const auto signing_up = [](int i) {
    return Named("both@example.com",
                 R"(,"Password":"Correct-Horse7","UserAttributes":[{"Name":"preferred_username",)"
                 R"("Value":"handle)" +
                     std::to_string(i) + "\"}]");
  };
  const std::string first = Member(Call("SignUp", signing_up(0)), "UserSub");
  const std::string code = LastCode();
  for (int i = 1; i < 8; ++i) {
    clock_.Advance(minutes(20));
    Call("SignUp", signing_up(i));
  }
  EXPECT_EQ(outbox_.mails[0].handle, "handle0") << "the mail says what its code confirms";
  Call("ConfirmSignUp", Confirming("both@example.com", code));
  const std::string user = Call("AdminGetUser", InPool(R"(,"Username":"both@example.com")"));
  EXPECT_EQ(Member(user, "Username"), first);
}

TEST_P(PoolSignUp, SendsEachWhoNamedTheAddressTheirOwnCodeAgain) {
  Call("SignUp", SigningUp("londo", "both@example.com"));
  clock_.Advance(minutes(1));
  Call("SignUp", SigningUp("vir", "both@example.com"));
  outbox_.mails.clear();
  Call("ResendConfirmationCode", Named("Both@example.com"));
  ASSERT_EQ(outbox_.mails.size(), 2u);
  std::map<std::string, std::string> codes;
  for (const Mail& mail : outbox_.mails) codes[mail.handle] = mail.secret;
  EXPECT_EQ(Call("ConfirmSignUp", Confirming("londo", codes["londo"])), "{}");
  EXPECT_EQ(Refusal("ConfirmSignUp", Confirming("vir", codes["vir"])),
            "AliasExistsException: An account with the email already exists.");
}

TEST_P(PoolSignUp, BurnsACodeThatIsGuessedAt) {
  Call("SignUp", SigningUp("londo", "londo@example.com"));
  const auto guess = [&](const std::string& name) {
    EXPECT_EQ(Refusal("ConfirmSignUp", Confirming(name, WrongCode())), kWrongCode);
    clock_.Advance(minutes(20));  // what the limit would have anybody wait
  };
  for (int i = 0; i < 5; ++i) {
    guess("londo");
    guess("londo@example.com");
  }
  EXPECT_EQ(Refusal("ConfirmSignUp", Confirming("londo", LastCode())), kOldCode);
  clock_.Advance(minutes(20));
  Call("ResendConfirmationCode", Named("londo"));
  EXPECT_EQ(Call("ConfirmSignUp", Confirming("londo", LastCode())), "{}");
}

TEST_P(PoolSignUp, SweepsWhatNobodyConfirmed) {
  Call("SignUp", SigningUp("londo", "londo@example.com"));
  clock_.Advance(hours(25));
  Call("SignUp", SigningUp("vir", "vir@example.com"));
  const std::string users = Call("ListUsers", InPool(""));
  EXPECT_THAT(users, HasSubstr("vir@example.com"));
  EXPECT_THAT(users, testing::Not(HasSubstr("londo")));
}

TEST_P(PoolSignUp, CountsWrongCodesOfAnybodyAndOfNobody) {
  Call("SignUp", SigningUp("londo", "londo@example.com"));
  for (const char* name : {"londo", "nobody"}) {
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(Refusal("ConfirmSignUp", Confirming(name, WrongCode())), kWrongCode);
    }
    EXPECT_EQ(Refusal("ConfirmSignUp", Confirming(name, WrongCode())), kTooMany);
  }
  EXPECT_EQ(Refusal("ConfirmSignUp", Confirming("londo", LastCode())), kTooMany);
  clock_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(Call("ConfirmSignUp", Confirming("londo", LastCode())), "{}");
}

TEST_P(PoolSignUp, BoundsTheMailToAnAddress) {
  for (int i = 0; i < 5; ++i) {
    Call("SignUp", SigningUp("londo" + std::to_string(i), "londo@example.com"));
  }
  const auto refused = Answer("SignUp", SigningUp("londo9", "londo@example.com"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().type, "LimitExceededException");
  EXPECT_EQ(refused.error().retry_after, 60);
  EXPECT_EQ(outbox_.mails.size(), 5u);
}

// Whoever asks under however many names, one mailbox gets ten mails and then few.
TEST_P(PoolSignUp, BoundsTheMailToARecipientWithoutSaying) {
  for (int i = 0; i < 4; ++i) {
    Call("SignUp", SigningUp("londo" + std::to_string(i), "londo@example.com"));
  }
  for (int i = 0; i < 4; ++i) {
    for (int times = 0; times < 3; ++times) {
      const auto answer = Call("ResendConfirmationCode", Named("londo" + std::to_string(i)));
      EXPECT_EQ(Member(answer, "Destination"), "l***@e***");
    }
  }
  EXPECT_EQ(outbox_.mails.size(), 10u);
  // The code that was sent last is good still.
  const Mail& last = outbox_.mails.back();
  EXPECT_EQ(Call("ConfirmSignUp", Confirming(last.username, last.secret)), "{}");
}

}  // namespace
}  // namespace cruddur::accounts
