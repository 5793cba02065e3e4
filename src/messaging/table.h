// The message table: its name, its keys and its description (spec section 3, docs/formats.md).
//
// Four kinds of item share it, told apart by how the partition key begins:
//   MSG#<conversation>   a message; sort key: its created_at
//   GRP#<user>           a member's row of a conversation; sort key: the time of its last message
//   CNV#<conversation>   the conversation record; sort key "CNV"
//   PAIR#<user>#<user>   the conversation of two people, lower uuid first; sort key "PAIR"
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/table_operations.h"

namespace cruddur::messaging {

inline constexpr std::string_view kTableName = "cruddur-messages";
inline constexpr std::string_view kIndexName = "message-group-sk-index";

// What schema-load creates: 5/5 for the table and for the index, or on demand.
model::CreateTableRequest MessageTable(model::BillingMode billing);

std::string MessagePartition(std::string_view conversation_uuid);
std::string RowPartition(std::string_view user_uuid);
std::string RecordPartition(std::string_view conversation_uuid);
std::string PairPartition(std::string_view one_uuid, std::string_view other_uuid);

inline constexpr std::string_view kRecordSort = "CNV";
inline constexpr std::string_view kPairSort = "PAIR";

model::Item Key(std::string partition, std::string_view sort);

// The uuid behind the prefix; nullopt for a key of another kind. Views into `partition`.
std::optional<std::string_view> ConversationOfMessage(std::string_view partition);
std::optional<std::string_view> UserOfRow(std::string_view partition);
std::optional<std::string_view> ConversationOfRecord(std::string_view partition);

}  // namespace cruddur::messaging
