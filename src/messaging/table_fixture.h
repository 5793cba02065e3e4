// Of the tests: the message table as it is, seen without the code under test.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "messaging/store_fixture.h"

namespace cruddur::messaging {

struct TableContent {
  std::vector<Message> messages;                // by conversation and time
  std::vector<ConversationRow> rows;            // by member and key
  std::map<std::string, Conversation> records;  // by uuid
  int pairs = 0;

  std::vector<Message> MessagesOf(std::string_view conversation) const {
    std::vector<Message> found;
    for (const Message& m : messages) {
      if (m.conversation_uuid == conversation) found.push_back(m);
    }
    return found;
  }
  std::vector<ConversationRow> RowsOf(std::string_view conversation,
                                      std::string_view member) const {
    std::vector<ConversationRow> found;
    for (const ConversationRow& row : rows) {
      if (row.conversation_uuid == conversation && row.member_uuid == member) found.push_back(row);
    }
    return found;
  }
};

inline TableContent ReadTable(TestStore& store) {
  TableContent content;
  model::ScanRequest request;
  request.table = store.table();
  request.consistent_read = true;
  do {
    const auto page = store.Run(store.client().Scan(request)).value();
    for (const model::Item& item : page.items) {
      const std::string_view pk = item.FindString("pk");
      if (ConversationOfMessage(pk)) content.messages.push_back(MessageOf(item));
      if (UserOfRow(pk)) content.rows.push_back(RowOf(item));
      if (ConversationOfRecord(pk))
        content.records[ConversationOf(item).uuid] = ConversationOf(item);
      if (pk.starts_with("PAIR#")) ++content.pairs;
      // Spec section 3: the index holds conversation rows only.
      EXPECT_EQ(item.Find("message_group_uuid") != nullptr, UserOfRow(pk).has_value()) << pk;
    }
    request.exclusive_start_key = page.last_evaluated_key;
  } while (!request.exclusive_start_key.empty());
  std::ranges::sort(content.messages, {},
                    [](const Message& m) { return std::pair(m.conversation_uuid, m.created_at); });
  std::ranges::sort(content.rows, {}, [](const ConversationRow& row) {
    return std::pair(row.member_uuid, row.sort_key);
  });
  return content;
}

// A stream record as the table's stream would bring it.
inline model::StreamRecord RecordOf(
    const model::Item& item, std::string sequence_number,
    model::StreamEventName event = model::StreamEventName::kInsert) {
  model::StreamRecord record;
  record.event_name = event;
  record.keys = Key(std::string(item.FindString("pk")), item.FindString("sk"));
  if (event != model::StreamEventName::kRemove) record.new_image = item;
  record.sequence_number = std::move(sequence_number);
  return record;
}

// All messages once more, as a stream that is read from its beginning.
inline std::vector<model::StreamRecord> WholeStream(const TableContent& content) {
  std::vector<model::StreamRecord> records;
  for (const Message& message : content.messages) {
    records.push_back(RecordOf(ItemOf(message), std::to_string(records.size() + 1)));
  }
  return records;
}

// What holds once the projection has caught up: one row a member, which shows the newest message.
inline void ExpectSettled(const TableContent& content, std::string_view conversation,
                          const std::vector<Person>& members) {
  const auto messages = content.MessagesOf(conversation);
  ASSERT_FALSE(messages.empty());
  ASSERT_TRUE(content.records.contains(std::string(conversation)));
  const Conversation& record = content.records.at(std::string(conversation));
  EXPECT_EQ(record.last_message_at, messages.back().created_at);
  for (const Person& member : members) {
    const auto rows = content.RowsOf(conversation, member.uuid);
    ASSERT_EQ(rows.size(), 1u) << member.handle;
    EXPECT_EQ(rows[0].last_message_at(), messages.back().created_at) << member.handle;
    EXPECT_EQ(rows[0].text, messages.back().text) << member.handle;
    EXPECT_EQ(rows[0].sort_key, record.RowKeyOf(member.uuid)) << member.handle;
    EXPECT_NE(rows[0].other.uuid, member.uuid);
  }
}

}  // namespace cruddur::messaging
