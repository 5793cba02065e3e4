#include "engine/policy_document.h"

#include <gtest/gtest.h>

namespace cruddur::engine {
namespace {

std::string Canonical(std::string_view document) {
  auto canonical = CanonicalPolicy(document);
  return canonical ? *canonical : canonical.error().message;
}

TEST(PolicyDocument, IsWrittenInOneForm) {
  const std::string canonical =
      R"({"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Principal":)"
      R"({"AWS":"arn:aws:iam::123456789012:root"},"Action":"dynamodb:GetItem",)"
      R"("Resource":"arn:aws:dynamodb:us-east-1:000000000000:table/t"}]})";
  EXPECT_EQ(Canonical(R"({
    "Statement": {
      "Resource": ["arn:aws:dynamodb:us-east-1:000000000000:table/t"],
      "Action": ["dynamodb:GetItem"],
      "Principal": {"AWS": ["123456789012", "arn:aws:iam::123456789012:root"]},
      "Effect": "allow", "Sid": "Read"
    },
    "Version": "2012-10-17"})"),
            canonical);
  EXPECT_EQ(Canonical(canonical), canonical);
}

TEST(PolicyDocument, KeepsWhatHasNoShorterForm) {
  const std::string document =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotPrincipal":"*",)"
      R"("NotAction":["dynamodb:GetItem","dynamodb:Query"],"NotResource":"*",)"
      R"("Condition":{"StringEquals":{"aws:PrincipalTag/team":["a"]}}}]})";
  EXPECT_EQ(Canonical(document), document);
}

TEST(PolicyDocument, MustBeAPolicy) {
  const std::string invalid =
      "One or more parameter values were invalid: Invalid policy document: ";
  const auto statement = [](std::string_view members) {
    return R"({"Statement": [{)" + std::string(members) + "}]}";
  };
  EXPECT_EQ(Canonical(""), invalid + "This policy contains invalid Json");
  EXPECT_EQ(Canonical("{"), invalid + "This policy contains invalid Json");
  EXPECT_EQ(Canonical("[]"), invalid + "This policy contains invalid Json");
  EXPECT_EQ(Canonical("null"), invalid + "This text appears not to be a policy");
  EXPECT_EQ(Canonical(R"({"Statement": []})"),
            invalid + "Could not parse the policy: Statement is empty!");
  EXPECT_EQ(Canonical("{}"), invalid + "Missing required field Statement");
  EXPECT_EQ(Canonical(R"({"Statement": [1]})"), invalid + "Syntax errors in policy.");
  EXPECT_EQ(Canonical(statement("")), invalid + "Missing required field Effect");
  EXPECT_EQ(Canonical(statement(R"("Effect": "Maybe")")), invalid + "Invalid effect: maybe");
  EXPECT_EQ(Canonical(statement(R"("Effect": "Allow")")),
            invalid + "Missing required field Principal");
  EXPECT_EQ(Canonical(statement(R"("Effect": "Allow", "Principal": "*")")),
            invalid + "Missing required field Action");
  EXPECT_EQ(Canonical(statement(R"("Effect": "Allow", "Principal": "*", "Action": "*")")),
            invalid + "Missing required field Resource");
  const std::string all = R"("Action": "*", "Resource": "*")";
  for (const char* everybody : {R"("*")", R"({"AWS": "*"})", R"({"AWS": ["000000000000", "*"]})"}) {
    const std::string principal = R"("Principal": )" + std::string(everybody) + ", " + all;
    EXPECT_EQ(Canonical(statement(R"("Effect": "Allow", )" + principal)),
              "Resource-based policy grants unbounded access in one or more elements. Please "
              "revise the policy to ensure least-privilege form of access");
    EXPECT_TRUE(CanonicalPolicy(statement(R"("Effect": "Deny", )" + principal)));
    EXPECT_TRUE(CanonicalPolicy(
        statement(R"("Effect": "Allow", "Condition": {"Bool": {"aws:SecureTransport": "true"}}, )" +
                  principal)));
  }
  EXPECT_EQ(
      Canonical(std::string(20 * 1024 + 1, ' ')),
      "One or more parameter values were invalid: Maximum policy size of 20480 bytes exceeded");
}

}  // namespace
}  // namespace cruddur::engine
