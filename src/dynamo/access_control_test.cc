// `--credentials` over real sockets: who is known, and what policies let them do.
#include "dynamo/access_control.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "auth/sigv4.h"
#include "base/ascii.h"
#include "dynamo/content_coding.h"
#include "dynamo/served_fixture.h"

namespace cruddur::dynamo {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kSecret[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

// "lambda" has the policy of the journal in shared/seeds, for this region and account.
constexpr char kList[] = R"({"Users": [
  {"UserName": "admin", "AccessKeys": [{"AccessKeyId": "ADMIN", "SecretAccessKey": "@"}],
   "Policies": [{"Statement": {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}}]},
  {"UserName": "lambda", "AccessKeys": [{"AccessKeyId": "LAMBDA", "SecretAccessKey": "@"}],
   "Policies": [{"Version": "2012-10-17", "Statement": [{
      "Sid": "VisualEditor0", "Effect": "Allow",
      "Action": ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"],
      "Resource": [
        "arn:aws:dynamodb:us-east-1:000000000000:table/cruddur-messages/index/message-group-sk-index",
        "arn:aws:dynamodb:us-east-1:000000000000:table/cruddur-messages"]}]}]},
  {"UserName": "careful", "AccessKeys": [{"AccessKeyId": "CAREFUL", "SecretAccessKey": "@"}],
   "Policies": [{"Statement": [
      {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"},
      {"Effect": "Deny", "Action": "*", "Resource": ["arn:aws:dynamodb:*:*:table/secret",
                                                     "arn:aws:dynamodb:*:*:table/secret/*"]},
      {"Effect": "Deny", "Action": "dynamodb:DeleteItem", "Resource": "*"}]}]},
  {"UserName": "bayko", "AccessKeys": [{"AccessKeyId": "BAYKO", "SecretAccessKey": "@"}],
   "Policies": [{"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem",
                                     "dynamodb:BatchWriteItem", "dynamodb:BatchGetItem"],
       "Resource": ["arn:aws:dynamodb:*:*:table/cruddur-messages",
                    "arn:aws:dynamodb:*:*:table/cruddur-messages/index/*"],
       "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["GRP#${aws:username}"]}}},
      {"Effect": "Allow", "Action": "dynamodb:UpdateItem",
       "Resource": "arn:aws:dynamodb:*:*:table/cruddur-messages",
       "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "sk", "message"]},
                     "StringEqualsIfExists": {"dynamodb:ReturnValues": ["NONE", "UPDATED_NEW"]}}},
      {"Effect": "Allow", "Action": ["dynamodb:PutItem", "dynamodb:ConditionCheckItem"],
       "Resource": "arn:aws:dynamodb:*:*:table/secret",
       "Condition": {"StringEquals": {"dynamodb:EnclosingOperation": "TransactWriteItems"}}}]}]},
  {"UserName": "reader", "AccessKeys": [{"AccessKeyId": "READER", "SecretAccessKey": "@"}],
   "Policies": [{"Statement": [
      {"Effect": "Allow", "Action": "dynamodb:PartiQL*", "Resource": "*",
       "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["mine", "ours"]}}},
      {"Effect": "Deny", "Action": "dynamodb:PartiQLSelect", "Resource": "*",
       "Condition": {"Bool": {"dynamodb:FullTableScan": "true"}}}]}]},
  {"UserName": "tagger", "AccessKeys": [{"AccessKeyId": "TAGGER", "SecretAccessKey": "@"}],
   "Policies": [{"Statement": {"Effect": "Allow", "Action": "dynamodb:*Resource*",
                               "Resource": "arn:aws:dynamodb:*:*:table/mine*"}}]},
  {"UserName": "session", "AccessKeys": [
     {"AccessKeyId": "SESSION", "SecretAccessKey": "@", "SessionToken": "to/ken=="}],
   "Policies": [{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]}]})";

auth::AccessList TheList() {
  std::string json = kList;
  for (size_t at; (at = json.find("\"@\"")) != json.npos;) {
    json.replace(at, 3, '"' + std::string(kSecret) + '"');
  }
  auto list = auth::AccessList::Parse(json, ConditionKeys());
  EXPECT_TRUE(list) << list.error().message;
  return *std::move(list);
}

