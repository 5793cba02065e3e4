#include "engine/field_checks.h"

#include <gtest/gtest.h>

namespace cruddur::engine {
namespace {

std::string TextOf(const FieldChecks& checks) {
  auto result = checks.Result();
  return result ? "" : result.error().message;
}

TEST(FieldChecks, AcceptsWhatIsInBounds) {
  FieldChecks checks;
  checks.TableName("cruddur-messages");
  checks.TableName("a.B_9-");
  checks.TableName(std::string(255, 'a'));
  checks.IndexName("");  // not given
  checks.Between("limit", 1, 1, 100);
  checks.Between("limit", std::nullopt, 1, 100);
  checks.AtLeast("limit", 1, 1);
  EXPECT_EQ(TextOf(checks), "");
}

TEST(FieldChecks, SaysWhatIsWrongWithOneField) {
  struct Case {
    void (*check)(FieldChecks&);
    const char* text;
  };
  const std::string at = "1 validation error detected: Value ";
  for (const Case& c : std::vector<Case>{
           {[](FieldChecks& f) { f.TableName("ab"); },
            "'ab' at 'tableName' failed to satisfy constraint: Member must have length greater "
            "than or equal to 3"},
           {[](FieldChecks& f) { f.TableName("a/b"); },
            "'a/b' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
            "expression pattern: [a-zA-Z0-9_.-]+"},
           {[](FieldChecks& f) { f.TableName(""); },
            "null at 'tableName' failed to satisfy constraint: Member must not be null"},
           {[](FieldChecks& f) { f.Between("limit", 0, 1, 100); },
            "'0' at 'limit' failed to satisfy constraint: Member must have value greater than or "
            "equal to 1"},
           {[](FieldChecks& f) { f.Between("limit", 101, 1, 100); },
            "'101' at 'limit' failed to satisfy constraint: Member must have value less than or "
            "equal to 100"},
           {[](FieldChecks& f) { f.Length("transactItems", "'[]'", 0, 1, 100); },
            "'[]' at 'transactItems' failed to satisfy constraint: Member must have length greater "
            "than or equal to 1"},
       }) {
    FieldChecks checks;
    c.check(checks);
    EXPECT_EQ(TextOf(checks), at + c.text);
  }
}

TEST(FieldChecks, LimitsTheLengthOfNames) {
  FieldChecks checks;
  checks.IndexName(std::string(256, 'a'));
  EXPECT_TRUE(TextOf(checks).ends_with("Member must have length less than or equal to 255"));
}

TEST(FieldChecks, TellsAllFailuresTogether) {
  FieldChecks checks;
  checks.TableName("a;");
  checks.AtLeast("limit", -1, 1);
  EXPECT_EQ(TextOf(checks),
            "3 validation errors detected: "
            "Value 'a;' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
            "expression pattern: [a-zA-Z0-9_.-]+; "
            "Value 'a;' at 'tableName' failed to satisfy constraint: Member must have length "
            "greater than or equal to 3; "
            "Value '-1' at 'limit' failed to satisfy constraint: Member must have value greater "
            "than or equal to 1");
}

}  // namespace
}  // namespace cruddur::engine
