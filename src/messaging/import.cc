#include "messaging/import.h"

#include <fmt/format.h>

#include <cstdint>
#include <sstream>

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

// What the record says of an import: "<id> <time of the last message> <digest>", and " done".
struct Mark {
  std::string id;  // a uuid; the messages' uuids follow from it
  base::Micros last_at{0};
  std::string digest;  // of people and lines
  bool done = false;

  std::string ToString() const {
    return id + " " + base::FormatTimestamp(last_at) + " " + digest + (done ? " done" : "");
  }
};

std::optional<Mark> ParseMark(const std::string& text) {
  std::istringstream words(text);
  Mark mark;
  std::string time, done;
  words >> mark.id >> time >> mark.digest >> done;
  const auto last_at = base::ParseTimestamp(time);
  if (!base::IsUuid(mark.id) || !last_at || mark.digest.empty()) return std::nullopt;
  mark.last_at = *last_at;
  mark.done = done == "done";
  return mark;
}

// FNV-1a: tells one file from another, not from a forger's.
std::string DigestOf(const Person& first, const Person& second,
                     const std::vector<ImportedLine>& lines) {
  uint64_t digest = 14'695'981'039'346'656'037u;
  const auto add = [&](std::string_view text) {
    for (const char byte : text) {
      digest = (digest ^ static_cast<unsigned char>(byte)) * 1'099'511'628'211u;
    }
    digest = digest * 1'099'511'628'211u;  // as if a zero byte came behind it
  };
  add(first.uuid);
  add(second.uuid);
  for (const ImportedLine& line : lines) {
    add(line.by_first ? "1" : "2");
    add(line.text);
  }
  return fmt::format("{:016x}", digest);
}

// The same for the same import, and nobody else's.
std::string MessageUuid(const std::string& import_id, size_t index) {
  constexpr size_t kNode = 24;  // where the last 48 bits begin
  const uint64_t node = std::stoull(import_id.substr(kNode), nullptr, 16) + index;
  return import_id.substr(0, kNode) + fmt::format("{:012x}", node & 0xFFFF'FFFF'FFFF);
}

std::vector<Message> MessagesOf(const std::string& conversation, const Mark& mark,
                                const Person& first, const Person& second,
                                std::vector<ImportedLine> lines) {
  std::vector<Message> messages;
  for (size_t i = 0; i < lines.size(); ++i) {
    const base::Micros at = mark.last_at - std::chrono::minutes(lines.size() - 1 - i);
    messages.push_back({.conversation_uuid = conversation,
                        .created_at = base::FormatTimestamp(at),
                        .uuid = MessageUuid(mark.id, i),
                        .text = std::move(lines[i].text),
                        .sender = lines[i].by_first ? first : second});
  }
  return messages;
}

// Settles which import the conversation's record belongs to: `own`, or what an interrupted call
// began. nullopt: to another one, or people have talked there. The record comes before the
// messages, so that the projection of a server that runs on this table knows the members.
Task<DbResult<std::optional<Mark>>> Claim(Store& store, Conversation record, Mark own) {
  for (int tries = 0; tries < 3; ++tries) {
    CO_TRY_ASSIGN(const auto there, co_await store.FindRecord(record.uuid));
    if (there && !there->import_mark.empty()) {
      auto mark = ParseMark(there->import_mark);
      if (mark && mark->digest != own.digest) mark.reset();
      co_return mark;
    }
    CO_TRY_ASSIGN(const std::string newest, co_await store.NewestMessage(record.uuid));
    if (!newest.empty()) co_return std::nullopt;
    record.import_mark = own.ToString();
    if (there) {
      CO_TRY_ASSIGN(const bool set,
                    co_await store.SetImportMark(record.uuid, "", record.import_mark));
      if (set) co_return own;
    } else {
      CO_TRY_ASSIGN(const bool put, co_await store.PutIfFree(ItemOf(record)));
      if (put) co_return own;
    }
    // Somebody was faster: another call of this kind, or who starts a conversation.
  }
  co_return std::nullopt;
}

// False: a message of somebody else has one of the keys.
Task<DbResult<bool>> PutAll(Store& store, const std::vector<Message>& messages) {
  for (const Message& message : messages) {
    CO_TRY_ASSIGN(const bool put, co_await store.PutIfFree(ItemOf(message)));
    if (put) continue;
    CO_TRY_ASSIGN(const auto there,
                  co_await store.FindMessage(message.conversation_uuid, message.created_at));
    if (!there || there->uuid != message.uuid) co_return false;
  }
  co_return true;
}

// All but the arguments' check. nullopt: the two have a conversation of their own.
Task<DbResult<std::optional<Imported>>> Import(Service& service, Person first, Person second,
                                               std::vector<ImportedLine> lines,
                                               base::Micros last_at) {
  Store& store = service.store();
  CO_TRY_ASSIGN(const std::string uuid, co_await ConversationOfPair(store, first, second));
  const auto length = std::chrono::minutes(lines.size() - 1);
  const Conversation record{.uuid = uuid,
                            .members = {first, second},
                            .created_at = base::FormatTimestamp(last_at - length)};
  const Mark own{base::NewUuid(), last_at, DigestOf(first, second, lines)};
  CO_TRY_ASSIGN(auto mark, co_await Claim(store, record, own));
  if (!mark) co_return std::nullopt;
  const auto messages = MessagesOf(uuid, *mark, first, second, std::move(lines));
  const Imported imported{uuid, messages.front().created_at, messages.back().created_at,
                          mark->done};
  if (mark->done) co_return imported;
  CO_TRY_ASSIGN(const bool put, co_await PutAll(store, messages));
  if (!put) co_return std::nullopt;
  CO_TRY(co_await service.projection().Project(messages.back(), Delivery::kPerhapsRepeated));
  const std::string before = mark->ToString();
  mark->done = true;
  CO_TRY(co_await store.SetImportMark(uuid, before, mark->ToString()));
  co_return imported;
}

}  // namespace

Task<base::Result<Imported>> ImportConversation(Service& service, Person first, Person second,
                                                std::vector<ImportedLine> lines,
                                                base::Micros last_at) {
  if (first.uuid == second.uuid) {
    co_return Fail(ErrorCode::kInvalidArgument, "@" + first.handle + " can't talk to oneself");
  }
  if (lines.empty()) co_return Fail(ErrorCode::kInvalidArgument, "there is nothing to import");
  const auto imported = co_await Import(service, first, second, std::move(lines), last_at);
  if (!imported) co_return std::unexpected(ErrorOf(imported.error()));
  if (*imported) co_return **imported;
  co_return Fail(ErrorCode::kAlreadyExists, "@" + first.handle + " and @" + second.handle +
                                                " have a conversation with messages already");
}

}  // namespace cruddur::messaging
