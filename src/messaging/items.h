// The items of the message table as types, and back (docs/formats.md, "The table").
//
// Reading is lenient: an attribute that is missing or of another type is an empty string, so what
// older code or a person with the AWS CLI wrote never stops a page. Times are kept as they are
// stored, for their byte order is the order of the table.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/value.h"

namespace cruddur::messaging {

struct Person {
  std::string uuid, handle, display_name;
  bool operator==(const Person&) const = default;
};

struct Message {
  std::string conversation_uuid;
  std::string created_at;
  std::string uuid;
  std::string text;
  Person sender;
  bool operator==(const Message&) const = default;
};

// One member's row of a conversation: what pattern B shows.
struct ConversationRow {
  std::string member_uuid;
  // The sort key. It is the last message's created_at, or a few microseconds later where another
  // conversation of this member has that very key.
  std::string sort_key;
  std::string conversation_uuid;
  std::string text;  // of the last message
  Person other;
  std::string message_created_at;  // stored only where the sort key differs

  const std::string& last_message_at() const {
    return message_created_at.empty() ? sort_key : message_created_at;
  }
  bool operator==(const ConversationRow&) const = default;
};

// The conversation record. Its last_message_at is the projection's guard: while it says t, every
// member has a row of this conversation at t or later (RowKeyOf). Empty: no row was promised yet.
struct Conversation {
  std::string uuid;
  std::vector<Person> members;  // each once, who started it first; names as of then
  std::string title;
  std::string created_at;
  std::string last_message_at;
  std::vector<std::pair<std::string, std::string>> moved_rows;  // user uuid, differing row key
  std::string import_mark;  // of what is or was imported into it (import.h)
  bool operator==(const Conversation&) const = default;

  bool HasMember(std::string_view user_uuid) const;
  // Where the guard says that this member's row is.
  const std::string& RowKeyOf(std::string_view user_uuid) const;
  // The first member who isn't `user_uuid`; null in a conversation with oneself.
  const Person* OtherThan(std::string_view user_uuid) const;
};

model::Item ItemOf(const Message& message);
model::Item ItemOf(const ConversationRow& row);
model::Item ItemOf(const Conversation& conversation);
model::Item PairItem(std::string_view one_uuid, std::string_view other_uuid,
                     std::string_view conversation_uuid);

Message MessageOf(const model::Item& item);
ConversationRow RowOf(const model::Item& item);
Conversation ConversationOf(const model::Item& item);

// The attribute `moved_rows` of the record: user uuid -> row key.
model::Map MovedRowsAttribute(const std::vector<std::pair<std::string, std::string>>& moved_rows);

// A row shows at most as many characters as a message of ours can have, whatever others stored.
std::string RowText(std::string_view text);

}  // namespace cruddur::messaging
