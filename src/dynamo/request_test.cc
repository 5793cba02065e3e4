// What ReadRequest answers to bad requests: AWS's texts, in AWS's order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "dynamo/batches_codec.h"
#include "dynamo/items_codec.h"
#include "dynamo/pages_codec.h"
#include "dynamo/streams_codec.h"
#include "dynamo/tables_codec.h"
#include "dynamo/transactions_codec.h"

namespace cruddur::dynamo {
namespace {

using model::DbErrorCode;
using testing::HasSubstr;
using testing::StartsWith;

template <class Request>
model::DbError Refusal(std::string_view json) {
  json::Document document;
  auto body = document.Parse(json);
  EXPECT_TRUE(body) << json;
  Request request;
  model::DbStatus status = ReadRequest(*body, request);
  return status ? model::DbError{DbErrorCode::kUnreachable, "accepted", nullptr} : status.error();
}

using Reader = std::function<model::DbError(std::string_view)>;
const Reader kGet = Refusal<model::GetItemRequest>;
const Reader kPut = Refusal<model::PutItemRequest>;
const Reader kDelete = Refusal<model::DeleteItemRequest>;
const Reader kUpdate = Refusal<model::UpdateItemRequest>;
const Reader kQuery = Refusal<model::QueryRequest>;
const Reader kScan = Refusal<model::ScanRequest>;
const Reader kBatchGet = Refusal<model::BatchGetItemRequest>;
const Reader kBatchWrite = Refusal<model::BatchWriteItemRequest>;
const Reader kTransactGet = Refusal<model::TransactGetItemsRequest>;
const Reader kTransactWrite = Refusal<model::TransactWriteItemsRequest>;
const Reader kCreateTable = Refusal<model::CreateTableRequest>;
const Reader kUpdateTable = Refusal<model::UpdateTableRequest>;
const Reader kDescribeTable = Refusal<DescribeTableRequest>;
const Reader kListTables = Refusal<model::ListTablesRequest>;
const Reader kGetShardIterator = Refusal<model::GetShardIteratorRequest>;
const Reader kGetRecords = Refusal<model::GetRecordsRequest>;

struct Case {
  const Reader& read;
  std::string_view json;
  std::string_view message;
};

void ExpectAll(DbErrorCode code, std::initializer_list<Case> cases) {
  for (const Case& each : cases) {
    model::DbError error = each.read(each.json);
    EXPECT_EQ(error.code, code) << each.json << ": " << error.message;
    EXPECT_EQ(error.message, each.message) << each.json;
  }
}

TEST(Request, RefusesWrongJsonTypes) {
  const std::string_view structure = "Start of structure or map found where not expected";
  const std::string_view field = "Unexpected field type";
  const std::string_view cast =
      "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
      "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
      "java.lang.Class are in module java.base of loader 'bootstrap')";
  ExpectAll(
      DbErrorCode::kSerialization,
      {
          {kGet, R"([])", ""},
          {kGet, R"(null)", ""},
          {kGet, R"({"TableName": 23})", "NUMBER_VALUE cannot be converted to String"},
          {kGet, R"({"TableName": -1})", "NUMBER_VALUE cannot be converted to String"},
          {kGet, R"({"TableName": 34.56})", "DECIMAL_VALUE cannot be converted to String"},
          {kGet, R"({"TableName": true})", "TRUE_VALUE cannot be converted to String"},
          {kGet, R"({"TableName": false})", "FALSE_VALUE cannot be converted to String"},
          {kGet, R"({"TableName": []})", "Unrecognized collection type class java.lang.String"},
          {kGet, R"({"TableName": {}})", structure},
          {kGet, R"({"ConsistentRead": "23"})", "Unexpected token received from parser"},
          {kGet, R"({"ConsistentRead": 23})", "NUMBER_VALUE cannot be converted to Boolean"},
          {kGet, R"({"ConsistentRead": []})",
           "Unrecognized collection type class java.lang.Boolean"},
          {kGet, R"({"AttributesToGet": "a"})", field},
          {kGet, R"({"AttributesToGet": {}})", structure},
          {kGet, R"({"AttributesToGet": [1]})", "NUMBER_VALUE cannot be converted to String"},
          {kGet, R"({"Key": "a"})", field},
          {kGet, R"({"Key": []})",
           "Unrecognized collection type java.util.Map<java.lang.String, "
           "com.amazonaws.dynamodb.v20120810.AttributeValue>"},
          {kGet, R"({"Key": {"a": 1}})", "Unexpected value type in payload"},
          {kGet, R"({"Key": {"a": {"S": 1}}})", "NUMBER_VALUE cannot be converted to String"},
          {kGet, R"({"ExpressionAttributeNames": []})",
           "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>"},
          {kGet, R"({"ExpressionAttributeNames": {"#a": 1}})",
           "NUMBER_VALUE cannot be converted to String"},
          {kQuery, R"({"Limit": "23"})", "STRING_VALUE cannot be converted to Integer"},
          {kQuery, R"({"Limit": true})", "TRUE_VALUE cannot be converted to Integer"},
          {kQuery, R"({"Limit": []})", "Unrecognized collection type class java.lang.Integer"},
          {kCreateTable, R"({"ProvisionedThroughput": {"ReadCapacityUnits": "1"}})",
           "STRING_VALUE cannot be converted to Long"},
          {kCreateTable, R"({"ProvisionedThroughput": []})",
           "Unrecognized collection type class "
           "com.amazonaws.dynamodb.v20120810.ProvisionedThroughput"},
          {kCreateTable, R"({"ProvisionedThroughput": 1})", field},
          {kCreateTable, R"({"KeySchema": [1]})", "Unexpected value type in payload"},
          {kCreateTable, R"({"KeySchema": [[]]})",
           "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.KeySchemaElement"},
          {kBatchGet, R"({"RequestItems": {"abc": {"Keys": [1]}}})", cast},
          {kBatchWrite, R"({"RequestItems": []})",
           "Unrecognized collection type java.util.Map<java.lang.String, "
           "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>>"},
          {kBatchWrite, R"({"RequestItems": {"abc": 1}})", cast},
          {kBatchWrite, R"({"RequestItems": {"abc": {}}})", structure},
          {kTransactWrite, R"({"TransactItems": [{"Put": 1}]})", field},
      });
}

TEST(Request, ReportsAWrongTypeBeforeAnythingElse) {
  ExpectAll(DbErrorCode::kSerialization,
            {
                {kPut, R"({"TableName": "a;", "Item": {"a": {"N": "x"}, "b": {"S": 1}}})",
                 "NUMBER_VALUE cannot be converted to String"},
                {kPut, R"({"ReturnValues": "hi", "ConditionExpression": 1})",
                 "NUMBER_VALUE cannot be converted to String"},
            });
}

TEST(Request, ListsAllFailuresOfSingleMembers) {
  const std::string_view null_key =
      "Value null at 'key' failed to satisfy constraint: Member must not be null";
  const std::string long_name(256, 'a');
  const std::string long_table = R"({"TableName": ")" + long_name + R"(", "Key": {}})";
  const std::string long_text = "1 validation error detected: Value '" + long_name +
                                "' at 'tableName' failed to satisfy constraint: Member must have "
                                "length less than or equal to 255";
  std::string many_keys = R"({"a": {"S": "0"}})";
  for (int i = 1; i <= 100; ++i) many_keys += R"(, {"a": {"S": "0"}})";
  ExpectAll(
      DbErrorCode::kValidation,
      {
          {kGet, "{}",
           "2 validation errors detected: Value null at 'tableName' failed to satisfy constraint: "
           "Member must not be null; Value null at 'key' failed to satisfy constraint: Member must "
           "not be null"},
          {kGet, R"({"TableName": null, "Key": {}})",
           "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: "
           "Member must not be null"},
          {kGet, R"({"TableName": "a;", "Key": {}})",
           "2 validation errors detected: Value 'a;' at 'tableName' failed to satisfy constraint: "
           "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'a;' at "
           "'tableName' failed to satisfy constraint: Member must have length greater than or "
           "equal to 3"},
          {kGet, long_table, long_text},
          {kPut, R"({"TableName": "abc", "Item": {}, "ReturnConsumedCapacity": "hi",
                     "ReturnValues": "hi", "ReturnItemCollectionMetrics": "hi"})",
           "3 validation errors detected: Value 'hi' at 'returnConsumedCapacity' failed to satisfy "
           "constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Failed to "
           "satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, "
           "ALL_NEW, UPDATE_NEW, NONE]; Value 'hi' at "
           "'returnItemCollectionMetrics' failed to satisfy constraint: Member must satisfy enum "
           "value set: [SIZE, NONE]"},
          {kListTables, R"({"Limit": 101, "ExclusiveStartTableName": "a"})",
           "2 validation errors detected: Value 'a' at 'exclusiveStartTableName' failed to satisfy "
           "constraint: Member must have length greater than or equal to 3; Value '101' at 'limit' "
           "failed to satisfy constraint: Member must have value less than or equal to 100"},
          {kScan, R"({"TableName": "abc", "Limit": 0})",
           "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member "
           "must have value greater than or equal to 1"},
          {kQuery, R"({"TableName": "abc", "KeyConditionExpression": "", "Limit": 0})",
           "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member "
           "must have value greater than or equal to 1"},
          {kGet, R"({"TableName": "", "Key": {}})",
           "1 validation error detected: Value '' at 'tableName' failed to satisfy constraint: "
           "Member must have length greater than or equal to 1"},
          {kBatchGet, R"({"RequestItems": {}})",
           "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: "
           "Member must have length greater than or equal to 1"},
          {kBatchGet, R"({"ReturnConsumedCapacity": "hi"})",
           "The requestItems parameter is required for BatchGetItem"},
          {kBatchWrite, "{}", "The requestItems parameter is required for BatchWriteItem"},
          {kBatchGet, R"({"RequestItems": {"abc": {"Keys": []}}})",
           "1 validation error detected: Value at 'RequestItems.abc.member.Keys' failed to satisfy "
           "constraint: Member must have length greater than or equal to 1"},
          {kBatchGet, R"({"RequestItems": {"abc": {"Keys": [)" + many_keys + "]}}}",
           "1 validation error detected: Value at 'RequestItems.abc.member.Keys' failed to satisfy "
           "constraint: Member must have length less than or equal to 100"},
          {kBatchGet, R"({"RequestItems": {"aa;": {}}})",
           "2 validation errors detected: Value '{\"aa;\":{}}' at 'requestItems' failed to satisfy "
           "constraint: Map keys must satisfy constraint: [Member must have length less than or "
           "equal to 255, Member must have length greater than or equal to 3, Member must satisfy "
           "regular expression pattern: [a-zA-Z0-9_.-]+]; Value null at "
           "'requestItems.aa;.member.keys' failed to satisfy constraint: Member must not be null"},
          {kBatchWrite, R"({"RequestItems": {"abc": [{"DeleteRequest": {}, "PutRequest": {}}]}})",
           "2 validation errors detected: Value null at "
           "'requestItems.abc.member.1.member.putRequest.item' failed to satisfy constraint: "
           "Member must not be null; Value null at "
           "'requestItems.abc.member.1.member.deleteRequest.key' failed to satisfy constraint: "
           "Member must not be null"},
          {kBatchWrite, R"({"RequestItems": {"abc": []}})",
           "1 validation error detected: Value '{abc=[]}' at 'requestItems' failed to satisfy "
           "constraint: Map value must satisfy constraint: [Member must have length less than or "
           "equal to 25, Member must have length greater than or equal to 1]"},
          {kTransactGet, R"({"TransactItems": [{}]})",
           "1 validation error detected: Value null at 'transactItems.1.member.get' failed to "
           "satisfy constraint: Member must not be null"},
          {kTransactWrite, R"({"TransactItems": [], "ClientRequestToken": ""})",
           "2 validation errors detected: Value '' at 'clientRequestToken' failed to satisfy "
           "constraint: Member must have length greater than or equal to 1; Value '[]' at "
           "'transactItems' failed to satisfy constraint: Member must have length greater than or "
           "equal to 1"},
          {kGetShardIterator, R"({"StreamArn": "a", "ShardId": "shardId-00000000000000000000-0",
                                  "ShardIteratorType": "X"})",
           "2 validation errors detected: Value 'a' at 'streamArn' failed to satisfy constraint: "
           "Member must have length greater than or equal to 37; Value 'X' at 'shardIteratorType' "
           "failed to satisfy constraint: Member must satisfy enum value set: [TRIM_HORIZON, "
           "LATEST, AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER]"},
          {kGetRecords, R"({"ShardIterator": "x", "Limit": 1001})",
           "1 validation error detected: Value '1001' at 'limit' failed to satisfy constraint: "
           "Member must have value less than or equal to 1000"},
      });
  EXPECT_THAT(kDelete("{}").message, HasSubstr(null_key));
}

