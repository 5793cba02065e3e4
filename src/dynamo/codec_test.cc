// What goes over the wire, both ways: exact JSON, and that reading inverts writing.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "dynamo/batches_codec.h"
#include "dynamo/error_codec.h"
#include "dynamo/items_codec.h"
#include "dynamo/pages_codec.h"
#include "dynamo/streams_codec.h"
#include "dynamo/tables_codec.h"
#include "dynamo/transactions_codec.h"
#include "model/arbitrary_value.h"
#include "model/error_details.h"

namespace cruddur::dynamo {
namespace {

using model::Item;

template <class Request>
std::string RequestJson(const Request& request) {
  std::string out;
  json::Writer writer(out);
  WriteRequest(writer, request);
  return out;
}

template <class Response, class... Rest>
std::string ResponseJson(const Response& response, Rest&&... rest) {
  std::string out;
  json::Writer writer(out);
  WriteResponse(writer, response, rest...);
  return out;
}

// The request that comes out of a request's JSON, written again.
template <class Request>
std::string RequestAgain(const Request& request) {
  json::Document document;
  auto body = document.Parse(RequestJson(request));
  if (!body) return body.error().message;
  Request again;
  model::DbStatus status = ReadRequest(*body, again);
  return status ? RequestJson(again) : status.error().message;
}

template <class Response, class... Rest>
std::string ResponseAgain(const Response& response, Rest&&... rest) {
  json::Document document;
  auto body = document.Parse(ResponseJson(response, rest...));
  if (!body) return body.error().message;
  Response again;
  model::DbStatus status = ReadResponse(*body, again);
  return status ? ResponseJson(again, rest...) : status.error().message;
}

template <class Request>
void ExpectRequest(const Request& request, std::string_view json) {
  EXPECT_EQ(RequestJson(request), json);
  EXPECT_EQ(RequestAgain(request), json);
}

const Item kKey = {{"pk", "a"}, {"sk", model::Number(1)}};
const model::Placeholders kPlaceholders = {{{"#n", "name"}}, {{":v", "x"}}};

TEST(Codec, WritesItemRequestsAsDynamoReadsThem) {
  model::GetItemRequest get{.table = "abc", .key = kKey, .consistent_read = true};
  get.projection_expression = "#n";
  get.placeholders.names = kPlaceholders.names;
  get.return_consumed_capacity = model::ReturnConsumedCapacity::kTotal;
  ExpectRequest(get,
                R"({"TableName":"abc","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},"ConsistentRead":true,)"
                R"("ProjectionExpression":"#n","ExpressionAttributeNames":{"#n":"name"},)"
                R"("ReturnConsumedCapacity":"TOTAL"})");

  model::UpdateItemRequest update{.table = "abc", .key = {{"pk", "a"}}};
  update.update_expression = "SET #n = :v";
  update.condition_expression = "pk <> :v";
  update.placeholders = kPlaceholders;
  update.return_values = model::ReturnValues::kUpdatedNew;
  update.on_condition_failure = model::ReturnValuesOnFailure::kAllOld;
  update.return_metrics = model::ReturnItemCollectionMetrics::kSize;
  ExpectRequest(update,
                R"({"Key":{"pk":{"S":"a"}},"UpdateExpression":"SET #n = :v","TableName":"abc",)"
                R"("ConditionExpression":"pk <> :v",)"
                R"("ExpressionAttributeNames":{"#n":"name"},)"
                R"("ExpressionAttributeValues":{":v":{"S":"x"}},"ReturnValues":"UPDATED_NEW",)"
                R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD",)"
                R"("ReturnItemCollectionMetrics":"SIZE"})");

  model::PutItemRequest put{.table = "abc", .item = kKey};
  ExpectRequest(put, R"({"Item":{"pk":{"S":"a"},"sk":{"N":"1"}},"TableName":"abc"})");
  model::DeleteItemRequest remove{.table = "abc", .key = kKey};
  ExpectRequest(remove, R"({"Key":{"pk":{"S":"a"},"sk":{"N":"1"}},"TableName":"abc"})");
}

