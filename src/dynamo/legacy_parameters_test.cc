// The parameters that expressions replaced: how requests with them are read.
#include "dynamo/legacy_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dynamo/batches_codec.h"
#include "dynamo/items_codec.h"
#include "dynamo/pages_codec.h"

namespace cruddur::dynamo {
namespace {

constexpr std::string_view kInvalid = "One or more parameter values were invalid: ";
// How PutItem, UpdateItem and DeleteItem tell it.
const std::string kOneError = "1 validation error detected: ";

template <class Request>
model::DbResult<Request> Read(std::string_view json) {
  json::Document document;
  Request request;
  auto body = document.Parse(json);
  if (!body) return model::Invalid("no JSON: " + std::string(json));
  TRY(ReadRequest(*body, request));
  return request;
}

template <class Request>
std::string Problem(std::string_view json) {
  auto request = Read<Request>(json);
  return request ? "" : request.error().message;
}

std::string Expected(std::string_view expected) {
  return Problem<model::PutItemRequest>(R"({"TableName": "abc", "Item": {}, "Expected": )" +
                                        std::string(expected) + "}");
}

TEST(Expected, HasOneFormOrTheOther) {
  const std::string invalid = kOneError + std::string(kInvalid);
  EXPECT_EQ(Expected(R"({"a": {}})"),
            invalid + "Value must be provided when Exists is null for Attribute: a");
  EXPECT_EQ(Expected(R"({"a": {"Exists": true}})"),
            invalid + "Value must be provided when Exists is true for Attribute: a");
  EXPECT_EQ(Expected(R"({"a": {"Exists": false, "Value": {"S": "a"}}})"),
            invalid + "Value cannot be used when Exists is false for Attribute: a");
  EXPECT_EQ(Expected(R"({"a": {"ComparisonOperator": "LT"}})"),
            invalid +
                "Value or AttributeValueList must be used with ComparisonOperator: LT for "
                "Attribute: a");
  EXPECT_EQ(Expected(R"({"a": {"Exists": true, "ComparisonOperator": "LT"}})"),
            invalid + "Exists and ComparisonOperator cannot be used together for Attribute: a");
  EXPECT_EQ(Expected(R"({"a": {"AttributeValueList": [{"S": "a"}], "Value": {"S": "a"},
                         "ComparisonOperator": "LT"}})"),
            invalid + "Value and AttributeValueList cannot be used together for Attribute: a");
  EXPECT_EQ(
      Expected(R"({"a": {"Exists": true, "AttributeValueList": [{"S": "a"}]}})"),
      invalid + "AttributeValueList can only be used with a ComparisonOperator for Attribute: a");
  EXPECT_EQ(Expected(R"({"a": {"Value": {"S": "a"}, "ComparisonOperator": "NULL"}})"),
            invalid + "Invalid number of argument(s) for the NULL ComparisonOperator");
  EXPECT_EQ(Expected(R"({"a": {"Value": {"N": "x"}}})"),
            kOneError + "The parameter cannot be converted to a numeric value: x");
  EXPECT_EQ(Expected(R"({"": {"Exists": false}})"), kOneError + "Empty attribute name");
}

TEST(Expected, IsReadBehindWhatAwsChecksBefore) {
  EXPECT_EQ(
      Problem<model::PutItemRequest>(
          R"({"TableName": "abc", "Item": {"a": {}}, "Expected": {"a": {}}})"),
      kOneError +
          "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  for (std::string_view key : {"Item", "Key"}) {
    const std::string request = R"({"TableName": "abc", ")" + std::string(key) +
                                R"(": {}, "ReturnValues": "ALL_NEW", "Expected": {"a": {}}})";
    EXPECT_EQ(key == "Item" ? Problem<model::PutItemRequest>(request)
                            : Problem<model::DeleteItemRequest>(request),
              kOneError + "ReturnValues can only be ALL_OLD or NONE");
  }
  EXPECT_EQ(Problem<model::PutItemRequest>(R"({"TableName": "abc", "Item": {"a": {"S": ")" +
                                           std::string(model::kMaxItemBytes, 'x') +
                                           R"("}}, "Expected": {"a": {}}})"),
            "Item size has exceeded the maximum allowed size");
  EXPECT_EQ(Problem<model::UpdateItemRequest>(
                R"({"TableName": "abc", "Key": {}, "Expected": {"a": {}},
                    "AttributeUpdates": {"b": {"Action": "PUT"}}})"),
            kOneError + std::string(kInvalid) +
                "Only DELETE action is allowed when no attribute value is specified");
}