class Access : public testing::Test {
 protected:
  Access() {
    for (const char* table : {"cruddur-messages", "secret"}) {
      const std::string answer =
          Call("ADMIN", "CreateTable", R"({"TableName": ")" + std::string(table) + R"(",
          "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
            {"AttributeName": "message_group_uuid", "AttributeType": "S"}],
          "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
          "GlobalSecondaryIndexes": [{"IndexName": "message-group-sk-index",
            "KeySchema": [{"AttributeName": "message_group_uuid", "KeyType": "HASH"},
                          {"AttributeName": "sk", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "ALL"}}],
          "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
          "BillingMode": "PAY_PER_REQUEST"})");
      EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
    }
  }

  struct Options {
    std::string secret = kSecret, token, region = "us-east-1", service = "DynamoDB_20120810";
    std::string header;  // one more line, not signed
  };

  std::string Request(std::string_view key, std::string_view operation, std::string_view body,
                      const Options& options) {
    const std::string target = options.service + "." + std::string(operation);
    const auth::HeaderField fields[] = {{"Host", "localhost"},
                                        {"Content-Type", "application/x-amz-json-1.0"},
                                        {"X-Amz-Target", target}};
    const std::string hash = auth::HexSha256(body);
    const auth::SigV4Signer signer({std::string(key), options.secret, options.token},
                                   options.region, "dynamodb");
    std::string text = "POST / HTTP/1.1\r\n";
    const auto add = [&](std::string_view name, std::string_view value) {
      text.append(name).append(": ").append(value).append("\r\n");
    };
    for (const auto& [name, value] : fields) add(name, value);
    for (const auto& [name, value] : signer.Sign(
             {.method = "POST", .headers = fields, .payload_hash = hash}, signing_clock_.Now())) {
      add(name, value);
    }
    add("Content-Length", std::to_string(body.size()));
    return text + options.header + "\r\n" + std::string(body);
  }
  std::string Call(std::string_view key, std::string_view operation, std::string_view body,
                   const Options& options) {
    return served_.Answer(Request(key, operation, body, options));
  }
  std::string Call(std::string_view key, std::string_view operation, std::string_view body) {
    return Call(key, operation, body, Options());
  }
  void ExpectAllowed(std::string_view key, std::string_view operation, std::string_view body) {
    EXPECT_THAT(Call(key, operation, body), StartsWith("HTTP/1.1 200 ")) << operation << body;
  }
  void ExpectDenied(std::string_view key, std::string_view operation, std::string_view body,
                    std::string_view action, std::string_view resource, bool explicitly = false) {
    std::string user;
    for (const char c : key) user += base::LowerAscii(c);
    const std::string dynamodb_action = "dynamodb:" + std::string(action);
    const std::string text =
        R"({"__type":"com.amazon.coral.service#AccessDeniedException","Message":"User: )"
        "arn:aws:iam::000000000000:user/" +
        user + " is not authorized to perform: " + dynamodb_action +
        " on resource: arn:aws:dynamodb:us-east-1:000000000000:" + std::string(resource) +
        (explicitly
             ? " with an explicit deny in an identity-based policy"
             : " because no identity-based policy allows the " + dynamodb_action + " action") +
        "\"}";
    const std::string answer = Call(key, operation, body);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
    EXPECT_EQ(net::BodyOf(answer), text) << operation << body;
  }

  base::ManualClock clock_{std::chrono::seconds(1679651101)};  // 20230324T094501Z
  base::ManualClock signing_clock_{clock_.Now()};
  std::unique_ptr<engine::Engine> made_ = engine::Engine::Open({.in_memory = true}).value();
  AccessControl control_{TheList(), *made_, clock_};
  Served served_{std::move(made_), {.authenticator = &control_}};
};

constexpr char kPut[] =
    R"({"TableName": "cruddur-messages", "Item": {"pk": {"S": "GRP#a"}, "sk": {"S": "1"}}})";

TEST_F(Access, KnowsTheKeysOfTheListOnly) {
  ExpectAllowed("ADMIN", "PutItem", kPut);
  const std::string unknown =
      R"({"__type":"com.amazon.coral.service#UnrecognizedClientException","message":)"
      R"("The security token included in the request is invalid."})";
  EXPECT_EQ(net::BodyOf(Call("STRANGER", "PutItem", kPut)), unknown);
  EXPECT_EQ(net::BodyOf(Call("ADMIN", "PutItem", kPut, {.token = "surplus"})), unknown);
  EXPECT_EQ(net::BodyOf(Call("SESSION", "PutItem", kPut)), unknown);
  EXPECT_THAT(Call("SESSION", "PutItem", kPut, {.token = "to/ken=="}), StartsWith("HTTP/1.1 200 "));
}