TEST(Codec, WritesPageRequestsAsDynamoReadsThem) {
  model::QueryRequest query{.table = "abc", .index = "an-index"};
  query.key_condition_expression = "pk = :v";
  query.filter_expression = "f";
  query.placeholders.values = kPlaceholders.values;
  query.select = model::Select::kCount;
  query.limit = 20;
  query.exclusive_start_key = {{"pk", "a"}};
  query.scan_index_forward = false;
  ExpectRequest(query,
                R"({"KeyConditionExpression":"pk = :v","TableName":"abc","IndexName":"an-index",)"
                R"("FilterExpression":"f","ExpressionAttributeValues":{":v":{"S":"x"}},)"
                R"("Select":"COUNT","Limit":20,"ExclusiveStartKey":{"pk":{"S":"a"}},)"
                R"("ScanIndexForward":false})");

  model::ScanRequest scan{.table = "abc"};
  scan.segment = 1;
  scan.total_segments = 4;
  scan.consistent_read = true;
  ExpectRequest(scan, R"({"TableName":"abc","ConsistentRead":true,"Segment":1,"TotalSegments":4})");
}

TEST(Codec, WritesBatchRequestsAsDynamoReadsThem) {
  model::BatchGetItemRequest get;
  get.tables.push_back({"abc", {{{{"pk", "a"}}, {{"pk", "b"}}}, true, "#n", {{"#n", "name"}}}});
  ExpectRequest(get, R"({"RequestItems":{"abc":{"Keys":[{"pk":{"S":"a"}},{"pk":{"S":"b"}}],)"
                     R"("ConsistentRead":true,"ProjectionExpression":"#n",)"
                     R"("ExpressionAttributeNames":{"#n":"name"}}}})");
  model::BatchWriteItemRequest write;
  write.tables.push_back({"abc", {{true, {{"pk", "a"}}}, {false, {{"pk", "b"}}}}});
  ExpectRequest(write, R"({"RequestItems":{"abc":[{"PutRequest":{"Item":{"pk":{"S":"a"}}}},)"
                       R"({"DeleteRequest":{"Key":{"pk":{"S":"b"}}}}]}})");
}

TEST(Codec, WritesTransactionsAsDynamoReadsThem) {
  model::TransactGetItemsRequest get;
  get.items.push_back({"abc", {{"pk", "a"}}, "#n", {{"#n", "name"}}});
  ExpectRequest(get, R"({"TransactItems":[{"Get":{"TableName":"abc","Key":{"pk":{"S":"a"}},)"
                     R"("ProjectionExpression":"#n","ExpressionAttributeNames":{"#n":"name"}}}]})");

  model::TransactWriteItemsRequest write;
  model::ConditionCheck check{.table = "abc", .key = {{"pk", "a"}}};
  check.condition_expression = "pk <> :v";
  check.on_condition_failure = model::ReturnValuesOnFailure::kAllOld;
  model::UpdateItemRequest update{.table = "abc", .key = {{"pk", "d"}}};
  update.update_expression = "SET a = :v";
  update.placeholders.values = kPlaceholders.values;
  write.items = {check, model::PutItemRequest{.table = "abc", .item = {{"pk", "b"}}},
                 model::DeleteItemRequest{.table = "abc", .key = {{"pk", "c"}}}, update};
  write.client_request_token = "token";
  ExpectRequest(write, R"({"TransactItems":[{"ConditionCheck":{"Key":{"pk":{"S":"a"}},)"
                       R"("ConditionExpression":"pk <> :v","TableName":"abc",)"
                       R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD"}},)"
                       R"({"Put":{"Item":{"pk":{"S":"b"}},"TableName":"abc"}},)"
                       R"({"Delete":{"Key":{"pk":{"S":"c"}},"TableName":"abc"}},)"
                       R"({"Update":{"Key":{"pk":{"S":"d"}},"UpdateExpression":"SET a = :v",)"
                       R"("TableName":"abc","ExpressionAttributeValues":{":v":{"S":"x"}}}}],)"
                       R"("ClientRequestToken":"token"})");
}

TEST(Codec, WritesTableRequestsAsDynamoReadsThem) {
  model::CreateTableRequest create;
  create.table = "abc";
  create.keys = {{{"pk"}}, {{"sk", model::Type::kN}}};
  model::IndexDefinition index;
  index.name = "by-group";
  index.global = true;
  index.keys = {{{"group"}}, {{"sk", model::Type::kN}}};
  index.projection = {model::ProjectionType::kInclude, {"text"}};
  index.throughput = {{5, 6}};
  create.indexes = {index};
  create.throughput = {{7, 8}};
  create.stream_view = model::StreamViewType::kNewImage;
  create.resource_policy = R"({"Statement":[]})";
  create.tags = {{"a", "b"}};
  ExpectRequest(
      create,
      R"({"TableName":"abc","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},)"
      R"({"AttributeName":"sk","AttributeType":"N"},{"AttributeName":"group","AttributeType":"S"}],)"
      R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},)"
      R"({"AttributeName":"sk","KeyType":"RANGE"}],"GlobalSecondaryIndexes":[{)"
      R"("IndexName":"by-group","KeySchema":[{"AttributeName":"group","KeyType":"HASH"},)"
      R"({"AttributeName":"sk","KeyType":"RANGE"}],"Projection":{"ProjectionType":"INCLUDE",)"
      R"("NonKeyAttributes":["text"]},"ProvisionedThroughput":{"ReadCapacityUnits":5,)"
      R"("WriteCapacityUnits":6}}],"BillingMode":"PROVISIONED","ProvisionedThroughput":{)"
      R"("ReadCapacityUnits":7,"WriteCapacityUnits":8},"StreamSpecification":{)"
      R"("StreamEnabled":true,"StreamViewType":"NEW_IMAGE"},)"
      R"("ResourcePolicy":"{\"Statement\":[]}","Tags":[{"Key":"a","Value":"b"}]})");

  model::UpdateTableRequest update;
  update.table = "abc";
  update.create_index = index;
  update.update_indexes = {{"another", {{1, 2}}, {{3, {}}}, {{{}, 4}}}};
  update.on_demand = {{5, 6}};
  update.warm = {{7, 8}};
  update.encryption = {{true, "key"}};
  update.stream_enabled = false;
  EXPECT_EQ(RequestAgain(update), RequestJson(update));
  model::UpdateTableRequest removal;
  removal.table = "abc";
  removal.delete_index = "by-group";
  removal.billing = model::BillingMode::kPayPerRequest;
  removal.deletion_protection = true;
  EXPECT_EQ(RequestAgain(removal), RequestJson(removal));
  EXPECT_EQ(RequestAgain(model::ListTablesRequest{"abc", 7}),
            R"({"ExclusiveStartTableName":"abc","Limit":7})");
  EXPECT_EQ(RequestAgain(DescribeTableRequest{"abc"}), R"({"TableName":"abc"})");
}