// The operations whose requests AWS's current layer reads.
TEST(Request, LooksAtSomeMembersBeforeAllOthers) {
  const std::string return_values =
      "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, "
      "ALL_NEW, UPDATE_NEW, NONE]";
  const std::string empty_name =
      "1 validation error detected: Value at 'TableName' failed to satisfy constraint: Member must "
      "have length greater than or equal to 1";
  const std::string filter =
      R"("QueryFilter": {"a": {"ComparisonOperator": "NULL"}, "b": {"ComparisonOperator": "NULL"}},
         "KeyConditions": {}, "ConditionalOperator": "XOR", "Select": "hi"})";
  ExpectAll(
      DbErrorCode::kValidation,
      {
          {kPut, R"({"TableName": "", "Item": {}, "ReturnValues": "hi"})", empty_name},
          {kUpdate, R"({"TableName": "", "Key": {}})", empty_name},
          {kDelete, R"({"TableName": "abc", "Key": {}, "ReturnValues": "hi",
                        "ReturnConsumedCapacity": "hi"})",
           "1 validation error detected: " + return_values},
          {kUpdate, R"({"TableName": "abc", "Key": {}, "ReturnValues": "hi",
                        "ReturnConsumedCapacity": "hi"})",
           "1 validation error detected: " + return_values},
          {kQuery, R"({"TableName": "abc", )" + filter,
           "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]"},
          // Without its key a request comes to the older layer.
          {kUpdate, R"({"TableName": "", "ConditionalOperator": "XOR"})",
           "3 validation errors detected: Value '' at 'tableName' failed to satisfy constraint: "
           "Member must have length greater than or equal to 1; Value 'XOR' at "
           "'conditionalOperator' failed to satisfy constraint: Member must satisfy enum value "
           "set: [OR, AND]; Value null at 'key' failed to satisfy constraint: Member must not be "
           "null"},
      });
}