TEST_F(Access, RefusesWrongSignatures) {
  const std::string answer = Call("ADMIN", "PutItem", kPut, {.secret = "guessed"});
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer, HasSubstr(R"({"__type":"com.amazon.coral.service#InvalidSignatureException",)"
                                R"("message":"The request signature we calculated does not match )"
                                R"(the signature you provided. Check your AWS Secret Access Key )"
                                R"(and signing method. Consult the service documentation for )"
                                R"(details.\n\nThe Canonical String for this request should have )"
                                R"(been\n'POST\n/\n\ncontent-type:application/x-amz-json-1.0\n)"
                                R"(host:localhost\n)"));
  EXPECT_THAT(answer, HasSubstr(R"('AWS4-HMAC-SHA256\n20230324T094501Z\n20230324/us-east-1/)"));
  EXPECT_THAT(answer, Not(HasSubstr(kSecret)));
  EXPECT_THAT(Call("ADMIN", "PutItem", kPut, {.region = "eu-west-1"}),
              HasSubstr("\"Credential should be scoped to a valid region. \""));
  EXPECT_THAT(Call("ADMIN", "PutItem", kPut, {.header = "X-Amz-Extra: x\r\n"}),
              HasSubstr("'X-Amz-Extra' must be a 'SignedHeader' in the AWS Authorization."));
  // The body, and what is asked for, are under the signature.
  std::string request = Request("ADMIN", "PutItem", kPut, {});
  request.replace(request.find("GRP#a"), 5, "GRP#b");
  EXPECT_THAT(served_.Answer(request), HasSubstr("InvalidSignatureException"));
  request = Request("ADMIN", "DeleteItem", kPut, {});
  request.replace(request.find("DeleteItem"), 10, "UpdateItem");
  EXPECT_THAT(served_.Answer(request), HasSubstr("InvalidSignatureException"));
}

TEST_F(Access, JudgesPartiqlByWhatItsStatementsDo) {
  const auto statement = [](std::string_view text) {
    return R"({"Statement": ")" + std::string(text) + R"("})";
  };
  const std::string all = statement(R"(SELECT * FROM \"cruddur-messages\")");
  const std::string index = statement(
      R"(SELECT * FROM \"cruddur-messages\".\"message-group-sk-index\" WHERE message_group_uuid = 'x')");
  ExpectAllowed("ADMIN", "ExecuteStatement", all);
  EXPECT_THAT(Call("LAMBDA", "ExecuteStatement", statement("nonsense")),
              HasSubstr("ValidationException"));
  EXPECT_THAT(Call("LAMBDA", "ExecuteTransaction",
                   R"({"TransactStatements": [)" + all + "," + statement("nonsense") + "]}"),
              HasSubstr("ValidationException"));
  ExpectDenied("LAMBDA", "BatchExecuteStatement",
               R"({"Statements": [)" + statement("nonsense") + "," + all + "]}", "PartiQLSelect",
               "table/cruddur-messages");
  ExpectDenied("LAMBDA", "ExecuteStatement", all, "PartiQLSelect", "table/cruddur-messages");
  ExpectDenied("LAMBDA", "ExecuteStatement", index, "PartiQLSelect",
               "table/cruddur-messages/index/message-group-sk-index");
  const std::string remove = "DELETE FROM secret WHERE pk = 'a' AND sk = 'b'";
  ExpectDenied("CAREFUL", "ExecuteStatement", statement(remove), "PartiQLDelete", "table/secret",
               true);
  ExpectDenied("CAREFUL", "BatchExecuteStatement", R"({"Statements": [)" + statement(remove) + "]}",
               "PartiQLDelete", "table/secret", true);
  ExpectDenied("CAREFUL", "ExecuteTransaction",
               R"({"TransactStatements": [)" + statement(remove) + "]}", "PartiQLDelete",
               "table/secret", true);
}