TEST(Expected, BecomesACondition) {
  auto request = Read<model::UpdateItemRequest>(
      R"({"TableName": "abc", "Key": {}, "ConditionalOperator": "OR",
          "Expected": {"a": {"Value": {"S": "x"}}, "b": {"Exists": false},
                       "a": {"ComparisonOperator": "GE", "Value": {"S": "y"}}},
          "AttributeUpdates": {"c": {"Value": {"N": "1"}}}})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->update_expression, "SET #n0 = :v0");
  EXPECT_EQ(request->condition_expression, "#n1 >= :v1 OR attribute_not_exists(#n2)");
  EXPECT_EQ(request->placeholders.names,
            (model::ExpressionNames{{"#n0", "c"}, {"#n1", "a"}, {"#n2", "b"}}));
  EXPECT_EQ(*request->placeholders.values.Find(":v1")->As<std::string>(), "y");
}

TEST(Expected, MayBeEmpty) {
  auto request = Read<model::UpdateItemRequest>(
      R"({"TableName": "abc", "Key": {}, "Expected": {}, "AttributeUpdates": {}})");
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->update_expression);
  EXPECT_FALSE(request->condition_expression);
}

TEST(LegacyParameters, HaveTheTypesOfTheModel) {
  struct {
    std::string_view expected, message;
  } cases[] = {
      {"1", "Unexpected field type"},
      {"[]",
       "Unrecognized collection type java.util.Map<java.lang.String, "
       "com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue>"},
      {R"({"a": 1})", "Unexpected value type in payload"},
      {R"({"a": []})",
       "Unrecognized collection type class "
       "com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue"},
      {R"({"a": {"Exists": 1}})", "NUMBER_VALUE cannot be converted to Boolean"},
      {R"({"a": {"ComparisonOperator": 1}})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"a": {"Value": 1}})", "Unexpected field type"},
      {R"({"a": {"Value": []}})",
       "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"},
      {R"({"a": {"Value": {"S": 1}}})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"a": {"AttributeValueList": 1}})", "Unexpected field type"},
      {R"({"a": {"AttributeValueList": [1]}})", "Unexpected value type in payload"},
      {R"({"a": {"AttributeValueList": [{"N": 1}]}})",
       "NUMBER_VALUE cannot be converted to String"},
  };
  for (const auto& [expected, message] : cases) {
    EXPECT_EQ(Expected(expected), message) << expected;
  }
}

TEST(LegacyParameters, AreListedWithAllElseThatIsWrong) {
  EXPECT_EQ(
      Problem<model::QueryRequest>(
          R"({"TableName": "abc;", "ReturnConsumedCapacity": "hi", "AttributesToGet": [],
              "IndexName": "abc;", "Select": "hi", "Limit": -1, "ConditionalOperator": "AN",
              "KeyConditions": {"a": {}, "b": {"ComparisonOperator": ""}},
              "QueryFilter": {"a": {}, "b": {"ComparisonOperator": ""}}})"),
      "10 validation errors detected: "
      "Value 'hi' at 'select' failed to satisfy constraint: Member must satisfy enum value set: "
      "[SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]; "
      "Value 'abc;' at 'indexName' failed to satisfy constraint: Member must satisfy regular "
      "expression pattern: [a-zA-Z0-9_.-]+; "
      "Value 'hi' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy "
      "enum value set: [INDEXES, TOTAL, NONE]; "
      "Value null at 'queryFilter.a.member.comparisonOperator' failed to satisfy constraint: "
      "Member must not be null; "
      "Value '' at 'queryFilter.b.member.comparisonOperator' failed to satisfy constraint: Member "
      "must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, "
      "LE, BEGINS_WITH, GE, CONTAINS]; "
      "Value 'abc;' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
      "expression pattern: [a-zA-Z0-9_.-]+; "
      "Value 'AN' at 'conditionalOperator' failed to satisfy constraint: Member must satisfy enum "
      "value set: [OR, AND]; "
      "Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have length "
      "greater than or equal to 1; "
      "Value null at 'keyConditions.a.member.comparisonOperator' failed to satisfy constraint: "
      "Member must not be null; "
      "Value '' at 'keyConditions.b.member.comparisonOperator' failed to satisfy constraint: "
      "Member "
      "must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, "
      "LE, BEGINS_WITH, GE, CONTAINS]");
  EXPECT_EQ(Problem<model::UpdateItemRequest>(
                R"({"TableName": "abc", "Key": {}, "AttributeUpdates": {"a": {"Action": "SET"}}})"),
            "1 validation error detected: Value 'SET' at 'attributeUpdates.a.member.action' failed "
            "to satisfy constraint: Member must satisfy enum value set: [ADD, DELETE, PUT]");
}