std::string Nested(int levels) {
  std::string value = R"({"S": "x"})";
  for (int i = 0; i < levels; ++i) value = R"({"M": {"n": )" + value + "}}";
  return value;
}

TEST(Request, ReadsWhatNestsDeeplyInTheOlderLayer) {
  const std::string_view nesting =
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit";
  const auto put = [](int levels, std::string_view rest) {
    return R"({"TableName": "abc", "Item": {"a": )" + Nested(levels) + "}" + std::string(rest) +
           "}";
  };
  ExpectAll(
      DbErrorCode::kValidation,
      {
          {kPut, put(32, ""), "1 validation error detected: " + std::string(nesting)},
          {kPut, put(63, ""), std::string(nesting)},
          {kPut, put(40, R"(, "ReturnValues": "hi")"),
           "1 validation error detected: Failed to satisfy constraint: Member must satisfy enum "
           "value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"},
          {kPut, put(63, R"(, "ReturnValues": "hi")"),
           "1 validation error detected: Value 'hi' at 'returnValues' failed to satisfy "
           "constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, "
           "UPDATED_NEW]"},
      });
}

TEST(Request, ListsTenFailuresAtMost) {
  std::string many = R"({"TransactItems": [)";
  for (int i = 0; i < 30; ++i) many += i ? ", {}" : "{}";
  EXPECT_THAT(kTransactGet(many + "]}").message, StartsWith("10 validation errors detected: "));
}

