// A message table whose stream is switched, that is replaced, and whose records are deleted, while
// the API serves it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/api_fixture.h"
#include "messaging/table.h"

namespace cruddur::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class TableEventsTest : public ApiFixture {
 protected:
  void SetStream(bool enabled) {
    model::UpdateTableRequest request;
    request.table = messaging::kTableName;
    request.stream_enabled = enabled;
    if (enabled) request.stream_view = model::StreamViewType::kNewImage;
    ASSERT_TRUE(Run(store.UpdateTable(std::move(request))));
  }
  void Replace(bool with_stream) {
    ASSERT_TRUE(Run(store.DeleteTable(std::string(messaging::kTableName))));
    auto request = messaging::MessageTable(model::BillingMode::kPayPerRequest);
    if (!with_stream) request.stream_view.reset();
    ASSERT_TRUE(Run(store.CreateTable(std::move(request))));
  }
  void Say(const std::string& conversation, const std::string& text) {
    const auto answer =
        Post("andrewbrown",
             R"({"message":")" + text + R"(","message_group_uuid":")" + conversation + "\"}");
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  // As another program does that knows nothing of us.
  void PutBehindOurBack(const std::string& conversation, const std::string& text) {
    model::PutItemRequest request;
    request.table = messaging::kTableName;
    request.item = messaging::ItemOf(messaging::Message{
        conversation, "2099-01-01T00:00:00.000000+00:00", "m", text, {"u", "other", "Other"}});
    ASSERT_TRUE(Run(store.PutItem(std::move(request))));
  }
  std::string Messages(const std::string& conversation) {
    return Get("bayko", "/api/messages/" + conversation).body;
  }
  std::string Conversations() { return Get("bayko", "/api/message_groups").body; }
};

TEST_F(TableEventsTest, WithoutAStreamNothingIsStaleAndRowsMove) {
  const std::string uuid = StartedBy("andrewbrown", "bayko");
  Messages(uuid);
  Conversations();  // both pages are kept now
  SetStream(false);
  Say(uuid, "no stream");
  EXPECT_THAT(Messages(uuid), HasSubstr("no stream"));
  EXPECT_THAT(Conversations(), HasSubstr("no stream"));
  PutBehindOurBack(uuid, "from elsewhere");
  EXPECT_THAT(Messages(uuid), HasSubstr("from elsewhere"));
}

TEST_F(TableEventsTest, ReadinessSaysThatThereIsNoStream) {
  EXPECT_EQ(Get("", "/ready").body, R"({"status":"ready"})");
  SetStream(false);
  const auto answer = Get("", "/ready");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"status":"degraded","failed":["stream"]})");
  SetStream(true);
  EXPECT_EQ(Get("", "/ready").body, R"({"status":"ready"})");
  Replace(false);
  EXPECT_EQ(Get("", "/ready").body, R"({"status":"degraded","failed":["stream"]})");
}

TEST_F(TableEventsTest, AStreamThatComesBackBringsWhatOthersWroteMeanwhile) {
  const std::string uuid = StartedBy("andrewbrown", "bayko");
  SetStream(false);
  PutBehindOurBack(uuid, "from elsewhere");
  SetStream(true);
  for (int tries = 0; tries < 1'000; ++tries) {
    if (Conversations().find("from elsewhere") != std::string::npos) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_THAT(Conversations(), HasSubstr("from elsewhere"));
  EXPECT_THAT(Messages(uuid), HasSubstr("from elsewhere"));
}

TEST_F(TableEventsTest, ATableThatIsReplacedWithoutAStreamIsServed) {
  const std::string before = StartedBy("andrewbrown", "bayko");
  Messages(before);
  Conversations();
  Replace(false);
  EXPECT_EQ(Conversations(), "[]");
  EXPECT_EQ(Get("bayko", "/api/messages/" + before).status, 404);
  const std::string uuid = StartedBy("andrewbrown", "bayko");
  Say(uuid, "in the new one");
  EXPECT_THAT(Messages(uuid), HasSubstr("in the new one"));
  EXPECT_THAT(Conversations(), HasSubstr("in the new one"));
}

TEST_F(TableEventsTest, MembersOfADeletedRecordAreForgotten) {
  const std::string uuid = StartedBy("andrewbrown", "bayko");
  ASSERT_THAT(Messages(uuid), HasSubstr("hello"));
  // The record and the rows: what makes somebody a member.
  std::vector<model::Item> keys{
      messaging::Key(messaging::RecordPartition(uuid), messaging::kRecordSort)};
  model::ScanRequest scan{.table = std::string(messaging::kTableName)};
  const auto items = Run(store.Scan(scan))->items;
  for (const model::Item& item : items) {
    const std::string pk(item.FindString("pk"));
    if (messaging::UserOfRow(pk)) keys.push_back(messaging::Key(pk, item.FindString("sk")));
  }
  for (model::Item& key : keys) {
    model::DeleteItemRequest request;
    request.table = messaging::kTableName;
    request.key = std::move(key);
    ASSERT_TRUE(Run(store.DeleteItem(std::move(request))));
  }
  EXPECT_EQ(Get("bayko", "/api/messages/" + uuid).status, 404);
}

}  // namespace
}  // namespace cruddur::api
