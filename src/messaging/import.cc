#include "messaging/import.h"

#include "base/random.h"
#include "base/timestamp.h"

namespace cruddur::messaging {
namespace {

using base::ErrorCode;
using base::Fail;

// The uuid of the pair's conversation, decided now if there is none.
Task<DbResult<std::string>> ConversationOfPair(Store& store, const Person& first,
                                               const Person& second) {
  CO_TRY_ASSIGN(std::optional<std::string> found, co_await store.FindPair(first.uuid, second.uuid));
  if (found) co_return *found;
  CO_TRY_ASSIGN(std::optional<ConversationRow> older,
                co_await store.RowWith(first.uuid, second.uuid));
  const std::string uuid = older ? older->conversation_uuid : base::NewUuid();
  CO_TRY_ASSIGN(const bool mine, co_await store.PutIfFree(PairItem(first.uuid, second.uuid, uuid)));
  if (mine) co_return uuid;
  CO_TRY_ASSIGN(found, co_await store.FindPair(first.uuid, second.uuid));
  co_return found.value_or(uuid);
}

Task<DbResult<bool>> PutAll(Store& store, const std::vector<Message>& messages) {
  for (const Message& message : messages) {
    CO_TRY_ASSIGN(const bool put, co_await store.PutIfFree(ItemOf(message)));
    if (!put) co_return false;
  }
  co_return true;
}

}  // namespace

Task<base::Result<Imported>> ImportConversation(Service& service, Person first, Person second,
                                                std::vector<ImportedLine> lines,
                                                base::Micros last_at) {
  if (first.uuid == second.uuid) {
    co_return Fail(ErrorCode::kInvalidArgument, "@" + first.handle + " can't talk to oneself");
  }
  Store& store = service.store();
  const auto taken = [&] {
    return Fail(ErrorCode::kAlreadyExists, "@" + first.handle + " and @" + second.handle +
                                               " have a conversation with messages already");
  };
  auto conversation = co_await ConversationOfPair(store, first, second);
  if (!conversation) co_return std::unexpected(ErrorOf(conversation.error()));
  auto newest = co_await store.NewestMessage(*conversation);
  if (!newest) co_return std::unexpected(ErrorOf(newest.error()));
  if (!newest->empty()) co_return taken();

  std::vector<Message> messages;
  for (size_t i = 0; i < lines.size(); ++i) {
    const base::Micros at = last_at - std::chrono::minutes(lines.size() - 1 - i);
    messages.push_back({.conversation_uuid = *conversation,
                        .created_at = base::FormatTimestamp(at),
                        .uuid = base::NewUuid(),
                        .text = std::move(lines[i].text),
                        .sender = lines[i].by_first ? first : second});
  }
  // The record comes before the messages, so that the projection of a server that runs on this
  // table knows the members when it sees them.
  const Conversation record{
      .uuid = *conversation, .members = {first, second}, .created_at = messages.front().created_at};
  auto recorded = co_await store.PutIfFree(ItemOf(record));
  if (!recorded) co_return std::unexpected(ErrorOf(recorded.error()));
  auto put = co_await PutAll(store, messages);
  if (!put) co_return std::unexpected(ErrorOf(put.error()));
  if (!*put) co_return taken();
  auto projected =
      co_await service.projection().Project(messages.back(), Delivery::kPerhapsRepeated);
  if (!projected) co_return std::unexpected(ErrorOf(projected.error()));
  co_return Imported{*conversation, messages.front().created_at, messages.back().created_at};
}

}  // namespace cruddur::messaging