TEST_F(Access, KnowsTheKeysAndScansOfPartiql) {
  const auto statement = [](std::string_view text) {
    return R"({"Statement": ")" + std::string(text) + R"("})";
  };
  ExpectAllowed("READER", "ExecuteStatement",
                statement("INSERT INTO secret VALUE {'pk': 'mine', 'sk': '1'}"));
  ExpectAllowed("READER", "ExecuteStatement",
                statement("SELECT * FROM secret WHERE pk IN ['mine', 'ours']"));
  ExpectAllowed("READER", "ExecuteStatement",
                statement("UPDATE secret SET n = 1 WHERE pk = 'mine' AND sk = '1'"));
  for (const char* select :
       {"SELECT * FROM secret WHERE pk = 'theirs'",
        "SELECT * FROM secret WHERE pk IN ['mine', 'theirs']",
        "SELECT * FROM secret WHERE pk = 'mine' AND sk = '1' OR pk = 'theirs'"}) {
    ExpectDenied("READER", "ExecuteStatement", statement(select), "PartiQLSelect", "table/secret");
  }
  for (const char* scan : {"SELECT * FROM secret", "SELECT * FROM secret WHERE pk > 'a'",
                           "SELECT * FROM secret WHERE pk = 'mine' OR n = 1"}) {
    ExpectDenied("READER", "ExecuteStatement", statement(scan), "PartiQLSelect", "table/secret",
                 true);
  }
  ExpectDenied("READER", "ExecuteStatement",
               statement("DELETE FROM secret WHERE sk = '1' AND pk = 'theirs'"), "PartiQLDelete",
               "table/secret");
}

constexpr char kMessagesArn[] = "arn:aws:dynamodb:us-east-1:000000000000:table/cruddur-messages";

TEST_F(Access, ResourcesHaveTheirSay) {
  const auto document = [](const std::string& statements) {
    return R"({"Version": "2012-10-17", "Statement": [)" + statements + "]}";
  };
  const auto put = [&](std::string policy) {
    for (size_t at = 0; (at = policy.find('"', at)) != policy.npos; at += 2)
      policy.insert(at, 1, '\\');
    return Call(
        "ADMIN", "PutResourcePolicy",
        R"({"ResourceArn": ")" + std::string(kMessagesArn) + R"(", "Policy": ")" + policy + "\"}");
  };
  const auto attach = [&](const std::string& statements) {
    EXPECT_THAT(put(document(statements)), StartsWith("HTTP/1.1 200 "));
  };
  const auto statement = [](std::string_view effect, std::string_view principal,
                            std::string_view action, std::string_view resource) {
    return fmt::format(
        R"({{"Effect": "{}", "Principal": {}, "Action": "dynamodb:{}", "Resource": "{}"}})", effect,
        principal, action, resource);
  };
  constexpr char kGet[] =
      R"({"TableName": "cruddur-messages", "Key": {"pk": {"S": "GRP#a"}, "sk": {"S": "1"}}})";
  constexpr char kScanIndex[] =
      R"({"TableName": "cruddur-messages", "IndexName": "message-group-sk-index"})";
  constexpr char kTagger[] = R"({"AWS": "arn:aws:iam::000000000000:user/tagger"})";
  const auto expect_denied = [&](std::string_view key, std::string_view operation,
                                 std::string_view body) {
    EXPECT_THAT(Call(key, operation, body),
                HasSubstr("with an explicit deny in a resource-based policy"));
  };

  ExpectDenied("TAGGER", "GetItem", kGet, "GetItem", "table/cruddur-messages");
  attach(statement("Allow", kTagger, "GetItem", kMessagesArn));
  ExpectAllowed("TAGGER", "GetItem", kGet);
  ExpectDenied("TAGGER", "PutItem", kPut, "PutItem", "table/cruddur-messages");
  ExpectDenied("LAMBDA", "GetItem", kGet, "GetItem", "table/cruddur-messages");

  // An index goes with its table's policy, by its own ARN.
  ExpectDenied("TAGGER", "Scan", kScanIndex, "Scan",
               "table/cruddur-messages/index/message-group-sk-index");
  attach(statement("Allow", kTagger, "Scan", std::string(kMessagesArn) + "/index/*"));
  ExpectAllowed("TAGGER", "Scan", kScanIndex);
  ExpectDenied("TAGGER", "GetItem", kGet, "GetItem", "table/cruddur-messages");

  // A deny wins over whatever allows; naming the account denies to all, but allows nobody.
  const std::string account = R"({"AWS": "000000000000"})";
  attach(statement("Deny", account, "PutItem", "*") + "," +
         statement("Allow", account, "GetItem", "*"));
  expect_denied("ADMIN", "PutItem", kPut);
  expect_denied("LAMBDA", "PutItem", kPut);
  ExpectAllowed("ADMIN", "GetItem", kGet);
  ExpectDenied("TAGGER", "GetItem", kGet, "GetItem", "table/cruddur-messages");
  attach(statement("Deny", R"("*")", "GetItem", "*"));
  expect_denied("ADMIN", "GetItem", kGet);
  ExpectAllowed("ADMIN", "PutItem", kPut);

  // Conditions that nothing here fulfils are good ones.
  const auto on = [](std::string_view effect, std::string_view condition) {
    return fmt::format(
        R"({{"Effect": "{}", "Principal": "*", "Action": "dynamodb:*Item", "Resource": "*", "Condition": {}}})",
        effect, condition);
  };
  attach(on("Deny", R"({"StringEquals": {"aws:SourceVpce": "vpce-1"}})"));
  ExpectAllowed("ADMIN", "PutItem", kPut);
  attach(on("Deny", R"({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}, )"
                    R"("Bool": {"aws:PrincipalIsAWSService": "false"}})"));
  expect_denied("ADMIN", "PutItem", kPut);

  // What can't be decided by isn't taken.
  const std::string unknown = document(on("Allow", R"({"StringLike": {"nobody:knows": "x"}})"));
  EXPECT_THAT(put(unknown),
              AllOf(StartsWith("HTTP/1.1 400 "),
                    HasSubstr("One or more parameter values were invalid: Invalid policy document: "
                              "the condition key 'nobody:knows' is not supported")));
  EXPECT_THAT(put("{}"), HasSubstr("Missing required field Statement"));

  // Where it was attached while nobody asked who calls, it denies everything, but can be taken
  // away.
  std::promise<bool> done;
  served_.engine().PutResourcePolicy({kMessagesArn, unknown, {}},
                                     [&](const auto& result) { done.set_value(bool(result)); });
  ASSERT_TRUE(done.get_future().get());
  expect_denied("ADMIN", "PutItem", kPut);
  ExpectAllowed("ADMIN", "DeleteResourcePolicy",
                R"({"ResourceArn": ")" + std::string(kMessagesArn) + "\"}");
  ExpectAllowed("ADMIN", "PutItem", kPut);
}