model::ConsumedCapacity Capacity() {
  model::ConsumedCapacity capacity{.table_name = "abc", .units = {0.5, 0}};
  capacity.table = {0.5, 0};
  capacity.global_indexes["gsi"] = {1, 0};
  return capacity;
}

TEST(Codec, WritesResponsesAsDynamoDoes) {
  model::GetItemResponse get{.item = Item{{"pk", "a"}}, .consumed_capacity = Capacity()};
  const std::string_view get_json =
      R"({"Item":{"pk":{"S":"a"}},"ConsumedCapacity":{"TableName":"abc","CapacityUnits":0.5,)"
      R"("Table":{"CapacityUnits":0.5},"GlobalSecondaryIndexes":{"gsi":{"CapacityUnits":1.0}}}})";
  EXPECT_EQ(ResponseJson(get), get_json);
  EXPECT_EQ(ResponseAgain(get), get_json);
  EXPECT_EQ(ResponseJson(model::GetItemResponse()), "{}");

  model::WriteItemResponse write{.attributes = Item{{"pk", "a"}}};
  write.item_collection_metrics = {Item{{"pk", "a"}}, 0, 1};
  const std::string_view write_json =
      R"({"Attributes":{"pk":{"S":"a"}},"ItemCollectionMetrics":{"ItemCollectionKey":)"
      R"({"pk":{"S":"a"}},"SizeEstimateRangeGB":[0.0,1.0]}})";
  EXPECT_EQ(ResponseJson(write), write_json);
  EXPECT_EQ(ResponseAgain(write), write_json);

  model::PageResponse page{.items = {{{"pk", "a"}}}, .count = 1, .scanned_count = 2};
  page.last_evaluated_key = {{"pk", "a"}};
  const std::string_view page_json =
      R"({"Items":[{"pk":{"S":"a"}}],"Count":1,"ScannedCount":2,"LastEvaluatedKey":)"
      R"({"pk":{"S":"a"}}})";
  EXPECT_EQ(ResponseJson(page, model::Select::kDefault), page_json);
  EXPECT_EQ(ResponseAgain(page, model::Select::kDefault), page_json);
  EXPECT_EQ(ResponseJson(page, model::Select::kCount),
            R"({"Count":1,"ScannedCount":2,"LastEvaluatedKey":{"pk":{"S":"a"}}})");
}

