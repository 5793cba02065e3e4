#include "stream/lambda_event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cruddur::stream {
namespace {

using ::testing::HasSubstr;

constexpr char kArn[] =
    "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2023-03-24T09:45:01.561";

model::StreamRecord Record() {
  model::StreamRecord record;
  record.event_id = "c4ca4238a0b923820dcc509a6f75849b";
  record.created_at = std::chrono::seconds(1'679'651'101);
  record.keys = {{"pk", "MSG#1"}, {"sk", model::Number(7)}};
  record.new_image = model::Item{{"pk", "MSG#1"}, {"sk", model::Number(7)}, {"message", "Hi"}};
  record.sequence_number = "100000000000000000042";
  record.size_bytes = 31;
  record.view = model::StreamViewType::kNewImage;
  return record;
}

std::vector<StreamEvent> Batch() {
  std::vector<StreamEvent> batch;
  for (const char* number : {"101", "102", "103"}) batch.push_back({.sequence_number = number});
  return batch;
}

TEST(LambdaEvent, HasTheMembersThatAWSHandsToAFunction) {
  EXPECT_EQ(
      EventOf(Record(), "us-east-1", kArn).json,
      R"({"awsRegion":"us-east-1","dynamodb":{"ApproximateCreationDateTime":1679651101,)"
      R"("Keys":{"pk":{"S":"MSG#1"},"sk":{"N":"7"}},)"
      R"("NewImage":{"message":{"S":"Hi"},"pk":{"S":"MSG#1"},"sk":{"N":"7"}},)"
      R"("SequenceNumber":"100000000000000000042","SizeBytes":31,"StreamViewType":"NEW_IMAGE"},)"
      R"("eventID":"c4ca4238a0b923820dcc509a6f75849b","eventName":"INSERT",)"
      R"("eventSource":"aws:dynamodb","eventVersion":"1.1",)"
      R"("eventSourceARN":"arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2023-03-24T09:45:01.561"})");
}

TEST(LambdaEvent, SpellsTheIdentityOfTtlInCamelCase) {
  model::StreamRecord record = Record();
  record.by_ttl = true;
  EXPECT_THAT(
      EventOf(record, "us-east-1", kArn).json,
      HasSubstr(R"("userIdentity":{"principalId":"dynamodb.amazonaws.com","type":"Service"})"));
}

TEST(LambdaEvent, IsReadAsItWasWritten) {
  model::StreamRecord removed = Record();
  removed.event_name = model::StreamEventName::kRemove;
  removed.sequence_number = "100000000000000000043";
  removed.old_image = std::move(removed.new_image);
  removed.new_image.reset();
  removed.by_ttl = true;
  const std::vector<StreamEvent> events = {EventOf(Record(), "us-east-1", kArn),
                                           EventOf(removed, "us-east-1", kArn)};
  const std::string payload = PayloadOf(events);
  EXPECT_EQ(payload.size(), events[0].json.size() + events[1].json.size() + kPayloadFrameBytes + 1);
  const auto read = ReadPayload(payload);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].new_image, Record().new_image);
  EXPECT_EQ((*read)[0].created_at, Record().created_at);
  EXPECT_EQ((*read)[1].event_name, model::StreamEventName::kRemove);
  EXPECT_EQ((*read)[1].sequence_number, removed.sequence_number);
  EXPECT_EQ((*read)[1].old_image, removed.old_image);
  EXPECT_FALSE((*read)[1].new_image);
  EXPECT_TRUE((*read)[1].by_ttl);
}

TEST(LambdaEvent, KnowsTheItemWhateverElseARecordSays) {
  model::StreamRecord other = Record();
  other.new_image.reset();
  other.sequence_number = "100000000000000000099";
  EXPECT_EQ(EventOf(Record(), "r", kArn).item, EventOf(other, "r", kArn).item);
  other.keys.Set("sk", model::Number(8));
  EXPECT_NE(EventOf(Record(), "r", kArn).item, EventOf(other, "r", kArn).item);
}

TEST(LambdaEvent, RefusesWhatIsNone) {
  for (const char* text : {"", "null", "[]", "{}", R"({"Records":{}})", R"({"Records":[{}]})",
                           R"({"Records":[{"dynamodb":{}}]})",
                           R"({"Records":[{"dynamodb":{"SequenceNumber":1}}]})", "{"}) {
    EXPECT_FALSE(ReadPayload(text)) << text;
  }
  EXPECT_TRUE(ReadPayload(R"({"Records":[]})"));
}

// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
TEST(LambdaEvent, TakesAReportAsLambdaDoes) {
  struct Case {
    const char* response;
    size_t handled;
  };
  for (const Case& c : std::vector<Case>{
           {"", 3},
           {" \n", 3},
           {"null", 3},
           {"{}", 3},
           {"\"done\"", 3},
           {R"({"batchItemFailures":null})", 3},
           {R"({"batchItemFailures":[]})", 3},
           {R"({"batchItemFailures":[{"itemIdentifier":"103"}]})", 2},
           {R"({"batchItemFailures":[{"itemIdentifier":"103"},{"itemIdentifier":"102"}]})", 1},
           {R"({"batchItemFailures":[{"itemIdentifier":"101"}]})", 0},
           {R"({"batchItemFailures":[{"itemIdentifier":""}]})", 0},
           {R"({"batchItemFailures":[{"itemIdentifier":null}]})", 0},
           {R"({"batchItemFailures":[{"itemIdentifier":103}]})", 0},
           {R"({"batchItemFailures":[{"identifier":"103"}]})", 0},
           {R"({"batchItemFailures":[{"itemIdentifier":"103"},{"itemIdentifier":"999"}]})", 0},
           {R"({"batchItemFailures":["103"]})", 0},
           {R"({"batchItemFailures":{}})", 0},
           {"{", 0}}) {
    EXPECT_EQ(HandledOf(c.response, Batch()), c.handled) << c.response;
  }
  const std::vector<std::string> failed = {"102", "103"};
  EXPECT_EQ(HandledOf(FailuresOf(failed), Batch()), 1u);
  EXPECT_EQ(HandledOf(FailuresOf({}), Batch()), 3u);
}

}  // namespace
}  // namespace cruddur::stream