TEST(Request, DoesNotEchoAHugeValue) {
  std::string huge(1 << 20, 'x');
  EXPECT_LT(kGet(R"({"TableName": ")" + huge + R"(", "Key": {}})").message.size(), 10'000u);
}

TEST(Request, TellsExpressionsFromLegacyParameters) {
  ExpectAll(
      DbErrorCode::kValidation,
      {
          {kPut, R"({"TableName": "abc", "Item": {"a": {}}, "Expected": {"a": {}},
                     "ConditionExpression": "", "ExpressionAttributeNames": {}})",
           "1 validation error detected: "
           "Can not use both expression and non-expression parameters in the same request: "
           "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}"},
          {kUpdate, R"({"TableName": "abc", "Key": {"a": {}}, "Expected": {"a": {}},
                        "AttributeUpdates": {}, "ConditionExpression": "", "UpdateExpression": ""})",
           "1 validation error detected: "
           "Can not use both expression and non-expression parameters in the same request: "
           "Non-expression parameters: {AttributeUpdates, Expected} Expression parameters: "
           "{UpdateExpression, ConditionExpression}"},
          {kPut, R"({"TableName": "abc", "Item": {"a": {}}, "ExpressionAttributeNames": {}})",
           "1 validation error detected: "
           "ExpressionAttributeNames can only be specified when using expressions"},
          {kPut, R"({"TableName": "abc", "Item": {"a": {}}, "ExpressionAttributeValues": {}})",
           "1 validation error detected: "
           "ExpressionAttributeValues can only be specified when using expressions"},
          {kUpdate, R"({"TableName": "abc", "Key": {}, "ExpressionAttributeValues": {}})",
           "1 validation error detected: "
           "ExpressionAttributeValues can only be specified when using expressions"},
          {kQuery, R"({"TableName": "abc", "ProjectionExpression": "a",
                       "ExpressionAttributeValues": {":a": {"S": ""}}})",
           "ExpressionAttributeValues can only be specified when using expressions: "
           "FilterExpression and KeyConditionExpression are null"},
          {kQuery, R"({"TableName": "abc", "KeyConditions": {}, "AttributesToGet": ["a"],
                       "ConditionalOperator": "OR", "QueryFilter": {}, "FilterExpression": "a",
                       "ProjectionExpression": ""})",
           "Can not use both expression and non-expression parameters in the same request: "
           "Non-expression parameters: {AttributesToGet, QueryFilter, ConditionalOperator} "
           "Expression parameters: {ProjectionExpression, FilterExpression}"},
          {kQuery, R"({"TableName": "abc", "KeyConditions": {}, "AttributesToGet": ["a"],
                       "ConditionalOperator": "OR", "QueryFilter": {}, "FilterExpression": "a",
                       "KeyConditionExpression": ""})",
           "Can not use both expression and non-expression parameters in the same request: "
           "Non-expression parameters: {AttributesToGet, QueryFilter, ConditionalOperator, "
           "KeyConditions} Expression parameters: {FilterExpression, KeyConditionExpression}"},
          {kQuery, R"({"TableName": "abc", "KeyConditions": {}, "KeyConditionExpression": "a"})",
           "Can not use both expression and non-expression parameters in the same request: "
           "Non-expression parameters: {KeyConditions} Expression parameters: "
           "{KeyConditionExpression}"},
          {kScan, R"({"TableName": "abc", "ScanFilter": {}, "ConditionalOperator": "OR"})",
           "ConditionalOperator cannot be used without Filter or Expected"},
          {kPut, R"({"TableName": "abc", "Item": {}, "ConditionalOperator": "OR"})",
           "1 validation error detected: "
           "ConditionalOperator cannot be used without Filter or Expected"},
          {kQuery, R"({"TableName": "abc", "QueryFilter": {"a": {"ComparisonOperator": "NULL"}},
                       "ConditionalOperator": "AND"})",
           "ConditionalOperator can only be used when Filter or Expected has two or more elements"},
          {kBatchGet, R"({"RequestItems": {"abc": {"Keys": [{}], "AttributesToGet": ["a"],
                          "ProjectionExpression": ""}}})",
           "Can not use both expression and non-expression parameters in the same request: "
           "Non-expression parameters: {AttributesToGet} Expression parameters: "
           "{ProjectionExpression}"},
      });
}