TEST_F(Access, TakesSignaturesForFiveMinutes) {
  clock_.Advance(std::chrono::minutes(5));
  ExpectAllowed("ADMIN", "PutItem", kPut);
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_THAT(Call("ADMIN", "PutItem", kPut),
              HasSubstr(R"("message":"Signature expired: 20230324T094501Z is now earlier than )"
                        R"(20230324T094502Z (20230324T095002Z - 5 min.))"));
  signing_clock_.Advance(std::chrono::hours(1));
  EXPECT_THAT(Call("ADMIN", "PutItem", kPut),
              HasSubstr(R"("message":"Signature not yet current: 20230324T104501Z is still later )"
                        R"(than 20230324T095502Z (20230324T095002Z + 5 min.))"));
}

TEST_F(Access, SignsWhatIsSentCompressed) {
  const std::string packed = Pack(AnswerCoding::kGzip, kPut);
  EXPECT_THAT(Call("ADMIN", "PutItem", packed, {.header = "Content-Encoding: gzip\r\n"}),
              StartsWith("HTTP/1.1 200 "));
}

TEST_F(Access, DecidesByThePolicyOfTheFirstSystem) {
  const std::string table = "table/cruddur-messages",
                    index = table + "/index/message-group-sk-index";
  ExpectAllowed("LAMBDA", "PutItem", kPut);
  ExpectAllowed(
      "LAMBDA", "DeleteItem",
      R"({"TableName": "cruddur-messages", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}})");
  const std::string query = R"("KeyConditionExpression": "message_group_uuid = :m",
                               "ExpressionAttributeValues": {":m": {"S": "a"}}})";
  ExpectAllowed(
      "LAMBDA", "Query",
      R"({"TableName": "cruddur-messages", "IndexName": "message-group-sk-index", )" + query);
  ExpectAllowed("LAMBDA", "Query",
                R"({"TableName": "cruddur-messages", "KeyConditionExpression": "pk = :m",
                                       "ExpressionAttributeValues": {":m": {"S": "a"}}})");
  ExpectDenied("LAMBDA", "Query",
               R"({"TableName": "cruddur-messages", "IndexName": "another", )" + query, "Query",
               table + "/index/another");
  ExpectDenied("LAMBDA", "Scan", R"({"TableName": "cruddur-messages"})", "Scan", table);
  ExpectDenied("LAMBDA", "Scan",
               R"({"TableName": "cruddur-messages", "IndexName": "message-group-sk-index"})",
               "Scan", index);
  ExpectDenied("LAMBDA", "GetItem",
               R"({"TableName": "cruddur-messages", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}})",
               "GetItem", table);
  ExpectDenied("LAMBDA", "PutItem", R"({"TableName": "secret", "Item": {"pk": {"S": "a"}}})",
               "PutItem", "table/secret");
  ExpectDenied("LAMBDA", "DescribeTable", R"({"TableName": "cruddur-messages"})", "DescribeTable",
               table);
  ExpectDenied("LAMBDA", "DeleteTable", R"({"TableName": "cruddur-messages"})", "DeleteTable",
               table);
  ExpectDenied("LAMBDA", "ListTables", "{}", "ListTables", "table/*");
  // Denied before it is said whether there is such a table.
  ExpectDenied("LAMBDA", "DescribeTable", R"({"TableName": "missing"})", "DescribeTable",
               "table/missing");
}

