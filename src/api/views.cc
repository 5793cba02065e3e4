#include "api/views.h"

#include "json/writer.h"

namespace cruddur::api {
namespace {

void AppendEntry(json::Writer& writer, std::string_view uuid, const messaging::Person& person,
                 std::string_view text, std::string_view created_at) {
  writer.Key("uuid").String(uuid);
  writer.Key("display_name").String(person.display_name);
  writer.Key("handle").String(person.handle);
  writer.Key("message").String(text);
  writer.Key("created_at").String(created_at);
}

}  // namespace

void AppendMessages(std::string& body, const std::vector<messaging::Message>& messages) {
  json::Writer writer(body);
  writer.BeginArray();
  for (const messaging::Message& message : messages) {
    writer.BeginObject();
    AppendEntry(writer, message.uuid, message.sender, message.text, message.created_at);
    writer.EndObject();
  }
  writer.EndArray();
}

void AppendConversations(std::string& body, const std::vector<messaging::ConversationRow>& rows) {
  json::Writer writer(body);
  writer.BeginArray();
  for (const messaging::ConversationRow& row : rows) {
    writer.BeginObject();
    AppendEntry(writer, row.conversation_uuid, row.other, row.text, row.last_message_at());
    writer.EndObject();
  }
  writer.EndArray();
}

void AppendPosted(std::string& body, const messaging::Message& message) {
  json::Writer writer(body);
  writer.BeginObject();
  writer.Key("message_group_uuid").String(message.conversation_uuid);
  AppendEntry(writer, message.uuid, message.sender, message.text, message.created_at);
  writer.EndObject();
}

void AppendShortUser(std::string& body, const messaging::Person& person) {
  json::Writer(body)
      .BeginObject()
      .Key("uuid")
      .String(person.uuid)
      .Key("handle")
      .String(person.handle)
      .Key("display_name")
      .String(person.display_name)
      .EndObject();
}

}  // namespace cruddur::api