TEST(Request, ChecksPlaceholders) {
  auto put = [](std::string_view rest) {
    return R"({"TableName": "abc", "Item": {"a": {"S": "a"}}, "ConditionExpression": "a", )" +
           std::string(rest) + "}";
  };
  const std::string empty_names = put(R"("ExpressionAttributeNames": {})");
  const std::string bad_name = put(R"("ExpressionAttributeNames": {"a": "a"})");
  const std::string bare_sign = put(R"("ExpressionAttributeNames": {"#": "a"})");
  const std::string empty_values = put(R"("ExpressionAttributeValues": {})");
  const std::string bad_key =
      put(R"("ExpressionAttributeValues": {":b": {"a": ""}, "b": {"S": "a"}})");
  const std::string bad_value = put(R"("ExpressionAttributeValues": {":b": {"a": ""}})");
  const std::string bad_number =
      put(R"("ExpressionAttributeValues": {":a": {"S": "x"}, ":b": {"N": "b"}})");
  ExpectAll(DbErrorCode::kValidation,
            {
                {kPut, empty_names,
                 "1 validation error detected: "
                 "ExpressionAttributeNames must not be empty"},
                {kPut, bad_name,
                 "1 validation error detected: "
                 "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\""},
                {kPut, bare_sign,
                 "1 validation error detected: "
                 "ExpressionAttributeNames contains invalid key: Syntax error; key: \"#\""},
                {kPut, empty_values,
                 "1 validation error detected: "
                 "ExpressionAttributeValues must not be empty"},
                {kPut, bad_key,
                 "1 validation error detected: "
                 "ExpressionAttributeValues contains invalid key: Syntax error; key: \"b\""},
                {kPut, bad_value,
                 "1 validation error detected: Supplied AttributeValue is empty, must contain "
                 "exactly one of the supported datatypes"},
                {kPut, bad_number,
                 "1 validation error detected: The parameter cannot be converted to a numeric "
                 "value: b"},
                {kScan,
                 R"({"TableName": "abc", "FilterExpression": "a = :b",
                     "ExpressionAttributeValues": {":a": {"S": "x"}, ":b": {"N": "b"}}})",
                 "ExpressionAttributeValues contains invalid value: The parameter cannot be "
                 "converted to a numeric value: b for key :b"},
            });
}

