#include "messaging/items.h"

#include <algorithm>

#include "messaging/table.h"
#include "messaging/text.h"

namespace cruddur::messaging {
namespace {

using model::AttributeValue;
using model::Item;

std::string StringOf(const Item& item, std::string_view name) {
  return std::string(item.FindString(name));
}

Person PersonOf(const Item& item) {
  return {StringOf(item, "user_uuid"), StringOf(item, "user_handle"),
          StringOf(item, "user_display_name")};
}

void AppendPerson(Item& item, const Person& person) {
  item.Append("user_display_name", person.display_name);
  item.Append("user_handle", person.handle);
  item.Append("user_uuid", person.uuid);
}

std::string Behind(std::optional<std::string_view> uuid) {
  return std::string(uuid.value_or(std::string_view()));
}

}  // namespace

bool Conversation::HasMember(std::string_view user_uuid) const {
  return std::ranges::any_of(members, [&](const Person& m) { return m.uuid == user_uuid; });
}

const std::string& Conversation::RowKeyOf(std::string_view user_uuid) const {
  for (const auto& [uuid, key] : moved_rows) {
    if (uuid == user_uuid) return key;
  }
  return last_message_at;
}

const Person* Conversation::OtherThan(std::string_view user_uuid) const {
  for (const Person& member : members) {
    if (member.uuid != user_uuid) return &member;
  }
  return nullptr;
}

// Attributes are appended in the order of their names and sorted all the same: Sort of what is
// sorted costs next to nothing, and the order above stays free.
Item ItemOf(const Message& message) {
  Item item;
  item.Reserve(7);
  item.Append("message", message.text);
  item.Append("message_uuid", message.uuid);
  item.Append("pk", MessagePartition(message.conversation_uuid));
  item.Append("sk", message.created_at);
  AppendPerson(item, message.sender);
  item.Sort();
  return item;
}

Item ItemOf(const ConversationRow& row) {
  Item item;
  item.Reserve(8);
  item.Append("message", row.text);
  if (!row.message_created_at.empty()) item.Append("message_created_at", row.message_created_at);
  item.Append("message_group_uuid", row.conversation_uuid);
  item.Append("pk", RowPartition(row.member_uuid));
  item.Append("sk", row.sort_key);
  AppendPerson(item, row.other);
  item.Sort();
  return item;
}

Item ItemOf(const Conversation& conversation) {
  model::List members;
  members.reserve(conversation.members.size());
  for (const Person& member : conversation.members) {
    model::Map entry;
    AppendPerson(entry, member);
    entry.Sort();
    members.emplace_back(std::move(entry));
  }
  Item item;
  item.Set("pk", RecordPartition(conversation.uuid));
  item.Set("sk", kRecordSort);
  item.Set("members", std::move(members));
  item.Set("created_at", conversation.created_at);
  if (!conversation.title.empty()) item.Set("title", conversation.title);
  if (!conversation.last_message_at.empty()) {
    item.Set("last_message_at", conversation.last_message_at);
  }
  if (!conversation.moved_rows.empty()) {
    item.Set("moved_rows", MovedRowsAttribute(conversation.moved_rows));
  }
  if (!conversation.import_mark.empty()) item.Set("import_mark", conversation.import_mark);
  return item;
}

Item PairItem(std::string_view one_uuid, std::string_view other_uuid,
              std::string_view conversation_uuid) {
  Item item = Key(PairPartition(one_uuid, other_uuid), kPairSort);
  item.Set("conversation_uuid", conversation_uuid);
  return item;
}

Message MessageOf(const Item& item) {
  return {.conversation_uuid = Behind(ConversationOfMessage(item.FindString("pk"))),
          .created_at = StringOf(item, "sk"),
          .uuid = StringOf(item, "message_uuid"),
          .text = StringOf(item, "message"),
          .sender = PersonOf(item)};
}

ConversationRow RowOf(const Item& item) {
  return {.member_uuid = Behind(UserOfRow(item.FindString("pk"))),
          .sort_key = StringOf(item, "sk"),
          .conversation_uuid = StringOf(item, "message_group_uuid"),
          .text = StringOf(item, "message"),
          .other = PersonOf(item),
          .message_created_at = StringOf(item, "message_created_at")};
}

Conversation ConversationOf(const Item& item) {
  Conversation conversation{.uuid = Behind(ConversationOfRecord(item.FindString("pk"))),
                            .title = StringOf(item, "title"),
                            .created_at = StringOf(item, "created_at"),
                            .last_message_at = StringOf(item, "last_message_at"),
                            .import_mark = StringOf(item, "import_mark")};
  const AttributeValue* members = item.Find("members");
  if (const auto* list = members ? members->As<model::List>() : nullptr) {
    for (const AttributeValue& entry : *list) {
      const auto* member = entry.As<model::Map>();
      if (!member) continue;
      // Somebody who is named twice would have two rows at one key; nobody has none.
      Person person = PersonOf(*member);
      if (person.uuid.empty() || conversation.HasMember(person.uuid)) continue;
      conversation.members.push_back(std::move(person));
    }
  }
  const AttributeValue* moved = item.Find("moved_rows");
  if (const auto* map = moved ? moved->As<model::Map>() : nullptr) {
    for (const model::Attribute& entry : *map) {
      if (const auto* key = entry.value.As<std::string>()) {
        conversation.moved_rows.emplace_back(entry.name, *key);
      }
    }
  }
  return conversation;
}

model::Map MovedRowsAttribute(const std::vector<std::pair<std::string, std::string>>& moved_rows) {
  model::Map map;
  for (const auto& [uuid, key] : moved_rows) map.Set(uuid, key);
  return map;
}

std::string RowText(std::string_view text) {
  return std::string(FirstCodePoints(text, kMaxMessageCodePoints));
}

}  // namespace cruddur::messaging