TEST(Codec, WritesResponsesOfBatchesAndTransactions) {
  model::BatchGetItemResponse get;
  get.items = {{"abc", {{{"pk", "a"}}}}, {"abd", {}}};
  get.unprocessed = {{"abc", {{{{"pk", "b"}}}}}};
  const std::string_view get_json =
      R"({"Responses":{"abc":[{"pk":{"S":"a"}}],"abd":[]},"UnprocessedKeys":{"abc":{"Keys":)"
      R"([{"pk":{"S":"b"}}]}}})";
  EXPECT_EQ(ResponseJson(get), get_json);
  EXPECT_EQ(ResponseAgain(get), get_json);

  model::BatchWriteItemResponse write;
  write.unprocessed = {{"abc", {{false, {{"pk", "b"}}}}}};
  write.item_collection_metrics = {{"abc", {{Item{{"pk", "a"}}, 0, 1}}}};
  EXPECT_EQ(ResponseAgain(write), ResponseJson(write));
  EXPECT_EQ(ResponseJson(model::BatchWriteItemResponse()), R"({"UnprocessedItems":{}})");

  model::TransactGetItemsResponse transaction;
  transaction.items = {Item{{"pk", "a"}}, std::nullopt};
  model::ConsumedCapacity capacity{.table_name = "abc", .units = {4, 0}, .transactional = true};
  transaction.consumed_capacity = {capacity};
  const std::string_view transaction_json =
      R"({"Responses":[{"Item":{"pk":{"S":"a"}}},{}],"ConsumedCapacity":[{"TableName":"abc",)"
      R"("CapacityUnits":4.0,"ReadCapacityUnits":4.0}]})";
  EXPECT_EQ(ResponseJson(transaction), transaction_json);
  EXPECT_EQ(ResponseAgain(transaction), transaction_json);
  EXPECT_EQ(ResponseJson(model::TransactWriteItemsResponse()), "{}");
}