TEST(Request, ChecksPages) {
  ExpectAll(
      DbErrorCode::kValidation,
      {
          {kQuery, R"({"TableName": "abc"})",
           "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
           "request."},
          {kQuery, R"({"TableName": "abc", "KeyConditionExpression": ""})",
           "Invalid KeyConditionExpression: The expression can not be empty;"},
          {kScan, R"({"TableName": "abc", "Segment": 0})",
           "The TotalSegments parameter is required but was not present in the request when "
           "Segment parameter is present"},
          {kScan, R"({"TableName": "abc", "TotalSegments": 1})",
           "The Segment parameter is required but was not present in the request when parameter "
           "TotalSegments is present"},
          {kScan, R"({"TableName": "abc", "Segment": 2, "TotalSegments": 2})",
           "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
           "Segment: 2 is not less than TotalSegments: 2"},
          {kScan, R"({"TableName": "abc", "ExclusiveStartKey": {"a": {}}})",
           "The provided starting key is invalid: Supplied AttributeValue is empty, must contain "
           "exactly one of the supported datatypes"},
          {kScan, R"({"TableName": "abc", "ExclusiveStartKey": {"a": {"N": "x"}}})",
           "The parameter cannot be converted to a numeric value: x"},
      });
}

TEST(Request, ChecksActionsOfBatchesAndTransactions) {
  ExpectAll(DbErrorCode::kValidation,
            {
                {kBatchWrite, R"({"RequestItems": {"abc": [{}]}})",
                 "Supplied AttributeValue has more than one datatypes set, must contain exactly "
                 "one of the supported datatypes"},
                {kBatchWrite, R"({"RequestItems": {"a!": [{"PutRequest": {"Item": {}}}]}})",
                 "1 validation error detected: Value '{a!=[WriteRequest(putRequest=PutRequest("
                 "item={}, workloadProfileName=null), deleteRequest=null)]}' at 'requestItems' "
                 "failed to satisfy constraint: Map keys must satisfy constraint: [Member must "
                 "have length less than or equal to 255, Member must have length greater than or "
                 "equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]"},
                {kBatchWrite, R"({"RequestItems": {"a!": [{"PutRequest": {"Item": {}}}]},
                                  "ReturnConsumedCapacity": "hi"})",
                 "1 validation error detected: Value 'hi' at 'returnConsumedCapacity' failed to "
                 "satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"},
                {kBatchGet, R"({"RequestItems": {"abc": {"Keys": [{}], "AttributesToGet": ["a"]},
                                "abd": {"Keys": [{}], "ProjectionExpression": "a"}}})",
                 "Can not use both expression and non-expression parameters in the same request: "
                 "Non-expression parameters: {AttributesToGet} Expression parameters: "
                 "{ProjectionExpression}"},
            });
}

// What is wrong with one action isn't told before those ahead of it are known to be right.
TEST(Request, LeavesTheFirstBrokenActionOfATransactionToTheEngine) {
  struct {
    std::string_view items;
    size_t item;
    bool behind_expressions;
    std::string message;
  } cases[] = {
      {R"([{}])", 0, false, "TransactItems can only contain one of Check, Put, Update or Delete"},
      {R"([{"Delete": {"TableName": "abc", "Key": {}}, "Put": {"TableName": "abc", "Item": {}}}])",
       0, false, "TransactItems can only contain one of Check, Put, Update or Delete"},
      {R"([{"Delete": {"TableName": "abc", "Key": {}}},
           {"Put": {"TableName": "abc", "Item": {"": {"S": "x"}}}},
           {"Put": {"TableName": "abc", "Item": {"a": {"N": "x"}}}}])",
       1, true, "Empty attribute name"},
      {R"([{"Put": {"TableName": "abc", "Item": {"a": {"N": ""}}, "ConditionExpression": "a",
                    "ExpressionAttributeValues": {":v": {"N": "x"}}}}])",
       0, false,
       "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a "
       "numeric value: x for key :v"},
  };
  json::Document document;
  for (const auto& [items, item, behind_expressions, message] : cases) {
    model::TransactWriteItemsRequest request;
    auto body = document.Parse(R"({"TransactItems": )" + std::string(items) + "}");
    ASSERT_TRUE(ReadRequest(*body, request)) << items;
    ASSERT_TRUE(request.broken) << items;
    EXPECT_EQ(request.broken->item, item) << items;
    EXPECT_EQ(request.broken->behind_expressions, behind_expressions) << items;
    EXPECT_EQ(request.broken->error.message, message);
  }
}