TEST(LegacyPages, AreCheckedInTheOrderOfAws) {
  constexpr std::string_view kEqual = R"({"ComparisonOperator": "EQ"})";
  const auto query = [&](std::string_view filter, std::string_view attributes) {
    return Problem<model::QueryRequest>(
        R"({"TableName": "abc", "ExclusiveStartKey": {"a": {}}, "KeyConditions": {"a": )" +
        std::string(kEqual) + R"(}, "QueryFilter": )" + std::string(filter) +
        R"(, "AttributesToGet": )" + std::string(attributes) + "}");
  };
  const std::string arguments =
      std::string(kInvalid) + "Invalid number of argument(s) for the EQ ComparisonOperator";
  const std::string duplicate = std::string(kInvalid) + "Duplicate value in attribute name: a";
  const std::string wrong_filter = R"({"a": )" + std::string(kEqual) + "}";
  EXPECT_EQ(query(wrong_filter, R"(["a", "a"])"), arguments);
  EXPECT_EQ(query("{}", R"(["a", "a"])"), duplicate);
  EXPECT_THAT(query("{}", R"(["a"])"), testing::HasSubstr("The provided starting key is invalid"));
  EXPECT_EQ(Problem<model::ScanRequest>(R"({"TableName": "abc", "AttributesToGet": ["a", "a"],
                                            "Segment": 1, "ScanFilter": )" +
                                        wrong_filter + "}"),
            duplicate);
  EXPECT_EQ(Problem<model::ScanRequest>(R"({"TableName": "abc", "Segment": 1, "ScanFilter": )" +
                                        wrong_filter + "}"),
            arguments);
  for (std::string_view conditions :
       {"{}", R"({"a": {"ComparisonOperator": "NULL"}, "b": {"ComparisonOperator": "NULL"},
                  "c": {"ComparisonOperator": "NULL"}})"}) {
    EXPECT_EQ(Problem<model::QueryRequest>(R"({"TableName": "abc", "KeyConditions": )" +
                                           std::string(conditions) + "}"),
              "Conditions can be of length 1 or 2 only");
  }
}

TEST(LegacyPages, MayHaveAFilterExpressionBesideKeyConditions) {
  auto request = Read<model::QueryRequest>(
      R"({"TableName": "abc", "FilterExpression": "#n0 = :v0",
          "KeyConditions": {"p": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "x"}]}},
          "ExpressionAttributeNames": {"#n0": "a"}, "ExpressionAttributeValues": {":v0": {"S": ""}}})");
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->key_condition_expression, "#n_0 = :v_0");
  EXPECT_TRUE(request->placeholders.legacy.key_conditions);
  EXPECT_FALSE(request->placeholders.legacy.others);
}

TEST(AttributesToGet, GoOutAgainWithTheKeysThatAreLeft) {
  auto request = Read<model::BatchGetItemRequest>(
      R"({"RequestItems": {"abc": {"Keys": [{"a": {"S": "x"}}], "AttributesToGet": ["b", "a"]}}})");
  ASSERT_TRUE(request);
  std::string out;
  json::Writer writer(out);
  model::BatchGetItemResponse response;
  response.unprocessed = request->tables;
  WriteResponse(writer, response);
  EXPECT_THAT(out, testing::HasSubstr(R"({"Keys":[{"a":{"S":"x"}}],"AttributesToGet":["b","a"]})"));
}

}  // namespace
}  // namespace cruddur::dynamo