model::TableDescription Table() {
  model::TableDescription table;
  table.name = "abc";
  table.arn = "arn:aws:dynamodb:us-east-1:000000000000:table/abc";
  table.id = "5e0d0cbd-8d2f-4e3c-8f3a-0d0e9e3d6a0e";
  table.keys = {{{"pk"}}, {{"sk", model::Type::kN}}};
  model::IndexDescription index;
  index.name = "gsi";
  index.global = true;
  index.keys = {{{"group"}}, {}};
  index.throughput = {5, 5};
  index.on_demand = {{}, 9};
  index.warm = {6, 7};
  index.arn = table.arn + "/index/gsi";
  table.indexes = {index};
  table.throughput = {5, 6};
  table.on_demand = {3, 4};
  table.warm = {8, 9};
  table.kms_key_arn = "arn:aws:kms:us-east-1:000000000000:key/k";
  table.on_demand_since = base::Micros(1'679'651'102'000'000);
  table.table_class_changed_at = base::Micros(1'679'651'103'000'000);
  table.stream_view = model::StreamViewType::kNewImage;
  table.stream_label = "2023-03-24T09:45:01.561";
  table.stream_arn = table.arn + "/stream/" + table.stream_label;
  table.created_at = base::Micros(1'679'651'101'561'999);
  table.item_count = 3;
  return table;
}

TEST(Codec, WritesTableDescriptionsAsDynamoDoes) {
  model::TableDescription table = Table();
  const std::string_view json =
      R"({"Table":{"AttributeDefinitions":[{"AttributeName":"group","AttributeType":"S"},)"
      R"({"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"}],)"
      R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},)"
      R"({"AttributeName":"sk","KeyType":"RANGE"}],"CreationDateTime":1679651101.561,)"
      R"("TableName":"abc","TableStatus":"ACTIVE","ProvisionedThroughput":)"
      R"({"NumberOfDecreasesToday":0,"ReadCapacityUnits":5,"WriteCapacityUnits":6},)"
      R"("BillingModeSummary":{"BillingMode":"PROVISIONED",)"
      R"("LastUpdateToPayPerRequestDateTime":1679651102.000},"TableSizeBytes":0,"ItemCount":3,)"
      R"("TableArn":"arn:aws:dynamodb:us-east-1:000000000000:table/abc",)"
      R"("TableId":"5e0d0cbd-8d2f-4e3c-8f3a-0d0e9e3d6a0e","GlobalSecondaryIndexes":[{)"
      R"("IndexName":"gsi","KeySchema":[{"AttributeName":"group","KeyType":"HASH"}],)"
      R"("Projection":{"ProjectionType":"ALL"},"IndexSizeBytes":0,"ItemCount":0,)"
      R"("IndexArn":"arn:aws:dynamodb:us-east-1:000000000000:table/abc/index/gsi",)"
      R"("IndexStatus":"ACTIVE","ProvisionedThroughput":{"NumberOfDecreasesToday":0,)"
      R"("ReadCapacityUnits":5,"WriteCapacityUnits":5},"OnDemandThroughput":{)"
      R"("MaxWriteRequestUnits":9},"WarmThroughput":{)"
      R"("ReadUnitsPerSecond":6,"WriteUnitsPerSecond":7,"Status":"ACTIVE"}}],)"
      R"("StreamSpecification":{)"
      R"("StreamEnabled":true,"StreamViewType":"NEW_IMAGE"},)"
      R"("LatestStreamLabel":"2023-03-24T09:45:01.561","LatestStreamArn":)"
      R"("arn:aws:dynamodb:us-east-1:000000000000:table/abc/stream/2023-03-24T09:45:01.561",)"
      R"("SSEDescription":{"Status":"ENABLED","SSEType":"KMS","KMSMasterKeyArn":)"
      R"("arn:aws:kms:us-east-1:000000000000:key/k"},"TableClassSummary":{)"
      R"("TableClass":"STANDARD","LastUpdateDateTime":1679651103.000},)"
      R"("DeletionProtectionEnabled":false,"OnDemandThroughput":{"MaxReadRequestUnits":3,)"
      R"("MaxWriteRequestUnits":4},"WarmThroughput":{"ReadUnitsPerSecond":8,)"
      R"("WriteUnitsPerSecond":9,"Status":"ACTIVE"}}})";
  EXPECT_EQ(ResponseJson(table, "Table"), json);
  EXPECT_EQ(ResponseAgain(table, "Table"), json);

  table.status = model::TableStatus::kDeleting;
  std::string deleting = ResponseJson(table, "TableDescription");
  EXPECT_EQ(deleting.find("\"AttributeDefinitions\""), std::string::npos);
  EXPECT_EQ(deleting.find("CreationDateTime"), std::string::npos);

  model::ListTablesResponse list{{"abc", "abd"}, "abd"};
  EXPECT_EQ(ResponseAgain(list), R"({"TableNames":["abc","abd"],"LastEvaluatedTableName":"abd"})");
}

TEST(Codec, WritesStreamsAsDynamoDoes) {
  model::GetRecordsResponse records;
  model::StreamRecord record;
  record.event_id = "c4ca4238a0b923820dcc509a6f75849b";
  record.event_name = model::StreamEventName::kRemove;
  record.created_at = base::Micros(1'679'651'101'000'000);
  record.keys = {{"pk", "a"}};
  record.old_image = Item{{"pk", "a"}, {"b", true}};
  record.sequence_number = "000000000000000000001";
  record.size_bytes = 10;
  record.view = model::StreamViewType::kNewAndOldImages;
  record.by_ttl = true;
  records.records = {record};
  records.next_shard_iterator = "next";
  const std::string_view json =
      R"({"Records":[{"awsRegion":"us-east-1","dynamodb":{"ApproximateCreationDateTime":1679651101,)"
      R"("Keys":{"pk":{"S":"a"}},"OldImage":{"b":{"BOOL":true},"pk":{"S":"a"}},)"
      R"("SequenceNumber":"000000000000000000001","SizeBytes":10,)"
      R"("StreamViewType":"NEW_AND_OLD_IMAGES"},"eventID":"c4ca4238a0b923820dcc509a6f75849b",)"
      R"("eventName":"REMOVE","eventSource":"aws:dynamodb","eventVersion":"1.1","userIdentity":{)"
      R"("PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}}],"NextShardIterator":"next"})";
  EXPECT_EQ(ResponseJson(records, "us-east-1"), json);
  EXPECT_EQ(ResponseAgain(records, "us-east-1"), json);

  model::DescribeStreamResponse stream;
  stream.arn = "arn:aws:dynamodb:us-east-1:000000000000:table/abc/stream/x";
  stream.label = "x";
  stream.table_name = "abc";
  stream.status = "ENABLED";
  stream.created_at = base::Micros(1'679'651'101'561'000);
  stream.keys = {{{"pk"}}, {{"sk"}}};
  stream.shards = {
      {"shardId-00000000000000000001-00000001", "", "1", ""},
      {"shardId-00000000000000000002-00000001", "shardId-00000000000000000001-00000001", "2", "3"}};
  EXPECT_EQ(ResponseAgain(stream), ResponseJson(stream));
  model::ListStreamsResponse list{{{"arn", "abc", "x"}}, "arn"};
  EXPECT_EQ(ResponseAgain(list), ResponseJson(list));

  model::GetShardIteratorRequest iterator{stream.arn, stream.shards[0].id,
                                          model::ShardIteratorType::kAtSequenceNumber,
                                          "000000000000000000001"};
  EXPECT_EQ(RequestAgain(iterator), RequestJson(iterator));
  model::DescribeStreamRequest describe{stream.arn, 10, stream.shards[0].id};
  EXPECT_EQ(RequestAgain(describe), RequestJson(describe));
}