TEST_F(Access, AsksForEachTableOfABatch) {
  ExpectAllowed(
      "CAREFUL", "BatchGetItem",
      R"({"RequestItems": {"cruddur-messages": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "b"}}]}}})");
  ExpectDenied(
      "CAREFUL", "BatchGetItem",
      R"({"RequestItems": {"cruddur-messages": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "b"}}]},
                                    "secret": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "b"}}]}}})",
      "BatchGetItem", "table/secret", true);
  ExpectDenied(
      "CAREFUL", "BatchWriteItem",
      R"({"RequestItems": {"cruddur-messages": [{"DeleteRequest": {"Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}}}],
                                    "secret": [{"PutRequest": {"Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}}}]}})",
      "BatchWriteItem", "table/secret", true);
}

TEST_F(Access, AsksForEachActionOfATransaction) {
  const std::string key =
      R"("TableName": "cruddur-messages", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}})";
  const std::string secret_key =
      R"("TableName": "secret", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}})";
  ExpectAllowed(
      "CAREFUL", "TransactWriteItems",
      R"({"TransactItems": [{"Update": {)" + key + R"(, "UpdateExpression": "REMOVE x"}}]})");
  ExpectDenied("CAREFUL", "TransactWriteItems",
               R"({"TransactItems": [{"Update": {)" + key +
                   R"(, "UpdateExpression": "REMOVE x"}}, {"Delete": {)" + secret_key + "}}]}",
               "DeleteItem", "table/secret", true);
  ExpectDenied("LAMBDA", "TransactWriteItems",
               R"({"TransactItems": [{"ConditionCheck": {)" + key +
                   R"(, "ConditionExpression": "attribute_exists(pk) "
}
}]
})",
               "ConditionCheckItem", "table/cruddur-messages");
  ExpectDenied("LAMBDA", "TransactGetItems", R"({"TransactItems": [{"Get": {)" + key + "}}]}",
               "GetItem", "table/cruddur-messages");
  // What is refused before a table is looked at is refused whoever asks.
  EXPECT_THAT(Call("LAMBDA", "TransactWriteItems", R"({"TransactItems": [{}]})"),
              HasSubstr("TransactItems can only contain one of Check, Put, Update or Delete"));
  EXPECT_THAT(Call("LAMBDA", "TransactWriteItems",
                   R"({"TransactItems": [{"Delete": {"TableName": "secret",
                       "Key": {"pk": {"N": "x"}, "sk": {"S": "b"}}}}]})"),
              HasSubstr("ValidationException"));
  // bayko may put into that table only within a transaction.
  ExpectAllowed(
      "BAYKO", "TransactWriteItems",
      R"({"TransactItems": [{"Put": {"TableName": "secret", "Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}}}]})");
  ExpectDenied("BAYKO", "PutItem",
               R"({"TableName": "secret", "Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}})",
               "PutItem", "table/secret");
}

