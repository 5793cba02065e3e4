#include "messaging/table.h"

#include <gtest/gtest.h>

#include "messaging/items.h"

namespace cruddur::messaging {
namespace {

const Person kAndrew{"0b6f4d5c-1111-4a5e-9a4e-000000000001", "andrewbrown", "Andrew Brown"};
const Person kBayko{"0b6f4d5c-2222-4a5e-9a4e-000000000002", "bayko", "Andrew Bayko"};

TEST(MessageTable, IsTheFirstSystemsWithAStream) {
  const auto request = MessageTable(model::BillingMode::kProvisioned);
  EXPECT_EQ(request.table, "cruddur-messages");
  ASSERT_EQ(request.indexes.size(), 1u);
  const auto& index = request.indexes[0];
  EXPECT_EQ(index.name, "message-group-sk-index");
  EXPECT_TRUE(index.global);
  EXPECT_EQ(index.keys.partition[0].name, "message_group_uuid");
  EXPECT_EQ(index.keys.sort[0].name, "sk");
  EXPECT_EQ(index.throughput, (model::Throughput{5, 5}));
  EXPECT_EQ(request.throughput, (model::Throughput{5, 5}));
  EXPECT_EQ(request.stream_view, model::StreamViewType::kNewImage);
}

TEST(MessageTable, HasNoThroughputOnDemand) {
  const auto request = MessageTable(model::BillingMode::kPayPerRequest);
  EXPECT_FALSE(request.throughput);
  EXPECT_FALSE(request.indexes[0].throughput);
}

TEST(Keys, TellTheKindsApart) {
  EXPECT_EQ(ConversationOfMessage("MSG#a"), "a");
  EXPECT_EQ(ConversationOfMessage("GRP#a"), std::nullopt);
  EXPECT_EQ(UserOfRow("GRP#a"), "a");
  EXPECT_EQ(ConversationOfRecord("CNV#a"), "a");
  EXPECT_EQ(UserOfRow(""), std::nullopt);
}

TEST(Keys, OfAPairDoNotDependOnWhoStarts) {
  EXPECT_EQ(PairPartition("a", "b"), "PAIR#a#b");
  EXPECT_EQ(PairPartition("b", "a"), "PAIR#a#b");
}

TEST(Items, ComeBackAsTheyWere) {
  const Message message{"c", "2023-03-24T09:45:01.561513+00:00", "m", "hello", kAndrew};
  EXPECT_EQ(MessageOf(ItemOf(message)), message);

  ConversationRow row{kBayko.uuid, message.created_at, "c", "hello", kAndrew, ""};
  EXPECT_EQ(RowOf(ItemOf(row)), row);
  EXPECT_EQ(row.last_message_at(), message.created_at);
  row.message_created_at = "2023-03-24T09:45:01.561512+00:00";
  EXPECT_EQ(RowOf(ItemOf(row)), row);
  EXPECT_EQ(row.last_message_at(), row.message_created_at);

  Conversation conversation{.uuid = "c",
                            .members = {kAndrew, kBayko},
                            .title = "",
                            .created_at = message.created_at,
                            .last_message_at = message.created_at,
                            .moved_rows = {{kBayko.uuid, "2024"}}};
  const Conversation back = ConversationOf(ItemOf(conversation));
  EXPECT_EQ(back.uuid, "c");
  EXPECT_EQ(back.members, conversation.members);
  EXPECT_EQ(back.RowKeyOf(kAndrew.uuid), message.created_at);
  EXPECT_EQ(back.RowKeyOf(kBayko.uuid), "2024");
  EXPECT_EQ(back.OtherThan(kAndrew.uuid)->handle, "bayko");
  EXPECT_TRUE(back.HasMember(kBayko.uuid));
  EXPECT_FALSE(back.HasMember("somebody"));
}

TEST(Items, OnlyRowsAreInTheIndex) {
  const model::Item message = ItemOf(Message{"c", "t", "m", "hello", kAndrew});
  const model::Item record = ItemOf(Conversation{.uuid = "c", .members = {kAndrew, kBayko}});
  const model::Item pair = PairItem(kAndrew.uuid, kBayko.uuid, "c");
  const model::Item row = ItemOf(ConversationRow{kBayko.uuid, "t", "c", "hello", kAndrew, ""});
  for (const auto* item : {&message, &record, &pair}) {
    EXPECT_EQ(item->Find("message_group_uuid"), nullptr);
  }
  EXPECT_EQ(row.FindString("message_group_uuid"), "c");
  EXPECT_FALSE(record.FindString("pk").starts_with("MSG#"));
  EXPECT_FALSE(pair.FindString("pk").starts_with("MSG#"));
}

TEST(Items, OfAnyShapeAreRead) {
  model::Item odd = Key("GRP#u", "2023-03-24T09:45:01");
  odd.Set("message", model::Number(5));
  odd.Set("user_handle", model::Null());
  const ConversationRow row = RowOf(odd);
  EXPECT_EQ(row.member_uuid, "u");
  EXPECT_EQ(row.text, "");
  EXPECT_EQ(row.other, Person{});

  model::Item record = Key("CNV#c", "CNV");
  record.Set("members", "nobody");
  record.Set("moved_rows", model::List{});
  EXPECT_TRUE(ConversationOf(record).members.empty());
}

}  // namespace
}  // namespace cruddur::messaging
