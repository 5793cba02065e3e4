// The JSON of the API's answers, written straight into the answer's body.
#pragma once

#include <string>
#include <vector>

#include "accounts/users.h"
#include "messaging/items.h"

namespace cruddur::api {

// [{"uuid","display_name","handle","message","created_at"}]: the message and its sender.
void AppendMessages(std::string& body, const std::vector<messaging::Message>& messages);

// The same keys: the conversation, the other person, the last message.
void AppendConversations(std::string& body, const std::vector<messaging::ConversationRow>& rows);

// A message with its conversation, as POST answers it.
void AppendPosted(std::string& body, const messaging::Message& message);

// [{"uuid","handle","display_name"}]
void AppendPeople(std::string& body, const std::vector<messaging::Person>& people);

// {"uuid","handle","display_name","email"}: for the user alone; the address null where there is
// none.
void AppendProfile(std::string& body, const accounts::User& user);

// {"uuid","handle","display_name"}
void AppendShortUser(std::string& body, const messaging::Person& person);

}  // namespace cruddur::api
