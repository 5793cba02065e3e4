#include "auth/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "json/reader.h"

namespace cruddur::auth {
namespace {

using testing::HasSubstr;

constexpr ConditionKey kKeys[] = {{"aws:username"},    {"aws:sourceip"},
                                  {"aws:currenttime"}, {"dynamodb:select"},
                                  {"aws:epochtime"},   {"dynamodb:leadingkeys", true},
                                  {"aws:principalarn"}};

struct Facts final : PolicyContext {
  std::optional<std::vector<std::string>> Find(std::string_view key) const override {
    const auto at = values.find(key);
    if (at == values.end()) return std::nullopt;
    return at->second;
  }
  std::map<std::string, std::vector<std::string>, std::less<>> values;
};

base::Result<Policy> Parse(std::string_view json) {
  json::Document document;
  auto root = document.Parse(json);
  EXPECT_TRUE(root) << json;
  return Policy::Parse(*root, kKeys);
}

Verdict Decide(std::string_view json, std::string_view action, std::string_view resource,
               const Facts& facts = {}) {
  auto policy = Parse(json);
  EXPECT_TRUE(policy) << (policy ? "" : policy.error().message) << " " << json;
  return policy ? policy->Decide({action, resource, facts}) : Verdict::kDenied;
}

constexpr char kTable[] = "arn:aws:dynamodb:us-east-1:000000000000:table/cruddur-messages";

// The policy of the journal in shared/seeds, for this region and account.
TEST(Policy, DecidesAsThePolicyOfTheFirstSystem) {
  const char* const policy = R"({"Version": "2012-10-17", "Statement": [{
      "Sid": "VisualEditor0", "Effect": "Allow",
      "Action": ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"],
      "Resource": [
        "arn:aws:dynamodb:us-east-1:000000000000:table/cruddur-messages/index/message-group-sk-index",
        "arn:aws:dynamodb:us-east-1:000000000000:table/cruddur-messages"]}]})";
  const std::string table = kTable;
  const std::string index = table + "/index/message-group-sk-index";
  for (const char* action : {"dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"}) {
    EXPECT_EQ(Decide(policy, action, table), Verdict::kAllowed);
    EXPECT_EQ(Decide(policy, action, index), Verdict::kAllowed);
  }
  EXPECT_EQ(Decide(policy, "dynamodb:GetItem", table), Verdict::kNothing);
  EXPECT_EQ(Decide(policy, "dynamodb:Scan", index), Verdict::kNothing);
  EXPECT_EQ(Decide(policy, "dynamodb:PutItem", table + "2"), Verdict::kNothing);
  EXPECT_EQ(Decide(policy, "dynamodb:Query", table + "/index/another"), Verdict::kNothing);
}

TEST(Policy, TakesWildcardsAndOneInsteadOfAList) {
  const char* const policy = R"({"Statement": {"Effect": "Allow", "Action": "DYNAMODB:*Item",
      "Resource": "arn:aws:dynamodb:*:*:table/cruddur-?essages"}})";
  EXPECT_EQ(Decide(policy, "dynamodb:PutItem", kTable), Verdict::kAllowed);
  EXPECT_EQ(Decide(policy, "dynamodb:Query", kTable), Verdict::kNothing);
  EXPECT_EQ(Decide(policy, "dynamodb:PutItem", std::string(kTable) + "/index/a"),
            Verdict::kNothing);
}

TEST(Policy, LetsAnExplicitDenyWinWhereverItStands) {
  for (const char* policy :
       {R"({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"},
                          {"Effect": "Deny", "Action": "dynamodb:Delete*", "Resource": "*"}]})",
        R"({"Statement": [{"Effect": "Deny", "Action": "dynamodb:Delete*", "Resource": "*"},
                          {"Effect": "Allow", "Action": "*", "Resource": "*"}]})"}) {
    EXPECT_EQ(Decide(policy, "dynamodb:DeleteItem", kTable), Verdict::kDenied);
    EXPECT_EQ(Decide(policy, "dynamodb:PutItem", kTable), Verdict::kAllowed);
  }
}

TEST(Policy, ReadsNotActionAndNotResource) {
  const char* const policy = R"({"Statement": {"Effect": "Allow", "NotAction": "dynamodb:Delete*",
      "NotResource": ["arn:aws:dynamodb:*:*:table/secret", "arn:aws:dynamodb:*:*:table/secret/*"]}})";
  EXPECT_EQ(Decide(policy, "dynamodb:PutItem", kTable), Verdict::kAllowed);
  EXPECT_EQ(Decide(policy, "dynamodb:DeleteItem", kTable), Verdict::kNothing);
  EXPECT_EQ(Decide(policy, "dynamodb:PutItem", "arn:aws:dynamodb:r:a:table/secret"),
            Verdict::kNothing);
  EXPECT_EQ(Decide(policy, "dynamodb:Query", "arn:aws:dynamodb:r:a:table/secret/index/i"),
            Verdict::kNothing);
}