TEST_F(Access, AsksForTheStream) {
  const std::string listed = Call("ADMIN", "ListStreams", R"({"TableName": "secret"})",
                                  {.service = "DynamoDBStreams_20120810"});
  const size_t at = listed.find("arn:aws:dynamodb");
  ASSERT_NE(at, listed.npos) << listed;
  const std::string arn = listed.substr(at, listed.find('"', at) - at);
  const std::string described = Call("ADMIN", "DescribeStream", R"({"StreamArn": ")" + arn + "\"}",
                                     {.service = "DynamoDBStreams_20120810"});
  const size_t shard_at = described.find("shardId-");
  ASSERT_NE(shard_at, described.npos) << described;
  const std::string shard = described.substr(shard_at, described.find('"', shard_at) - shard_at);
  const std::string get = R"({"ShardIteratorType": "TRIM_HORIZON", "StreamArn": ")" + arn +
                          R"(", "ShardId": ")" + shard + "\"}";
  const std::string iterator_answer =
      net::BodyOf(Call("ADMIN", "GetShardIterator", get, {.service = "DynamoDBStreams_20120810"}));
  const std::string records =
      R"({"ShardIterator": )" + iterator_answer.substr(iterator_answer.find(':') + 1);
  const std::string denial = " on resource: " + arn + " with an explicit deny";
  for (const auto& [operation, body] :
       {std::pair<std::string, std::string>{"DescribeStream", R"({"StreamArn": ")" + arn + "\"}"},
        {"GetShardIterator", get},
        {"GetRecords", records}}) {
    EXPECT_THAT(Call("ADMIN", operation, body, {.service = "DynamoDBStreams_20120810"}),
                StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(Call("CAREFUL", operation, body, {.service = "DynamoDBStreams_20120810"}),
                HasSubstr("perform: dynamodb:" + operation + denial));
  }
  EXPECT_THAT(Call("LAMBDA", "ListStreams", "{}", {.service = "DynamoDBStreams_20120810"}),
              HasSubstr("table/*/stream/* because no"));
}

TEST_F(Access, AsksForTheResourceThatTheArnNames) {
  const auto untag = [](std::string_view arn) {
    return R"({"TagKeys": ["team"], "ResourceArn": ")" + std::string(arn) + "\"}";
  };
  const std::string secret = "dynamodb:us-east-1:000000000000:table/secret";
  ExpectDenied("TAGGER", "UntagResource", untag("arn:aws:" + secret), "UntagResource",
               "table/secret");
  // A table that is allowed, in a field before the one that counts.
  const std::string hidden = untag("arn:table/mine:" + secret);
  ExpectDenied("TAGGER", "UntagResource", hidden, "UntagResource", "table/secret");
  EXPECT_THAT(Call("ADMIN", "UntagResource", hidden),
              HasSubstr("Provided Arn is not a DynamoDB resource arn: arn:table/mine:"));
  EXPECT_THAT(
      Call("TAGGER", "UntagResource", untag("arn:aws:dynamodb:us-east-1:000000000000:table/mine")),
      HasSubstr("ResourceNotFoundException"));
}