TEST(Request, ChecksTablesBeforeTheirNamesAreLookedUp) {
  auto table = [](std::string_view rest) {
    return R"({"TableName": "abc", )" + std::string(rest) + "}";
  };
  constexpr std::string_view kUnits =
      R"(, "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})";
  constexpr std::string_view kA = R"({"AttributeName": "a", "AttributeType": "S"})";
  constexpr std::string_view kB = R"({"AttributeName": "b", "AttributeType": "S"})";
  auto keys = [&](std::string_view definitions, std::string_view first, std::string_view second) {
    std::string text = R"("AttributeDefinitions": [)" + std::string(definitions) +
                       R"(], "KeySchema": [{"AttributeName": "a", "KeyType": ")" +
                       std::string(first) + "\"}";
    if (!second.empty()) text += ", " + std::string(second);
    return table(text + "]" + std::string(kUnits));
  };
  const std::string both = std::string(kA) + ", " + std::string(kB);
  const std::string none_defined = keys("", "HASH", "");
  const std::string other_defined = keys(kB, "HASH", "");
  const std::string range_first = keys(kA, "RANGE", "");
  const std::string long_name(256, 'a');
  const std::string hash_second =
      keys(both, "HASH", R"({"AttributeName": "b", "KeyType": "HASH"})");
  const std::string same_name = keys(both, "HASH", R"({"AttributeName": "a", "KeyType": "RANGE"})");
  const std::string no_units = table(
      R"("AttributeDefinitions": [], "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}])");
  const std::string on_demand =
      table(R"("AttributeDefinitions": [], "BillingMode": "PAY_PER_REQUEST", "KeySchema": )"
            R"([{"AttributeName": "a", "KeyType": "HASH"}])" +
            std::string(kUnits));
  ExpectAll(
      DbErrorCode::kValidation,
      {
          {kCreateTable, "{}",
           "The parameter 'TableName' is required but was not present in the request"},
          {kDescribeTable, R"({"TableName": "a;"})",
           "1 validation error detected: Value 'a;' at 'tableName' failed to satisfy constraint: "
           "Member must have length greater than or equal to 3"},
          {kCreateTable, R"({"TableName": "", "KeySchema": []})",
           "1 validation error detected: Value '' at 'tableName' failed to satisfy constraint: "
           "Member must have length greater than or equal to 1"},
          {kDescribeTable, R"({"TableName": ")" + long_name + R"("})",
           "1 validation error detected: Value '" + long_name +
               "' at 'tableName' failed to satisfy "
               "constraint: Member must have length less than or equal to 255"},
          {kCreateTable,
           R"({"TableName": "abc", "AttributeDefinitions": [], "KeySchema": [)"
           R"({"AttributeName": "a", "KeyType": "HASH"}, )"
           R"({"AttributeName": "b", "KeyType": "RANGE"}, )"
           R"({"AttributeName": "c", "KeyType": "RANGE"}]})",
           "1 validation error detected: Value '[KeySchemaElement(attributeName=a, keyType=HASH), "
           "KeySchemaElement(attributeName=b, keyType=RANGE), KeySchemaElement(attributeName=c, "
           "keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member must have length "
           "less than or equal to 2"},
          {kDescribeTable, R"({"TableName": "abc;"})",
           "1 validation error detected: Value 'abc;' at 'tableName' failed to satisfy constraint: "
           "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"},
          {kCreateTable, R"({"TableName": "abc;"})",
           "3 validation errors detected: Value null at 'attributeDefinitions' failed to satisfy "
           "constraint: Member must not be null; Value 'abc;' at 'tableName' failed to satisfy "
           "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value "
           "null "
           "at 'keySchema' failed to satisfy constraint: Member must not be null"},
          {kCreateTable, no_units,
           "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits "
           "must both be specified when BillingMode is PROVISIONED"},
          {kCreateTable, on_demand,
           "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
           "WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"},
          {kCreateTable, none_defined,
           "Invalid KeySchema: Some index key attribute have no definition"},
          {kCreateTable, other_defined,
           "One or more parameter values were invalid: Some index key attributes are not defined "
           "in AttributeDefinitions. Keys: [a], AttributeDefinitions: [b]"},
          {kCreateTable, range_first,
           "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"},
          {kCreateTable, hash_second,
           "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"},
          {kCreateTable, same_name,
           "Both the Hash Key and the Range Key element in the KeySchema have the same name"},
          {kUpdateTable, R"({"TableName": "abc", "GlobalSecondaryIndexUpdates": [{}]})",
           "One or more parameter values were invalid: One of GlobalSecondaryIndexUpdate.Update, "
           "GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be "
           "null"},
          {kUpdateTable,
           R"({"TableName": "abc", "GlobalSecondaryIndexUpdates": [{"Update": )"
           R"({"IndexName": "abc"}, "Delete": {"IndexName": "abc"}}]})",
           "One or more parameter values were invalid: Only one global secondary index action is "
           "allowed per GlobalSecondaryIndexUpdate object"},
          {kUpdateTable,
           R"({"TableName": "abc", "SSESpecification": {"Enabled": false, "SSEType": "KMS"}})",
           "One or more parameter values were invalid: SSEType can not be specified if Enabled is "
           "false"},
          {kUpdateTable, R"({"TableName": "abc", "SSESpecification": {"KMSMasterKeyId": "a"}})",
           "One or more parameter values were invalid: KMSMasterKeyId can not be specified if "
           "Enabled is false"},
          {kUpdateTable,
           R"({"TableName": "abc", "SSESpecification": {"Enabled": true, "SSEType": "AES256"}})",
           "One or more parameter values were invalid: SSEType AES256 is not supported"},
          {kUpdateTable,
           R"({"TableName": "abc", "SSESpecification": {"Enabled": true, "KMSMasterKeyId": "a"}})",
           "One or more parameter values were invalid: SSEType KMS is required if KMSMasterKeyId "
           "is specified"},
          {kUpdateTable,
           R"({"TableName": "abc", "GlobalSecondaryIndexUpdates": [{"Create": {"IndexName": "abc",)"
           R"("KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}], "Projection": )"
           R"({"ProjectionType": "ALL"}}}]})",
           "One or more parameter values were invalid: AttributeDefinitions is not specified for "
           "index: abc"},
          {kUpdateTable,
           R"({"TableName": "abc", "AttributeDefinitions": [{"AttributeName": "a", )"
           R"("AttributeType": "S"}], "GlobalSecondaryIndexUpdates": [{"Create": {"IndexName": )"
           R"("abc", "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}, {"AttributeName": )"
           R"("a", "KeyType": "RANGE"}], "Projection": {"ProjectionType": "ALL"}}}]})",
           "The KeySchema contains multiple key attributes with the same name"},
          {kUpdateTable, R"({"TableName": "abc", "ReplicaUpdates": [{}]})",
           "One or more parameter values were invalid: ReplicaUpdates is not supported: tables "
           "have no replicas here"},
      });
  // Its range is the engine's to check.
  EXPECT_EQ(
      kUpdateTable(R"({"TableName": "abc", "WarmThroughput": {"ReadUnitsPerSecond": 0}})").message,
      "accepted");
  EXPECT_EQ(kUpdateTable(R"({"TableName": "abc", "GlobalSecondaryIndexUpdates": [
                           {"Delete": {"IndexName": "abc"}}, {"Delete": {"IndexName": "abd"}}]})")
                .code,
            DbErrorCode::kLimitExceeded);
}

TEST(Request, PassesOverUnknownMembers) {
  EXPECT_EQ(
      kGet(R"({"TableName": "abc", "Key": {"a": {"S": "b"}}, "Nonsense": [1, {"x": 2}]})").message,
      "accepted");
}

TEST(Request, TakesTheTruthValuesThatAwsTakes) {
  json::Document document;
  for (auto [text, truth] : {std::pair{"\"true\"", true},
                             {"\"YES\"", true},
                             {"\"1\"", true},
                             {"true", true},
                             {"\"no\"", false},
                             {"\"0\"", false}}) {
    model::GetItemRequest request;
    auto body = document.Parse(R"({"TableName": "abc", "Key": {"a": {"S": "b"}},
                                   "ConsistentRead": )" +
                               std::string(text) + "}");
    ASSERT_TRUE(ReadRequest(*body, request)) << text;
    EXPECT_EQ(request.consistent_read, truth) << text;
  }
}

}  // namespace
}  // namespace cruddur::dynamo