bool Holds(std::string_view condition, const Facts& facts) {
  return Decide(R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*",
                    "Resource": "*", "Condition": )" +
                    std::string(condition) + "}}",
                "dynamodb:GetItem", kTable, facts) == Verdict::kAllowed;
}

TEST(Policy, ChecksConditions) {
  Facts facts;
  facts.values = {{"aws:username", {"bayko"}},
                  {"aws:sourceip", {"10.1.2.3"}},
                  {"aws:currenttime", {"2023-03-24T09:45:01Z"}},
                  {"aws:epochtime", {"1679651101"}},
                  {"aws:principalarn", {"arn:aws:iam::000000000000:user/bayko"}},
                  {"dynamodb:leadingkeys", {"GRP#bayko", "MSG#1"}}};
  const struct {
    const char* condition;
    bool holds;
  } cases[] = {
      {R"({"StringEquals": {"aws:username": "bayko"}})", true},
      {R"({"StringEquals": {"AWS:UserName": ["x", "bayko"]}})", true},
      {R"({"StringEquals": {"aws:username": "Bayko"}})", false},
      {R"({"StringEquals": {"aws:username": "b*"}})", false},
      {R"({"StringNotEquals": {"aws:username": ["x", "bayko"]}})", false},
      {R"({"StringNotEquals": {"aws:username": ["x", "y"]}})", true},
      {R"({"StringEqualsIgnoreCase": {"aws:username": "BAYKO"}})", true},
      {R"({"StringLike": {"aws:username": "b?y*"}})", true},
      {R"({"StringNotLike": {"aws:username": "b*"}})", false},
      {R"({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}})", true},
      {R"({"ArnLike": {"aws:PrincipalArn": "arn:*:user/*"}})", false},
      {R"({"IpAddress": {"aws:SourceIp": ["192.168.0.0/16", "10.1.0.0/20"]}})", true},
      {R"({"IpAddress": {"aws:SourceIp": "10.1.3.0/24"}})", false},
      {R"({"NotIpAddress": {"aws:SourceIp": "::1"}})", true},
      {R"({"DateGreaterThan": {"aws:CurrentTime": "2023-03-24T09:45:00Z"}})", true},
      {R"({"DateLessThan": {"aws:CurrentTime": "2023-03-24T09:45:01Z"}})", false},
      {R"({"NumericLessThanEquals": {"aws:EpochTime": 1679651101}})", true},
      {R"({"NumericGreaterThan": {"aws:EpochTime": "1679651101"}})", false},
      // Several operators and keys all have to hold.
      {R"({"StringEquals": {"aws:username": "bayko"}, "Null": {"dynamodb:Select": true}})", true},
      {R"({"StringEquals": {"aws:username": "bayko"}, "Null": {"dynamodb:Select": "false"}})",
       false},
      // A key that the request hasn't.
      {R"({"StringEquals": {"dynamodb:Select": "COUNT"}})", false},
      {R"({"StringNotEquals": {"dynamodb:Select": "COUNT"}})", true},
      {R"({"StringEqualsIfExists": {"dynamodb:Select": "COUNT"}})", true},
      // Keys with many values.
      {R"({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["GRP#*", "MSG#?"]}})", true},
      {R"({"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "GRP#bayko"}})", false},
      {R"({"ForAnyValue:StringEquals": {"dynamodb:LeadingKeys": "GRP#bayko"}})", true},
      {R"({"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": "GRP#${aws:username}"}})", true},
      {R"({"ForAllValues:StringNotLike": {"dynamodb:LeadingKeys": "MSG#*"}})", false},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(Holds(each.condition, facts), each.holds) << each.condition;
  }
  const Facts none;
  EXPECT_TRUE(Holds(R"({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "a"}})", none));
  EXPECT_FALSE(Holds(R"({"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": "a"}})", none));
}

TEST(Policy, ReplacesVariablesWithoutTakingTheirWildcards) {
  const char* const policy = R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
      "Action": "*", "Resource": "arn:aws:dynamodb:*:*:table/${aws:username}-*"}})";
  Facts facts;
  facts.values = {{"aws:username", {"bayko"}}};
  EXPECT_EQ(Decide(policy, "a:b", "arn:aws:dynamodb:r:a:table/bayko-1", facts), Verdict::kAllowed);
  EXPECT_EQ(Decide(policy, "a:b", "arn:aws:dynamodb:r:a:table/brown-1", facts), Verdict::kNothing);
  EXPECT_EQ(Decide(policy, "a:b", "arn:aws:dynamodb:r:a:table/bayko-1"), Verdict::kNothing);
  facts.values["aws:username"] = {"*"};
  EXPECT_EQ(Decide(policy, "a:b", "arn:aws:dynamodb:r:a:table/brown-1", facts), Verdict::kNothing);
  const char* const star = R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
      "Action": "*", "Resource": "arn:aws:dynamodb:*:*:table/${*}"}})";
  EXPECT_EQ(Decide(star, "a:b", "arn:aws:dynamodb:r:a:table/*"), Verdict::kAllowed);
  EXPECT_EQ(Decide(star, "a:b", "arn:aws:dynamodb:r:a:table/x"), Verdict::kNothing);
}

TEST(Policy, RefusesWhatItWouldHaveToOverlook) {
  const std::string statement = R"("Effect": "Allow", "Action": "*", "Resource": "*")";
  const struct {
    std::string json, why;
  } cases[] = {
      {R"([])", "a policy must be an object"},
      {R"({})", "a policy without Statement"},
      {R"({"Version": "2020-01-01", "Statement": []})", "Version must be"},
      {R"({"Statement": [], "Extra": 1})", "a policy has an unknown member 'Extra'"},
      {"{\"Statement\": {" + statement + R"(, "Principal": "*"}})", "unknown member 'Principal'"},
      {"{\"Statement\": {" + statement + R"(, "Effect": "Deny"}})",
       "a statement has 'Effect' twice"},
      {R"({"Statement": {"Effect": "allow", "Action": "*", "Resource": "*"}})", "Effect must be"},
      {R"({"Statement": {"Effect": "Allow", "Resource": "*"}})", "without Action or NotAction"},
      {"{\"Statement\": {" + statement + R"(, "NotAction": "a:b"}})", "both Action and NotAction"},
      {R"({"Statement": {"Effect": "Allow", "Action": "PutItem", "Resource": "*"}})",
       "'PutItem' is no action"},
      {R"({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "table/a"}})",
       "'table/a' is no resource"},
      {R"({"Statement": {"Effect": "Allow", "Action": [1], "Resource": "*"}})",
       "Action must be a string or a list of strings"},
      {R"({"Statement": {"Effect": "Allow", "Action": [], "Resource": "*"}})",
       "Action must be a string or a list of strings"},
      {R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*",
           "Resource": "arn:aws:dynamodb:::${aws:who}"}})",
       "the policy variable '${aws:who}' is not supported"},
      {R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*",
           "Resource": "arn:${aws:username"}})",
       "without its '}'"},
  };
  for (const auto& each : cases) {
    const auto policy = Parse(each.json);
    ASSERT_FALSE(policy) << each.json;
    EXPECT_THAT(policy.error().message, HasSubstr(each.why)) << each.json;
  }
  const struct {
    const char *condition, *why;
  } conditions[] = {
      {R"("x")", "Condition must be an object"},
      {R"({"StringIs": {"aws:username": "a"}})", "operator 'StringIs' is not known"},
      {R"({"StringEquals": {"aws:MultiFactorAuthAge": "a"}})",
       "condition key 'aws:MultiFactorAuthAge' is not supported"},
      {R"({"StringEquals": {"dynamodb:LeadingKeys": "a"}})", "needs ForAllValues: or ForAnyValue:"},
      {R"({"StringEquals": {"aws:username": []}})", "has no values"},
      {R"({"StringEquals": {"aws:username": {}}})", "must be a string"},
      {R"({"StringEquals": "a"})", "'StringEquals' must be an object"},
      {R"({"IpAddress": {"aws:SourceIp": "10.0.0.0/33"}})", "'10.0.0.0/33' is no value"},
      {R"({"DateLessThan": {"aws:CurrentTime": "soon"}})", "'soon' is no value"},
      {R"({"NumericEquals": {"aws:EpochTime": "1x"}})", "'1x' is no value"},
      {R"({"Bool": {"aws:username": "yes"}})", "'yes' is no value"},
      {R"({"StringEquals": {"aws:username": "${dynamodb:LeadingKeys}"}})", "is not supported"},
  };
  for (const auto& each : conditions) {
    const auto policy = Parse(R"({"Version": "2012-10-17", "Statement": {)" + statement +
                              R"(, "Condition": )" + each.condition + "}}");
    ASSERT_FALSE(policy) << each.condition;
    EXPECT_THAT(policy.error().message, HasSubstr(each.why)) << each.condition;
  }
}

}  // namespace
}  // namespace cruddur::auth