TEST(Codec, ReadingInvertsWritingForAnyItem) {
  rc::check([] {
    const Item item = *model::ArbitraryMap(3);
    model::PutItemRequest put{.table = "abc", .item = item};
    RC_ASSERT(RequestAgain(put) == RequestJson(put));
    model::PageResponse page{.items = {item, item}, .count = 2, .scanned_count = 2};
    RC_ASSERT(ResponseAgain(page, model::Select::kDefault) ==
              ResponseJson(page, model::Select::kDefault));
  });
}

std::string ErrorJson(const model::DbError& error) {
  std::string out;
  AppendErrorBody(out, error);
  return out;
}

TEST(ErrorCodec, WritesWhatAwsWrites) {
  using enum model::DbErrorCode;
  EXPECT_EQ(ErrorJson({kResourceNotFound, "Requested resource not found", nullptr}),
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",)"
            R"("message":"Requested resource not found"})");
  EXPECT_EQ(ErrorJson({kSerialization, "NUMBER_VALUE cannot be converted to String", nullptr}),
            R"({"__type":"com.amazon.coral.service#SerializationException",)"
            R"("Message":"NUMBER_VALUE cannot be converted to String"})");
  EXPECT_EQ(ErrorJson({kUnknownOperation, "", nullptr}),
            R"({"__type":"com.amazon.coral.service#UnknownOperationException"})");
}

TEST(ErrorCodec, SaysWhichThroughputWasExceeded) {
  auto details = std::make_shared<model::DbErrorDetails>();
  details->throttling = {{"TableReadProvisionedThroughputExceeded", "arn:t"}};
  EXPECT_EQ(
      ErrorJson({model::DbErrorCode::kProvisionedThroughputExceeded, "Too much", details}),
      R"({"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",)"
      R"("message":"Too much","ThrottlingReasons":[)"
      R"({"reason":"TableReadProvisionedThroughputExceeded","resource":"arn:t"}]})");
}

TEST(ErrorCodec, KeepsInternalTextsInside) {
  using enum model::DbErrorCode;
  for (auto code : {kInternalServerError, kServiceUnavailable, kUnreachable}) {
    EXPECT_EQ(ErrorJson({code, "/var/data/000012.sst: checksum", nullptr}).find("sst"),
              std::string::npos);
  }
}

TEST(ErrorCodec, CarriesItemsAndReasonsBothWays) {
  auto item_details = std::make_shared<model::DbErrorDetails>();
  item_details->item = Item{{"pk", "a"}};
  auto reason_details = std::make_shared<model::DbErrorDetails>();
  reason_details->reasons = {
      {}, {"ConditionalCheckFailed", "The conditional request failed", Item{{"pk", "a"}}}};
  for (const model::DbError& error :
       {model::DbError{model::DbErrorCode::kConditionalCheckFailed,
                       "The conditional request failed", item_details},
        model::DbError{model::DbErrorCode::kTransactionCanceled, "Transaction cancelled",
                       reason_details}}) {
    model::DbError again = ReadErrorBody(400, ErrorJson(error));
    EXPECT_EQ(again.code, error.code);
    EXPECT_EQ(again.message, error.message);
    EXPECT_EQ(ErrorJson(again), ErrorJson(error));
  }
}

TEST(ErrorCodec, ReadsWhatOthersAnswer) {
  using enum model::DbErrorCode;
  EXPECT_EQ(ReadErrorBody(400, R"({"__type":"UnknownOperationException"})").code,
            kUnknownOperation);
  EXPECT_EQ(ReadErrorBody(400, R"({"__type":"a#ThrottlingException","Message":"m"})").code,
            kThrottling);
  EXPECT_EQ(ReadErrorBody(502, "<html>Bad gateway</html>").code, kServiceUnavailable);
  EXPECT_EQ(ReadErrorBody(500, "").code, kInternalServerError);
  EXPECT_EQ(ReadErrorBody(403, "[]").code, kAccessDenied);
  EXPECT_EQ(ReadErrorBody(400, R"({"__type":"a#SomethingNewException"})").code,
            kInternalServerError);
}

}  // namespace
}  // namespace cruddur::dynamo