TEST_F(Access, ChecksTheLeadingKeys) {
  const std::string own = R"({"pk": {"S": "GRP#bayko"}, "sk": {"S": "1"}})",
                    other = R"({"pk": {"S": "GRP#brown"}, "sk": {"S": "1"}})";
  const std::string table = "table/cruddur-messages";
  ExpectAllowed("BAYKO", "GetItem", R"({"TableName": "cruddur-messages", "Key": )" + own + "}");
  ExpectDenied("BAYKO", "GetItem", R"({"TableName": "cruddur-messages", "Key": )" + other + "}",
               "GetItem", table);
  ExpectAllowed("BAYKO", "PutItem", R"({"TableName": "cruddur-messages", "Item": )" + own + "}");
  ExpectDenied("BAYKO", "PutItem", R"({"TableName": "cruddur-messages", "Item": )" + other + "}",
               "PutItem", table);
  ExpectDenied("BAYKO", "BatchWriteItem",
               R"({"RequestItems": {"cruddur-messages": [{"PutRequest": {"Item": )" + own +
                   R"(}}, {"DeleteRequest": {"Key": )" + other + "}}]}}",
               "BatchWriteItem", table);
  ExpectDenied("BAYKO", "BatchGetItem",
               R"({"RequestItems": {"cruddur-messages": {"Keys": [)" + own + "," + other + "]}}}",
               "BatchGetItem", table);
  const auto query = [](std::string_view value, std::string_view condition, std::string_view more) {
    return R"({"TableName": "cruddur-messages", "KeyConditionExpression": ")" +
           std::string(condition) + R"(", "ExpressionAttributeValues": {":p": {"S": ")" +
           std::string(value) + "\"}}" + std::string(more) + "}";
  };
  ExpectAllowed("BAYKO", "Query", query("GRP#bayko", "pk = :p", ""));
  ExpectDenied("BAYKO", "Query", query("GRP#brown", "pk = :p", ""), "Query", table);
  ExpectDenied("BAYKO", "Query",
               query("GRP#brown", "(#k) = :p", R"(, "ExpressionAttributeNames": {"#k": "pk"})"),
               "Query", table);
  // On an index it is the index's key.
  ExpectDenied(
      "BAYKO", "Query",
      query("group", "message_group_uuid = :p", R"(, "IndexName": "message-group-sk-index")"),
      "Query", table + "/index/message-group-sk-index");
}

TEST_F(Access, ChecksTheLegacyParametersToo) {
  const std::string table = "table/cruddur-messages";
  const auto query = [](std::string_view value, std::string_view rest) {
    return R"({"TableName": "cruddur-messages", "KeyConditions": {"pk": {"ComparisonOperator": "EQ",
               "AttributeValueList": [{"S": ")" +
           std::string(value) + R"("}]}})" + std::string(rest) + "}";
  };
  ExpectAllowed("BAYKO", "Query", query("GRP#bayko", ""));
  ExpectDenied("BAYKO", "Query", query("GRP#brown", ""), "Query", table);
  ExpectDenied("BAYKO", "Query", query("GRP#brown", R"(, "AttributesToGet": ["message"])"), "Query",
               table);
  const auto update = [](std::string_view rest) {
    return R"({"TableName": "cruddur-messages", "Key": {"pk": {"S": "a"}, "sk": {"S": "1"}}, )" +
           std::string(rest) + "}";
  };
  ExpectAllowed("BAYKO", "UpdateItem",
                update(R"("AttributeUpdates": {"message": {"Action": "DELETE"}})"));
  ExpectDenied("BAYKO", "UpdateItem",
               update(R"("AttributeUpdates": {"user_uuid": {"Action": "DELETE"}})"), "UpdateItem",
               table);
  ExpectDenied("BAYKO", "UpdateItem",
               update(R"("AttributeUpdates": {"message": {"Action": "DELETE"}},
                         "Expected": {"user_uuid": {"Exists": false}})"),
               "UpdateItem", table);
}

TEST_F(Access, ChecksTheAttributes) {
  const std::string key =
      R"("TableName": "cruddur-messages", "Key": {"pk": {"S": "a"}, "sk": {"S": "1"}})";
  const std::string table = "table/cruddur-messages";
  const auto update = [&](const std::string& rest) { return "{" + key + ", " + rest + "}"; };
  ExpectAllowed("BAYKO", "UpdateItem", update(R"("UpdateExpression": "REMOVE message")"));
  ExpectDenied("BAYKO", "UpdateItem", update(R"("UpdateExpression": "REMOVE message, user_uuid")"),
               "UpdateItem", table);
  ExpectDenied(
      "BAYKO", "UpdateItem",
      update(
          R"("UpdateExpression": "REMOVE #u.x", "ExpressionAttributeNames": {"#u": "user_uuid"})"),
      "UpdateItem", table);
  ExpectDenied("BAYKO", "UpdateItem", update(R"("UpdateExpression": "SET message = user_uuid")"),
               "UpdateItem", table);
  ExpectDenied(
      "BAYKO", "UpdateItem",
      update(
          R"("UpdateExpression": "REMOVE message", "ConditionExpression": "attribute_exists(user_uuid) ")"),
      "UpdateItem", table);
  ExpectDenied("BAYKO", "UpdateItem",
               update(R"("UpdateExpression": "REMOVE message", "ReturnValues": "ALL_NEW")"),
               "UpdateItem", table);
}

TEST_F(Access, SaysWhatIsWrongWithARequestBeforeWhoMayMakeIt) {
  EXPECT_THAT(Call("LAMBDA", "Scan", "{"), HasSubstr("SerializationException"));
  EXPECT_THAT(Call("LAMBDA", "Scan", "{}"), HasSubstr("ValidationException"));
  EXPECT_THAT(Call("STRANGER", "Scan", "{"), HasSubstr("UnrecognizedClientException"));
}

}  // namespace
}  // namespace cruddur::dynamo
