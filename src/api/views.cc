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

void AppendShort(json::Writer& writer, std::string_view uuid, std::string_view handle,
                 std::string_view display_name) {
  writer.Key("uuid").String(uuid).Key("handle").String(handle);
  writer.Key("display_name").String(display_name);
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

void AppendPeople(std::string& body, const std::vector<messaging::Person>& people) {
  json::Writer writer(body);
  writer.BeginArray();
  for (const messaging::Person& person : people) {
    writer.BeginObject();
    AppendShort(writer, person.uuid, person.handle, person.display_name);
    writer.EndObject();
  }
  writer.EndArray();
}

void AppendProfile(std::string& body, const accounts::User& user) {
  json::Writer writer(body);
  writer.BeginObject();
  AppendShort(writer, user.uuid, user.handle, user.display_name);
  writer.Key("email");
  if (accounts::HasEmail(user)) {
    writer.String(user.email);
  } else {
    writer.Null();
  }
  writer.EndObject();
}

void AppendShortUser(std::string& body, const messaging::Person& person) {
  json::Writer writer(body);
  writer.BeginObject();
  AppendShort(writer, person.uuid, person.handle, person.display_name);
  writer.EndObject();
}

}  // namespace cruddur::api
