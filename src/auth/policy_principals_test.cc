#include "auth/policy_principals.h"

#include <gtest/gtest.h>

namespace cruddur::auth {
namespace {

constexpr char kAlice[] = "arn:aws:iam::111122223333:user/alice";
constexpr char kBob[] = "arn:aws:iam::111122223333:user/bob";
constexpr char kStranger[] = "arn:aws:iam::444455556666:user/alice";

base::Result<PolicyPrincipals> Parse(std::string_view statement) {
  json::Document document;
  const auto element = document.Parse(statement);
  EXPECT_TRUE(element) << statement;
  return PolicyPrincipals::Parse(element->get_object().value_unsafe());
}

// Whom of the three a statement is about: "a", "b" and "s".
std::string Concerned(std::string_view statement, bool allow) {
  const auto principals = Parse(statement);
  EXPECT_TRUE(principals) << statement;
  if (!principals) return "?";
  std::string concerned;
  if (principals->Concern(kAlice, allow)) concerned += 'a';
  if (principals->Concern(kBob, allow)) concerned += 'b';
  if (principals->Concern(kStranger, allow)) concerned += 's';
  return concerned;
}

TEST(PolicyPrincipals, NameCallersAccountsAndEverybody) {
  const struct {
    std::string_view statement, allowed, denied;
  } cases[] = {
      {R"({"Principal": "*"})", "abs", "abs"},
      {R"({"Principal": {"AWS": "*"}})", "abs", "abs"},
      {R"({"Principal": {"AWS": "arn:aws:iam::111122223333:user/alice"}})", "a", "a"},
      {R"({"Principal": {"AWS": ["arn:aws:iam::111122223333:user/bob", "444455556666"]}})", "b",
       "bs"},
      {R"({"Principal": {"AWS": "111122223333"}})", "", "ab"},
      {R"({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}})", "", "ab"},
      {R"({"Principal": {"Service": "lambda.amazonaws.com"}})", "", ""},
      {R"({"NotPrincipal": {"AWS": "arn:aws:iam::111122223333:user/alice"}})", "bs", "bs"},
      {R"({"NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}})", "s", "s"},
  };
  for (const auto& [statement, allowed, denied] : cases) {
    EXPECT_EQ(Concerned(statement, true), allowed) << statement;
    EXPECT_EQ(Concerned(statement, false), denied) << statement;
  }
}

TEST(PolicyPrincipals, RefuseWhatCannotBeRead) {
  for (const char* statement :
       {R"({})", R"({"Principal": "*", "NotPrincipal": "*"})", R"({"Principal": "alice"})",
        R"({"Principal": 7})", R"({"Principal": {"AWS": [7]}})", R"({"Principal": {"AWS": 7}})"}) {
    EXPECT_FALSE(Parse(statement)) << statement;
  }
}

}  // namespace
}  // namespace cruddur::auth
